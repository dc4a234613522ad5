"""SRTP: phones that offer keys are answered with ours, and addresses that ask for encryption are called with it."""

from collections.abc import Callable

import pytest

from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone

pytestmark = needs_phone

DESK_TONE = 700
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
