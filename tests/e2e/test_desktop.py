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
    credentials = tomllib.loads((centre.server.data / "credentials.toml").read_text())
    agent = next(login for login in credentials["logins"] if login["login"] == "agent")
    names = {"AGENT_LOGIN": agent["login"], "AGENT_PASSWORD": agent["password"], "CHROMIUM": str(CHROMIUM)}
    screenshots = {"SCREENSHOTS": os.environ["SCREENSHOTS"]} if "SCREENSHOTS" in os.environ else {}
    result = subprocess.run(
        [str(NODE), "e2e/journey.mjs"],
        capture_output=True,
        text=True,
        timeout=180,
        cwd=WEB,
        env=BARE_ENVIRONMENT | names | screenshots | {"PATCHBOARD_URL": centre.server.url},
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    ended = centre.workspace.tasks.list(assignment_status=["completed"])
    notes = [json.loads(task.attributes).get("conversations", {}).get("content") for task in ended]
    assert len(ended) == 2 and "Wants a refund" in notes, notes
