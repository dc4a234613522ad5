"""The web chat, from the visitor's page to the agent and back, in a browser and by its protocol."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from support.browser_agent import CHROMIUM, NODE, NPM, install_sdk
from support.contact_centre import ContactCentre
from support.server import Server
from support.visitor import Visitor
from support.waiting import eventually

needs_browser = pytest.mark.skipif(
    not (CHROMIUM and NODE and NPM), reason="left out: node, npm and chromium are not all there"
)

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> \"'&amp; javascript:alert(3)"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f0003860182"
    "11d57f0e0000000049454e44ae426082"
)


class Desk(ContactCentre):
    """The agents' side of the chat, by REST."""

    def conversation_of(self, name: str) -> Any:
        """Returns the one open conversation of a visitor."""

        def found() -> list[Any]:
            every = self.client.conversations.v1.conversations.list()
            return [one for one in every if one.friendly_name == name]

        [conversation] = eventually(f"there is a conversation of {name}", found)
        return conversation

    def task_of(self, conversation_sid: str) -> Any:
        """Returns the task by which an agent is sought for a conversation."""

        def found() -> list[Any]:
            tasks = [self.workspace.tasks(task.sid).fetch() for task in self.workspace.tasks.list()]
            of = lambda task: json.loads(task.attributes).get("conversationSid")  # noqa: E731
            return [task for task in tasks if of(task) == conversation_sid]

        [task] = eventually(f"there is a task for {conversation_sid}", found)
        return task

    def accept(self, conversation_sid: str) -> None:
        """Has the agent of the first start take the conversation."""
        self.task_of(conversation_sid)
        [agent] = self.workspace.workers.list(friendly_name="agent")
        self.set_activity(agent.sid, "Available")
        offer = self.wait_for_offer(agent.sid)
        self.workspace.workers(agent.sid).reservations(offer.sid).update(reservation_status="accepted")

    def say(self, conversation_sid: str, author: str, body: str) -> None:
        """Writes into a conversation."""
        self.client.conversations.v1.conversations(conversation_sid).messages.create(author=author, body=body)

    @property
    def deployment(self) -> dict[str, Any]:
        """The web chat of the first start."""
        [deployment] = self.server.request("GET", "/v1/webchat-deployments").json()["webchat_deployments"]
        return dict(deployment)

    def configure(self, **form: str) -> None:
        """Changes the web chat."""
        response = self.server.request(
            "POST", f"/v1/webchat-deployments/{self.deployment['sid']}", data=form
        )
        assert response.ok, response.text

    def begin(self, origin: str | None = None) -> requests.Response:
        """Asks for a session, as a page of this origin does."""
        form = {"deployment_key": self.deployment["key"], "pre_engagement_data": {"friendlyName": "Dan"}}
        headers = {"Origin": origin} if origin else {}
        return requests.post(
            f"{self.server.url}/webchat/v1/sessions", json=form, headers=headers, timeout=20
        )


class Guest:
    """A visitor without a browser."""

    def __init__(self, desk: Desk) -> None:
        begun = desk.begin().json()
        self.url = f"{desk.server.url}/webchat/v1/sessions/{begun['session_id']}"
        self.headers = {"Authorization": f"Bearer {begun['token']}"}

    def send(self, body: str, key: str | None = None) -> requests.Response:
        """Sends a message, under a key where one is given."""
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return requests.post(f"{self.url}/messages", json={"body": body}, headers=headers, timeout=20)


@pytest.fixture
def desk(server: Server) -> Desk:
    return Desk(server)


@pytest.fixture
def visitor(desk: Desk, tmp_path: Path) -> Iterator[Visitor]:
    install_sdk()
    visitor = Visitor(tmp_path / "visitor", desk.server.url)
    yield visitor
    visitor.end()


@needs_browser
def test_a_visitor_reaches_an_agent_and_both_write(desk: Desk, visitor: Visitor) -> None:
    visitor.open()
    assert visitor.do("focus") == "friendlyName"
    visitor.begin("Ada", "Where is my parcel?")
    conversation = desk.conversation_of("Ada")
    task = desk.task_of(conversation.sid)
    attributes = json.loads(task.attributes)
    [participant] = conversation.participants.list()
    assert attributes["from"] == "Ada", "the default Webchat flow names the visitor"
    assert attributes["channelType"] == "web"
    for key in ("customerAddress", "name", "customerName"):
        assert attributes[key] == participant.identity
    visitor.sees("You are number 1 in line", ".status")
    desk.accept(conversation.sid)
    visitor.sees("has joined", ".note")
    desk.say(conversation.sid, "agent", "It is on its way, see https://example.com/track?id=1.")
    visitor.sees("It is on its way")
    link = 'patchboard-chat .t a[href^="https://example.com/"][rel~=noopener]'
    assert visitor.do("count", selector=link) == 1
    desk.server.request("POST", f"/v1/desk/conversations/{conversation.sid}/typing", data={"Identity": "agent"})
    visitor.sees("is typing", ".status")
    visitor.write("Thank you")
    visitor.sees("Thank you")
    bodies = lambda: [message.body for message in conversation.messages.list()]  # noqa: E731
    eventually("the visitor's answer is there", lambda: "Thank you" in bodies())


@needs_browser
def test_what_anybody_writes_is_text(desk: Desk, visitor: Visitor) -> None:
    visitor.open()
    visitor.begin("<b>Eve</b>", HOSTILE)
    conversation = desk.conversation_of("<b>Eve</b>")
    desk.say(conversation.sid, "<i>agent</i>", HOSTILE)
    eventually("both are shown", lambda: visitor.texts() == [HOSTILE, HOSTILE])
    visitor.sees("<i>agent</i>", ".m .w")
    visitor.attach("<img src=x onerror=alert(4)>.svg", b"<svg onload=alert(5)></svg>", "image/svg+xml")
    visitor.sees("<img src=x onerror=alert(4)>.svg", ".file")
    assert visitor.do("count", selector="patchboard-chat .log img") == 0
    assert visitor.do("dialogs") == 0


@needs_browser
def test_a_visitor_comes_back_in_every_tab_and_ends_in_all(desk: Desk, visitor: Visitor) -> None:
    visitor.open()
    visitor.begin("Bea", "First")
    conversation = desk.conversation_of("Bea")
    visitor.open(tab="second")
    visitor.sees("First", tab="second")
    visitor.attach("dot.png", PNG, "image/png")
    visitor.sees("dot.png", ".file", tab="second")
    desk.say(conversation.sid, "agent", "Second")
    visitor.sees("Second")
    visitor.sees("Second", tab="second")
    desk.server.restart_after_kill()
    desk.say(conversation.sid, "agent", "Third")
    visitor.sees("Third")
    assert visitor.texts(".m.agent .t, .m.system .t") == ["Second", "Third"], "nothing is missed or told twice"
    visitor.do("click", selector="patchboard-chat header button >> nth=0")
    visitor.do("click", selector="patchboard-chat .ask button >> nth=0")
    visitor.sees("The chat has ended.", ".over")
    visitor.sees("The chat has ended.", ".over", tab="second")
    visitor.do("click", selector="patchboard-chat .stars label >> nth=3")
    visitor.do("click", selector="patchboard-chat .over form button")
    visitor.sees("Thank you!", ".over")
    assert conversation.fetch().state == "closed"
    path = f"/v1/webchat-deployments/{desk.deployment['sid']}/ratings"
    [rating] = desk.server.request("GET", path).json()["ratings"]
    assert (rating["conversation_sid"], rating["score"]) == (conversation.sid, 4)


@needs_browser
def test_outside_of_the_hours_a_visitor_leaves_a_message(desk: Desk, visitor: Visitor) -> None:
    another_day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a")
    desk.configure(OpeningHours=f"{another_day} 09:00-17:00", OfflineText="We are asleep.")
    visitor.open()
    visitor.sees("We are asleep.", ".card")
    visitor.do("fill", selector="patchboard-chat [name=email]", value="cleo@example.com")
    visitor.begin("Cleo", "Call me back")
    attributes = json.loads(desk.conversation_of("Cleo").attributes)
    said = {"friendlyName": "Cleo", "email": "cleo@example.com", "offline": True}
    assert attributes["pre_engagement_data"] == said


def test_a_page_of_another_origin_is_refused_until_it_is_allowed(desk: Desk) -> None:
    refused = desk.begin("https://shop.example")
    assert (refused.status_code, refused.json()["code"]) == (403, 20403)
    assert refused.headers["Access-Control-Allow-Origin"] == "*", "so that the page can read why"
    desk.configure(AllowedOrigins="https://shop.example,https://www.shop.example")
    assert desk.begin("https://shop.example").status_code == 201
    assert desk.begin("https://evil.example").status_code == 403


def test_events_come_without_a_socket_and_go_on_where_they_ended(desk: Desk) -> None:
    guest = Guest(desk)
    for body in ("one", "two"):
        assert guest.send(body).status_code == 201
    with requests.get(
        f"{guest.url}/events", headers=guest.headers | {"Last-Event-ID": "0"}, stream=True, timeout=20
    ) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        lines = stream.iter_lines(decode_unicode=True, chunk_size=1)
        data = (line.removeprefix("data:") for line in lines if line.startswith("data:"))
        ready, message = json.loads(next(data)), json.loads(next(data))
    assert (ready["type"], message["type"]) == ("ready", "message")
    assert message["message"]["body"] == "two"


def test_a_message_sent_twice_is_there_once_and_too_many_are_refused(desk: Desk) -> None:
    guest = Guest(desk)
    first, again = guest.send("Hi", key="one"), guest.send("Hi", key="one")
    assert (first.status_code, again.json()["sid"]) == (201, first.json()["sid"])
    answers = [guest.send("Hi", key=f"more-{number}") for number in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and refused[0].json()["code"] == 20429 and "Retry-After" in refused[0].headers
    assert requests.post(f"{guest.url}/messages", json={"body": "Hi"}, timeout=20).status_code == 401
    other = Guest(desk)
    other.headers = guest.headers
    assert other.send("Hi").status_code == 404, "a token is for its own conversation"
