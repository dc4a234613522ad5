"""One Patchboard process: started, asked, killed and started again on the same data folder."""

import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import requests
from patchboard_client import PatchboardClient, connect

from support.waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("PATCHBOARD_BIN", REPOSITORY / "target/debug/patchboard")).resolve()

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "fedcba9876543210" * 2
REQUEST_SECONDS = 20.0

# The environment of the tests without any setting of the caller's, and the same with fixed credentials.
BARE_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PATCHBOARD_")}
FIXED_CREDENTIALS = BARE_ENVIRONMENT | {
    "PATCHBOARD_ACCOUNT_SID": ACCOUNT_SID,
    "PATCHBOARD_AUTH_TOKEN": AUTH_TOKEN,
}


def free_port() -> int:
    """Returns a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A `patchboard serve` process and the data folder that outlives it."""

    def __init__(
        self, folder: Path, *arguments: str, environment: dict[str, str] = FIXED_CREDENTIALS
    ) -> None:
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.arguments = arguments
        self.environment = dict(environment)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        """Starts the process and returns when it is ready."""
        address = f"127.0.0.1:{self.port}"
        command = [str(BINARY), "serve", "--data", str(self.data), "--http", address, *self.arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment
            )
        eventually(f"{self.url}/health answers 200", self._is_ready)
        return self

    def _is_ready(self) -> bool:
        assert self.process is not None
        exit_code = self.process.poll()
        assert exit_code is None, f"the server ended with {exit_code}:\n{self.read_log()}"
        try:
            return requests.get(f"{self.url}/health", timeout=REQUEST_SECONDS).status_code == 200
        except requests.ConnectionError:
            return False

    def kill(self) -> None:
        """Ends the process, if it runs, as a power cut would (`kill -9`)."""
        if self.process is not None:
            self.stop(signal.SIGKILL)

    def restart_after_kill(self) -> None:
        """Kills the process and starts another on the same data folder and port."""
        self.kill()
        self.start()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends the process with a signal and returns its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        exit_code = self.process.wait(timeout=30)
        self.process = None
        return exit_code

    def read_log(self) -> str:
        """Returns what every process on this data folder has written so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def client(
        self, username: str = ACCOUNT_SID, password: str = AUTH_TOKEN, account_sid: str = ACCOUNT_SID
    ) -> PatchboardClient:
        """Returns the official library's client for this server."""
        return connect(self.url, username, password, account_sid, timeout=REQUEST_SECONDS)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Sends a plain HTTP request, as the account unless `auth` says otherwise."""
        options.setdefault("auth", (ACCOUNT_SID, AUTH_TOKEN))
        return requests.request(method, self.url + path, timeout=REQUEST_SECONDS, **options)


def run_command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs `patchboard` with `arguments` to its end and returns its output."""
    return subprocess.run(
        [str(BINARY), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        env=FIXED_CREDENTIALS,
        check=False,
    )
