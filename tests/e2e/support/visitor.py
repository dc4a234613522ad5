"""A visitor of a web page with the chat, in a headless Chromium."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from support.browser_agent import CHROMIUM, CLIENT, NODE
from support.server import BARE_ENVIRONMENT, REPOSITORY

SCRIPT = REPOSITORY / "tests/e2e/support/visitor.mjs"
CHAT = "patchboard-chat"


class Visitor:
    """One browser; its tabs share what they store."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.url = url
        self.log = (folder / "visitor.log").open("wb")
        self.process = subprocess.Popen(
            [str(NODE), str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            cwd=CLIENT,
            env=BARE_ENVIRONMENT | {"CHROMIUM": str(CHROMIUM)},
            text=True,
        )

    def do(self, command: str, tab: str = "first", **arguments: Any) -> Any:
        """Has the browser do something, and returns its answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": command, "tab": tab, **arguments}) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        assert "error" not in reply, reply["error"]
        return reply["answer"]

    def open(self, query: str = "", tab: str = "first", **arguments: Any) -> None:
        """Opens the demo page, and the chat on it."""
        self.do("open", tab, url=f"{self.url}/chat{query}", **arguments)
        self.do("click", tab, selector=f"{CHAT} .launch")

    def begin(self, name: str, query: str, tab: str = "first") -> None:
        """Fills in the form and begins."""
        self.do("fill", tab, selector=f"{CHAT} [name=friendlyName]", value=name)
        self.do("fill", tab, selector=f"{CHAT} [name=query]", value=query)
        self.do("click", tab, selector=f"{CHAT} form.card button[type=submit]")
        self.sees(query, tab=tab)

    def write(self, body: str) -> None:
        """Writes a message and sends it with the keyboard."""
        self.do("fill", selector=f"{CHAT} .compose textarea", value=body)
        self.do("press", keys="Enter")

    def sees(self, text: str, selector: str = ".m .t", tab: str = "first") -> None:
        """Waits until a message with this text is there."""
        self.do("sees", tab, selector=f"{CHAT} {selector}", text=text)

    def texts(self, selector: str = ".m .t", tab: str = "first") -> list[str]:
        """Returns what stands there."""
        found: list[str] = self.do("texts", tab, selector=f"{CHAT} {selector}")
        return found

    def attach(self, name: str, content: bytes, content_type: str) -> None:
        """Sends a file."""
        encoded = base64.b64encode(content).decode()
        self.do("attach", name=name, type=content_type, base64=encoded)

    def end(self) -> None:
        """Closes the browser."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.log.close()
