"""What `/metrics` tells whoever watches over an installation."""

import re
from collections.abc import Callable

import requests

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.server import ACCOUNT_SID, AUTH_TOKEN, FIXED_CREDENTIALS, Server
from support.waiting import eventually

LINE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+$')


def test_a_message_is_seen_in_every_figure_that_it_concerns(centre: ContactCentre) -> None:
    before = _figures(centre.server)
    form = {"From": "+15551239876", "To": DEFAULT_NUMBER, "Body": "Hello"}
    assert centre.server.request("POST", "/v1/dev/inbound-messages", data=form).status_code == 201
    grown = {
        'patchboard_messages_total{status="received"}',
        'patchboard_taskrouter_events_total{type="task.created"}',
        'patchboard_conversation_events_total{type="onMessageAdded"}',
        "patchboard_executions_started_total",
        "patchboard_steps_total",
        "patchboard_commit_seconds_count",
        'patchboard_http_requests_total{api="v1",method="POST",status="201"}',
    }

    def missing() -> set[str]:
        now = _figures(centre.server)
        return {name for name in grown if now.get(name, 0) <= before.get(name, 0)}

    eventually("every figure has grown", lambda: not missing())
    pending = [value for name, value in _figures(centre.server).items() if 'status="pending"' in name]
    assert sum(pending) == 1


def test_figures_of_the_process_are_there(centre: ContactCentre) -> None:
    figures = _figures(centre.server)
    assert 1e6 < figures["process_resident_memory_bytes"] < 1e9
    assert figures["process_open_fds"] > 5
    assert figures["process_cpu_seconds_total"] > 0


def test_outside_development_mode_figures_are_for_the_account(start_server: Callable[..., Server]) -> None:
    server = start_server(environment=FIXED_CREDENTIALS | {"PATCHBOARD_DEV": "false"})
    refused = requests.get(f"{server.url}/metrics", timeout=20)
    assert (refused.status_code, refused.json()["code"]) == (401, 20003)
    allowed = requests.get(f"{server.url}/metrics", auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=20)
    assert allowed.status_code == 200


def _figures(server: Server) -> dict[str, float]:
    """Returns each figure with its labels, and sees that the whole text is in the format."""
    answer = requests.get(f"{server.url}/metrics", timeout=20)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    assert all(LINE.match(line) for line in lines), answer.text
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}
