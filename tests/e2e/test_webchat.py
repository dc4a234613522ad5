"""The web chat, from the visitor's page to the agent and back, in a browser and by its protocol."""

import json
from collections.abc import Callable, Iterator
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
            return [task for task in tasks if json.loads(task.attributes).get("conversationSid") == conversation_sid]

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
    def key(self) -> str:
        """The key of the first start's web chat."""
        [deployment] = self.server.request("GET", "/v1/webchat-deployments").json()["webchat_deployments"]
        return str(deployment["key"])


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
    assert visitor.do("count", selector='patchboard-chat .t a[href^="https://example.com/"][rel~=noopener]') == 1
    desk.server.request("POST", f"/v1/conversations/{conversation.sid}/typing", data={"Identity": "agent"})
    visitor.sees("is typing", ".status")
    visitor.write("Thank you")
    visitor.sees("Thank you")
    eventually("the visitor's answer is there", lambda: [m for m in conversation.messages.list() if m.body == "Thank you"])


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
    [deployment] = desk.server.request("GET", "/v1/webchat-deployments").json()["webchat_deployments"]
    ratings = desk.server.request("GET", f"/v1/webchat-deployments/{deployment['sid']}/ratings").json()["ratings"]
    assert [(it["conversation_sid"], it["score"]) for it in ratings] == [(conversation.sid, 4)]


@needs_browser
def test_outside_of_the_hours_a_visitor_leaves_a_message(desk: Desk, visitor: Visitor) -> None:
    [deployment] = desk.server.request("GET", "/v1/webchat-deployments").json()["webchat_deployments"]
    hours = {"OpeningHours": "Mon 00:00-00:01", "OfflineText": "We are asleep."}
    assert desk.server.request("POST", f"/v1/webchat-deployments/{deployment['sid']}", data=hours).ok
    visitor.open()
    visitor.sees("We are asleep.", ".card")
    visitor.do("fill", selector="patchboard-chat [name=email]", value="cleo@example.com")
    visitor.begin("Cleo", "Call me back")
    attributes = json.loads(desk.conversation_of("Cleo").attributes)
    said = {"friendlyName": "Cleo", "email": "cleo@example.com", "offline": True}
    assert attributes["pre_engagement_data"] == said


def test_a_page_of_another_origin_is_refused_until_it_is_allowed(desk: Desk) -> None:
    def begin(origin: str) -> requests.Response:
        form = {"deployment_key": desk.key, "pre_engagement_data": {"friendlyName": "Dan"}}
        return requests.post(f"{desk.server.url}/webchat/v1/sessions", json=form, headers={"Origin": origin}, timeout=20)

    refused = begin("https://shop.example")
    assert (refused.status_code, refused.json()["code"]) == (403, 20403)
    assert refused.headers["Access-Control-Allow-Origin"] == "*", "so that the page can read why"
    [deployment] = desk.server.request("GET", "/v1/webchat-deployments").json()["webchat_deployments"]
    allowed = {"AllowedOrigins": "https://shop.example,https://www.shop.example"}
    assert desk.server.request("POST", f"/v1/webchat-deployments/{deployment['sid']}", data=allowed).ok
    assert begin("https://shop.example").status_code == 201
    assert begin("https://evil.example").status_code == 403


def test_a_message_sent_twice_is_there_once_and_too_many_are_refused(desk: Desk) -> None:
    begun = desk.server.request("POST", "/webchat/v1/sessions", json={"deployment_key": desk.key}, auth=None).json()
    url = f"{desk.server.url}/webchat/v1/sessions/{begun['session_id']}/messages"
    headers = {"Authorization": f"Bearer {begun['token']}"}

    def send(key: str) -> requests.Response:
        return requests.post(url, json={"body": "Hi"}, headers=headers | {"Idempotency-Key": key}, timeout=20)

    first, again = send("one"), send("one")
    assert (first.status_code, again.json()["sid"]) == (201, first.json()["sid"])
    answers = [send(f"more-{number}") for number in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and refused[0].json()["code"] == 20429 and "Retry-After" in refused[0].headers
    assert requests.post(url, json={"body": "Hi"}, timeout=20).status_code == 401
    other = begun["session_id"][:-1] + ("0" if begun["session_id"][-1] != "0" else "1")
    assert requests.post(url.replace(begun["session_id"], other), json={"body": "Hi"}, headers=headers, timeout=20).status_code == 404
