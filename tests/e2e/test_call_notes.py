"""What else the API knows and does of calls: streams, requests and errors, messages with browsers, and who may sign."""

import json

import pytest
from twilio.base.exceptions import TwilioRestException

from support.browser_agent import BrowserAgent, needs_browser
from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.stream_peer import StreamPeer
from support.waiting import eventually

PROMPT = 1500


@needs_phone
def test_a_stream_is_begun_and_stopped_by_rest(call_centre: CallCentre, script: Script, phone: Phone) -> None:
    script.documents = {"/voice": f'<Play loop="0">/tone-{PROMPT}.wav</Play>', "/stream": ""}
    phone.call(call_centre.number_for(f"{script.url}/voice"))
    phone.hears(PROMPT)
    call = call_centre.client.calls(script.told("/voice")[0]["CallSid"])
    with StreamPeer() as peer:
        options = {"name": "ear", "track": "both_tracks", "status_callback": f"{script.url}/stream"}
        stream = call.streams.create(
            url=peer.url, parameter1_name="order", parameter1_value="17", **options
        )
        assert (stream.sid[:2], stream.name, stream.status) == ("MZ", "ear", "in-progress")
        assert stream.call_sid == script.told("/voice")[0]["CallSid"]
        eventually("the stream hears the prompt", lambda: peer.heard("outbound").best_share(PROMPT) > 0.6)
        assert peer.heard("inbound").best_share(CALLER_TONE) > 0.6
        assert peer.told("start")[0]["start"]["customParameters"] == {"order": "17"}
        with pytest.raises(TwilioRestException) as taken:
            call.streams.create(url=peer.url, name="ear")
        assert taken.value.status == 409
        stopped = call.streams("ear").update(status="stopped")
        assert (stopped.sid, stopped.name, stopped.status) == (stream.sid, "ear", "stopped")
        peer.wait_for("stop")
    script.wait_for("/stream", 2)
    assert [told["StreamEvent"] for told in script.told("/stream")] == ["stream-started", "stream-stopped"]
    for wrong in ({"url": "http://127.0.0.1/"}, {"url": "wss://127.0.0.1/", "track": "both"}):
        with pytest.raises(TwilioRestException) as refused:
            call.streams.create(**wrong)
        assert refused.value.status == 400
    phone.hang_up()
    phone.until("CALL_CLOSED")


@needs_phone
def test_requests_and_errors_of_a_call_are_listed(call_centre: CallCentre, script: Script, phone: Phone) -> None:
    script.documents = {
        "/voice": "<Unheard/><Redirect>/broken</Redirect>",
        "/broken": "503",
        "/fallback": f'<Play loop="0">/tone-{PROMPT}.wav</Play>',
    }
    uri = call_centre.number_for(f"{script.url}/voice", voice_fallback_url=f"{script.url}/fallback")
    phone.call(uri)
    sid = script.wait_for("/voice")["CallSid"]
    call = call_centre.client.calls(sid)
    events = eventually("all requests are listed", lambda: (found := call.events.list()) and found[1:] and found)
    assert [event.request["url"] for event in events][:2] == [f"{script.url}/voice", f"{script.url}/broken"]
    assert (events[0].request["method"], events[0].request["parameters"]["CallSid"]) == ("POST", sid)
    assert (events[0].response["response_code"], events[1].response["response_code"]) == (200, 503)
    assert "<Redirect>" in events[0].response["response_body"]

    def errors() -> list:
        return call.notifications.list(log=0)

    [error] = eventually("the error is listed", errors)
    assert (error.error_code, error.request_url, error.log) == ("11200", f"{script.url}/broken", "0")
    one = call.notifications(error.sid).fetch()
    assert f"CallSid={sid}" in one.request_variables
    client = call_centre.client
    assert error.sid in [note.sid for note in client.notifications.list(log=0)]
    assert client.notifications(error.sid).fetch().message_text == error.message_text


@needs_phone
@needs_browser
def test_an_application_and_a_browser_exchange_messages(
    call_centre: CallCentre, script: Script, agent: BrowserAgent
) -> None:
    script.documents = {"/voice": '<Gather timeout="60"/>', "/message": ""}
    call_centre.number_for(f"{script.url}/voice", number="+15555550188")
    agent.register(call_centre.agent_token(), call_centre.https)
    agent.do("connect", params={"To": "+15555550188"})
    agent.until("call accept")
    sid = script.wait_for("/voice")["CallSid"]
    call = call_centre.client.calls(sid)
    key = {"idempotency_key": "once"}
    subscription = call.user_defined_message_subscriptions.create(callback=f"{script.url}/message", **key)
    again = call.user_defined_message_subscriptions.create(callback=f"{script.url}/message", **key)
    assert (subscription.sid[:2], again.sid) == ("ZY", subscription.sid)
    agent.do("message", content={"mood": "fine"})
    told = script.wait_for("/message")
    assert (told["CallSid"], json.loads(told["Content"])) == (sid, {"mood": "fine"})
    sent = call.user_defined_messages.create(content=json.dumps({"offer": 17}))
    assert (sent.sid[:2], sent.call_sid) == ("KX", sid)
    assert agent.until("call message")["content"] == {"offer": 17}
    assert call.user_defined_message_subscriptions(subscription.sid).delete()
    agent.do("disconnect")


def test_numbers_and_keys_are_found_under_all_their_names(call_centre: CallCentre) -> None:
    client = call_centre.client
    made = client.incoming_phone_numbers.local.create(phone_number="+15555550177", friendly_name="Local")
    assert "+15555550177" in [number.phone_number for number in client.incoming_phone_numbers.local.list()]
    assert client.incoming_phone_numbers(made.sid).fetch().friendly_name == "Local"
    assert client.incoming_phone_numbers.toll_free.list() == client.incoming_phone_numbers.mobile.list() == []
    assert client.available_phone_numbers.list() == []
    assert client.available_phone_numbers("US").local.list(area_code=555) == []
    key = client.new_signing_keys.create(friendly_name="signs")
    assert len(key.secret) == 32
    assert client.signing_keys(key.sid).fetch().friendly_name == "signs"
    assert client.signing_keys(key.sid).update(friendly_name="signs tokens").friendly_name == "signs tokens"
    assert key.sid in [one.sid for one in client.signing_keys.list()]
    assert client.signing_keys(key.sid).delete()
