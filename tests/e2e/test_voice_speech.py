"""Callers who speak, and are spoken to: by services, and by programs of the machine where there are none."""

import array
import json
import shutil
import subprocess
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.application import Application, Asked, as_json
from support.call_centre import CallCentre, Script, tone_file
from support.phone import CALLER_TONE, Phone, needs_phone
from support.server import Server
from support.sound import Sound, write_sound
from support.waiting import eventually

pytestmark = needs_phone

TOKEN = "of-the-recogniser"
ASK = (
    '<Gather input="dtmf speech" action="/said" speechTimeout="1" hints="sales, support" '
    'language="en-GB" numDigits="1" timeout="20"><Play loop="0">/tone-1500.wav</Play></Gather>'
)
VOICE = 1900
needs_flite = pytest.mark.skipif(not shutil.which("flite"), reason="left out: flite is not installed")
needs_pocketsphinx = pytest.mark.skipif(
    not shutil.which("pocketsphinx_continuous"), reason="left out: pocketsphinx is not installed"
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


@needs_flite
@needs_pocketsphinx
def test_pocketsphinx_tells_which_hint_was_said(
    start_server: Callable[..., Server], script: Script, buy_phone: Callable[..., Phone], tmp_path: Path
) -> None:
    centre = CallCentre(start_server, "--speech-recognition-url", "pocketsphinx")
    phone = buy_phone()
    silence = [0] * 16_000
    write_sound(phone.folder / "speak.wav", silence + spoken("Support", tmp_path) + 60 * silence)
    phone.call(centre.number_for(f"{script.url}/voice"))
    assert script.wait_for("/said")["SpeechResult"] == "support"


def test_a_service_speaks_where_one_is_configured(
    start_server: Callable[..., Server], script: Script, buy_phone: Callable[..., Phone]
) -> None:
    with Application(lambda _: (200, "audio/wav", tone_file(VOICE))) as service:
        options = ["--speech-url", f"{service.url}/v1/audio/speech", "--speech-token", TOKEN]
        centre = CallCentre(start_server, *options, "--speech-voices", "ada,bob")
        script.documents["/voice"] = '<Say voice="man" loop="0">How may I help you?</Say>'
        phone = buy_phone()
        phone.call(centre.number_for(f"{script.url}/voice"))
        phone.hears(VOICE)
        # Said once, and kept.
        [asked] = service.asked
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        wanted = {"model": "tts-1", "voice": "bob", "input": "How may I help you?", "response_format": "wav"}
        assert json.loads(asked.body) == wanted


@needs_flite
def test_a_program_speaks_while_the_service_fails(
    start_server: Callable[..., Server], script: Script, buy_phone: Callable[..., Phone]
) -> None:
    with Application(lambda _: (503, "text/plain", "out of order")) as service:
        centre = CallCentre(start_server, "--speech-url", service.url)
        script.documents["/voice"] = "<Say>Good morning, and welcome.</Say><Say>Hold the line.</Say><Redirect>/said</Redirect>"
        phone = buy_phone()
        phone.call(centre.number_for(f"{script.url}/voice"))
        script.wait_for("/said")
        heard = phone.heard()
        assert heard.seconds > 1 and heard.loudness() > 100
        # One that has failed is not asked again at once: the caller would wait.
        assert len(service.asked) == 1


def spoken(words: str, folder: Path) -> list[int]:
    """Returns words as a voice says them, 8,000 samples a second."""
    file = folder / "spoken.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", words, "-o", str(file)], check=True)
    with wave.open(str(file)) as wav:
        assert wav.getframerate() == 16_000
        samples = array.array("h", wav.readframes(wav.getnframes()))
    return [(first + second) // 2 for first, second in zip(samples[::2], samples[1::2], strict=False)]


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
