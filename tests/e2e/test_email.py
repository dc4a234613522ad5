"""E-mail: a mail runs a flow, the answer belongs to it, and bounces tell the truth."""

import base64
import socket
from collections.abc import Callable, Iterator
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests

from support.contact_centre import ContactCentre
from support.flows import flow, send_message
from support.mail_server import MailServer, bring
from support.server import Server
from support.waiting import eventually

CONTACT = "email:ann@example.org"
MAILBOX = "email:help@example.com"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PATIENCE_SECONDS = 90.0

CARRIER = """
[[carrier]]
name = "mail"
kind = "email"
numbers = ["{mailbox}"]
url = "smtp://127.0.0.1:{port}"
address = "{mailbox}"
sender_name = "The help desk"
listen = "127.0.0.1:{listen}"
"""

BOUNCE = """From: MAILER-DAEMON@example.org
To: help@example.com
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x

It could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ann@example.org
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 mailbox full
--x
Content-Type: text/rfc822-headers

Message-ID: {id}
--x--
"""


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A running mail server."""
    made = MailServer()
    yield made
    made.stop()


@pytest.fixture
def listen() -> int:
    """A port for the carrier's own listener."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def centre(
    start_server: Callable[..., Server], tmp_path: Path, mail_server: MailServer, listen: int
) -> ContactCentre:
    """A contact centre whose flow answers every mail."""
    file = tmp_path / "patchboard.toml"
    file.write_text(CARRIER.format(mailbox=MAILBOX, port=mail_server.port, listen=listen))
    centre = ContactCentre(start_server("--config", str(file)))
    reply = send_message("reply", "You wrote: {{trigger.message.Body}}")
    centre.bind(MAILBOX, centre.publish("Echo", flow(reply, on_message="reply")))
    eventually("the listener is there", lambda: can_connect(listen), within=PATIENCE_SECONDS)
    return centre


def test_a_correspondence_keeps_its_thread_and_a_bounce_is_told(
    centre: ContactCentre, mail_server: MailServer, listen: int
) -> None:
    first = mail("Order 7", "Where is it?", "<a@example.org>")
    for _ in range(2):
        bring(listen, first)
    [answer] = wait_for_mails(mail_server, 1)
    assert answer["From"] == "The help desk <help@example.com>"
    assert answer["Subject"] == "Re: Order 7"
    assert (answer["In-Reply-To"], answer["References"]) == ("<a@example.org>", "<a@example.org>")
    assert "You wrote: Order 7" in answer.get_content()

    second = mail("Re: Order 7", "Still waiting.\n\nHelp wrote:\n> You wrote", "<b@example.org>")
    second["In-Reply-To"] = answer["Message-ID"]
    second["References"] = f"<a@example.org> {answer['Message-ID']}"
    centre.server.restart_after_kill()
    eventually("the listener is there", lambda: can_connect(listen), within=PATIENCE_SECONDS)
    bring(listen, second)
    later = wait_for_mails(mail_server, 2)[1]
    assert later.get_content().strip() == "You wrote: Still waiting."
    assert later["References"].split() == ["<a@example.org>", answer["Message-ID"], "<b@example.org>"]

    bounce = message_from_string(BOUNCE.format(id=later["Message-ID"]), policy=policy.default)
    bring(listen, bounce)
    lost = wait_for_status(centre, "undelivered")
    assert lost.error_message == "5.2.2 smtp; 552 mailbox full"
    assert len(centre.messages(from_=CONTACT)) == 2


def test_a_busy_server_is_asked_again_and_a_refusal_gives_its_reason(
    centre: ContactCentre, mail_server: MailServer
) -> None:
    mail_server.is_busy = True
    centre.client.messages.create(from_=MAILBOX, to=CONTACT, body="Grüße")
    [sent] = wait_for_mails(mail_server, 1)
    assert (sent.get_content().strip(), sent["Subject"]) == ("Grüße", "A message for you")
    centre.client.messages.create(from_=MAILBOX, to="email:nobody@example.org", body="Hi")
    refused = wait_for_status(centre, "failed")
    assert (refused.error_code, refused.error_message) == (
        63003,
        "permanent error (550): 5.1.1 no such user",
    )


def test_attachments_become_media(centre: ContactCentre, listen: int) -> None:
    letter = mail("A cat", "See below", "<c@example.org>")
    letter.add_attachment(PICTURE, maintype="image", subtype="png", filename="cat.png")
    bring(listen, letter)

    def received() -> list[Any]:
        return centre.messages(from_=CONTACT)

    [message] = eventually("the mail is there", received, within=PATIENCE_SECONDS)
    assert message.num_media == "1"
    [medium] = centre.client.messages(message.sid).media.list()
    assert medium.content_type == "image/png"
    url = centre.server.url + medium.uri.removesuffix(".json")
    credentials = (centre.client.username, centre.client.password)
    assert requests.get(url, auth=credentials, timeout=30).content == PICTURE


def mail(subject: str, text: str, sid: str) -> EmailMessage:
    """Returns a mail of the contact."""
    made = EmailMessage()
    made["From"], made["To"] = "Ann <ann@example.org>", "help@example.com"
    made["Subject"], made["Message-ID"] = subject, sid
    made.set_content(text)
    return made


def can_connect(port: int) -> bool:
    """Tells whether somebody listens on a port of this machine."""
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def wait_for_mails(server: MailServer, count: int) -> list[EmailMessage]:
    """Returns the mails that the server took once they are that many."""
    eventually(f"{count} mails are out", lambda: len(server.mails) == count, within=PATIENCE_SECONDS)
    return server.mails


def wait_for_status(centre: ContactCentre, status: str) -> Any:
    """Returns the one message with a status."""

    def found() -> list[Any]:
        return [message for message in centre.messages(from_=MAILBOX) if message.status == status]

    [message] = eventually(f"a message is {status}", found, within=PATIENCE_SECONDS)
    return message
