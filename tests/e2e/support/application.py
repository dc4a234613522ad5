"""An application of the user's: an HTTP server on loopback that notes what it is asked and answers as told."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

Answer = Callable[["Asked"], tuple[int, str, str | bytes]]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def form(self) -> dict[str, str]:
        """The pairs of a form body, or of the query."""
        return dict(parse_qsl(self.body or urlsplit(self.path).query, keep_blank_values=True))

    @property
    def bytes(self) -> bytes:
        """The body as it came, of a form with files for one."""
        return self.body.encode(errors="surrogateescape")

    @property
    def token(self) -> str:
        """What a repeated request is known by."""
        return self.headers["i-twilio-idempotency-token"]


def as_json(value: object) -> tuple[int, str, str]:
    """Returns an answer of 200 with this JSON."""
    return 200, "application/json", json.dumps(value)


class Application:
    """The server; used as a context."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[Asked] = []
        application = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, self.rfile.read(length).decode(errors="surrogateescape"))
                application.asked.append(asked)
                status, content_type, answered = answer(asked)
                body = answered.encode() if isinstance(answered, str) else answered
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", content_type)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # Who asked was killed.

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Keeps the test's output free of requests."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self) -> "Application":
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()
