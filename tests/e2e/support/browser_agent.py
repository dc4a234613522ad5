"""An agent's browser: headless Chromium with the unmodified voice SDK in a page."""

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from support.server import BARE_ENVIRONMENT, REPOSITORY
from support.sound import write_tone
from support.waiting import eventually

CLIENT = REPOSITORY / "clients/voice-sdk"
NODE, NPM = shutil.which("node"), shutil.which("npm")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ANSWER_SECONDS = 30.0

needs_browser = pytest.mark.skipif(
    not (CHROMIUM and NODE and NPM), reason="left out: node, npm and chromium are not all there"
)

AGENT_TONE = 660


def install_sdk() -> None:
    """Installs the official SDK as the lock says."""
    command = [str(NPM), "ci", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, cwd=CLIENT, env=dict(os.environ), check=False
    )
    assert done.returncode == 0, done.stderr


class BrowserAgent:
    """A page with the SDK, whose microphone is a tone; where asked for, in a network without UDP."""

    def __init__(self, folder: Path, *, tone: int, has_udp: bool = True) -> None:
        folder.mkdir(parents=True)
        microphone = folder / "microphone.wav"
        write_tone(microphone, tone, seconds=30, rate=48_000)
        environment = BARE_ENVIRONMENT | {"CHROMIUM": str(CHROMIUM), "MICROPHONE": str(microphone)}
        if not has_udp:
            environment["ONLY_TCP"] = "1"
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [str(NODE), "support/agent.js"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            cwd=CLIENT,
            env=environment,
            text=True,
        )
        self.events: list[dict[str, Any]] = []
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.until("ready")

    def do(self, command: str, **arguments: Any) -> Any:
        """Has the page do something, and returns its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self.process.stdin.flush()
        reply = self._answers.get(timeout=ANSWER_SECONDS)
        assert "error" not in reply, reply["error"]
        return reply["answer"]

    def register(self, token: str, https_port: int, *codecs: str) -> None:
        """Registers the page's device, which prefers these codecs."""
        options = {"chunderw": f"127.0.0.1:{https_port}", "publishEvents": False}
        calls = {"codecPreferences": codecs or ("pcmu", "opus"), "maxCallSignalingTimeoutMs": 20_000}
        self.do("register", token=token, options=options | calls)

    def until(self, event: str, count: int = 1) -> dict[str, Any]:
        """Waits for an event of the page, or for its `count`th, and returns it."""
        seen = lambda: [each for each in list(self.events) if each["event"] == event][count - 1 :]  # noqa: E731
        return eventually(f"the browser says {event}", seen, within=30)[0]

    def hears(self, hertz: int) -> None:
        """Waits until the loudest frequency of the other side is this one."""

        def is_heard() -> bool:
            heard = self.do("heard")
            return heard["level"] > 60 and abs(heard["hertz"] - hertz) < 30

        eventually(f"the browser hears {hertz} Hz", is_heard, within=20)

    def end(self) -> None:
        """Closes the browser."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.log.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            if "event" in message:
                self.events.append(message)
            else:
                self._answers.put(message)
