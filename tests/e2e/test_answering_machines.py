"""Who answers a call that is placed: a person, or a machine that goes on speaking and beeps."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.call_centre import CallCentre, Script
from support.phone import Phone, needs_phone
from support.sip_domain import SipDomain
from support.sound import RATE, write_sound

pytestmark = needs_phone

OURS = "+15555550100"
PROMPT = 1500

Speech = list[tuple[str, float]]
Callee = Callable[[Speech], tuple[Phone, str]]

HELLO: Speech = [("silence", 0.6), ("voice", 0.7), ("silence", 60)]
GREETING: Speech = [("silence", 0.4), ("voice", 6), ("silence", 0.4), ("beep", 0.5), ("silence", 60)]


@pytest.fixture
def callee(call_centre: CallCentre, script: Script, tmp_path: Path) -> Iterator[Callee]:
    """Makes a registered phone that says something of its own once it has answered, with its address."""
    phones: list[Phone] = []

    def make(speech: Speech) -> tuple[Phone, str]:
        domain = SipDomain(call_centre, "office.example.com", "ann", voice_url=f"{script.url}/domain")
        phone = Phone(tmp_path / "callee", user="ann", account=domain.account("ann"))
        phones.append(phone)
        write_sound(phone.folder / "speak.wav", [sample for part in speech for sample in sound(*part)])
        phone.says("200 OK () [1 binding]")
        return phone, domain.uri("ann")

    yield make
    for phone in phones:
        phone.end()


@pytest.mark.parametrize(
    ("speech", "wish", "answered_by"),
    [
        pytest.param(HELLO, "Enable", "human", id="a person"),
        pytest.param(GREETING, "Enable", "machine_start", id="a machine"),
        pytest.param(GREETING, "DetectMessageEnd", "machine_end_beep", id="a machine that beeps"),
    ],
)
def test_the_document_is_asked_for_when_it_is_known_who_answered(
    call_centre: CallCentre, script: Script, callee: Callee, speech: Speech, wish: str, answered_by: str
) -> None:
    script.documents = {"/voice": "<Hangup/>"}
    phone, uri = callee(speech)
    url = f"{script.url}/voice"
    call = call_centre.client.calls.create(to=uri, from_=OURS, url=url, machine_detection=wish)
    phone.answer()
    asked = script.wait_for("/voice")
    assert asked["AnsweredBy"] == answered_by
    assert 500 < int(asked["MachineDetectionDuration"]) < 25_000
    assert call.fetch().answered_by == answered_by


def test_an_asynchronous_detection_is_told_while_the_document_is_heard(
    call_centre: CallCentre, script: Script, callee: Callee
) -> None:
    script.documents = {"/voice": f'<Play loop="0">/tone-{PROMPT}.wav</Play>', "/detected": ""}
    phone, uri = callee(GREETING)
    call_centre.client.calls.create(
        to=uri,
        from_=OURS,
        url=f"{script.url}/voice",
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback=f"{script.url}/detected",
    )
    phone.answer()
    phone.hears(PROMPT)
    assert "AnsweredBy" not in script.wait_for("/voice")
    assert script.wait_for("/detected")["AnsweredBy"] == "machine_start"
    phone.hang_up()


def sound(kind: str, seconds: float) -> list[int]:
    """Returns samples of silence, of a beep, or of a voice: harmonics that rise and fall as syllables do."""
    times = [at / RATE for at in range(int(seconds * RATE))]
    if kind == "silence":
        return [0] * len(times)
    if kind == "beep":
        return [int(8000 * math.sin(math.tau * 1000 * time)) for time in times]

    def voice(time: float) -> int:
        is_between_syllables = time % 0.25 > 0.17
        harmonics = sum(math.sin(math.tau * hertz * time) for hertz in (220, 440, 660, 1100))
        return 0 if is_between_syllables else int(3000 * harmonics)

    return [voice(time) for time in times]
