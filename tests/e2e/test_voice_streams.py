"""Media streams: an application's WebSocket hears a call, and is heard in it."""

import array
import base64

from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.sound import to_mu_law, tone_frames
from support.stream_peer import StreamPeer
from support.waiting import eventually

pytestmark = needs_phone

PROMPT, PEER_TONE = 1500, 900


def test_a_connected_stream_hears_the_caller_and_is_heard(call_centre: CallCentre, phone: Phone) -> None:
    with StreamPeer() as peer, Script() as script:
        stream = f'<Stream url="{peer.url}" name="bot" statusCallback="/stream"><Parameter name="order" value="17"/></Stream>'
        script.documents = {
            "/voice": f'<Connect action="/done">{stream}</Connect>',
            "/done": f'<Play loop="0">/tone-{PROMPT}.wav</Play>',
        }
        phone.call(call_centre.number_for(f"{script.url}/voice"))
        eventually("the stream hears the caller", lambda: peer.heard().best_share(CALLER_TONE) > 0.6)
        assert peer.is_signed
        check_beginning(peer, script.told("/voice")[0]["CallSid"])
        say_tone(peer, seconds=3)
        peer.say("mark", mark={"name": "end"})
        phone.hears(PEER_TONE)
        peer.say("clear")
        assert peer.wait_for("mark")["mark"] == {"name": "end"}
        phone.hears_silence()
        phone.press("5")
        assert peer.wait_for("dtmf")["dtmf"] == {"track": "inbound_track", "digit": "5"}
        peer.close()
        phone.hears(PROMPT)
        script.wait_for("/stream", 2)
        assert [told["StreamEvent"] for told in script.told("/stream")] == ["stream-started", "stream-stopped"]
        assert script.told("/stream")[0]["StreamName"] == "bot"


def test_a_started_stream_hears_both_sides_until_it_is_stopped(call_centre: CallCentre, phone: Phone) -> None:
    with StreamPeer() as peer, Script() as script:
        script.documents = {
            "/voice": f'<Start><Stream url="{peer.url}" name="ear" track="both_tracks"/></Start>'
            f'<Gather numDigits="1" action="/stop"><Play loop="0">/tone-{PROMPT}.wav</Play></Gather>',
            "/stop": '<Stop><Stream name="ear"/></Stop><Echo/>',
        }
        phone.call(call_centre.number_for(f"{script.url}/voice"))
        eventually("the stream hears the prompt", lambda: peer.heard("outbound").best_share(PROMPT) > 0.6)
        assert peer.heard("inbound").best_share(CALLER_TONE) > 0.6
        assert peer.told("start")[0]["start"]["tracks"] == ["inbound", "outbound"]
        phone.press("1")
        stop = peer.wait_for("stop")
        assert stop["stop"]["callSid"] == peer.told("start")[0]["start"]["callSid"]
        phone.hears(CALLER_TONE)


def test_a_stream_that_nobody_takes_is_passed_over(call_centre: CallCentre, phone: Phone) -> None:
    with Script() as script:
        script.documents = {
            "/voice": '<Connect><Stream url="ws://127.0.0.1:9/" statusCallback="/stream"/></Connect>'
            f'<Play loop="0">/tone-{PROMPT}.wav</Play>'
        }
        phone.call(call_centre.number_for(f"{script.url}/voice"))
        phone.hears(PROMPT)
        failed = script.wait_for("/stream")
        assert failed["StreamEvent"] == "stream-error"
        assert "refused" in failed["StreamError"]


def check_beginning(peer: StreamPeer, call: str) -> None:
    """Checks the first frames, whose numbers are all text."""
    connected, start, first = peer.frames[0], peer.frames[1], peer.frames[2]
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert (start["event"], start["sequenceNumber"], start["start"]["callSid"]) == ("start", "1", call)
    assert start["start"]["customParameters"] == {"order": "17"}
    assert start["start"]["tracks"] == ["inbound"]
    assert (first["sequenceNumber"], first["media"]["chunk"]) == ("2", "1")
    assert len(base64.b64decode(first["media"]["payload"])) == 160
    assert peer.frames[3]["media"]["timestamp"].isdecimal()


def say_tone(peer: StreamPeer, seconds: int) -> None:
    """Says a tone into a stream."""
    second = to_mu_law(array.array("h", tone_frames(PEER_TONE)))
    for _ in range(seconds):
        peer.say("media", media={"payload": base64.b64encode(second).decode()})
