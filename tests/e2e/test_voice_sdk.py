"""The unmodified voice SDK in a browser: what agents do with their calls, and what happens to them."""

from collections.abc import Callable

import pytest

from support.browser_agent import AGENT_TONE, BrowserAgent, needs_browser
from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.waiting import eventually

pytestmark = [needs_phone, needs_browser]

PROMPT = 1500
Seat = Callable[..., BrowserAgent]


@pytest.fixture
def number(call_centre: CallCentre, script: Script) -> str:
    """The URI of a number whose calls `/voice` of the script answers: with a call to the agent."""
    script.documents = {
        "/voice": '<Dial action="/dialled" timeout="8"><Client><Identity>agent</Identity>'
        '<Parameter name="order" value="a&amp;b 17"/></Client></Dial>',
        "/dialled": f'<Play loop="0">/tone-{PROMPT}.wav</Play>',
    }
    return call_centre.number_for(f"{script.url}/voice")


@pytest.fixture
def seated(call_centre: CallCentre, agent: BrowserAgent) -> BrowserAgent:
    """An agent whose device is registered."""
    agent.register(call_centre.agent_token(), call_centre.https)
    return agent


def test_an_agent_is_called_mutes_and_sends_keys(
    number: str, script: Script, phone: Phone, seated: BrowserAgent
) -> None:
    phone.call(number)
    incoming = seated.until("incoming")
    assert incoming["parameters"]["From"] == phone.user
    assert incoming["custom"] == {"order": "a&b 17"}
    seated.do("accept")
    seated.hears(CALLER_TONE)
    phone.hears(AGENT_TONE)
    seated.do("mute", muted=True)
    phone.hears_silence()
    seated.do("mute", muted=False)
    phone.hears(AGENT_TONE)
    seated.do("disconnect")
    phone.hears(PROMPT)
    assert script.wait_for("/dialled")["DialCallStatus"] == "completed"


def test_a_browser_with_opus_talks_with_a_phone_without(
    call_centre: CallCentre, number: str, phone: Phone, agent: BrowserAgent
) -> None:
    agent.register(call_centre.agent_token(), call_centre.https, "opus")
    phone.call(number)
    agent.until("incoming")
    agent.do("accept")
    agent.hears(CALLER_TONE)
    phone.hears(AGENT_TONE)


def test_an_agent_declines_and_a_caller_gives_up(
    number: str, script: Script, phone: Phone, seated: BrowserAgent
) -> None:
    phone.call(number)
    seated.until("incoming")
    seated.do("reject")
    phone.hears(PROMPT)
    assert script.wait_for("/dialled")["DialCallStatus"] == "busy"
    phone.hang_up()
    phone.until("CALL_CLOSED")
    phone.command("dial", number)
    seated.until("incoming", 2)
    phone.hang_up()
    seated.until("call cancel")


def test_of_two_tabs_one_answers_and_the_other_falls_silent(
    call_centre: CallCentre, number: str, phone: Phone, seated: BrowserAgent, seat_agent: Seat
) -> None:
    other = seat_agent()
    other.register(call_centre.agent_token(), call_centre.https)
    phone.call(number)
    seated.until("incoming")
    other.until("incoming")
    other.do("accept")
    seated.until("call cancel")
    other.hears(CALLER_TONE)
    phone.hang_up()
    other.until("call disconnect")


def test_a_call_outlives_its_socket(number: str, phone: Phone, seated: BrowserAgent) -> None:
    phone.call(number)
    seated.until("incoming")
    seated.do("accept")
    seated.hears(CALLER_TONE)
    seated.do("cut")
    seated.until("call reconnecting")
    seated.until("call reconnected")
    seated.hears(CALLER_TONE)
    phone.hears(AGENT_TONE)
    phone.hang_up()
    seated.until("call disconnect")


def test_an_agent_whose_network_lets_no_udp_pass_talks_by_tcp(
    call_centre: CallCentre, number: str, phone: Phone, seat_agent: Callable[..., BrowserAgent]
) -> None:
    agent = seat_agent(has_udp=False)
    agent.register(call_centre.agent_token(), call_centre.https)
    phone.call(number)
    agent.until("incoming")
    agent.do("accept")
    agent.hears(CALLER_TONE)
    phone.hears(AGENT_TONE)
    agent.do("digits", digits="5")
    phone.hang_up()
    agent.until("call disconnect")


def test_an_agent_who_unregisters_is_not_called(
    number: str, script: Script, phone: Phone, seated: BrowserAgent
) -> None:
    seated.do("unregister")
    seated.until("device unregistered")
    phone.call(number)
    phone.hears(PROMPT)
    assert script.wait_for("/dialled")["DialCallStatus"] in ("no-answer", "failed")


def test_an_agent_calls_out_and_sends_keys_and_messages(
    call_centre: CallCentre, number: str, script: Script, seated: BrowserAgent
) -> None:
    script.documents["/voice"] = '<Gather numDigits="3" action="/picked"/>'
    script.documents["/picked"] = f'<Play loop="0">/tone-{PROMPT}.wav</Play>'
    seated.do("connect", params={"To": number.split("@")[0].removeprefix("sip:"), "Colour": "red & blue"})
    seated.until("call accept")
    asked = script.wait_for("/voice")
    assert (asked["From"], asked["Colour"]) == ("client:agent", "red & blue")
    seated.do("digits", digits="1#3")
    seated.hears(PROMPT)
    assert script.wait_for("/picked")["Digits"] == "1"
    seated.do("message", content={"mood": "fine"})
    eventually("the message is taken", lambda: seated.until("call messageSent"))
    seated.do("disconnect")
