"""What flows send: every request to another system is signed, and messages stop where machines talk to each other."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from support.application import Application, as_json
from support.contact_centre import ContactCentre
from support.flows import flow, send_message, transition, widget
from support.server import AUTH_TOKEN
from support.waiting import eventually

CONTACT = "+15551230001"
FORM = "application/x-www-form-urlencoded;charset=utf-8"
JSON = "application/json;charset=utf-8"
PARAMETERS = [{"key": "name", "value": "Zoë & Ann"}]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("make-http-request", {"method": "GET", "parameters": PARAMETERS}),
        ("make-http-request", {"method": "POST", "content_type": FORM, "parameters": PARAMETERS}),
        ("make-http-request", {"method": "POST", "content_type": JSON, "body": '{"name": "Zoë"}'}),
        ("run-function", {"parameters": PARAMETERS}),
    ],
)
def test_a_request_carries_a_signature_that_the_official_library_accepts(
    centre: ContactCentre, kind: str, properties: dict[str, Any]
) -> None:
    with Application(lambda _: as_json({})) as application:
        ways = [transition("success", "done"), transition("failed"), transition("fail")]
        wanted = properties | {"url": f"{application.url}/path?x=1"}
        events = {"make-http-request": ("success", "failed"), "run-function": ("success", "fail")}[kind]
        ask = widget("ask", kind, wanted, [way for way in ways if way["event"] in events])
        definition = flow(ask, send_message("done", "Done"), on_message="ask")
        centre.bind("+15555550111", centre.publish("Asks", definition))
        centre.text(CONTACT, "+15555550111", "Hello")
        asked = eventually("the system is asked", lambda: application.asked)[0]
        is_form = asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        body: Any = dict(parse_qsl(asked.body)) if is_form or not asked.body else asked.body
        validator, signature = RequestValidator(AUTH_TOKEN), asked.headers["x-twilio-signature"]
        assert validator.validate(application.url + asked.path, body, signature), asked
        assert urlsplit(asked.path).query.startswith("x=1")


def test_a_flow_stops_sending_where_two_machines_answer_each_other(centre: ContactCentre) -> None:
    one, other = send_message("one", "Ping", "other"), send_message("other", "Pong", "one")
    one["transitions"][1]["next"] = other["transitions"][1]["next"] = "refused"
    note = widget("refused", "set-variables", {"variables": []}, [transition("next")])
    published = centre.publish("Talks", flow(one, other, note, on_message="one"))
    centre.bind("+15555550111", published)
    centre.text(CONTACT, "+15555550111", "Hello")
    execution = centre.wait_for_execution(published.sid, "ended")
    assert len(centre.messages(to=CONTACT)) == 30
    steps = centre.client.studio.v2.flows(published.sid).executions(execution.sid).steps.list()
    [refused] = [step for step in steps if step.transitioned_to == "refused"]
    context = refused.context
    assert refused.name == "failed" and "two machines" in context["error"]
    assert context["widgets"][refused.transitioned_from]["outbound"]["ErrorCode"] == 14107
    # Whoever else writes is answered.
    centre.text("+15551230002", "+15555550111", "Hello")
    assert centre.wait_for_messages("+15551230002", 30)
