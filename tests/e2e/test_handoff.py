"""From a customer's message to an agent, with flows as they were exported."""

import json
from pathlib import Path

import pytest

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import ask, fill_in, flow, send_message, send_to_flex
from support.journey import STEPS, Journey
from support.shared import LEFT_OUT, SHARED, shared_flow

ANA = "+15557771001"
BEN = "+15557771002"
NUMBER = "+15555550177"


def test_a_keyword_takes_the_customer_to_an_agent_who_completes_the_task(centre: ContactCentre) -> None:
    journey = Journey(centre)
    for step in STEPS:
        step.act(journey)
        step.settle(journey)
    journey.check_that_everything_happened_once()


def test_the_default_messaging_flow_hands_a_text_over(centre: ContactCentre) -> None:
    [messaging] = [row for row in centre.client.studio.v2.flows.list() if row.friendly_name == "Messaging Flow"]
    centre.bind(NUMBER, messaging)
    centre.text(ANA, NUMBER, "Hello")
    task = centre.wait_for_task(ANA)
    assert json.loads(task.attributes) == {"name": ANA, "channelType": "sms", "channelSid": ""}
    assert task.task_channel_unique_name == "chat"
    worker = centre.hire("ada")
    centre.finish(worker.sid, centre.wait_for_offer(worker.sid).sid)
    centre.wait_for_status(task.sid, "completed")


def test_two_messages_of_one_contact_are_one_execution(centre: ContactCentre) -> None:
    menu = centre.publish("Ask", flow(ask("ask", "Who are you?"), on_message="ask"))
    centre.bind(NUMBER, menu)
    centre.text(ANA, NUMBER, "Hello")
    centre.wait_for_message(ANA, "Who are you?")
    centre.text(BEN, NUMBER, "Hello")
    centre.wait_for_message(BEN, "Who are you?")
    assert len(centre.executions(menu.sid)) == 2, "another contact has an execution of its own"
    centre.text(ANA, NUMBER, "Ana")
    centre.text(BEN, NUMBER, "Ben")
    contacts = sorted(execution.contact_channel_address for execution in centre.executions(menu.sid))
    assert contacts == [ANA, BEN]


def test_a_message_after_the_end_starts_a_new_execution(centre: ContactCentre) -> None:
    greeter = centre.publish("Greet", flow(send_message("greet", "Welcome"), on_message="greet"))
    centre.bind(NUMBER, greeter)
    centre.text(ANA, NUMBER, "Hello")
    centre.wait_for_execution(greeter.sid, "ended")
    centre.text(ANA, NUMBER, "Hello again")
    centre.wait_for_messages(ANA, 2)
    assert len(centre.executions(greeter.sid)) == 2


def test_attributes_over_the_limit_take_the_failure_branch_and_say_why(centre: ContactCentre) -> None:
    hand_over = send_to_flex(
        "hand_over",
        centre.workflow_sid,
        centre.chat_channel_sid,
        failed="apologise",
        attributes='{"name": "{{trigger.message.Body}}"}',
    )
    apologise = send_message("apologise", "We can not reach anyone.")
    definition = flow(hand_over, apologise, on_message="hand_over")
    published = centre.publish("Too long", definition)
    centre.bind(NUMBER, published)
    centre.text(ANA, NUMBER, "x" * 1025)
    centre.wait_for_message(ANA, "We can not reach anyone.")
    assert centre.workspace.tasks.list() == []
    execution = centre.wait_for_execution(published.sid, "ended")
    steps = centre.client.studio.v2.flows(published.sid).executions(execution.sid).steps
    contexts = [json.dumps(steps(step.sid).step_context().fetch().context) for step in steps.list()]
    assert any("1024" in context for context in contexts), "a step names the limit"


def test_a_quote_in_the_customers_words_does_not_break_the_attributes(centre: ContactCentre) -> None:
    hand_over = send_to_flex(
        "hand_over",
        centre.workflow_sid,
        centre.chat_channel_sid,
        attributes='{"name": "{{contact.channel.address}}", "said": "{{trigger.message.Body}}"}',
    )
    centre.bind(NUMBER, centre.publish("Quote", flow(hand_over, on_message="hand_over")))
    centre.text(ANA, NUMBER, 'My "new" phone\nis broken')
    task = centre.wait_for_task(ANA)
    assert json.loads(task.attributes)["said"] == 'My "new" phone\nis broken'


def test_an_exported_flow_branches_by_keyword(centre: ContactCentre) -> None:
    exported = json.loads(shared_flow(45).read_text())
    centre.bind(NUMBER, centre.publish("Vaccine standby", exported))
    for turn, (customers_text, answer) in enumerate(
        [
            ("Hi", "To continue, reply"),
            ("no", "To continue, reply"),
            ("Yes", "What is your full name?"),
            ("Ana", "OK, Ana, how old are you?"),
        ]
    ):
        centre.text(ANA, NUMBER, customers_text)
        assert answer in centre.wait_for_messages(ANA, turn + 1)[-1].body


def test_an_exported_flow_hands_over(centre: ContactCentre) -> None:
    definition = fill_in(shared_flow(43), centre.workflow_sid, centre.chat_channel_sid)
    centre.bind(NUMBER, centre.publish("Chat flow", definition))
    centre.text(ANA, NUMBER, "Hello")
    task = centre.wait_for_task(ANA)
    assert json.loads(task.attributes) == {"name": ANA, "channelType": "sms", "channelSid": ""}


EXPORTED_FLOWS = sorted((SHARED / "flows").glob("*.json"))


@pytest.mark.skipif(not EXPORTED_FLOWS, reason=LEFT_OUT)
@pytest.mark.parametrize("file", EXPORTED_FLOWS, ids=lambda file: file.stem)
def test_an_exported_flow_publishes_and_comes_back_unchanged(
    shared_centre: ContactCentre, file: Path
) -> None:
    definition = fill_in(file, shared_centre.workflow_sid, shared_centre.chat_channel_sid)
    published = shared_centre.publish(file.stem, definition)
    assert (published.status, published.valid, published.errors) == ("published", True, [])
    fetched = shared_centre.client.studio.v2.flows(published.sid).fetch()
    assert fetched.definition == definition
