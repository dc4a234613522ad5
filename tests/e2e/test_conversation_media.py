"""Media of conversations: uploaded, named in messages, fetched by carriers, and never run by a browser."""

import json

import pytest
import requests
from twilio.rest.conversations.v1.conversation import ConversationContext

from support.contact_centre import ContactCentre
from support.waiting import eventually

OURS = "+15555550140"
ANN = "+15551239200"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def test_a_picture_is_uploaded_shown_and_sent_to_a_telephone(centre: ContactCentre) -> None:
    centre.client.incoming_phone_numbers.create(phone_number=OURS)
    here = conversation(centre)
    here.participants.create(messaging_binding_address=ANN, messaging_binding_proxy_address=OURS)
    medium = upload(centre, PNG, "image/png", "cat.png").json()
    assert (medium["size"], medium["content_type"], medium["filename"]) == (len(PNG), "image/png", "cat.png")
    path = medium["url"].removeprefix(centre.server.url)
    assert centre.server.request("GET", path).json()["sid"] == medium["sid"]
    sent = post(centre, here, {"Author": "ada", "MediaSid": medium["sid"]})
    assert sent["media"] == [
        {"sid": medium["sid"], "size": len(PNG), "content_type": "image/png", "filename": "cat.png"}
    ]
    [message] = centre.wait_for_messages(ANN, 1)
    assert message.num_media == "1"
    [carried] = message.media.list()
    uri = f"{centre.account_path}/Messages/{message.sid}/Media/{carried.sid}"
    link = centre.server.request("GET", uri, allow_redirects=False).headers["Location"]
    # The carrier has no credentials: the link is leave enough, for a while.
    centre.server.restart_after_kill()
    fetched = requests.get(link, timeout=20)
    assert (fetched.content, fetched.headers["Content-Type"]) == (PNG, "image/png")
    assert requests.get(f"{link}x", timeout=20).status_code == 404
    assert centre.server.request("DELETE", path).status_code == 204
    assert requests.get(link, timeout=20).status_code == 404


@pytest.mark.parametrize(
    ("content", "declared", "name", "kept_name"),
    [
        (SVG, "image/svg+xml", "drawing.svg", "drawing.svg"),
        (b"<script>alert(1)</script>", "text/html", "page.html", "page.html"),
        (b"<script>alert(1)</script>", "image/png", "../../etc/passwd", "passwd"),
        (b"hello", "text/csv", 'a"; filename="x.html\r\nX-Evil: 1', 'a"; filename="x.htmlX-Evil: 1'),
    ],
)
def test_what_could_run_in_a_browser_is_only_downloaded(
    shared_centre: ContactCentre, content: bytes, declared: str, name: str, kept_name: str
) -> None:
    medium = upload(shared_centre, content, declared, name).json()
    assert medium["filename"] == kept_name
    fetched = requests.get(medium["links"]["content_direct_temporary"], timeout=20)
    assert fetched.content == content
    assert fetched.headers["Content-Type"] in ("application/octet-stream", "text/plain")
    assert fetched.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in fetched.headers["Content-Security-Policy"]
    assert "X-Evil" not in fetched.headers


def test_uploads_have_a_limit_an_owner_and_a_content(shared_centre: ContactCentre) -> None:
    too_large = upload(shared_centre, b"\0" * (16 * 1024 * 1024 + 1), "video/mp4", "film.mp4")
    assert (too_large.status_code, too_large.json()["code"]) == (413, 20413)
    assert upload(shared_centre, b"", "image/png", "empty.png").status_code == 400
    path = f"/mcs/v1/Services/IS{'0' * 32}/Media"
    assert shared_centre.server.request("POST", path, data=PNG).status_code == 404
    anonymous = requests.post(f"{shared_centre.server.url}{media_path(shared_centre)}", data=PNG, timeout=20)
    assert anonymous.status_code == 401


def test_a_message_can_not_name_media_of_elsewhere(shared_centre: ContactCentre) -> None:
    here = conversation(shared_centre)
    path = f"/conversations/v1/Conversations/{here.fetch().sid}/Messages"
    refused = shared_centre.server.request("POST", path, data={"MediaSid": f"ME{'0' * 32}"})
    assert (refused.status_code, refused.json()["code"]) == (400, 20001)
    other = shared_centre.client.conversations.v1.services.create(friendly_name="Other").sid
    medium = shared_centre.server.request("POST", f"/mcs/v1/Services/{other}/Media", data=PNG).json()
    refused = shared_centre.server.request("POST", path, data={"MediaSid": medium["sid"]})
    assert refused.status_code == 400


def test_a_picture_from_a_telephone_comes_into_the_conversation(centre: ContactCentre) -> None:
    centre.client.incoming_phone_numbers.create(phone_number=OURS)
    here = conversation(centre)
    here.participants.create(messaging_binding_address=ANN, messaging_binding_proxy_address=OURS)
    picture = {"MediaUrl0": "https://example.com/cat.png", "MediaContentType0": "image/png"}
    centre.text(ANN, OURS, "", **picture)
    [message] = eventually("it is there", here.messages.list)
    [medium] = message.media
    assert (message.body, medium["content_type"]) == (None, "image/png")
    path = f"{media_path(centre)}/{medium['sid']}/Content"
    content = centre.server.request("GET", path, allow_redirects=False)
    assert content.headers["Location"] == "https://example.com/cat.png"


def test_a_conversation_writes_through_its_messaging_service(centre: ContactCentre) -> None:
    number = centre.client.incoming_phone_numbers.create(phone_number=OURS)
    services = centre.client.messaging.v1.services
    service = services.create(friendly_name="Care")
    services(service.sid).phone_numbers.create(phone_number_sid=number.sid)
    here = conversation(centre, messaging_service_sid=service.sid)
    here.participants.create(messaging_binding_address=ANN, messaging_binding_proxy_address=OURS)
    here.messages.create(author="ada", body="Hello")
    [sent] = centre.wait_for_messages(ANN, 1)
    assert (sent.messaging_service_sid, sent.from_) == (service.sid, OURS)
    centre.text(ANN, OURS, "STOP")
    eventually("the agent sees it", lambda: [it for it in here.messages.list() if it.body == "STOP"])
    refused = here.messages.create(author="ada", body="Still there?")
    receipts = here.messages(refused.sid).delivery_receipts
    [receipt] = eventually("there is a receipt", receipts.list)
    assert (receipt.status, receipt.error_code) == ("failed", 21610)


def conversation(centre: ContactCentre, **more: str) -> ConversationContext:
    """Begins a conversation in the account's own service."""
    conversations = centre.client.conversations.v1.conversations
    return conversations(conversations.create(**more).sid)


def media_path(centre: ContactCentre) -> str:
    """Returns the path of the media of the account's own service."""
    service = centre.client.conversations.v1.configuration().fetch().default_chat_service_sid
    return f"/mcs/v1/Services/{service}/Media"


def upload(centre: ContactCentre, content: bytes, content_type: str, filename: str) -> requests.Response:
    """Uploads a file as a client of the media service does."""
    return centre.server.request(
        "POST",
        media_path(centre),
        params={"Filename": filename},
        data=content,
        headers={"Content-Type": content_type},
    )


def post(centre: ContactCentre, here: ConversationContext, form: dict[str, str]) -> dict[str, object]:
    """Adds a message with a medium, which the official library's messages have no list for."""
    path = f"/conversations/v1/Conversations/{here.fetch().sid}/Messages"
    response = centre.server.request("POST", path, data=form)
    assert response.status_code == 201, response.text
    added: dict[str, object] = json.loads(response.text)
    return added
