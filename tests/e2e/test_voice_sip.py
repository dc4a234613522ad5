"""What SIP phones do with a call that lasts: hold it, transfer it, be transferred, and leave the offer to us."""

from collections.abc import Callable

import pytest

from support.call_centre import CallCentre, Script
from support.gateway import call_without_offer
from support.phone import CALLER_TONE, Phone, needs_phone
from support.waiting import eventually

pytestmark = needs_phone

CALLEE_TONE, THIRD_TONE = 700, 1100

Buy = Callable[..., Phone]


@pytest.fixture
def callee(buy_phone: Buy) -> Phone:
    """A phone that is dialled."""
    return buy_phone(CALLEE_TONE, user="bob")


@pytest.fixture
def third(buy_phone: Buy) -> Phone:
    """A phone that somebody is transferred to."""
    return buy_phone(THIRD_TONE, user="cid")


def talk(centre: CallCentre, script: Script, phone: Phone, callee: Phone, options: str = "") -> None:
    """Lets the caller and the dialled phone talk."""
    script.documents["/voice"] = f'<Dial action="/dialled" {options}><Sip>{callee.uri}</Sip></Dial>'
    phone.call(centre.number_for(f"{script.url}/voice"))
    callee.answer()
    callee.hears(CALLER_TONE)
    phone.hears(CALLEE_TONE)


def test_a_phone_holds_the_call_and_takes_it_back(
    call_centre: CallCentre, script: Script, phone: Phone, callee: Phone
) -> None:
    talk(call_centre, script, phone, callee)
    callee.command("hold")
    callee.falls_silent()
    phone.falls_silent()
    callee.command("resume")
    phone.hears(CALLEE_TONE)
    callee.receives_since("call: resume")


def test_a_phone_transfers_who_called_it(
    call_centre: CallCentre, script: Script, phone: Phone, callee: Phone, third: Phone
) -> None:
    script.documents = {"/transfer": lambda asked: f"<Dial><Sip>{asked.form['ReferTransferTarget']}</Sip></Dial>"}
    talk(call_centre, script, phone, callee, 'referUrl="/transfer"')
    callee.command("transfer", third.uri)
    third.answer()
    third.hears(CALLER_TONE)
    phone.hears(THIRD_TONE)
    callee.until("CALL_CLOSED")
    assert script.wait_for("/transfer")["ReferTransferTarget"] == third.uri


def test_a_transfer_that_nobody_sees_to_leaves_the_call_as_it_is(
    call_centre: CallCentre, script: Script, phone: Phone, callee: Phone, third: Phone
) -> None:
    talk(call_centre, script, phone, callee)
    callee.command("transfer", third.uri)
    callee.until("TRANSFER_FAILED")
    phone.hears(CALLEE_TONE)


def test_a_caller_is_sent_to_another_phone(
    call_centre: CallCentre, script: Script, phone: Phone, third: Phone
) -> None:
    script.documents = {
        "/voice": f'<Refer action="/referred"><Sip>{third.uri}</Sip></Refer>',
        "/referred": "<Hangup/>",
    }
    phone.call(call_centre.number_for(f"{script.url}/voice"))
    third.answer()
    third.hears(CALLER_TONE)
    referred = script.wait_for("/referred")
    assert (referred["ReferCallStatus"], referred["ReferSipResponseCode"]) == ("completed", "202")


def test_who_leaves_the_offer_to_us_answers_it_and_hears(call_centre: CallCentre, script: Script) -> None:
    script.documents = {"/voice": '<Play loop="0">/tone-440.wav</Play>'}
    heard = call_without_offer(call_centre.number_for(f"{script.url}/voice"))
    assert heard.best_share(440) > 0.8
