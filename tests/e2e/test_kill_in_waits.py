"""`kill -9` while a flow waits: for a reply, inside a subflow, for another system; a published change changes nothing."""

import json
import re
import threading

import pytest

from support.application import Application, Asked, as_json
from support.contact_centre import ContactCentre
from support.flows import Definition, ask, fill_in, flow, request, send_message, transition, widget
from support.shared import SHARED, shared_file
from support.waiting import eventually

NUMBER = "+15555550111"
CONTACT = "+15551230001"
PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
SHARED_FLOWS = sorted(file.name for file in (SHARED / "flows").glob("*.json"))


def test_a_flow_that_waits_for_a_reply_survives_a_kill(centre: ContactCentre) -> None:
    widgets = (ask("name", "Your name?", "greet"), send_message("greet", "Hello {{widgets.name.inbound.Body}}"))
    run(centre, flow(*widgets, on_message="name"))
    centre.wait_for_message(CONTACT, "Your name?")
    centre.server.restart_after_kill()
    centre.text(CONTACT, NUMBER, "Ann")
    centre.wait_for_message(CONTACT, "Hello Ann")


def test_a_subflow_keeps_its_revision_across_a_publication_and_a_kill(centre: ContactCentre) -> None:
    child = centre.publish("Child", asking_child("Old"))
    run(centre, parent(child.sid))
    centre.wait_for_message(CONTACT, "Old?")
    child.update(status="published", definition=asking_child("New"))
    centre.server.restart_after_kill()
    centre.text(CONTACT, NUMBER, "yes")
    centre.wait_for_message(CONTACT, "The Old child heard yes")
    centre.text(CONTACT, NUMBER, "Hi again")
    centre.wait_for_message(CONTACT, "New?")


def test_a_flow_waits_for_another_system_inside_a_subflow_across_a_kill(centre: ContactCentre) -> None:
    is_restarted = threading.Event()

    def answer(_: Asked) -> tuple[int, str, str]:
        is_restarted.wait(timeout=20)
        return as_json({"name": "Ann"})

    with Application(answer) as application:
        remember = set_variables("remember", answer="{{widgets.look.parsed.name}}", edition="Only")
        child = flow(request("look", application.url, success="remember"), remember)
        child["states"][0]["transitions"][4]["next"] = "look"
        run(centre, parent(centre.publish("Child", child).sid))
        eventually("the system is asked", lambda: application.asked)
        centre.server.restart_after_kill()
        is_restarted.set()
        centre.wait_for_message(CONTACT, "The Only child heard Ann")


@pytest.mark.parametrize("name", SHARED_FLOWS)
def test_an_exported_flow_is_published_and_runs(shared_centre: ContactCentre, name: str) -> None:
    centre = shared_centre
    subflow = centre.publish("Subflow", flow()).sid
    definition = fill_in(shared_file(f"flows/{name}"), centre.workflow_sid, centre.chat_channel_sid)
    for state in definition["states"]:
        if state["type"] == "run-subflow":
            state["properties"]["flow_sid"] = subflow
    # What is left are functions, which stand for themselves: any SID of the same kind will do.
    text = PLACEHOLDER.sub("ZS" + "0" * 32, json.dumps(definition))
    published = centre.publish(name, json.loads(text))
    assert published.valid and published.status == "published"
    execution = centre.client.studio.v2.flows(published.sid).executions.create(to=CONTACT, from_=NUMBER)
    steps = execution.steps.list()
    assert steps, "the trigger was left"
    assert steps[0].name == "incomingRequest"


def parent(child_sid: str) -> Definition:
    """Returns a flow that runs another one and repeats what that one heard."""
    properties = {"flow_sid": child_sid, "flow_revision": "LatestPublished"}
    transitions = [transition("completed", "tell"), transition("failed")]
    tell = send_message("tell", "The {{widgets.child.edition}} child heard {{widgets.child.answer}}")
    return flow(widget("child", "run-subflow", properties, transitions), tell, on_message="child")


def asking_child(edition: str) -> Definition:
    """Returns a subflow that asks and remembers the answer."""
    remember = set_variables("remember", answer="{{widgets.ask.inbound.Body}}", edition=edition)
    child = flow(ask("ask", f"{edition}?", "remember"), remember)
    child["states"][0]["transitions"][4]["next"] = "ask"
    return child


def set_variables(name: str, **variables: str) -> Definition:
    """Returns a Set Variables widget."""
    pairs = [{"key": key, "value": value} for key, value in variables.items()]
    return widget(name, "set-variables", {"variables": pairs}, [transition("next")])


def run(centre: ContactCentre, definition: Definition) -> None:
    """Publishes a flow for a number, and texts to it."""
    centre.bind(NUMBER, centre.publish("Parent", definition))
    centre.text(CONTACT, NUMBER, "Hi")
