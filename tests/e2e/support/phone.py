"""A SIP phone without a head: baresip, which speaks a tone and keeps what it hears."""

import array
import json
import random
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from support.server import free_port
from support.sound import Sound, write_tone
from support.waiting import eventually

BARESIP = shutil.which("baresip")
MODULES = next((str(path) for path in Path("/usr/lib").glob("**/baresip/modules")), "/usr/lib/baresip/modules")

needs_phone = pytest.mark.skipif(not BARESIP, reason="left out: baresip is not installed")

CALLER_TONE = 440

CONFIG = """
poll_method epoll
sip_listen {host}:{sip}
call_local_timeout 60
call_max_calls 4
audio_player aufile,{folder}/play.wav
audio_source aufile,{folder}/speak.wav
audio_alert aufile,{folder}/alert.wav
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports {rtp}-{rtp_last}
module_path {modules}
module g711.so
module opus.so
module aufile.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {folder}
"""


class Phone:
    """One phone, told what to do through its control socket."""

    def __init__(
        self,
        folder: Path,
        *,
        tone: int = CALLER_TONE,
        user: str = "+15551230001",
        account: str = "",
        codec: str = "PCMU",
        pauses: bool = False,
        host: str = "127.0.0.1",
        modules: tuple[str, ...] = (),
        authority: Path | None = None,
    ) -> None:
        self.folder = folder
        self.user = user
        self.host = host
        self.port = free_pair()
        self.control = free_port()
        self.events: list[dict[str, Any]] = []
        self._unread = b""
        folder.mkdir(parents=True)
        # The call ends with the file: it is longer than any call of a test.
        write_tone(folder / "speak.wav", tone, seconds=120, pauses=pauses)
        rtp = 42_000 + 200 * (self.port % 100)
        values = {"host": host, "sip": self.port, "control": self.control, "rtp": rtp, "rtp_last": rtp + 100}
        config = CONFIG.format(folder=folder, modules=MODULES, **values)
        if authority:
            config += f"sip_cafile {authority}\n"
        # Codecs are loaded before the account is read, which names them.
        config += "".join(f"module\t{module}.so\n" for module in modules)
        (folder / "config").write_text(config)
        account = account or f"<sip:{user}@{host}>;regint=0;audio_codecs={codec}"
        (folder / "accounts").write_text(account + "\n")
        (folder / "contacts").write_text("")
        with (folder / "log").open("wb") as log:
            command = [str(BARESIP), "-f", str(folder)]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.socket = eventually("the phone takes commands", self._connect)

    def call(self, uri: str) -> None:
        """Calls somebody, and returns when they have answered."""
        self.command("dial", uri)
        self.until("CALL_ESTABLISHED")

    def press(self, keys: str) -> None:
        """Presses keys, one after the other."""
        for key in keys:
            self.command("sndcode", key)

    def answer(self) -> None:
        """Takes the call that rings."""
        self.until("CALL_INCOMING")
        self.command("accept")
        self.until("CALL_ESTABLISHED")

    @property
    def uri(self) -> str:
        """Where it can be called."""
        return f"sip:{self.user}@{self.host}:{self.port}"

    def refusal(self, uri: str) -> str:
        """Calls somebody who does not answer, and returns what the phone was told."""
        self.command("dial", uri)
        return str(self.until("CALL_CLOSED")["param"])

    def hang_up(self) -> None:
        """Ends the call."""
        self.command("hangup")

    def until(self, kind: str) -> dict[str, Any]:
        """Waits for an event of the phone, and returns it."""

        def arrived() -> dict[str, Any] | None:
            self._read()
            return next((event for event in self.events if event.get("type") == kind), None)

        return eventually(f"the phone says {kind}", arrived, within=20)

    def says(self, text: str) -> None:
        """Waits until the phone's log says so; what it does at its start comes before anybody listens to its events."""
        log = self.folder / "log"
        eventually(f"the phone says {text!r}", lambda: text in log.read_text(errors="replace"), within=20)

    def receives_since(self, text: str) -> None:
        """Waits until the phone counts 50 kbit/s of audio or more behind the last such line of its log.

        On a slow machine its decoder stays still after a hold, so that its ears prove nothing then.
        """
        log = self.folder / "log"

        def is_receiving() -> bool:
            _, found, after = log.read_text(errors="replace").rpartition(text)
            return bool(found) and re.search(r"audio=\d+/[5-9]\d{4} ", after) is not None

        eventually(f"audio arrives after {text!r}", is_receiving, within=20)

    def heard(self) -> Sound:
        """What was heard in the last call so far."""
        dumps = sorted(self.folder.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime)
        return Sound.read(dumps[-1]) if dumps and dumps[-1].stat().st_size > 44 else Sound(array.array("h"))

    def hears(self, *tones: int) -> None:
        """Waits until nearly all that is heard are these tones, each with its part."""

        def shares() -> list[float]:
            heard = self.heard()
            found = [heard.share(hertz, start=max(0.0, heard.seconds - 0.5)) for hertz in tones]
            return found if sum(found) > 0.8 and min(found) > 0.5 / len(tones) else []

        eventually(f"the phone hears {tones}", shares)

    def hears_silence(self) -> None:
        """Waits until nothing is heard."""

        def is_quiet() -> bool:
            heard = self.heard()
            return heard.seconds > 0.5 and heard.loudness(heard.seconds - 0.5) < 60

        eventually("the phone hears nothing", is_quiet)

    def falls_silent(self) -> None:
        """Waits until for a second nothing arrives, or nothing but silence."""
        last, since = -1.0, time.monotonic()

        def is_quiet() -> bool:
            nonlocal last, since
            heard = self.heard()
            if heard.seconds != last:
                last, since = heard.seconds, time.monotonic()
            return time.monotonic() - since > 1 or heard.loudness(heard.seconds - 1) < 60

        eventually("the phone hears nothing more", is_quiet)

    def leave(self) -> None:
        """Unregisters, and is off."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def end(self) -> None:
        """Switches the phone off, and closes its files."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()  # It waits for an answer to its farewell, from a server that has gone.
            self.process.wait()

    def command(self, command: str, params: str = "") -> None:
        """Has the phone do something."""
        message = json.dumps({"command": command, "params": params}).encode()
        self.socket.sendall(b"%d:%s," % (len(message), message))

    def _connect(self) -> socket.socket | None:
        try:
            return socket.create_connection(("127.0.0.1", self.control), timeout=1)
        except OSError:
            return None

    def _read(self) -> None:
        self.socket.settimeout(0.05)
        try:
            self._unread += self.socket.recv(65536)
        except TimeoutError:
            return
        while b":" in self._unread:
            length, rest = self._unread.split(b":", 1)
            if len(rest) <= int(length):
                return
            self.events.append(json.loads(rest[: int(length)]))
            self._unread = rest[int(length) + 1 :]


def free_pair() -> int:
    """Returns a port that is free together with the next one, which the phone takes for TLS.

    It is not one of those that the system hands out, so that nobody takes it meanwhile.
    """

    def is_free(port: int) -> bool:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            try:
                stream.bind(("127.0.0.1", port))
                datagrams.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True

    while True:
        port = random.randrange(10_000, 19_000, 2)
        if is_free(port) and is_free(port + 1):
            return port
