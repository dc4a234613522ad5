"""SRTP: phones that offer keys are answered with ours, and addresses that ask for encryption are called with it."""

from collections.abc import Callable

import pytest

from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.server import Server, free_port
from support.sip_domain import SipDomain

pytestmark = needs_phone

DESK_TONE, PROMPT = 700, 1500
DOMAIN = "safe.example.com"
FAR_NUMBER = "+15555550199"
ENABLED = "SRTP is Enabled (cryptosuite=AES_CM_128_HMAC_SHA1_80)"

Buy = Callable[..., Phone]


@pytest.fixture
def buy_encrypted(buy_phone: Buy) -> Buy:
    """Makes phones that encrypt: `srtp` where the other side can, `srtp-mand` always."""

    def buy(tone: int, user: str, encryption: str) -> Phone:
        account = f"<sip:{user}@127.0.0.1>;regint=0;audio_codecs=PCMU;mediaenc={encryption}"
        return buy_phone(tone, user=user, account=account, modules=("srtp",))

    return buy


@pytest.mark.parametrize("encryption", ["srtp", "srtp-mand"])
def test_two_encrypted_phones_hear_each_other(
    call_centre: CallCentre, script: Script, buy_encrypted: Buy, encryption: str
) -> None:
    desk = buy_encrypted(DESK_TONE, "desk", "srtp-mand")
    caller = buy_encrypted(CALLER_TONE, "caller", encryption)
    script.documents = {"/voice": f"<Dial><Sip>{desk.uri};secure=true</Sip></Dial>"}
    caller.call(call_centre.number_for(f"{script.url}/voice"))
    desk.answer()
    desk.hears(CALLER_TONE)
    caller.hears(DESK_TONE)
    desk.says(ENABLED)
    caller.says(ENABLED)


def test_a_phone_that_can_not_encrypt_is_not_called_in_the_clear(
    call_centre: CallCentre, script: Script, phone: Phone, buy_phone: Buy
) -> None:
    desk = buy_phone(DESK_TONE, user="desk")
    script.documents = {
        "/voice": f'<Dial action="/dialled"><Sip>{desk.uri};secure=true</Sip></Dial>',
        "/dialled": "<Hangup/>",
    }
    phone.call(call_centre.number_for(f"{script.url}/voice"))
    assert script.wait_for("/dialled")["DialCallStatus"] == "failed"


def test_the_calls_of_a_secure_trunk_are_encrypted(
    call_centre: CallCentre, script: Script, phone: Phone, buy_encrypted: Buy
) -> None:
    far = buy_encrypted(DESK_TONE, FAR_NUMBER, "srtp-mand")
    form = {"FriendlyName": "main", "Outbound": f"sip:127.0.0.1:{far.port}", "Secure": "true"}
    made = call_centre.server.request("POST", "/v1/trunks", data=form)
    assert made.json()["secure"] is True
    script.documents = {"/voice": f"<Dial><Number>{FAR_NUMBER}</Number></Dial>"}
    phone.call(call_centre.number_for(f"{script.url}/voice"))
    far.answer()
    far.hears(CALLER_TONE)
    phone.hears(DESK_TONE)
    far.says(ENABLED)


@pytest.fixture
def safe_domain(start_server: Callable[..., Server], script: Script) -> SipDomain:
    """A domain that takes nothing in the clear, of a contact centre that listens with TLS too."""
    sips = free_port()
    centre = CallCentre(start_server, "--sips", f"127.0.0.1:{sips}")
    script.documents = {"/domain": f'<Play loop="0">/tone-{PROMPT}.wav</Play>'}
    domain = SipDomain(centre, DOMAIN, "ann", voice_url=f"{script.url}/domain", secure=True)
    domain.proxy = f"sip:127.0.0.1:{sips};transport=tls"
    return domain


def seat_ann(domain: SipDomain, buy_phone: Buy, encryption: str) -> Phone:
    """Gives ann a phone that trusts the contact centre's authority."""
    account = domain.account("ann", more=encryption)
    authority = domain.centre.server.data / "tls/ca.pem"
    return buy_phone(DESK_TONE, user="ann", account=account, modules=("srtp",), authority=authority)


def test_a_phone_of_a_secure_domain_calls_and_is_called_encrypted(
    safe_domain: SipDomain, script: Script, buy_phone: Buy, phone: Phone
) -> None:
    ann = seat_ann(safe_domain, buy_phone, ";mediaenc=srtp-mand")
    ann.says("200 OK () [1 binding]")
    ann.call(f"sip:anybody@{DOMAIN}")
    ann.hears(PROMPT)
    ann.says(ENABLED)
    ann.hang_up()
    ann.until("CALL_CLOSED")
    script.documents["/voice"] = f"<Dial><Sip>{safe_domain.uri('ann')}</Sip></Dial>"
    phone.call(safe_domain.centre.number_for(f"{script.url}/voice"))
    ann.answer()
    phone.hears(DESK_TONE)
    ann.hears(CALLER_TONE)


def test_a_phone_of_a_secure_domain_that_does_not_encrypt_its_audio_is_refused(
    safe_domain: SipDomain, script: Script, buy_phone: Buy
) -> None:
    ann = seat_ann(safe_domain, buy_phone, "")
    ann.says("200 OK () [1 binding]")
    assert ann.refusal(f"sip:anybody@{DOMAIN}").startswith("488")
    assert script.told("/domain") == []


def test_a_secure_domain_takes_no_registration_and_no_call_without_tls(
    safe_domain: SipDomain, script: Script, buy_phone: Buy
) -> None:
    safe_domain.proxy = f"sip:127.0.0.1:{safe_domain.centre.sip};transport=udp"
    ann = seat_ann(safe_domain, buy_phone, ";mediaenc=srtp-mand")
    ann.says("403 ")
    assert ann.refusal(f"sip:anybody@{DOMAIN}").startswith("403")
    assert script.told("/domain") == []


def test_callers_of_a_secure_trunk_are_refused_unless_their_audio_is_encrypted(
    call_centre: CallCentre, script: Script, buy_encrypted: Buy, phone: Phone
) -> None:
    form = {"FriendlyName": "main", "InboundNetworks": "127.0.0.1/32", "Secure": "true"}
    assert call_centre.server.request("POST", "/v1/trunks", data=form).status_code == 201
    script.documents = {"/voice": f'<Play loop="0">/tone-{PROMPT}.wav</Play>'}
    number = call_centre.number_for(f"{script.url}/voice")
    assert phone.refusal(number).startswith("488")
    assert script.told("/voice") == []
    caller = buy_encrypted(CALLER_TONE, "caller", "srtp-mand")
    caller.call(number)
    caller.hears(PROMPT)
    caller.says(ENABLED)
