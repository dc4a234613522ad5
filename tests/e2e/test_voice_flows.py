"""Flows on calls: their voice widgets as they are heard, and the branches that they take."""

from collections.abc import Callable

import pytest

from support.application import Application, as_json
from support.call_centre import CallCentre, Script
from support.flows import Widget, flow, transition, widget
from support.phone import CALLER_TONE, Phone, needs_phone
from support.waiting import eventually

pytestmark = needs_phone

NUMBER, CALLEE_TONE = "+15555550177", 700
PROMPT, SECOND_PROMPT, LAST_PROMPT = 1500, 1900, 1100

Buy = Callable[..., Phone]


class Line:
    """A number that runs a flow."""

    def __init__(self, centre: CallCentre, *widgets: Widget, **trigger: str) -> None:
        self.centre = centre
        self.widgets, self.trigger = widgets, trigger
        self.flow = centre.publish("On calls", flow(*widgets, **trigger))
        self.uri = centre.number_for(self.flow.webhook_url, NUMBER)

    def publish_again(self, *widgets: Widget) -> None:
        """Publishes other widgets in place of those at hand."""
        definition = flow(*widgets, **self.trigger)
        self.centre.client.studio.v2.flows(self.flow.sid).update(
            status="published", definition=definition, commit_message="Changed"
        )

    def steps(self) -> list[str]:
        """The names of the widgets that the one execution has been at, once it has ended."""
        execution = self.centre.wait_for_execution(self.flow.sid, "ended")
        steps = self.centre.client.studio.v2.flows(self.flow.sid).executions(execution.sid).steps.list()
        return [step.transitioned_to for step in steps]


def play(script: Script, name: str, tone: int, done: str | None = None, times: int = 1) -> Widget:
    """A Say/Play widget that plays a tone."""
    properties = {"play": f"{script.url}/tone-{tone}.wav", "loop": times}
    return widget(name, "say-play", properties, [transition("audioComplete", done)])


def gather(script: Script, tone: int, *, keys: str, timeout: str | None = None) -> Widget:
    """A Gather Input On Call widget that asks by a tone, for two keys."""
    properties = {"play": f"{script.url}/tone-{tone}.wav", "number_of_digits": 2, "timeout": 1, "loop": 2}
    transitions = [transition("keypress", keys), transition("speech"), transition("timeout", timeout)]
    return widget("gather", "gather-input-on-call", properties, transitions)


def send(name: str, url: str, value: str) -> Widget:
    """A Make HTTP Request widget that sends a value."""
    properties = {
        "method": "POST",
        "url": url,
        "content_type": "application/x-www-form-urlencoded;charset=utf-8",
        "parameters": [{"key": "url", "value": value}],
    }
    return widget(name, "make-http-request", properties, [transition("success"), transition("failed")])


def test_keys_lead_through_a_flow_that_is_changed_meanwhile(
    call_centre: CallCentre, script: Script, phone: Phone
) -> None:
    ask = gather(script, PROMPT, keys="again", timeout="again")
    line = Line(call_centre, ask, play(script, "again", SECOND_PROMPT, times=30), on_call="gather")
    phone.call(line.uri)
    phone.hears(PROMPT)
    line.publish_again(ask, play(script, "again", LAST_PROMPT, times=30))
    phone.press("12")
    phone.hears(SECOND_PROMPT)
    phone.hang_up()
    assert line.steps()[:2] == ["gather", "again"]


def test_without_keys_a_flow_loops(call_centre: CallCentre, script: Script, phone: Phone) -> None:
    back = play(script, "sorry", SECOND_PROMPT, done="gather")
    line = Line(call_centre, gather(script, PROMPT, keys="sorry", timeout="sorry"), back, on_call="gather")
    phone.call(line.uri)
    phone.hears(SECOND_PROMPT)
    phone.hears(PROMPT)
    phone.hang_up()
    assert line.steps()[:3] == ["gather", "sorry", "gather"]


@pytest.mark.parametrize("ending", ["recordingComplete", "hangup"])
def test_a_voicemail_is_recorded(call_centre: CallCentre, script: Script, phone: Phone, ending: str) -> None:
    transitions = [transition("recordingComplete", "thanks"), transition("noAudio"), transition("hangup", "note")]
    properties = {"finish_on_key": "#", "timeout": 5, "max_length": 60}
    record = widget("record", "record-voicemail", properties, transitions)
    thanks = play(script, "thanks", PROMPT, done="note")
    with Application(lambda _: as_json({})) as archive:
        note = send("note", archive.url, "{{widgets.record.RecordingUrl}}")
        line = Line(call_centre, record, thanks, note, on_call="record")
        phone.call(line.uri)
        eventually("the caller has spoken", lambda: phone.heard().seconds > 2)
        if ending == "hangup":
            phone.hang_up()
        else:
            phone.press("#")
            phone.hears(PROMPT)
        [noted] = eventually("the recording is noted", lambda: archive.asked)
    assert "/Recordings/RE" in noted.form["url"]
    expected = ["record", "note"] if ending == "hangup" else ["record", "thanks", "note"]
    assert line.steps()[: len(expected)] == expected


@pytest.mark.parametrize("ending", ["callCompleted", "hangup"])
def test_a_call_is_connected(
    call_centre: CallCentre, script: Script, phone: Phone, buy_phone: Buy, ending: str
) -> None:
    callee = buy_phone(CALLEE_TONE, user="bob")
    properties = {"noun": "sip", "sip_endpoint": callee.uri, "caller_id": "{{contact.channel.address}}", "timeout": 20}
    transitions = [transition("callCompleted", "after"), transition("hangup", "gone")]
    connect = widget("connect", "connect-call-to", properties, transitions)
    gone = widget("gone", "set-variables", {"variables": [{"key": "gone", "value": "yes"}]}, [transition("next")])
    line = Line(call_centre, connect, play(script, "after", PROMPT, times=30), gone, on_call="connect")
    phone.call(line.uri)
    callee.answer()
    phone.hears(CALLEE_TONE)
    callee.hears(CALLER_TONE)
    if ending == "hangup":
        phone.hang_up()
        callee.until("CALL_CLOSED")
    else:
        callee.hang_up()
        phone.hears(PROMPT)
        phone.hang_up()
    assert line.steps()[:2] == ["connect", "gone" if ending == "hangup" else "after"]


def test_a_caller_who_hangs_up_in_a_queue_ends_the_execution(
    call_centre: CallCentre, script: Script, phone: Phone
) -> None:
    properties = {"workflow_sid": call_centre.workflow_sid, "task_attributes": '{"name": "Eve"}', "priority": 3}
    transitions = [transition("callComplete", "gone"), transition("failedToEnqueue"), transition("callFailure")]
    enqueue = widget("enqueue", "enqueue-call", properties, transitions)
    gone = widget("gone", "set-variables", {"variables": [{"key": "gone", "value": "yes"}]}, [transition("next")])
    line = Line(call_centre, enqueue, gone, on_call="enqueue")
    phone.call(line.uri)
    task = call_centre.wait_for_call()
    assert task.priority == 3
    phone.hang_up()
    call_centre.wait_for_status(task.sid, "canceled")
    assert line.steps()[:2] == ["enqueue", "gone"]


@pytest.mark.parametrize("answer", ["answered", "busy"])
def test_an_execution_calls_somebody(
    call_centre: CallCentre, script: Script, phone: Phone, answer: str
) -> None:
    events = {"answered": "talk", "busy": "note", "noAnswer": "note", "failed": "note"}
    transitions = [transition(event, following) for event, following in events.items()]
    properties = {"from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "timeout": 20}
    call = widget("call", "make-outgoing-call-v2", properties, transitions)
    note = widget("note", "set-variables", {"variables": [{"key": "gone", "value": "yes"}]}, [transition("next")])
    line = Line(call_centre, call, play(script, "talk", PROMPT, times=30), note, on_request="call")
    executions = call_centre.client.studio.v2.flows(line.flow.sid).executions
    executions.create(to=phone.uri, from_=NUMBER)
    if answer == "answered":
        phone.answer()
        phone.hears(PROMPT)
        phone.hang_up()
    else:
        phone.until("CALL_INCOMING")
        phone.hang_up()
    assert line.steps()[:2] == ["call", "talk" if answer == "answered" else "note"]
