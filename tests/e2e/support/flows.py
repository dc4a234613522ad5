"""Flow definitions: exported files with their SIDs filled in, and small ones built widget by widget."""

import json
from pathlib import Path
from typing import Any

Definition = dict[str, Any]
Widget = dict[str, Any]

OWN_FLOWS = Path(__file__).resolve().parent.parent / "flows"


def own_flow(name: str) -> Path:
    """Returns the exported flow `name` that belongs to these tests."""
    return OWN_FLOWS / f"{name}.json"


def fill_in(file: Path, workflow_sid: str, channel_sid: str) -> Definition:
    """Returns the exported flow with its Send to Flex workflow and channel filled in, otherwise unchanged."""
    definition: Definition = json.loads(file.read_text())
    for widget in definition["states"]:
        if widget["type"] == "send-to-flex":
            widget["properties"]["workflow"] = workflow_sid
            widget["properties"]["channel"] = channel_sid
    return definition


def flow(
    *widgets: Widget,
    on_message: str | None = None,
    on_call: str | None = None,
    on_request: str | None = None,
) -> Definition:
    """Returns a flow of `widgets` whose trigger leads to the named ones."""
    trigger = {
        "name": "Trigger",
        "type": "trigger",
        "transitions": [
            transition("incomingMessage", on_message),
            transition("incomingCall", on_call),
            transition("incomingConversationMessage"),
            transition("incomingRequest", on_request),
            transition("incomingParent"),
        ],
        "properties": {"offset": {"x": 0, "y": 0}},
    }
    return {
        "description": "A flow of the outside tests",
        "states": [trigger, *widgets],
        "initial_state": "Trigger",
        "flags": {"allow_concurrent_calls": True},
    }


def transition(event: str, following: str | None = None) -> dict[str, str]:
    """Returns a transition as an export writes it: without `next` where nothing is wired."""
    return {"event": event} if following is None else {"next": following, "event": event}


def send_message(name: str, body: str, sent: str | None = None) -> Widget:
    """Returns a Send Message widget that answers the contact."""
    properties = {"from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": body}
    return widget(name, "send-message", properties, [transition("sent", sent), transition("failed")])


def ask(name: str, body: str, reply: str | None = None) -> Widget:
    """Returns a Send & Wait for Reply widget."""
    properties = {"from": "{{flow.channel.address}}", "body": body, "timeout": "3600"}
    transitions = [transition("incomingMessage", reply), transition("timeout"), transition("deliveryFailure")]
    return widget(name, "send-and-wait-for-reply", properties, transitions)


def say(name: str, text: str, done: str | None = None) -> Widget:
    """Returns a Say/Play widget."""
    return widget(name, "say-play", {"say": text}, [transition("audioComplete", done)])


def gather(name: str, text: str, keypress: str | None = None, timeout: str | None = None) -> Widget:
    """Returns a Gather Input on Call widget."""
    transitions = [transition("keypress", keypress), transition("speech"), transition("timeout", timeout)]
    return widget(name, "gather-input-on-call", {"say": text, "number_of_digits": 1}, transitions)


def request(name: str, url: str, success: str | None = None, failed: str | None = None) -> Widget:
    """Returns a Make HTTP Request widget."""
    properties = {"method": "POST", "url": url, "content_type": "application/x-www-form-urlencoded;charset=utf-8"}
    return widget(
        name, "make-http-request", properties, [transition("success", success), transition("failed", failed)]
    )


def redirect(name: str, url: str, back: str | None = None, failed: str | None = None) -> Widget:
    """Returns an Add TwiML Redirect widget."""
    transitions = [transition("return", back), transition("timeout"), transition("fail", failed)]
    return widget(name, "add-twiml-redirect", {"url": url, "method": "POST", "timeout": "600"}, transitions)


def send_to_flex(
    name: str, workflow_sid: str, channel_sid: str, failed: str | None = None, **properties: str
) -> Widget:
    """Returns a Send to Flex widget; `properties` are its optional ones, such as `attributes`."""
    required = {"workflow": workflow_sid, "channel": channel_sid}
    transitions = [
        transition("callComplete"),
        transition("failedToEnqueue", failed),
        transition("callFailure"),
    ]
    return widget(name, "send-to-flex", required | properties, transitions)


def widget(name: str, kind: str, properties: dict[str, Any], transitions: list[dict[str, str]]) -> Widget:
    """Returns any widget in the form of an export."""
    return {
        "name": name,
        "type": kind,
        "transitions": transitions,
        "properties": {"offset": {"x": 0, "y": 0}} | properties,
    }
