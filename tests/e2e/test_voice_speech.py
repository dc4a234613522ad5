"""Callers who speak: a service puts into words what they say, and without its help keys still count."""

from collections.abc import Callable, Iterator

import pytest

from support.application import Application, Asked, as_json
from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.server import Server
from support.sound import Sound
from support.waiting import eventually

pytestmark = needs_phone

TOKEN = "of-the-recogniser"
ASK = (
    '<Gather input="dtmf speech" action="/said" speechTimeout="1" hints="sales, support" '
    'language="en-GB" numDigits="1" timeout="20"><Play loop="0">/tone-1500.wav</Play></Gather>'
)


class Recogniser(Application):
    """The service, which understands always the same, or answers with an error."""

    def __init__(self) -> None:
        self.status = 200
        super().__init__(lambda _: (self.status, *as_json({"text": " Sales, please. ", "confidence": 0.9})[1:]))


@pytest.fixture
def recogniser() -> Iterator[Recogniser]:
    with Recogniser() as recogniser:
        yield recogniser


@pytest.fixture
def script() -> Iterator[Script]:
    with Script({"/voice": ASK, "/said": "<Hangup/>"}) as script:
        yield script


@pytest.fixture
def centre(start_server: Callable[..., Server], recogniser: Recogniser) -> CallCentre:
    options = ["--speech-recognition-url", f"{recogniser.url}/v1/audio/transcriptions"]
    return CallCentre(start_server, *options, "--speech-recognition-token", TOKEN)


def test_what_a_caller_says_is_put_into_words(
    centre: CallCentre, recogniser: Recogniser, script: Script, buy_phone: Callable[..., Phone]
) -> None:
    phone = buy_phone(pauses=True)
    phone.call(centre.number_for(f"{script.url}/voice"))
    said = script.wait_for("/said")
    assert (said["SpeechResult"], said["Confidence"]) == ("Sales, please.", "0.9")
    [asked] = recogniser.asked
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    fields, sound = parts(asked)
    assert fields == {"model": "whisper-1", "language": "en", "prompt": "sales, support", "response_format": "json"}
    # Half a second of lead-in, the word, and the pause that ends it.
    assert 1.5 < sound.seconds < 3.5
    assert sound.best_share(CALLER_TONE, window=0.25) > 0.9


def test_a_service_out_of_order_leaves_the_keys(
    centre: CallCentre, recogniser: Recogniser, script: Script, buy_phone: Callable[..., Phone]
) -> None:
    recogniser.status = 503
    phone = buy_phone(pauses=True)
    phone.call(centre.number_for(f"{script.url}/voice"))
    eventually("the service is asked", lambda: recogniser.asked)
    phone.press("2")
    assert script.wait_for("/said")["Digits"] == "2"


def parts(asked: Asked) -> tuple[dict[str, str], Sound]:
    """The fields of a form, and the sound of its file."""
    boundary = asked.headers["content-type"].split("boundary=")[1].encode()
    fields: dict[str, str] = {}
    for part in asked.bytes.split(b"--" + boundary)[1:-1]:
        head, value = part.removeprefix(b"\r\n").removesuffix(b"\r\n").split(b"\r\n\r\n", 1)
        name = head.split(b'name="')[1].split(b'"')[0].decode()
        if name == "file":
            return fields, Sound.of(value)
        fields[name] = value.decode()
    raise AssertionError("the form has no file")
