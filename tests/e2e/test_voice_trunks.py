"""Trunks: who may call in by one, how numbers are called by one, and what happens when its places do not answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.call_centre import CallCentre, Script
from support.gateway import Gateway, call_proving
from support.phone import CALLER_TONE, Phone, needs_phone
from support.server import Server
from support.waiting import eventually

pytestmark = needs_phone

PROMPT = 1500
OUR_NUMBER, FAR_NUMBER = "+15555550100", "+15551230001"
TALK = "<Response><Pause length='60'/></Response>"

Buy = Callable[..., Phone]


@pytest.fixture
def strict_centre(start_server: Callable[..., Server]) -> CallCentre:
    """A contact centre that lets nobody in only because they are on the same machine."""
    return CallCentre(lambda *address: start_server(*address, "--dev", "false", "--webhook-allow", "127.0.0.0/8"))


def make_trunk(centre: CallCentre, **form: str) -> dict[str, Any]:
    """Makes a trunk by the API."""
    answer = centre.server.request("POST", "/v1/trunks", data={"FriendlyName": "main"} | form)
    assert answer.status_code == 201, answer.text
    trunk: dict[str, Any] = answer.json()
    return trunk


def found(centre: CallCentre, trunk: dict[str, Any]) -> list[str]:
    """How the places of a trunk were found."""
    shown = centre.server.request("GET", f"/v1/trunks/{trunk['sid']}").json()
    return [place["status"] for place in shown["outbound"]]


def call_out(centre: CallCentre) -> str:
    """Calls a number by whatever trunk there is; returns the call."""
    return str(centre.client.calls.create(to=FAR_NUMBER, from_=OUR_NUMBER, twiml=TALK).sid)


def wait_for_call_to_be(centre: CallCentre, sid: str, status: str) -> None:
    """Waits until a call has this status; longer than a silent place is waited for."""
    eventually(f"the call is {status}", lambda: centre.client.calls(sid).fetch().status == status, within=40)


def test_calls_come_in_from_the_trunks_network_and_from_nowhere_else(
    strict_centre: CallCentre, script: Script, buy_phone: Buy
) -> None:
    script.documents = {"/voice": f'<Play loop="0">/tone-{PROMPT}.wav</Play>'}
    number = strict_centre.number_for(f"{script.url}/voice")
    make_trunk(strict_centre, InboundNetworks="127.0.0.2/32")
    carrier, stranger = buy_phone(host="127.0.0.2"), buy_phone()
    assert "403" in stranger.refusal(number)
    carrier.call(number)
    carrier.hears(PROMPT)
    assert script.wait_for("/voice")["From"] == carrier.user


@pytest.mark.parametrize(("password", "status"), [("Wrong4Horses", "403"), ("Correct4Horse", "486")])
def test_a_trunk_without_a_network_proves_itself_by_its_password(
    strict_centre: CallCentre, script: Script, password: str, status: str
) -> None:
    script.documents = {"/voice": "<Reject reason='busy'/>"}
    number = strict_centre.number_for(f"{script.url}/voice")
    make_trunk(strict_centre, Username="carrier", Password="Correct4Horse")
    assert call_proving(number, "carrier", password) == status


def test_a_trunk_of_the_configuration_file_takes_calls_both_ways(
    start_server: Callable[..., Server], script: Script, phone: Phone, tmp_path: Path
) -> None:
    file = tmp_path / "patchboard.toml"
    file.write_text(f'[[trunk]]\nname = "main"\ninbound = ["127.0.0.1/32"]\noutbound = ["{host_of(phone)}"]\n')
    options = ["--config", str(file), "--dev", "false", "--webhook-allow", "127.0.0.0/8"]
    centre = CallCentre(lambda *address: start_server(*address, *options))
    script.documents = {"/voice": f'<Play loop="0">/tone-{PROMPT}.wav</Play>', "/echo": "<Echo/>"}
    phone.call(centre.number_for(f"{script.url}/voice"))
    phone.hears(PROMPT)
    phone.hang_up()
    phone.until("CALL_CLOSED")
    phone.events.clear()
    centre.client.calls.create(to=phone.user, from_=OUR_NUMBER, url=f"{script.url}/echo")
    phone.answer()
    phone.hears(CALLER_TONE)
    refused = centre.server.request("POST", f"/v1/trunks/{only_trunk(centre)['sid']}", data={"FriendlyName": "x"})
    assert refused.status_code == 409


@pytest.mark.parametrize("answers", ["503 Service Unavailable", None], ids=["refuses", "says nothing"])
def test_the_second_place_takes_the_call_when_the_first(call_centre: CallCentre, answers: str | None) -> None:
    with Gateway(answers) as first, Gateway() as second:
        make_trunk(call_centre, Outbound=f"{first.uri},{second.uri}")
        call = call_out(call_centre)
        wait_for_call_to_be(call_centre, call, "in-progress")
        assert (len(first.calls), len(second.calls)) == (1, 1)
        start = second.calls[0]["start"]
        assert start == f"INVITE sip:{FAR_NUMBER}@{second.uri.removeprefix('sip:')} SIP/2.0"


def test_a_carriers_challenge_is_answered_with_the_trunks_password(call_centre: CallCentre) -> None:
    with Gateway(user="us", password="Correct4Horse") as carrier:
        make_trunk(call_centre, Outbound=carrier.uri, Username="us", Password="Correct4Horse")
        wait_for_call_to_be(call_centre, call_out(call_centre), "in-progress")
        assert carrier.proved == [True]
        assert carrier.call_from(carrier.calls[0]).startswith(f"sip:{OUR_NUMBER}@")


def test_a_trunk_shows_which_of_its_places_answer_and_calls_try_those_first(call_centre: CallCentre) -> None:
    with Gateway() as there:
        nowhere = "sip:127.0.0.1:9;transport=tcp"
        trunk = make_trunk(call_centre, Outbound=f"{nowhere},{there.uri}")
        eventually("both places were asked", lambda: found(call_centre, trunk) == ["down", "up"])
        wait_for_call_to_be(call_centre, call_out(call_centre), "in-progress")
        assert len(there.calls) == 1


def test_without_a_place_that_takes_it_a_call_fails(call_centre: CallCentre) -> None:
    with Gateway("503 Service Unavailable") as first, Gateway("486 Busy Here") as second:
        make_trunk(call_centre, Outbound=f"{first.uri},{second.uri}")
        wait_for_call_to_be(call_centre, call_out(call_centre), "busy")
        second.answers = "503 Service Unavailable"
        wait_for_call_to_be(call_centre, call_out(call_centre), "failed")


def host_of(phone: Phone) -> str:
    """The place of a phone, as a trunk names it."""
    return phone.uri.replace(f"{phone.user}@", "")


def only_trunk(centre: CallCentre) -> dict[str, Any]:
    """The one trunk."""
    [trunk] = centre.server.request("GET", "/v1/trunks").json()["trunks"]
    found: dict[str, Any] = trunk
    return found
