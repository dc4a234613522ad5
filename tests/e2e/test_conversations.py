"""Conversations: a text becomes one, its flow hands it to agents, both sides write, and it ends as one piece."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from twilio.rest.conversations.v1.conversation import ConversationInstance
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import ask, flow, send_message
from support.waiting import eventually

ANA = "+15557778001"
NUMBER = "+15555550188"


def test_a_text_reaches_an_agent_both_write_and_the_next_text_starts_afresh(centre: ContactCentre) -> None:
    talk(centre, lambda: None)


def test_kills_between_the_steps_lose_and_orphan_nothing(centre: ContactCentre) -> None:
    talk(centre, centre.server.restart_after_kill)


def test_many_first_texts_at_once_are_one_conversation(centre: ContactCentre) -> None:
    texts = [f"Text {number}" for number in range(200)]
    with ThreadPoolExecutor(20) as writers:
        list(writers.map(lambda text: centre.text(ANA, DEFAULT_NUMBER, text), texts))
    conversation = only_conversation(centre)
    eventually("all texts are there", lambda: len(bodies(centre, conversation.sid)) == len(texts))
    assert sorted(bodies(centre, conversation.sid)) == sorted(texts)
    assert len(conversations(centre)) == 1
    centre.wait_for_task(ANA)


def test_a_flow_asks_and_hears_in_the_conversation(centre: ContactCentre) -> None:
    widgets = [ask("ask", "Who are you?", "greet"), send_message("greet", "Hello {{widgets.ask.inbound.Body}}")]
    definition = flow(*widgets)
    definition["states"][0]["transitions"][2]["next"] = "ask"
    published = centre.publish("Asks", definition)
    centre.client.incoming_phone_numbers.create(phone_number=NUMBER)
    centre.client.conversations.v1.address_configurations.create(
        type="sms",
        address=NUMBER,
        auto_creation_enabled=True,
        auto_creation_type="studio",
        auto_creation_studio_flow_sid=published.sid,
    )
    centre.text(ANA, NUMBER, "Hi")
    centre.wait_for_message(ANA, "Who are you?")
    centre.text(ANA, NUMBER, "Ana")
    centre.wait_for_message(ANA, "Hello Ana")
    execution = centre.wait_for_execution(published.sid, "ended")
    conversation = only_conversation(centre)
    assert execution.contact_channel_address == ANA
    assert bodies(centre, conversation.sid) == ["Hi", "Who are you?", "Ana", "Hello Ana"]


def test_a_number_that_is_given_another_flow_takes_its_messages_itself(centre: ContactCentre) -> None:
    greeter = centre.publish("Greet", flow(send_message("greet", "Welcome"), on_message="greet"))
    [number] = centre.client.incoming_phone_numbers.list(phone_number=DEFAULT_NUMBER)
    number.update(sms_url=greeter.webhook_url)
    centre.text(ANA, DEFAULT_NUMBER, "Hello")
    centre.wait_for_message(ANA, "Welcome")
    assert conversations(centre) == []


@pytest.mark.parametrize("ending", ["canceled", "deleted"])
def test_a_task_that_ends_before_an_agent_came_closes_its_conversation(
    centre: ContactCentre, ending: str
) -> None:
    centre.text(ANA, DEFAULT_NUMBER, "Hello")
    task = centre.workspace.tasks(centre.wait_for_task(ANA).sid)
    if ending == "deleted":
        task.delete()
    else:
        task.update(assignment_status="canceled", reason="nobody is there")
    wait_until_closed(centre, only_conversation(centre).sid)


def talk(centre: ContactCentre, between: Callable[[], None]) -> None:
    """Goes from a first text to the end and the next first text, with something between the steps."""
    centre.text(ANA, DEFAULT_NUMBER, "Hello")
    between()
    first = hand_over(centre, [])
    conversation = str(json.loads(first.attributes)["conversationSid"])
    worker = centre.hire("ada")
    offer = centre.wait_for_offer(worker.sid)
    between()
    reservation = centre.workspace.workers(worker.sid).reservations
    reservation(offer.sid).update(reservation_status="accepted")
    between()
    eventually("the agent takes part", lambda: "ada" in identities(centre, conversation))
    here = centre.client.conversations.v1.conversations(conversation)
    here.messages.create(author="ada", body="How can I help?", x_twilio_webhook_enabled="true")
    between()
    centre.wait_for_message(ANA, "How can I help?")
    centre.text(ANA, DEFAULT_NUMBER, "It is broken")
    between()
    said = ["Hello", "How can I help?", "It is broken"]
    eventually("the answer is there", lambda: bodies(centre, conversation) == said)
    reservation(offer.sid).update(reservation_status="completed")
    between()
    wait_until_closed(centre, conversation)
    centre.text(ANA, DEFAULT_NUMBER, "Hello again")
    between()
    second = hand_over(centre, [first.sid])
    assert json.loads(second.attributes)["conversationSid"] != conversation
    assert len(conversations(centre)) == 2
    assert bodies(centre, conversation) == said, "what is over stays as it was"
    assert [row.body for row in centre.messages(to=ANA)] == ["How can I help?"], "nothing was sent twice"


def hand_over(centre: ContactCentre, earlier: list[str | None]) -> TaskInstance:
    """Returns the new task of the contact, which says what agents' pages read."""

    def new() -> list[TaskInstance]:
        return [task for task in centre.tasks_named(ANA) if task.sid not in earlier]

    [task] = eventually("there is a new task", new)
    attributes = json.loads(task.attributes)
    expected = dict.fromkeys(["name", "from", "customerName", "customerAddress"], ANA) | {"channelType": "sms"}
    assert {name: attributes[name] for name in expected} == expected
    for name, prefix in [("flexInteractionSid", "KD"), ("flexInteractionChannelSid", "UO")]:
        assert attributes[name].startswith(prefix)
    assert attributes["flexChannelInviteSid"].startswith("KG")
    return task


def conversations(centre: ContactCentre) -> list[ConversationInstance]:
    """Returns all conversations."""
    return centre.client.conversations.v1.conversations.list()


def only_conversation(centre: ContactCentre) -> ConversationInstance:
    """Returns the one conversation, as soon as there is one."""
    [conversation] = eventually("there is a conversation", lambda: conversations(centre))
    return conversation


def bodies(centre: ContactCentre, conversation: str | None) -> list[str]:
    """Returns what was written in a conversation, in its order."""
    messages = centre.client.conversations.v1.conversations(str(conversation)).messages
    return [str(message.body) for message in messages.list()]


def identities(centre: ContactCentre, conversation: str) -> list[str | None]:
    """Returns who takes part on the chat side."""
    participants = centre.client.conversations.v1.conversations(conversation).participants
    return [participant.identity for participant in participants.list()]


def wait_until_closed(centre: ContactCentre, conversation: str | None) -> None:
    """Waits for the end of a conversation."""
    here = centre.client.conversations.v1.conversations(str(conversation))
    eventually("the conversation is closed", lambda: here.fetch().state == "closed")
