"""Two Patchboards: one has the numbers and the network, the other the flows, and each sees a Twilio in its peer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.application import Application
from support.contact_centre import ContactCentre
from support.flows import flow, send_message
from support.server import FIXED_CREDENTIALS, Server
from support.waiting import eventually

CONTACT = "+447700900001"
NUMBER = "+15555550200"
PATIENCE_SECONDS = 60.0

# Other credentials than those of the centre, so that a signature by the wrong token would show.
ACCOUNT_SID = "AC" + "89abcdef01234567" * 2
AUTH_TOKEN = "00112233445566778899aabbccddeeff"
CREDENTIALS = {"PATCHBOARD_ACCOUNT_SID": ACCOUNT_SID, "PATCHBOARD_AUTH_TOKEN": AUTH_TOKEN}

CARRIER = """
[[carrier]]
name = "upstream"
kind = "twilio"
numbers = ["{number}"]
url = "{url}"
account_sid = "{account}"
auth_token = "{token}"
"""


class Upstream:
    """The Patchboard with the network, in the words of who has an account there."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    def client(self) -> Any:
        """A fresh client, so that no connection outlives a killed server."""
        return self.server.client(ACCOUNT_SID, AUTH_TOKEN, ACCOUNT_SID)

    def lend(self, number: str, to: Server) -> None:
        """Provisions a number whose messages go to the carrier of another server."""
        url = f"{to.url}/carriers/v1/upstream"
        self.client.incoming_phone_numbers.create(phone_number=number, sms_url=url)

    def text(self, body: str, **more: str) -> None:
        """Has the contact write to the number."""
        form = {"From": CONTACT, "To": NUMBER, "Body": body} | more
        answered = self.server.request(
            "POST", "/v1/dev/inbound-messages", data=form, auth=(ACCOUNT_SID, AUTH_TOKEN)
        )
        assert answered.status_code == 201, answered.text

    def arrivals(self) -> list[tuple[str, str]]:
        """Returns bodies and statuses of what went out to the contact, oldest first."""
        return [(row.body, row.status) for row in reversed(self.client.messages.list(to=CONTACT))]


@pytest.fixture
def upstream(start_server: Callable[..., Server]) -> Upstream:
    """The Patchboard with the network."""
    return Upstream(start_server(environment=FIXED_CREDENTIALS | CREDENTIALS))


@pytest.fixture
def centre(start_server: Callable[..., Server], tmp_path: Path, upstream: Upstream) -> ContactCentre:
    """The Patchboard with the flows, whose number is lent by the other."""
    file = tmp_path / "patchboard.toml"
    url = upstream.server.url
    file.write_text(CARRIER.format(number=NUMBER, url=url, account=ACCOUNT_SID, token=AUTH_TOKEN))
    centre = ContactCentre(start_server("--config", str(file)))
    reply = send_message("reply", "You wrote: {{trigger.message.Body}}")
    centre.bind(NUMBER, centre.publish("Echo", flow(reply, on_message="reply")))
    upstream.lend(NUMBER, centre.server)
    return centre


def test_a_text_comes_in_by_the_other_patchboard_and_its_answer_is_delivered_by_it(
    centre: ContactCentre, upstream: Upstream
) -> None:
    upstream.text("Hello & more")
    reply = centre.wait_for_message(CONTACT, "You wrote: Hello & more")
    assert upstream.arrivals() == [("You wrote: Hello & more", "delivered")]
    [heard] = centre.messages(from_=CONTACT)
    assert (heard.body, heard.to, heard.direction) == ("Hello & more", NUMBER, "inbound")
    assert (reply.error_code, reply.date_sent is not None) == (None, True)
    assert AUTH_TOKEN not in centre.server.read_log() + upstream.server.read_log()


def test_media_pass_both_ways(centre: ContactCentre, upstream: Upstream) -> None:
    picture = Application(lambda _: (200, "image/png", b"\x89PNG\r\n\x1a\n"))
    with picture:
        link = f"{picture.url}/cat.png"
        upstream.text("Look", NumMedia="1", MediaUrl0=link, MediaContentType0="image/png")
        centre.wait_for_message(CONTACT, "You wrote: Look")
        [heard] = centre.messages(from_=CONTACT)
        assert heard.num_media == "1"
        [medium] = heard.media.list()
        assert medium.content_type == "image/png"
        centre.client.messages.create(from_=NUMBER, to=CONTACT, body="You too", media_url=[link])
        centre.wait_for_message(CONTACT, "You too")
        [last, *_] = upstream.client.messages.list(to=CONTACT)
        assert (last.body, last.num_media) == ("You too", "1")


def test_what_the_other_patchboard_refuses_fails_with_its_code_and_reason(
    centre: ContactCentre, upstream: Upstream
) -> None:
    [number] = upstream.client.incoming_phone_numbers.list(phone_number=NUMBER)
    number.delete()
    sent = centre.client.messages.create(from_=NUMBER, to=CONTACT, body="Hello")

    def failed() -> list[Any]:
        message = centre.client.messages(sent.sid).fetch()
        return [message] if message.status == "failed" else []

    [message] = eventually("the message fails", failed, within=PATIENCE_SECONDS)
    assert message.error_code == 21606
    assert NUMBER in message.error_message
    assert upstream.arrivals() == []


def test_messages_wait_for_the_other_patchboard_while_it_is_away_and_arrive_once_in_order(
    centre: ContactCentre, upstream: Upstream
) -> None:
    upstream.server.kill()
    for body in ("first", "second"):
        centre.client.messages.create(from_=NUMBER, to=CONTACT, body=body)
    log = centre.server.read_log
    eventually("the first attempt fails", lambda: "was not taken yet" in log(), within=PATIENCE_SECONDS)
    upstream.server.start()

    def delivered() -> bool:
        return [message.status for message in centre.messages(to=CONTACT)] == ["delivered"] * 2

    eventually("both are delivered", delivered, within=PATIENCE_SECONDS)
    assert upstream.arrivals() == [("first", "delivered"), ("second", "delivered")]
