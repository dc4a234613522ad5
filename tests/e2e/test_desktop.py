"""The web app in a real browser: a newcomer calls, answers as the agent, talks and wraps up."""

import json
import os
import shutil
import subprocess
import tomllib

import pytest

from support.contact_centre import ContactCentre
from support.server import BARE_ENVIRONMENT, REPOSITORY

WEB = REPOSITORY / "web"
NODE = shutil.which("node")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.skipif(not (NODE and CHROMIUM), reason="left out: node and chromium are not all there"),
    pytest.mark.skipif(
        not (WEB / "dist/index.html").exists() or not (WEB / "node_modules").exists(),
        reason="left out: the web app is not built (cd web && npm install && npm run build)",
    ),
]


def test_a_newcomer_calls_and_answers_in_two_tabs(centre: ContactCentre) -> None:
    travel(centre, "journey.mjs", [first_agent(centre)])
    ended = centre.workspace.tasks.list(assignment_status=["completed"])
    notes = [json.loads(task.attributes).get("conversations", {}).get("content") for task in ended]
    assert len(ended) == 2 and "Wants a refund" in notes, notes


def test_two_agents_write_with_a_customer_one_after_the_other(centre: ContactCentre) -> None:
    travel(centre, "chat.mjs", [first_agent(centre), hire(centre, "bob")])
    ended = centre.workspace.tasks.list(assignment_status=["completed"])
    kept = [json.loads(task.attributes).get("conversations", {}) for task in ended]
    assert len(ended) == 2
    told = [(it.get("content"), it.get("outcome")) for it in kept]
    assert ("Parcel found", "Resolved") in told, told
    [conversation] = centre.client.conversations.v1.conversations.list()
    assert conversation.state == "closed"


def test_an_agent_has_two_conversations_and_asks_a_colleague_into_one(centre: ContactCentre) -> None:
    agents = [first_agent(centre), hire(centre, "bob")]
    [worker] = centre.workspace.workers.list(friendly_name="agent")
    centre.workspace.workers(worker.sid).worker_channels("chat").update(capacity=2)
    travel(centre, "two-chats.mjs", agents)
    ended = centre.workspace.tasks.list(assignment_status=["completed"])
    assert len(ended) == 3, "two of the first agent, one of the colleague"
    assert {it.state for it in centre.client.conversations.v1.conversations.list()} == {"closed"}


def test_a_call_is_held_loaded_anew_and_handed_on_twice(centre: ContactCentre) -> None:
    travel(centre, "call.mjs", [first_agent(centre), hire(centre, "bob")])
    [task] = centre.workspace.tasks.list()
    assert task.assignment_status == "completed"


def test_a_visitor_of_a_page_writes_with_an_agent_from_the_form_to_the_rating(centre: ContactCentre) -> None:
    travel(centre, "webchat.mjs", [first_agent(centre)])
    first, second = centre.client.conversations.v1.conversations.list()
    assert sorted([first.state, second.state]) == ["active", "closed"]
    [deployment] = centre.server.request("GET", "/v1/webchat-deployments").json()["webchat_deployments"]
    path = f"/v1/webchat-deployments/{deployment['sid']}/ratings"
    [rating] = centre.server.request("GET", path).json()["ratings"]
    assert rating["score"] == 5


def travel(centre: ContactCentre, journey: str, agents: list[dict[str, str]]) -> None:
    """Runs a journey in a browser with these agents."""
    names = {"AGENTS": json.dumps(agents), "CHROMIUM": str(CHROMIUM), "PATCHBOARD_URL": centre.server.url}
    screenshots = {"SCREENSHOTS": os.environ["SCREENSHOTS"]} if "SCREENSHOTS" in os.environ else {}
    result = subprocess.run(
        [str(NODE), f"e2e/{journey}"],
        capture_output=True,
        text=True,
        timeout=400,
        cwd=WEB,
        env=BARE_ENVIRONMENT | names | screenshots,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def first_agent(centre: ContactCentre) -> dict[str, str]:
    """Returns the login of the agent whom every installation begins with."""
    credentials = tomllib.loads((centre.server.data / "credentials.toml").read_text())
    agent = next(login for login in credentials["logins"] if login["login"] == "agent")
    return {"login": agent["login"], "password": agent["password"]}


def hire(centre: ContactCentre, name: str) -> dict[str, str]:
    """Makes one more agent with a login."""
    person = {"Login": name, "Password": "a long secret", "Roles": "agent"}
    reply = centre.server.request("POST", "/v1/users", data=person)
    assert reply.status_code == 201, reply.text
    return {"login": name, "password": person["Password"]}
