"""Conversations given to agents: WhatsApp from end to end, several agents, pauses, and every way in which they end."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import flow, send_to_flex
from support.interactions import Agent, Talk
from support.waiting import eventually

ANA = "+15557778101"
ANA_BY_WHATSAPP = f"whatsapp:{ANA}"
WHATSAPP_NUMBER = "whatsapp:+15555550191"
NUMBER = "+15555550192"
TIMEOUT_SECONDS = 2


def test_a_whatsapp_message_goes_from_the_flow_to_two_agents_and_the_next_one_starts_afresh(
    centre: ContactCentre,
) -> None:
    take_whatsapp_into_conversations(centre)
    ada, bob = Agent(centre, "ada"), Agent(centre, "bob")
    centre.set_activity(bob.sid, "Offline")
    centre.text(ANA_BY_WHATSAPP, WHATSAPP_NUMBER, "Hello", ProfileName="Ana")
    first, talk = ada.accept()
    expected = dict.fromkeys(["from", "name", "customerName", "customerAddress"], ANA_BY_WHATSAPP)
    assert {key: talk.attributes[key] for key in expected} == expected
    assert talk.attributes["channelType"] == "whatsapp"
    assert talk.attributes["conversations"]["communication_channel"] == "Whatsapp"

    talk.say("ada", "How can I help?")
    centre.wait_for_message(ANA_BY_WHATSAPP, "How can I help?")
    centre.text(ANA_BY_WHATSAPP, WHATSAPP_NUMBER, "It is broken")
    said = ["Hello", "How can I help?", "It is broken"]
    eventually("the answer is there", lambda: talk.bodies() == said)

    centre.set_activity(bob.sid, "Available")
    begun = talk.hand_on("ada", bob.sid, "cold", "Speaks Spanish")
    assert (begun["status"], begun["note"], talk.status()) == ("active", "Speaks Spanish", "transfer")
    second, same = bob.accept()
    assert (same.sid, same.attributes["flexTransferSid"]) == (talk.sid, begun["sid"])
    assert talk.get(f"/Transfers/{begun['sid']}")["status"] == "completed"
    assert talk.identities() == ["bob"], "a cold transfer lets the first agent go"
    ada.wrap_up(first)
    talk.say("bob", "I send you another one")
    centre.wait_for_message(ANA_BY_WHATSAPP, "I send you another one")

    talk.close()
    bob.wrap_up(second)
    talk.wait_until("closed", "closed")
    centre.text(ANA_BY_WHATSAPP, WHATSAPP_NUMBER, "Thank you")
    _, fresh = first_of([ada, bob], centre)
    assert fresh.sid != talk.sid and fresh.bodies() == ["Thank you"]
    assert talk.bodies() == [*said, "I send you another one"], "what is over stays as it was"


def test_a_paused_conversation_costs_nothing_and_comes_back_to_its_agent(centre: ContactCentre) -> None:
    ada, bob = Agent(centre, "ada"), Agent(centre, "bob")
    centre.set_activity(bob.sid, "Offline")
    centre.text(ANA, DEFAULT_NUMBER, "Where is my parcel?")
    first, talk = ada.accept()
    talk.post("", Status="pause", ParticipantSid=talk.seat_of("ada"))
    talk.wait_until("pause", "active")
    centre.wait_for_status(first, "completed")
    centre.server.restart_after_kill()
    centre.set_activity(bob.sid, "Available")
    centre.text(ANA, DEFAULT_NUMBER, "Any news?")
    eventually("the message is there", lambda: talk.bodies() == ["Where is my parcel?", "Any news?"])
    assert talk.standing() == ("pause", "active"), "it waits for its agent"

    talk.post("", Status="active")
    talk.wait_until("active", "active")
    eventually("ada is back", lambda: talk.identities() == ["ada"])
    [task] = [it for it in talk_tasks(centre, talk) if it != first]
    assert centre.workspace.tasks(task).fetch().assignment_status == "assigned", "nobody was asked again"
    talk.say("ada", "It comes tomorrow")
    centre.wait_for_message(ANA, "It comes tomorrow")
    talk.close()
    ada.wrap_up(task)


def test_a_conversation_that_was_left_seeks_any_agent_when_the_customer_writes_again(
    centre: ContactCentre,
) -> None:
    ada = Agent(centre, "ada")
    centre.text(ANA, DEFAULT_NUMBER, "Hello")
    first, talk = ada.accept()
    talk.post("", Status="inactive", Routing=json.dumps({"status": "closed"}))
    talk.wait_until("inactive", "active")
    centre.wait_for_status(first, "completed")
    centre.set_activity(ada.sid, "Offline")
    bob = Agent(centre, "bob")
    centre.text(ANA, DEFAULT_NUMBER, "One more thing")
    _, same = bob.accept()
    assert same.sid == talk.sid and talk.bodies() == ["Hello", "One more thing"]
    talk.wait_until("active", "active")


def test_several_agents_write_in_one_conversation_until_the_last_goes(centre: ContactCentre) -> None:
    ada = Agent(centre, "ada")
    centre.text(ANA, DEFAULT_NUMBER, "Hello")
    first, talk = ada.accept()
    bob = Agent(centre, "bob")
    talk.invite(bob.sid)
    second, same = bob.accept()
    assert same.sid == talk.sid and sorted(talk.identities()) == ["ada", "bob"]
    for author in ("ada", "bob"):
        talk.say(author, f"I am {author}")
        centre.wait_for_message(ANA, f"I am {author}")
    talk.post(f"/Participants/{talk.seat_of('ada')}", Status="wrapup")
    ada.wrap_up(first)
    assert (talk.standing(), talk.identities()) == (("active", "active"), ["bob"])
    centre.text(ANA, DEFAULT_NUMBER, "Who is there?")
    eventually("bob gets it", lambda: talk.bodies()[-1] == "Who is there?")
    talk.close()
    bob.wrap_up(second)
    talk.wait_until("closed", "closed")


# A task with an agent is neither canceled nor timed out: the router refuses the one and does not do the other.
ENDINGS = [(ending, False) for ending in ("canceled", "deleted", "timed out")]
ENDINGS += [(ending, True) for ending in ("completed", "deleted")]


@pytest.mark.parametrize("is_killed", [False, True], ids=["", "killed"])
@pytest.mark.parametrize(("ending", "is_accepted"), ENDINGS)
def test_each_end_of_the_last_task_closes_and_the_next_message_starts_afresh(
    centre: ContactCentre, ending: str, is_accepted: bool, is_killed: bool
) -> None:
    number = hand_over_at_once(centre, TIMEOUT_SECONDS if ending == "timed out" else 3600)
    ada = Agent(centre, "ada") if is_accepted else None
    centre.text(ANA, number, "Hello")
    sid, talk = ada.accept() if ada else waiting(centre)
    task = centre.workspace.tasks(sid)
    if ending == "deleted":
        task.delete()
    elif ending != "timed out":
        task.update(assignment_status=ending, reason="as the test wants it")
    if is_killed:
        centre.server.restart_after_kill()
    talk.wait_until("closed", "closed")
    assert talk.identities() == []
    centre.text(ANA, number, "Hello again")
    _, fresh = waiting(centre, [talk.sid]) if ada is None else ada.accept()
    assert fresh.sid != talk.sid and fresh.bodies() == ["Hello again"]


@pytest.mark.parametrize("is_killed", [False, True], ids=["", "killed"])
def test_a_policy_seeks_another_agent_in_the_same_or_another_workflow(
    centre: ContactCentre, is_killed: bool
) -> None:
    night = centre.workspace.workflows.create(friendly_name="Night", configuration=everyone(centre))
    for policy, workflow_sid in [("reinvite", centre.workflow_sid), (f"workflow:{night.sid}", str(night.sid))]:
        contact = f"{ANA}{policy[0]}".replace("r", "1").replace("w", "2")
        reply = centre.server.request("POST", centre.workspace_path, data={"OnTaskEnd": policy})
        assert reply.ok, reply.text
        centre.text(contact, DEFAULT_NUMBER, "Hello")
        first = centre.wait_for_task(contact)
        talk = Talk(centre, str(first.attributes))
        centre.workspace.tasks(first.sid).update(assignment_status="canceled", reason="nobody came")
        if is_killed:
            centre.server.restart_after_kill()
        others = lambda: [it for it in talk_tasks(centre, talk) if it != first.sid]  # noqa: E731,B023
        [second] = eventually("another agent is sought", others)
        assert centre.workspace.tasks(second).fetch().workflow_sid == workflow_sid
        assert talk.standing() == ("active", "active")


def test_messages_that_race_a_close_land_in_exactly_one_conversation(centre: ContactCentre) -> None:
    centre.text(ANA, DEFAULT_NUMBER, "Hello")
    _, talk = waiting(centre)
    texts = [f"Text {number}" for number in range(30)]
    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(centre.text, ANA, DEFAULT_NUMBER, text) for text in texts[:15]]
        closing = pool.submit(talk.close)
        writing += [pool.submit(centre.text, ANA, DEFAULT_NUMBER, text) for text in texts[15:]]
        for job in [*writing, closing]:
            job.result()
    written = lambda: sorted(bodies_everywhere(centre))  # noqa: E731
    eventually("all texts are there", lambda: len(written()) == len(texts) + 1)
    assert written() == sorted(["Hello", *texts])
    conversations = centre.client.conversations.v1.conversations.list()
    assert sum(it.state == "active" for it in conversations) <= 1
    assert len(conversations) <= 2, "one that was closed, and at most one after it"


def take_whatsapp_into_conversations(centre: ContactCentre) -> None:
    """Has a WhatsApp number's messages taken into conversations, which the default Messaging flow hears."""
    [messaging] = [row for row in centre.client.studio.v2.flows.list() if row.friendly_name == "Messaging Flow"]
    configure(centre, "whatsapp", WHATSAPP_NUMBER, str(messaging.sid))


def hand_over_at_once(centre: ContactCentre, timeout: int) -> str:
    """Returns a number whose conversations are handed over, with tasks that live so long."""
    widget = send_to_flex(
        "hand_over", centre.workflow_sid, centre.chat_channel_sid, timeout=str(timeout), priority="0"
    )
    definition = flow(widget)
    definition["states"][0]["transitions"][2]["next"] = "hand_over"
    configure(centre, "sms", NUMBER, str(centre.publish("Hands over", definition).sid))
    return NUMBER


def configure(centre: ContactCentre, kind: str, address: str, flow_sid: str) -> None:
    """Makes a number whose messages become conversations that a flow hears."""
    centre.client.incoming_phone_numbers.create(phone_number=address)
    centre.client.conversations.v1.address_configurations.create(
        type=kind,
        address=address,
        auto_creation_enabled=True,
        auto_creation_type="studio",
        auto_creation_studio_flow_sid=flow_sid,
    )


def everyone(centre: ContactCentre) -> str:
    """Returns the configuration of a workflow that asks everyone."""
    return json.dumps({"task_routing": {"filters": [], "default_filter": {"queue": centre.queue_sid}}})


def waiting(centre: ContactCentre, earlier: list[str] | None = None) -> tuple[str, Talk]:
    """Returns the task for which an agent is sought, and its conversation, which is not one of the earlier ones."""

    def found() -> Iterator[tuple[str, Talk]]:
        for task in centre.tasks_named(ANA):
            talk = Talk(centre, str(task.attributes))
            if talk.sid not in (earlier or []):
                yield str(task.sid), talk

    return eventually("an agent is sought", lambda: list(found()))[0]


def talk_tasks(centre: ContactCentre, talk: Talk) -> list[str]:
    """Returns the tasks of a conversation, live and ended."""
    tasks = [centre.workspace.tasks(task.sid).fetch() for task in centre.workspace.tasks.list()]
    return [str(it.sid) for it in tasks if json.loads(it.attributes).get("conversationSid") == talk.sid]


def first_of(agents: list[Agent], centre: ContactCentre) -> tuple[str, Talk]:
    """Has the one who is asked accept."""

    def asked() -> list[Agent]:
        here = centre.workspace
        return [it for it in agents if here.workers(it.sid).reservations.list(reservation_status="pending")]

    return eventually("somebody is asked", asked)[0].accept()


def bodies_everywhere(centre: ContactCentre) -> list[str]:
    """Returns what was written in all conversations."""
    here = centre.client.conversations.v1.conversations
    return [str(message.body) for one in here.list() for message in here(one.sid).messages.list()]
