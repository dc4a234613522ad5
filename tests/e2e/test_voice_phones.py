"""SIP phones that register with a domain: called by documents and by the router, calling out, and leaving."""

from collections.abc import Callable

import pytest

from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.sip_domain import SipDomain

pytestmark = needs_phone

DESK_TONE = 700
SECOND_TONE = 900
PROMPT = 1500
DOMAIN = "office.example.com"

Buy = Callable[..., Phone]


@pytest.fixture
def domain(call_centre: CallCentre, script: Script) -> SipDomain:
    """A domain with two users, whose calls `/domain` of the script answers."""
    return SipDomain(call_centre, DOMAIN, "ann", "bob", voice_url=f"{script.url}/domain")


@pytest.fixture
def desk(domain: SipDomain, buy_phone: Buy) -> Phone:
    """Ann's phone, registered."""
    phone = buy_phone(DESK_TONE, user="ann", account=domain.account("ann"))
    phone.says("200 OK () [1 binding]")
    return phone


def test_a_registered_phone_is_called_by_a_document_until_it_leaves(
    call_centre: CallCentre, domain: SipDomain, script: Script, desk: Phone, phone: Phone
) -> None:
    script.documents = {
        "/voice": f'<Dial action="/dialled" timeout="5"><Sip>{domain.uri("ann")}</Sip></Dial>',
        "/dialled": "<Hangup/>",
    }
    number = call_centre.number_for(f"{script.url}/voice")
    phone.call(number)
    desk.answer()
    desk.hears(CALLER_TONE)
    phone.hears(DESK_TONE)
    desk.hang_up()
    assert script.wait_for("/dialled")["DialCallStatus"] == "completed"
    desk.leave()
    phone.call(number)
    assert script.wait_for("/dialled", 2)["DialCallStatus"] == "no-answer"


def test_all_phones_of_one_address_ring_at_once_and_the_first_that_answers_has_the_call(
    call_centre: CallCentre, domain: SipDomain, script: Script, desk: Phone, buy_phone: Buy, phone: Phone
) -> None:
    second = buy_phone(SECOND_TONE, user="ann", account=domain.account("ann"))
    second.says("200 OK () [2 bindings]")
    script.documents = {
        "/voice": f'<Dial action="/dialled"><Sip>{domain.uri("ann")}</Sip></Dial>',
        "/dialled": "<Hangup/>",
    }
    phone.call(call_centre.number_for(f"{script.url}/voice"))
    for ringing in (desk, second):
        ringing.until("CALL_INCOMING")
    second.answer()
    desk.until("CALL_CLOSED")
    second.hears(CALLER_TONE)
    phone.hears(SECOND_TONE)
    second.hang_up()
    assert script.wait_for("/dialled")["DialCallStatus"] == "completed"


def test_the_router_reaches_a_worker_at_a_registered_phone(
    call_centre: CallCentre, domain: SipDomain, desk: Phone, phone: Phone
) -> None:
    worker = call_centre.hire("ann", contact_uri=domain.uri("ann")).sid
    phone.call(call_centre.uri())
    offered = call_centre.wait_for_offer(worker).sid
    reservation = call_centre.workspace.workers(worker).reservations(offered)
    reservation.update(instruction="dequeue")
    desk.answer()
    desk.hears(CALLER_TONE)
    phone.hears(DESK_TONE)
    desk.hang_up()
    phone.until("CALL_CLOSED")
    call_centre.wait_for_status(reservation.fetch().task_sid, "wrapping")


def test_a_registered_phone_calls_out_to_numbers_and_to_its_domain(
    call_centre: CallCentre, domain: SipDomain, script: Script, desk: Phone
) -> None:
    script.documents = {
        "/voice": f'<Play loop="0">/tone-{PROMPT}.wav</Play>',
        "/domain": "<Reject reason='busy'/>",
    }
    call_centre.number_for(f"{script.url}/voice")
    desk.call("sip:+15555550188@" + DOMAIN)
    desk.hears(PROMPT)
    desk.hang_up()
    desk.until("CALL_CLOSED")
    desk.events.clear()
    assert "486" in desk.refusal(domain.uri("lobby"))
    told = script.wait_for("/domain")
    assert (told["From"], told["To"]) == (domain.uri("ann"), domain.uri("lobby"))
    assert (told["SipDomain"], told["Direction"]) == (DOMAIN, "inbound")


@pytest.mark.parametrize(
    ("user", "proof"),
    [
        pytest.param("ann", {"user": "ann", "password": "Wrong4Horses"}, id="a wrong password"),
        pytest.param("ann", {"user": "eve"}, id="an unknown user"),
        pytest.param("ann", {"user": "bob"}, id="somebody else's address"),
    ],
)
def test_who_does_not_prove_to_be_the_user_is_not_registered(
    domain: SipDomain, buy_phone: Buy, user: str, proof: dict[str, str]
) -> None:
    account = domain.account(**proof).replace(f"<sip:{proof['user']}@", f"<sip:{user}@")
    phone = buy_phone(DESK_TONE, user=user, account=account)
    phone.says("403 ")
