"""SMPP: texts and receipts over one session with a short message centre, which is the npm package `smpp`."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from support.contact_centre import ContactCentre
from support.flows import flow, send_message
from support.server import Server
from support.waiting import eventually

NODE, NPM = shutil.which("node"), shutil.which("npm")
SCRIPT = Path(__file__).parent / "support" / "smsc.cjs"
CONTACT = "+447700900001"
NUMBER = "+15555550130"
NAME = "ACME 24"
PATIENCE_SECONDS = 90.0
INSTALL_SECONDS_MAX = 60.0

CARRIER = """
[[carrier]]
name = "centre"
kind = "smpp"
numbers = ["{number}", "{name}"]
host = "127.0.0.1"
port = {port}
system_id = "patch"
password = "s3cret"
"""


class Smsc:
    """A short message centre that can be stopped and started."""

    def __init__(self, modules: Path) -> None:
        self._modules = modules
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.lines: list[dict[str, Any]] = []
        self.start()

    def start(self) -> None:
        """Starts it, on the same port each time."""
        command = [str(NODE), str(SCRIPT), str(self.port)]
        environment = os.environ | {"NODE_PATH": str(self._modules)}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()

    def stop(self) -> None:
        """Ends it at once."""
        self._process.kill()
        self._process.wait()

    def deliver(self, text: str) -> None:
        """Delivers a text of the contact."""
        told = {"from": CONTACT[1:], "to": NUMBER[1:], "text": text}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()

    def wait_until_bound(self, times: int) -> None:
        """Waits for this many sessions in all."""

        def is_bound() -> bool:
            return sum("bound" in line for line in self.lines) >= times

        eventually(f"there were {times} sessions", is_bound, within=PATIENCE_SECONDS)

    @property
    def taken(self) -> list[dict[str, Any]]:
        """The texts and parts that it took, in order."""
        return [line for line in self.lines if "message" in line]

    def _read(self, process: subprocess.Popen[str]) -> None:
        self.lines.extend(json.loads(line) for line in process.stdout)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where node finds the package; a registry that does not answer holds nobody up for long."""
    if not (NODE and NPM):
        pytest.skip("left out: node and npm are not both there")
    folder = tmp_path_factory.mktemp("smpp")
    command = [NPM, "install", "--no-audit", "--no-fund", "--prefix", str(folder), "smpp@0.5.1"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("left out: the registry of npm does not answer")
    if done.returncode != 0:
        pytest.skip("left out: the npm package smpp can not be had")
    return folder / "node_modules"


@pytest.fixture
def smsc(modules: Path) -> Iterator[Smsc]:
    """A running centre."""
    made = Smsc(modules)
    yield made
    made.stop()


def test_texts_and_receipts_go_both_ways_whatever_the_centre_does(
    start_server: Callable[..., Server], tmp_path: Path, smsc: Smsc
) -> None:
    file = tmp_path / "patchboard.toml"
    file.write_text(CARRIER.format(number=NUMBER, name=NAME, port=smsc.port))
    centre = ContactCentre(start_server("--config", str(file)))
    reply = send_message("reply", "Re: {{trigger.message.Body}}")
    centre.bind(NUMBER, centre.publish("Echo", flow(reply, on_message="reply")))
    smsc.wait_until_bound(1)

    smsc.deliver("Hello")
    wait_for(centre, "Re: Hello")

    long = "0123456789" * 25
    smsc.deliver(long)
    wait_for(centre, "Re: " + long)
    parts = [line for line in smsc.taken if line["parts"][0] == 2]
    assert "".join(part["message"] for part in parts) == "Re: " + long

    smsc.deliver("busy")
    wait_for(centre, "Re: busy")

    centre.client.messages.create(from_=NAME, to=CONTACT, body="From a name")
    wait_for(centre, "From a name", NAME)
    assert smsc.taken[-1]["from"] == NAME
    with pytest.raises(TwilioRestException) as refused:
        centre.client.messages.create(from_="ANOTHER", to=CONTACT, body="Hi")
    assert refused.value.code == 21606

    smsc.stop()
    smsc.start()
    smsc.wait_until_bound(2)
    smsc.deliver("Again")
    wait_for(centre, "Re: Again")
    assert "s3cret" not in centre.server.read_log()


def wait_for(centre: ContactCentre, body: str, sender: str = NUMBER) -> None:
    """Waits until the answer with this text is delivered, as the centre's receipt says."""

    def is_delivered() -> bool:
        answers = [message for message in centre.messages(to=CONTACT) if message.body == body]
        return [(message.from_, message.status) for message in answers] == [(sender, "delivered")]

    eventually(f"an answer of {len(body)} characters is delivered", is_delivered, within=PATIENCE_SECONDS)
