"""SIP phones at the far end of calls: sipp answers whoever calls, echoes what it hears, and takes the hang-up."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

SIPP = shutil.which("sipp")


def free_udp_port() -> int:
    """Returns a loopback port that no UDP socket has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_sip_port() -> int:
    """Returns a loopback port that neither a UDP nor a TCP socket has."""
    while True:
        port = free_udp_port()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class AnsweringPhone:
    """A phone that answers every call; used as a context."""

    def __init__(self, name: str, folder: Path) -> None:
        self.port = free_udp_port()
        self.address = f"sip:{name}@127.0.0.1:{self.port}"
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "AnsweringPhone":
        assert SIPP is not None
        address = ["-i", "127.0.0.1", "-p", str(self.port), "-mi", "127.0.0.1", "-mp", str(free_udp_port())]
        with (self.folder / f"phone-{self.port}.log").open("wb") as log:
            self.process = subprocess.Popen(
                [SIPP, "-sn", "uas", *address, "-rtp_echo", "-nostdin"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"TERM": "xterm"},
            )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=10)
