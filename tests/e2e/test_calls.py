"""Calls by the official Python library, to SIP phones that answer: status callbacks, conferences, queues, recordings."""

import shutil
import struct
import wave
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException

from support.application import Application, Asked
from support.answering_phone import SIPP, AnsweringPhone, free_sip_port, free_udp_port
from support.server import FIXED_CREDENTIALS, Server
from support.waiting import eventually

pytestmark = pytest.mark.skipif(SIPP is None, reason="sipp is not installed (package sip-tester)")

CALLER = "+15555550100"
STAY = "<Response><Pause length='60'/></Response>"
TALK = "<Response><Play digits='123456789*0#123456789*0#'/><Pause length='60'/></Response>"


@pytest.fixture
def calling(start_server: Callable[..., Server]) -> Server:
    """A server that makes calls."""
    first = 20_000 + 2 * (free_udp_port() % 6_000)  # Below the ports that the system hands out.
    ports = f"{first}-{first + 199}"
    sip = f"127.0.0.1:{free_sip_port()}"
    return start_server("--sip", sip, "--rtp-ports", ports, environment=FIXED_CREDENTIALS)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[AnsweringPhone]:
    """A phone that answers."""
    with AnsweringPhone("ann", tmp_path) as phone:
        yield phone


def test_a_call_tells_its_progress_in_order_until_the_api_hangs_up(calling: Server, phone: AnsweringPhone) -> None:
    client = calling.client()
    with Application(lambda _: (204, "text/plain", "")) as application:
        call = client.calls.create(
            to=phone.address,
            from_=CALLER,
            twiml=STAY,
            status_callback=f"{application.url}/progress",
            status_callback_event=["initiated", "ringing", "answered", "completed"],
        )
        assert call.status in ("queued", "ringing")
        eventually("the call is answered", lambda: client.calls(call.sid).fetch().status == "in-progress")
        client.calls(call.sid).update(status="completed")
        eventually("four callbacks", lambda: len(application.asked) == 4)
    told = [(asked.form["SequenceNumber"], asked.form["CallStatus"]) for asked in application.asked]
    assert told == [("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed")]
    ended = client.calls(call.sid).fetch()
    assert (ended.status, ended.direction, ended.price) == ("completed", "outbound-api", None)
    assert ended.end_time is not None and ended.duration is not None
    with pytest.raises(TwilioRestException) as late:
        client.calls(call.sid).update(status="completed")
    assert late.value.code == 21220


def test_a_call_that_nobody_can_take_fails(calling: Server) -> None:
    client = calling.client()
    call = client.calls.create(to=f"sip:nobody@127.0.0.1:{free_udp_port()}", from_=CALLER, twiml=STAY, timeout=2)
    ended = eventually("the call has ended", lambda: ended_call(client, call.sid))
    assert ended.status in ("failed", "no-answer")


def test_a_url_drives_a_call_and_an_update_sends_it_elsewhere(calling: Server, phone: AnsweringPhone) -> None:
    def answer(_: Asked) -> tuple[int, str, str]:
        return 200, "text/xml", STAY

    client = calling.client()
    with Application(answer) as application:
        call = client.calls.create(to=phone.address, from_=CALLER, url=f"{application.url}/first")
        eventually("the first document is asked for", lambda: "/first" in paths(application))
        client.calls(call.sid).update(url=f"{application.url}/second", method="GET")
        eventually("the second document is asked for", lambda: "/second" in paths(application))
        assert application.asked[0].form["CallSid"] == call.sid
        client.calls(call.sid).update(status="completed")


def test_two_phones_meet_in_a_conference(calling: Server, phone: AnsweringPhone, tmp_path: Path) -> None:
    client = calling.client()
    with AnsweringPhone("bob", tmp_path) as other:
        ann = client.conferences("room").participants.create(
            from_=CALLER, to=phone.address, label="ann", end_conference_on_exit=True
        )
        client.conferences("room").participants.create(from_=CALLER, to=other.address, label="bob")
        conference = client.conferences(ann.conference_sid)
        eventually("the conference goes on", lambda: conference.fetch().status == "in-progress")
        assert {it.label for it in conference.participants.list()} == {"ann", "bob"}
        changed = conference.participants("bob").update(muted=True, hold=True)
        assert (changed.muted, changed.hold) == (True, True)
        assert conference.participants("bob").delete()
        assert [it.label for it in conference.participants.list()] == ["ann"]
        assert conference.participants("ann").delete()
        over = conference.fetch()
    assert over.status == "completed"
    assert over.reason_conference_ended == "participant-with-end-conference-on-exit-kicked"


def test_who_waits_in_a_queue_is_sent_to_a_document(calling: Server, phone: AnsweringPhone) -> None:
    client = calling.client()
    queue = client.queues.create(friendly_name="support", max_size=5)
    with Application(lambda _: (200, "text/xml", STAY)) as application:
        waiting = "<Response><Enqueue>support</Enqueue></Response>"
        call = client.calls.create(to=phone.address, from_=CALLER, twiml=waiting)
        eventually("the caller waits", lambda: client.queues(queue.sid).fetch().current_size == 1)
        member = client.queues(queue.sid).members("Front").update(url=f"{application.url}/agent")
        assert (member.call_sid, member.position) == (call.sid, 1)
        eventually("the document is asked for", lambda: "/agent" in paths(application))
    assert client.queues(queue.sid).fetch().current_size == 0
    client.calls(call.sid).update(status="completed")
    assert client.queues(queue.sid).delete()


def test_a_recording_is_downloaded_with_its_sound(calling: Server, phone: AnsweringPhone) -> None:
    client = calling.client()
    call = client.calls.create(to=phone.address, from_=CALLER, twiml=TALK)
    eventually("the call is answered", lambda: client.calls(call.sid).fetch().status == "in-progress")
    recording = client.calls(call.sid).recordings.create(recording_channels="dual")
    current = client.calls(call.sid).recordings("Twilio.CURRENT")
    assert current.update(status="paused", pause_behavior="skip").status == "paused"
    assert current.update(status="in-progress").status == "in-progress"
    path = f"/2010-04-01/Accounts/{recording.account_sid}/Recordings/{recording.sid}"
    eventually("something was recorded", lambda: recorded_bytes(calling, recording.sid) > 20_000)
    assert current.update(status="stopped").status in ("stopped", "completed")
    eventually("the file is there", lambda: client.recordings(recording.sid).fetch().status == "completed")
    whole = calling.request("GET", f"{path}.wav")
    assert whole.headers["content-type"] == "audio/x-wav"
    with wave.open(BytesIO(whole.content)) as sound:
        assert sound.getnchannels() == 2
        frames = sound.readframes(sound.getnframes())
    assert max(abs(sample) for (sample,) in struct.iter_unpack("<h", frames)) > 1_000
    part = calling.request("GET", f"{path}.wav", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    encoded = calling.request("GET", f"{path}.mp3")
    if can_encode():
        assert encoded.headers["content-type"] == "audio/mpeg"
        assert 100 < len(encoded.content) < len(whole.content) / 2
        # A frame of MPEG audio begins so, or a tag before it.
        assert encoded.content[:3] == b"ID3" or encoded.content[0] == 0xFF
    else:
        assert (encoded.status_code, "lame" in encoded.text) == (406, True)
    client.calls(call.sid).update(status="completed")
    assert client.recordings(recording.sid).delete()
    assert calling.request("GET", f"{path}.wav").status_code == 404
    assert calling.request("GET", f"{path}.mp3").status_code == 404


def can_encode() -> bool:
    return any(shutil.which(program) for program in ("lame", "ffmpeg"))


def ended_call(client, sid: str):
    call = client.calls(sid).fetch()
    return call if call.end_time is not None else None


def paths(application: Application) -> list[str]:
    return [asked.path.split("?")[0] for asked in application.asked]


def recorded_bytes(server: Server, recording: str) -> int:
    file = server.data / "recordings" / f"{recording}.wav"
    return file.stat().st_size if file.exists() else 0
