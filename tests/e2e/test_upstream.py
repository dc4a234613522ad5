"""Two Patchboards, one the other's carrier: what speaks as Twilio does is understood as Twilio is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.contact_centre import ContactCentre
from support.flows import flow, send_message
from support.server import ACCOUNT_SID, AUTH_TOKEN, Server
from support.waiting import eventually

CONTACT = "+447700900001"
NUMBER = "+15555550140"
# A number that is ours downstream, and nobody's upstream.
UNKNOWN = "+15555550141"
PATIENCE_SECONDS = 90.0

CARRIER = """
[[carrier]]
name = "upstream"
kind = "twilio"
numbers = ["{number}", "{unknown}"]
url = "{url}"
account_sid = "{account}"
auth_token = "{token}"
"""


@pytest.fixture
def upstream(start_server: Callable[..., Server]) -> ContactCentre:
    """The one that has the network: its loopback."""
    return ContactCentre(start_server())


@pytest.fixture
def downstream(
    start_server: Callable[..., Server], tmp_path: Path, upstream: ContactCentre
) -> ContactCentre:
    """The one that has the flow, and the other as its carrier."""
    file = tmp_path / "patchboard.toml"
    names = {"number": NUMBER, "unknown": UNKNOWN, "account": ACCOUNT_SID, "token": AUTH_TOKEN}
    file.write_text(CARRIER.format(url=upstream.server.url, **names))
    centre = ContactCentre(start_server("--config", str(file)))
    reply = send_message("reply", "You wrote: {{trigger.message.Body}}")
    centre.bind(NUMBER, centre.publish("Echo", flow(reply, on_message="reply")))
    entrance = f"{centre.server.url}/carriers/v1/upstream"
    upstream.client.incoming_phone_numbers.create(phone_number=NUMBER, sms_url=entrance)
    return centre


def test_a_text_comes_down_its_answer_goes_up_and_its_fate_comes_back(
    upstream: ContactCentre, downstream: ContactCentre
) -> None:
    upstream.text(CONTACT, NUMBER, "Hello & Grüße")
    answer = wait_for_status(downstream, "delivered")
    assert answer.body == "You wrote: Hello & Grüße"
    [relayed] = upstream.messages(to=CONTACT)
    assert (relayed.from_, relayed.body, relayed.status) == (NUMBER, answer.body, "delivered")
    [received] = downstream.messages(from_=CONTACT)
    assert (received.to, received.body) == (NUMBER, "Hello & Grüße")


def test_what_upstream_does_not_take_fails_with_its_reason(
    upstream: ContactCentre, downstream: ContactCentre
) -> None:
    downstream.client.incoming_phone_numbers.create(phone_number=UNKNOWN)
    downstream.client.messages.create(from_=UNKNOWN, to=CONTACT, body="Hi")
    refused = wait_for_status(downstream, "failed", UNKNOWN)
    assert refused.error_code == 21606
    assert UNKNOWN in refused.error_message
    assert upstream.messages(to=CONTACT) == []


def test_a_text_waits_while_upstream_is_away(
    upstream: ContactCentre, downstream: ContactCentre
) -> None:
    upstream.server.stop()
    sent = downstream.client.messages.create(from_=NUMBER, to=CONTACT, body="Later")
    log = downstream.server.read_log
    eventually("it was tried", lambda: sent.sid in log(), within=PATIENCE_SECONDS)
    upstream.server.start()
    assert wait_for_status(downstream, "delivered").sid == sent.sid
    assert len(upstream.messages(to=CONTACT)) == 1


def wait_for_status(centre: ContactCentre, status: str, number: str = NUMBER) -> Any:
    """Returns the one message of a number when it has a status."""

    def found() -> list[Any]:
        return [message for message in centre.messages(from_=number) if message.status == status]

    [message] = eventually(f"a message is {status}", found, within=PATIENCE_SECONDS)
    return message
