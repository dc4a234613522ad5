"""What the library sends, seen by a small HTTP server that records it."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Iterator

import pytest
from patchboard_client import PatchboardHttpClient, connect, local_url
from twilio.rest import Client

ACCOUNT_SID = "AC" + "0" * 32
BASE = "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("published", "local"),
    [
        ("https://api.twilio.com/2010-04-01/Accounts.json", "/2010-04-01/Accounts.json"),
        ("https://studio.twilio.com/v2/Flows", "/studio/v2/Flows"),
        ("https://taskrouter.twilio.com/v1/Workspaces?PageSize=2", "/taskrouter/v1/Workspaces?PageSize=2"),
        ("https://flex-api.twilio.com/v1/Interactions", "/flex-api/v1/Interactions"),
        ("https://studio.sydney.au1.twilio.com/v2/Flows", "/studio/v2/Flows"),
    ],
)
def test_a_published_host_becomes_a_path_prefix(published: str, local: str) -> None:
    assert local_url(BASE, published) == BASE + local
    assert local_url(BASE + "/", published) == BASE + local


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/studio/v2/Flows?Page=1", "https://nottwilio.com/v1/X"]
)
def test_a_url_of_another_host_stays_as_it_is(url: str) -> None:
    assert local_url("https://patchboard.example", url) == url


def test_every_product_of_the_library_reaches_the_one_server(recorder: "Recorder") -> None:
    client = connect(recorder.url, ACCOUNT_SID, "secret")
    client.api.v2010.accounts(ACCOUNT_SID).messages.list(page_size=5)
    client.studio.v2.flows.list()
    client.taskrouter.v1.workspaces.list()
    assert recorder.paths == [
        f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json?PageSize=5",
        "/studio/v2/Flows",
        "/taskrouter/v1/Workspaces",
    ]


def test_the_next_page_is_asked_of_the_server_that_named_it(
    recorder: "Recorder", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_REGION", "au1")
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    recorder.next_page = "/taskrouter/v1/Workspaces?PageToken=2"
    assert connect(recorder.url, ACCOUNT_SID, "secret").taskrouter.v1.workspaces.list() == []
    assert recorder.paths == ["/taskrouter/v1/Workspaces", "/taskrouter/v1/Workspaces?PageToken=2"]


def test_the_http_client_alone_serves_a_client_made_by_hand(recorder: "Recorder") -> None:
    client = Client(ACCOUNT_SID, "secret", http_client=PatchboardHttpClient(recorder.url))
    client.studio.v2.flows.list()
    assert recorder.paths == ["/studio/v2/Flows"]


@dataclass
class Recorder:
    """A server that answers every list with an empty page and remembers what was asked."""

    url: str
    paths: list[str] = field(default_factory=list)
    next_page: str = ""

    def answer(self, path: str) -> dict[str, Any]:
        self.paths.append(path)
        following = self.url + self.next_page if self.next_page else None
        self.next_page = ""
        return {"rows": [], "meta": {"key": "rows", "next_page_url": following}}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(recorder.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Keeps the test's output free of access lines."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    recorder = Recorder(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield recorder
    server.shutdown()
    server.server_close()
