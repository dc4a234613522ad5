"""Attended transfer: a phone joins its two calls and leaves, or another phone takes a call over (RFC 3891)."""

from urllib.parse import quote

from support.bare_phone import BarePhone
from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone

pytestmark = needs_phone

PROMPT = 1500
CONSULTED = "+15555550177"


def test_a_phone_joins_its_two_calls_and_leaves_them(call_centre: CallCentre, script: Script, phone: Phone) -> None:
    script.documents = {
        "/first": f'<Dial action="/dialled"><Sip>{phone.uri}</Sip></Dial>',
        "/consulted": f'<Play loop="0">/tone-{PROMPT}.wav</Play>',
        "/dialled": "<Hangup/>",
    }
    call_centre.number_for(f"{script.url}/consulted", CONSULTED)
    number = call_centre.number_for(f"{script.url}/first")
    with BarePhone() as transferor:
        consulted = transferor.call(call_centre.uri(CONSULTED))
        first = transferor.invite(number)
        phone.answer()
        first.confirm()
        first.hears(CALLER_TONE)
        target = f"<{call_centre.uri(CONSULTED)}?Replaces={quote(consulted.replaces(), safe='')}>"
        first.send("REFER", f"Refer-To: {target}")
        first.until("SIP/2.0 202")
        for call in (first, consulted):
            call.until("BYE")
        assert any("200" in message["body"] for message in transferor.requests if message["start"][:6] == "NOTIFY")
        phone.hears(PROMPT)
    phone.hang_up()
    assert script.wait_for("/dialled")["DialCallStatus"] == "completed"


def test_another_phone_takes_a_call_over(call_centre: CallCentre, script: Script) -> None:
    script.documents = {"/voice": f'<Play loop="0">/tone-{PROMPT}.wav</Play>'}
    number = call_centre.number_for(f"{script.url}/voice")
    with BarePhone() as desk, BarePhone() as mobile:
        call = desk.call(number)
        call.hears(PROMPT)
        taken = mobile.call(number, f"Replaces: {call.replaces()}")
        call.until("BYE")
        taken.hears(PROMPT)
    assert len(script.told("/voice")) == 1


def test_another_phone_takes_a_call_over_and_leaves_the_offer_to_us(
    call_centre: CallCentre, script: Script
) -> None:
    script.documents = {"/voice": f'<Play loop="0">/tone-{PROMPT}.wav</Play>'}
    number = call_centre.number_for(f"{script.url}/voice")
    with BarePhone() as desk, BarePhone() as mobile:
        call = desk.call(number)
        call.hears(PROMPT)
        taken = mobile.call_without_offer(number, f"Replaces: {call.replaces()}")
        call.until("BYE")
        taken.hears(PROMPT)
    assert len(script.told("/voice")) == 1


def test_a_call_that_is_not_there_can_not_be_taken_over(call_centre: CallCentre, script: Script) -> None:
    script.documents = {"/voice": "<Pause length='30'/>"}
    number = call_centre.number_for(f"{script.url}/voice")
    with BarePhone() as phone:
        phone.invite(number, "Replaces: nobody@nowhere;to-tag=a;from-tag=b").until("SIP/2.0 481")
    assert script.told("/voice") == []
