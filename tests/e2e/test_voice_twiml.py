"""Numbers whose calls an application answers: each verb as it is heard, and what the application is told of it."""

import time
from collections.abc import Callable, Iterator

import pytest

from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.sound import Sound
from support.waiting import eventually

pytestmark = needs_phone

CALLEE_TONE, THIRD_TONE = 700, 1100
PROMPT, SECOND_PROMPT = 1500, 1900
FOR_EVER = 'loop="0"'

Buy = Callable[..., Phone]


@pytest.fixture
def number(shared_call_centre: CallCentre, script: Script) -> Iterator[str]:
    """The URI of a number whose calls `/voice` of the script answers."""
    numbers = shared_call_centre.client.incoming_phone_numbers
    options = {
        "voice_fallback_url": f"{script.url}/fallback",
        "status_callback": f"{script.url}/over",
    }
    uri = shared_call_centre.number_for(f"{script.url}/voice", **options)
    yield uri
    [number] = [number for number in numbers.list() if number.voice_url == f"{script.url}/voice"]
    number.delete()


def test_keys_end_a_prompt_and_lead_on(number: str, script: Script, phone: Phone) -> None:
    script.documents = {
        "/voice": f'<Pause/><Gather action="picked?x=1" numDigits="2"><Play {FOR_EVER}>/tone-{PROMPT}.wav</Play></Gather>',
        "/picked": f"<Play>tone-{SECOND_PROMPT}.wav</Play><Redirect>/more</Redirect>",
        "/more": '<Gather action="/done" finishOnKey="#" timeout="3"/>',
        "/done": "<Hangup/>",
    }
    phone.call(number)
    phone.hears(PROMPT)
    phone.press("42")
    phone.hears(SECOND_PROMPT)
    script.wait_for("/more")
    phone.press("7#")
    phone.until("CALL_CLOSED")
    first, [picked], [done] = script.told("/voice")[0], script.told("/picked"), script.told("/done")
    assert (first["CallStatus"], first["Direction"], first["From"]) == ("ringing", "inbound", phone.user)
    assert (picked["Digits"], picked["CallStatus"]) == ("42", "in-progress")
    assert (done["Digits"], done["FinishedOnKey"]) == ("7", "#")
    over = script.wait_for("/over")
    assert (over["CallStatus"], over["CallSid"]) == ("completed", first["CallSid"])
    assert int(over["CallDuration"]) >= 1


def test_without_keys_the_next_verb_follows(number: str, script: Script, phone: Phone) -> None:
    script.documents = {
        "/voice": '<Gather action="/picked" timeout="1"/><Gather action="/empty" timeout="1" actionOnEmptyResult="true"/>'
    }
    phone.call(number)
    assert script.wait_for("/empty")["Digits"] == ""
    phone.until("CALL_CLOSED")
    assert script.told("/picked") == []


def test_a_recording_holds_what_the_caller_said(
    shared_call_centre: CallCentre, number: str, script: Script, phone: Phone
) -> None:
    script.documents = {
        "/voice": '<Record action="/recorded" finishOnKey="#*" recordingStatusCallback="/kept" timeout="9"/>',
        "/recorded": f"<Play {FOR_EVER}>/tone-{PROMPT}.wav</Play>",
    }
    phone.call(number)
    eventually("the caller has spoken", lambda: phone.heard().seconds > 2.5)
    phone.press("#")
    phone.hears(PROMPT)
    recorded, kept = script.wait_for("/recorded"), script.wait_for("/kept")
    assert (recorded["Digits"], kept["RecordingStatus"]) == ("#", "completed")
    assert recorded["RecordingUrl"] == kept["RecordingUrl"]
    assert 1 <= int(kept["RecordingDuration"]) <= 4
    file = shared_call_centre.server.data / "recordings" / f"{kept['RecordingSid']}.wav"
    assert Sound.read(file).best_share(CALLER_TONE) > 0.6


def test_who_is_dialled_hears_a_whisper_and_then_the_caller(
    shared_call_centre: CallCentre, number: str, script: Script, phone: Phone, buy_phone: Buy
) -> None:
    callee = buy_phone(CALLEE_TONE, user="bob")
    events = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
    script.documents = {
        "/voice": f'<Dial action="/dialled" answerOnBridge="true" record="record-from-answer-dual" recordingStatusCallback="/kept">'
        f'<Sip url="/whisper" {events}>{callee.uri}?X-Order=17</Sip></Dial><Play>/never.wav</Play>',
        "/whisper": f"<Play>/tone-{PROMPT}.wav</Play><Play>/tone-{PROMPT}.wav</Play>",
        "/dialled": f"<Play {FOR_EVER}>/tone-{SECOND_PROMPT}.wav</Play>",
    }
    phone.command("dial", number)
    callee.until("CALL_INCOMING")
    phone.until("CALL_RINGING")
    assert not any(event.get("type") == "CALL_ESTABLISHED" for event in phone.events)
    callee.command("accept")
    callee.hears(PROMPT)
    callee.hears(CALLER_TONE)
    phone.hears(CALLEE_TONE)
    callee.hang_up()
    phone.hears(SECOND_PROMPT)
    dialled = script.wait_for("/dialled")
    assert (dialled["DialCallStatus"], dialled["DialBridged"]) == ("completed", "true")
    whispered = script.wait_for("/whisper")
    assert (whispered["ParentCallSid"], whispered["Direction"]) == (dialled["CallSid"], "outbound-dial")
    assert whispered["CallSid"] == dialled["DialCallSid"]
    script.wait_for("/leg", 4)
    assert [told["CallStatus"] for told in script.told("/leg")] == ["initiated", "ringing", "in-progress", "completed"]
    assert [told["SequenceNumber"] for told in script.told("/leg")] == ["0", "1", "2", "3"]
    kept = script.wait_for("/kept")
    assert kept["RecordingChannels"] == "2"
    file = (shared_call_centre.server.data / "recordings" / f"{kept['RecordingSid']}.wav").read_bytes()
    assert Sound.of(file, channel=0).best_share(CALLER_TONE) > 0.6
    assert Sound.of(file, channel=1).best_share(CALLEE_TONE) > 0.6


@pytest.mark.parametrize(
    ("refusal", "status"), [("busy", "busy"), ("no-answer", "no-answer"), ("unreachable", "failed")]
)
def test_who_does_not_answer_is_told_to_the_action(
    number: str, script: Script, phone: Phone, buy_phone: Buy, refusal: str, status: str
) -> None:
    callee = buy_phone(CALLEE_TONE, user="bob")
    uri = "sip:nobody@127.0.0.1:9" if refusal == "unreachable" else callee.uri
    script.documents = {"/voice": f'<Dial action="/dialled" timeout="5"><Sip>{uri};transport=tcp</Sip></Dial>'}
    if refusal == "no-answer":
        script.documents["/voice"] = f'<Dial action="/dialled" timeout="5"><Sip>{uri}</Sip></Dial>'
    phone.call(number)
    if refusal == "busy":
        callee.until("CALL_INCOMING")
        callee.hang_up()
    dialled = eventually("the action is asked", lambda: script.told("/dialled"), within=18)[0]
    assert (dialled["DialCallStatus"], dialled["DialBridged"]) == (status, "false")


def test_three_in_a_conference_hear_each_other_and_not_themselves(
    number: str, script: Script, phone: Phone, buy_phone: Buy
) -> None:
    second, third = buy_phone(CALLEE_TONE, user="bob"), buy_phone(THIRD_TONE, user="cid")
    events = 'statusCallback="/room" statusCallbackEvent="start end join leave"'
    script.documents = {
        "/voice": f'<Dial action="/left"><Conference beep="false" waitUrl="/music" endConferenceOnExit="true" {events}>tea</Conference></Dial>',
        "/music": f"<Play {FOR_EVER}>/tone-{PROMPT}.wav</Play>",
    }
    phone.call(number)
    phone.hears(PROMPT)
    second.call(number)
    third.call(number)
    phone.hears(CALLEE_TONE, THIRD_TONE)
    second.hears(CALLER_TONE, THIRD_TONE)
    third.hears(CALLER_TONE, CALLEE_TONE)
    third.hang_up()
    second.until("CALL_CLOSED")
    phone.until("CALL_CLOSED")
    told = [event["StatusCallbackEvent"] for event in eventually("all is told", lambda: script.told("/room")[7:] and script.told("/room"))]
    assert sorted(told) == sorted(["participant-join"] * 3 + ["conference-start"] + ["participant-leave"] * 3 + ["conference-end"])
    assert told[-1] == "conference-end"
    assert [told["DialCallStatus"] for told in script.told("/left")] == ["answered"] * 3


def test_who_waits_in_a_queue_is_taken_out_by_who_dials_it(
    number: str, script: Script, phone: Phone, buy_phone: Buy
) -> None:
    second = buy_phone(CALLEE_TONE, user="bob")
    script.documents = {
        "/voice": lambda asked: '<Dial action="/dialled"><Queue url="/soon">tea</Queue></Dial>'
        if "bob" in asked.form["From"]
        else '<Enqueue action="/after" waitUrl="/wait">tea</Enqueue>',
        "/wait": f"<Play>/tone-{PROMPT}.wav</Play>",
        "/soon": f"<Play>/tone-{SECOND_PROMPT}.wav</Play>",
        "/after": "<Hangup/>",
    }
    phone.call(number)
    phone.hears(PROMPT)
    script.wait_for("/wait", 2)
    second.call(number)
    phone.hears(SECOND_PROMPT)
    phone.hears(CALLEE_TONE)
    second.hears(CALLER_TONE)
    phone.hang_up()
    second.until("CALL_CLOSED")
    waited, after, dialled = script.told("/wait")[0], script.wait_for("/after"), script.wait_for("/dialled")
    assert (waited["QueuePosition"], waited["CurrentQueueSize"]) == ("1", "1")
    assert int(script.told("/wait")[1]["QueueTime"]) >= 1
    assert after["QueueResult"] == "bridged"
    assert dialled["DialCallStatus"] == "completed"


def test_a_wait_document_can_lead_out_of_the_queue(number: str, script: Script, phone: Phone) -> None:
    script.documents = {
        "/voice": f'<Enqueue action="/after" waitUrl="/wait">tea</Enqueue>',
        "/wait": '<Gather action="/pressed" numDigits="1" timeout="30"/>',
        "/pressed": "<Leave/>",
        "/after": f"<Play {FOR_EVER}>/tone-{PROMPT}.wav</Play>",
    }
    phone.call(number)
    script.wait_for("/wait")
    phone.press("9")
    phone.hears(PROMPT)
    assert script.wait_for("/pressed")["Digits"] == "9"
    assert script.wait_for("/after")["QueueResult"] == "leave"


@pytest.mark.parametrize(("document", "status"), [("<Reject/>", "603"), ('<Reject reason="busy"/>', "486")])
def test_a_caller_can_be_turned_away(number: str, script: Script, phone: Phone, document: str, status: str) -> None:
    script.documents = {"/voice": document}
    assert status in phone.refusal(number)


@pytest.mark.parametrize(("broken", "code"), [("500", "11200"), ("<Say>", "12100")])
def test_a_document_that_fails_has_a_fallback(
    number: str, script: Script, phone: Phone, broken: str, code: str
) -> None:
    script.documents = {"/voice": broken, "/fallback": f"<Play {FOR_EVER}>tone-{PROMPT}.wav</Play>"}
    phone.call(number)
    phone.hears(PROMPT)
    fallback = script.wait_for("/fallback")
    assert (fallback["ErrorCode"], fallback["ErrorUrl"]) == (code, f"{script.url}/voice")


def test_documents_that_lead_to_themselves_do_not_spin(number: str, script: Script, phone: Phone) -> None:
    script.documents = {"/voice": "<Pause length='0'/><Redirect/>"}
    phone.command("dial", number)
    begun = time.monotonic()
    script.wait_for("/voice", 21)
    assert time.monotonic() - begun > 4
    phone.hang_up()
    script.wait_for("/over")


@pytest.mark.parametrize("codec", ["PCMA", "opus/48000/2", "G722"])
def test_other_codecs_are_heard_too(number: str, script: Script, buy_phone: Buy, codec: str) -> None:
    phone = buy_phone(codec=codec, modules=("g722",) if codec == "G722" else ())
    script.documents = {"/voice": "<Echo/>"}
    phone.call(number)
    phone.hears(CALLER_TONE)
