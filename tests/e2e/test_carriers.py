"""Carriers: messages to and from providers, which are asked once where they can not tell a repetition."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.request_validator import RequestValidator

from support.application import Application, Asked, as_json
from support.contact_centre import ContactCentre
from support.flows import flow, send_message
from support.server import Server
from support.waiting import eventually

SECRET = "a-shared-secret"
CONTACT = "+447700900001"
HTTP_NUMBER = "+15555550120"
TWILIO_NUMBER = "+15555550121"
WHATSAPP_NUMBER = "whatsapp:+15555550122"
BOT = "telegram:our_bot"
PATIENCE_SECONDS = 60.0
# A file that begins like a picture, of characters that are one byte each.
PICTURE = "GIF89a; it has no more than its first bytes"

CARRIERS = """
[[carrier]]
name = "acme"
kind = "http"
numbers = ["{http}"]
url = "{url}/messages"
secret = "{secret}"

[[carrier]]
name = "upstream"
kind = "twilio"
numbers = ["{twilio}"]
url = "{url}"
account_sid = "AC1"
auth_token = "{secret}"

[[carrier]]
name = "business"
kind = "whatsapp"
numbers = ["{whatsapp}"]
url = "{url}/v23.0"
address = "{whatsapp}"
phone_number_id = "4711"
token = "an access token"
app_secret = "{secret}"
verify_token = "a word"

[[carrier]]
name = "bot"
kind = "telegram"
numbers = ["telegram:"]
url = "{url}"
address = "{bot}"
token = "{secret}"
"""


class Providers:
    """Every provider behind one URL; a test says how the next submissions are answered."""

    def __init__(self) -> None:
        self.answer: Callable[[Asked], tuple[int, str, str]] = accept
        self.updates: list[dict[str, Any]] = []
        self.application = Application(self._answer)

    def _answer(self, asked: Asked) -> tuple[int, str, str]:
        if asked.path.endswith("/getUpdates"):
            offset = json.loads(asked.body)["offset"]
            due = [update for update in self.updates if update["update_id"] >= offset]
            if not due:
                time.sleep(0.2)
            return as_json({"ok": True, "result": due})
        if asked.path.endswith("/getFile"):
            return as_json({"ok": True, "result": {"file_path": "photos/1.png"}})
        if asked.path.endswith("/medium-1"):
            return as_json({"url": f"{self.application.url}/photos/1.png"})
        if asked.path.endswith("/photos/1.png"):
            return 200, "image/png", PICTURE
        return self.answer(asked)

    @property
    def submissions(self) -> list[Asked]:
        """What was submitted, in order."""
        ways = ("/messages", "/Messages.json", "/sendMessage")
        return [asked for asked in self.application.asked if asked.path.endswith(ways)]


def accept(asked: Asked) -> tuple[int, str, str]:
    """Takes a submission, in the words of whichever provider was asked."""
    if asked.path == "/messages":
        return as_json({"id": "provider-" + json.loads(asked.body)["id"]})
    if asked.path.endswith("/Messages.json"):
        return 201, "application/json", json.dumps({"sid": "SM" + "b" * 32, "status": "queued"})
    if asked.path.endswith("/sendMessage"):
        return as_json({"ok": True, "result": {"message_id": 5}})
    return as_json({"messages": [{"id": "wamid.1"}]})


@pytest.fixture
def providers() -> Iterator[Providers]:
    """The fake providers."""
    made = Providers()
    with made.application:
        yield made


@pytest.fixture
def centre(start_server: Callable[..., Server], tmp_path: Path, providers: Providers) -> ContactCentre:
    """A contact centre with a number at each carrier, whose flow answers every message but WhatsApp's."""
    file = tmp_path / "patchboard.toml"
    names = {"http": HTTP_NUMBER, "twilio": TWILIO_NUMBER, "whatsapp": WHATSAPP_NUMBER, "bot": BOT}
    file.write_text(CARRIERS.format(url=providers.application.url, secret=SECRET, **names))
    centre = ContactCentre(start_server("--config", str(file)))
    reply = send_message("reply", "You wrote: {{trigger.message.Body}}")
    echo = centre.publish("Echo", flow(reply, on_message="reply"))
    for number in (HTTP_NUMBER, TWILIO_NUMBER, BOT):
        centre.bind(number, echo)
    centre.client.incoming_phone_numbers.create(phone_number=WHATSAPP_NUMBER)
    return centre


def test_a_message_comes_in_once_however_often_it_is_told_and_its_answer_goes_out_signed(
    centre: ContactCentre, providers: Providers
) -> None:
    told = {"type": "message", "id": "in-1", "from": CONTACT, "to": HTTP_NUMBER, "body": "Hello"}
    for _ in range(3):
        assert tell_acme(centre, told).status_code == 200
    reply = wait_for_status(centre, CONTACT, "sent")
    assert reply.body == "You wrote: Hello"
    [asked] = providers.submissions
    assert asked.headers["idempotency-key"] == reply.sid
    assert asked.headers["x-patchboard-signature"] == signature(
        asked.headers["x-patchboard-timestamp"], asked.body
    )
    receipt = {"type": "receipt", "id": f"provider-{reply.sid}", "status": "delivered"}
    assert tell_acme(centre, receipt).status_code == 200
    late = receipt | {"status": "sent"}
    assert tell_acme(centre, late).status_code == 200
    wait_for_status(centre, CONTACT, "delivered")
    assert len(centre.messages(from_=CONTACT)) == 1


def test_forged_old_and_foreign_posts_are_not_taken(centre: ContactCentre) -> None:
    told = {"type": "message", "id": "in-1", "from": CONTACT, "to": HTTP_NUMBER, "body": "Hello"}
    assert tell_acme(centre, told, secret="another").status_code == 403
    assert tell_acme(centre, told, age=3600).status_code == 403
    foreign = told | {"to": TWILIO_NUMBER}
    assert tell_acme(centre, foreign).status_code == 200
    url = f"{centre.server.url}/carriers/v1"
    assert requests.post(f"{url}/upstream", data={"MessageSid": "SM1"}, timeout=20).status_code == 403
    assert requests.post(f"{url}/business", data="{}", timeout=20).status_code == 403
    assert requests.post(f"{url}/bot", data="{}", timeout=20).status_code == 404
    assert requests.post(f"{url}/nobody", data="{}", timeout=20).status_code == 404
    assert centre.messages() == []


def test_a_receipt_that_overtakes_the_answer_counts(centre: ContactCentre, providers: Providers) -> None:
    def answer(asked: Asked) -> tuple[int, str, str]:
        sid = json.loads(asked.body)["id"]
        failed = {"status": "undelivered", "code": 30005, "reason": "Unknown destination handset"}
        receipt = {"type": "receipt", "id": f"provider-{sid}"} | failed
        assert tell_acme(centre, receipt).status_code == 200
        return accept(asked)

    providers.answer = answer
    send(centre, HTTP_NUMBER, "Hello")
    message = wait_for_status(centre, CONTACT, "undelivered")
    assert (message.error_code, message.error_message) == (30005, "Unknown destination handset")


def test_a_status_that_overtakes_the_answer_is_not_taken_back(
    centre: ContactCentre, providers: Providers
) -> None:
    def answer(asked: Asked) -> tuple[int, str, str]:
        message = asked.form["StatusCallback"].rsplit("=", 1)[1]
        tell_status(centre, message, "SM" + "b" * 32, "delivered")
        return accept(asked)

    providers.answer = answer
    send(centre, TWILIO_NUMBER, "Hello")
    wait_for_status(centre, CONTACT, "delivered")


def test_messages_of_a_pair_keep_their_order_while_the_provider_is_busy(
    centre: ContactCentre, providers: Providers
) -> None:
    is_busy = iter([True, True])

    def answer(asked: Asked) -> tuple[int, str, str]:
        return (503, "text/plain", "busy") if next(is_busy, False) else accept(asked)

    providers.answer = answer
    for number in range(4):
        send(centre, HTTP_NUMBER, str(number))

    def all_sent() -> bool:
        return [message.status for message in centre.messages(to=CONTACT)] == ["sent"] * 4

    eventually("all are sent", all_sent, within=PATIENCE_SECONDS)
    bodies = [json.loads(asked.body)["body"] for asked in providers.submissions]
    assert bodies == ["0", "0", "0", "1", "2", "3"]


def test_a_kill_amid_a_submission_repeats_it_with_the_same_key(
    centre: ContactCentre, providers: Providers
) -> None:
    kill_amid_submission(centre, providers, HTTP_NUMBER, CONTACT)
    sent = wait_for_status(centre, CONTACT, "sent")
    assert [asked.headers["idempotency-key"] for asked in providers.submissions] == [sent.sid] * 2


@pytest.mark.parametrize(
    ("number", "contact"),
    [(TWILIO_NUMBER, CONTACT), (WHATSAPP_NUMBER, f"whatsapp:{CONTACT}"), (BOT, "telegram:99")],
)
def test_a_kill_amid_a_submission_without_a_key_leaves_the_fate_unknown_and_sends_nothing_twice(
    centre: ContactCentre, providers: Providers, number: str, contact: str
) -> None:
    kill_amid_submission(centre, providers, number, contact)
    lost = wait_for_status(centre, contact, "unknown")
    # What is sent afterwards shows that the lost one is not merely late.
    send(centre, number, "afterwards", contact)

    def afterwards() -> bool:
        return centre.messages(to=contact)[-1].status == "sent"

    eventually("the next message is sent", afterwards, within=PATIENCE_SECONDS)
    assert len(providers.submissions) == 2
    if number == TWILIO_NUMBER:
        tell_status(centre, lost.sid, "SM" + "c" * 32, "delivered")
        assert centre.client.messages(lost.sid).fetch().status == "delivered"


def test_twilio_brings_messages_takes_answers_and_tells_why_one_failed(
    centre: ContactCentre, providers: Providers
) -> None:
    form = {"MessageSid": "SM" + "a" * 32, "From": CONTACT, "To": TWILIO_NUMBER, "Body": "Hello & more"}
    for _ in range(2):
        answered = post_as_twilio(centre, "", form)
        assert (answered.status_code, answered.text) == (200, "<Response/>")
    reply = wait_for_status(centre, CONTACT, "sent")
    [asked] = providers.submissions
    callback = f"{centre.server.url}/carriers/v1/upstream?message={reply.sid}"
    assert asked.form == {
        "From": TWILIO_NUMBER,
        "To": CONTACT,
        "Body": "You wrote: Hello & more",
        "StatusCallback": callback,
    }
    tell_status(centre, reply.sid, "SM" + "b" * 32, "failed", ErrorCode="30003")
    failed = centre.client.messages(reply.sid).fetch()
    assert (failed.status, failed.error_code) == ("failed", 30003)


def test_whatsapp_confirms_its_entrance_and_says_that_the_window_is_closed(
    centre: ContactCentre, providers: Providers
) -> None:
    url = f"{centre.server.url}/carriers/v1/business"
    question = {"hub.mode": "subscribe", "hub.challenge": "4242", "hub.verify_token": "a word"}
    assert requests.get(url, params=question, timeout=20).text == "4242"
    wrong = question | {"hub.verify_token": "another"}
    assert requests.get(url, params=wrong, timeout=20).status_code == 403
    error = {"error": {"code": 131047, "message": "Re-engagement message"}}
    providers.answer = lambda _: (400, "application/json", json.dumps(error))
    open_window(centre)
    send(centre, WHATSAPP_NUMBER, "Hello", f"whatsapp:{CONTACT}")
    failed = wait_for_status(centre, f"whatsapp:{CONTACT}", "failed")
    assert (failed.error_code, failed.error_message) == (63016, "131047: Re-engagement message")


def test_a_telegram_bot_fetches_messages_over_kills_and_answers_each_once(
    centre: ContactCentre, providers: Providers
) -> None:
    for number in range(1, 4):
        chat = {"chat": {"id": 99}, "from": {"first_name": "Ann"}, "text": f"Hello {number}"}
        providers.updates.append({"update_id": number, "message": chat})

        def answered(number: int = number) -> bool:
            sent = [row for row in centre.messages(to="telegram:99") if row.status == "sent"]
            return len(sent) == number

        eventually("the message is answered", answered, within=PATIENCE_SECONDS)
        centre.server.restart_after_kill()
    texts = [json.loads(asked.body)["text"] for asked in providers.submissions]
    assert texts == [f"You wrote: Hello {number}" for number in range(1, 4)]
    assert SECRET not in centre.server.read_log()


def test_pictures_from_whatsapp_and_telegram_are_kept(centre: ContactCentre, providers: Providers) -> None:
    photo = {"chat": {"id": 99}, "caption": "A cat", "photo": [{"file_id": "s"}, {"file_id": "l"}]}
    providers.updates.append({"update_id": 1, "message": photo})
    image = {"id": "medium-1", "mime_type": "image/gif", "caption": "A cat"}
    message = {"from": CONTACT[1:], "id": "wamid.in", "type": "image", "image": image}
    post_as_whatsapp(centre, {"messages": [message]})
    for contact in ("telegram:99", f"whatsapp:{CONTACT}"):

        def received(contact: str = contact) -> list[Any]:
            return centre.messages(from_=contact)

        [message] = eventually("the message is there", received, within=PATIENCE_SECONDS)
        assert (message.body, message.num_media) == ("A cat", "1")
        [medium] = centre.client.messages(message.sid).media.list()
        assert medium.content_type == "image/gif"
        credentials = (centre.client.username, centre.client.password)
        url = centre.server.url + medium.uri.removesuffix(".json")
        assert requests.get(url, auth=credentials, timeout=20).text == PICTURE
        assert requests.get(url, timeout=20).status_code == 401


def test_a_content_template_that_whatsapp_knows_goes_out_as_that(
    centre: ContactCentre, providers: Providers
) -> None:
    credentials = (centre.client.username, centre.client.password)
    content = {"language": "en", "types": {"twilio/text": {"body": "Hi {{1}}, see you on {{2}}."}}}
    url = f"{centre.server.url}/content/v1/Content"
    made = requests.post(url, json=content, auth=credentials, timeout=20).json()
    name = {"name": "appointment", "category": "UTILITY"}
    approval = f"{url}/{made['sid']}/ApprovalRequests/whatsapp"
    assert requests.post(approval, json=name, auth=credentials, timeout=20).status_code == 201
    contact, values = f"whatsapp:{CONTACT}", json.dumps({"1": "Ann", "2": "Monday"})
    centre.client.messages.create(
        from_=WHATSAPP_NUMBER, to=contact, content_sid=made["sid"], content_variables=values
    )
    sent = wait_for_status(centre, contact, "sent")
    assert sent.body == "Hi Ann, see you on Monday."
    [asked] = providers.submissions
    template = json.loads(asked.body)["template"]
    assert (template["name"], template["language"]) == ("appointment", {"code": "en"})
    assert [value["text"] for value in template["components"][0]["parameters"]] == ["Ann", "Monday"]


def kill_amid_submission(
    centre: ContactCentre, providers: Providers, number: str, contact: str
) -> None:
    """Sends a message, kills the server while the provider holds its answer back, and starts it again."""
    is_killed = threading.Event()

    def answer(asked: Asked) -> tuple[int, str, str]:
        is_killed.wait(timeout=PATIENCE_SECONDS)
        return accept(asked)

    providers.answer = answer
    if number == WHATSAPP_NUMBER:
        open_window(centre)
    send(centre, number, "Hello", contact)
    eventually("the provider is asked", lambda: providers.submissions, within=PATIENCE_SECONDS)
    centre.server.kill()
    is_killed.set()
    centre.server.start()


def open_window(centre: ContactCentre) -> None:
    """Has the contact write: WhatsApp takes free text for a day after the contact's last message."""
    centre.text(f"whatsapp:{CONTACT}", WHATSAPP_NUMBER, "Are you there?")


def send(centre: ContactCentre, number: str, body: str, contact: str = CONTACT) -> None:
    """Sends a message by REST."""
    centre.client.messages.create(from_=number, to=contact, body=body)


def wait_for_status(centre: ContactCentre, contact: str, status: str) -> Any:
    """Returns the one message to `contact` when it has `status`."""

    def found() -> list[Any]:
        messages = centre.messages(to=contact)
        assert len(messages) <= 1
        return [message for message in messages if message.status == status]

    return eventually(f"a message to {contact} is {status}", found, within=PATIENCE_SECONDS)[0]


def signature(timestamp: str, body: str) -> str:
    """Signs as both sides of our own protocol do."""
    code = hmac.new(SECRET.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256)
    return f"sha256={code.hexdigest()}"


def tell_acme(
    centre: ContactCentre, event: dict[str, Any], secret: str = SECRET, age: int = 0
) -> requests.Response:
    """Posts an event as the provider of our own protocol does."""
    timestamp, body = str(int(time.time()) - age), json.dumps({"events": [event]})
    code = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256)
    headers = {
        "X-Patchboard-Timestamp": timestamp,
        "X-Patchboard-Signature": f"sha256={code.hexdigest()}",
    }
    return requests.post(
        f"{centre.server.url}/carriers/v1/acme", data=body, headers=headers, timeout=20
    )


def post_as_whatsapp(centre: ContactCentre, value: dict[str, Any]) -> None:
    """Posts what WhatsApp tells, signed as it does."""
    value = value | {"metadata": {"phone_number_id": "4711"}}
    body = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
    code = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    url = f"{centre.server.url}/carriers/v1/business"
    headers = {"X-Hub-Signature-256": f"sha256={code}"}
    assert requests.post(url, data=body, headers=headers, timeout=20).status_code == 200


def post_as_twilio(centre: ContactCentre, query: str, form: dict[str, str]) -> requests.Response:
    """Posts a form, signed as Twilio does."""
    url = f"{centre.server.url}/carriers/v1/upstream{query}"
    signed = RequestValidator(SECRET).compute_signature(url, form)
    return requests.post(url, data=form, headers={"X-Twilio-Signature": signed}, timeout=20)


def tell_status(centre: ContactCentre, message: str, sid: str, status: str, **more: str) -> None:
    """Posts a status callback as Twilio does."""
    form = {"MessageSid": sid, "MessageStatus": status} | more
    assert post_as_twilio(centre, f"?message={message}", form).status_code == 200
