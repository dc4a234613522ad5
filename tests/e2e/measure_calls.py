"""Measures how long callers wait for what they hear: `PYTHONPATH=clients/python .venv/bin/python tests/e2e/measure_calls.py [ROUNDS]`.

The server is a process of its own (`PATCHBOARD_BIN` names another than the debug build), the application of the calls
is in this one, and each figure is taken at the caller's socket: the time of the packet that first holds the sound.
"""

import random
import re
import sys
import tempfile
import time
from pathlib import Path

from support.bare_phone import HOST, BareCall, BarePhone
from support.browser_agent import AGENT_TONE, BrowserAgent, install_sdk
from support.call_centre import CallCentre, Script
from support.server import Server
from support.sound import from_mu_law

FIRST, SECOND = 440, 880
PROMPT = '<Gather numDigits="1" action="/picked"><Play loop="0">/tone-440.wav</Play></Gather>'
ANSWER = '<Play loop="0">/tone-880.wav</Play>'
DIAL = "<Dial><Client>agent</Client></Dial>"

# A key that is held for a frame and let go (RFC 4733): its last packet is sent three times.
EVENT_TYPE, KEY = 101, 1


def main() -> None:
    """Takes all figures, a call for each round."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    install_sdk()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        servers: list[Server] = []

        def start(*arguments: str) -> Server:
            servers.append(Server(folder, *arguments))
            return servers[-1].start()

        try:
            measure(CallCentre(start), folder, rounds)
        finally:
            for server in servers:
                server.kill()


def measure(centre: CallCentre, folder: Path, rounds: int) -> None:
    """Reports what a caller waits for."""
    with Script({"/voice": PROMPT, "/picked": ANSWER}) as script, BarePhone() as phone:
        uri = centre.number_for(f"{script.url}/voice")
        menus = [menu(phone, uri) for _ in range(rounds + 1)][1:]
        report("answer to first packet of the prompt", [answered for answered, _ in menus])
        report("key to first packet of the next prompt", [picked for _, picked in menus])
        script.documents["/voice"] = DIAL
        agent = BrowserAgent(folder / "agent", tone=AGENT_TONE)
        try:
            agent.register(centre.agent_token(), centre.https)
            waits = [accept(phone, uri, agent, count) for count in range(1, max(rounds // 5, 1) + 1)]
        finally:
            agent.end()
        report("an agent's browser accepts to its voice at the caller", waits)


def menu(phone: BarePhone, uri: str) -> tuple[float, float]:
    """Calls a menu and presses a key; returns the seconds until each prompt."""
    drift()
    call = phone.begin(uri)
    field, body = call.description()
    call.send("INVITE", field, body=offer_of_keys(body))
    answer = call.until("SIP/2.0 200")
    since = time.perf_counter()
    call.to = answer["To"]
    call.send("ACK")
    prompted = until_heard(call, FIRST) - since
    drift()
    since = time.perf_counter()
    press(call, int(re.findall(r"m=audio (\d+)", answer["body"])[0]))
    picked = until_heard(call, SECOND) - since
    call.send("BYE")
    call.until("SIP/2.0 200")
    return prompted, picked


def drift() -> None:
    """Lets some part of a frame pass: else all rounds were at the same point of the server's schedule."""
    time.sleep(random.uniform(0, 0.02))


def accept(phone: BarePhone, uri: str, agent: BrowserAgent, count: int) -> float:
    """Calls an agent who accepts, for the `count`th time; returns the seconds until the caller hears them."""
    call = phone.invite(uri)
    agent.until("incoming", count)
    drift()
    since = time.perf_counter()
    agent.do("accept")
    call.confirm()
    waited = until_heard(call, AGENT_TONE) - since
    call.send("BYE")
    agent.until("call disconnect", count)
    return waited


def offer_of_keys(body: str) -> str:
    """Adds telephone events to a description."""
    return body.replace("RTP/AVP 0", f"RTP/AVP 0 {EVENT_TYPE}") + f"a=rtpmap:{EVENT_TYPE} telephone-event/8000\r\n"


def press(call: BareCall, port: int) -> None:
    """Presses a key."""
    for sequence, (end, duration) in enumerate([(0, 160), (0x80, 320), (0x80, 320), (0x80, 320)]):
        marker = 0 if sequence else 0x80
        header = bytes([0x80, marker | EVENT_TYPE]) + sequence.to_bytes(2) + (8_000).to_bytes(4) + b"bare"
        call.ear.sendto(header + bytes([KEY, end | 10]) + duration.to_bytes(2), (HOST, port))


def until_heard(call: BareCall, hertz: int) -> float:
    """Returns the time of the first packet that is this tone."""
    while True:
        payload = call.ear.recv(2_048)[12:]
        now = time.perf_counter()
        if len(payload) == 160 and from_mu_law(payload).share(hertz) > 0.5:
            return now


def report(what: str, seconds: list[float]) -> None:
    """Prints the middle and the worst."""
    ordered = sorted(seconds)
    p50, p95 = (ordered[int((len(ordered) - 1) * share)] * 1_000 for share in (0.5, 0.95))
    print(f"{what}: p50 {p50:.1f} ms, p95 {p95:.1f} ms, worst {ordered[-1] * 1_000:.1f} ms ({len(ordered)} times)")


if __name__ == "__main__":
    main()
