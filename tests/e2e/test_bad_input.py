"""Every bad input gets its error from the table of the reference, and changes nothing."""

from typing import Any

import pytest
import requests

from support.bad_requests import DEFINITIONS, REQUESTS, BadRequest
from support.contact_centre import ContactCentre
from support.flows import ask, flow
from support.server import ACCOUNT_SID

CONTACT = "+15557773009"
NUMBER = "+15555550199"


@pytest.mark.parametrize("bad", REQUESTS, ids=lambda bad: bad.name)
def test_a_bad_request_is_refused_and_changes_nothing(stage: "Stage", bad: BadRequest) -> None:
    before = stage.everything()
    response = stage.send(bad)
    check_error(response, bad)
    assert stage.everything() == before


@pytest.mark.parametrize("bad", DEFINITIONS, ids=lambda bad: bad.name)
def test_a_bad_definition_is_refused_with_the_places_of_its_errors(stage: "Stage", bad: BadRequest) -> None:
    before = stage.everything()
    response = stage.send(bad)
    error = check_error(response, BadRequest(bad.name, bad.method, bad.path, bad.status, bad.code))
    errors = error["details"]["errors"]
    assert errors and all(row["message"] and row["property_path"].startswith("#") for row in errors)
    assert any(bad.says in row["message"] + row["property_path"] for row in errors), errors
    assert stage.everything() == before


@pytest.mark.parametrize("bad", DEFINITIONS, ids=lambda bad: bad.name)
def test_validation_refuses_the_same_definitions(stage: "Stage", bad: BadRequest) -> None:
    response = stage.centre.server.request("POST", "/studio/v2/Flows/Validate", data=bad.form)
    assert response.status_code == 400
    assert response.json()["details"]["errors"]


def test_a_bad_definition_leaves_the_published_flow_running(stage: "Stage") -> None:
    path = f"/studio/v2/Flows/{stage.flow_sid}"
    before = stage.centre.server.request("GET", path).json()
    response = stage.centre.server.request("POST", path, data=DEFINITIONS[0].form)
    assert response.status_code == 400
    assert stage.centre.server.request("GET", path).json() == before


def test_a_second_active_execution_of_a_pair_is_a_conflict(stage: "Stage") -> None:
    path = f"/studio/v2/Flows/{stage.flow_sid}/Executions"
    form = {"To": "+15557773010", "From": NUMBER}
    first = stage.centre.server.request("POST", path, data=form)
    assert first.status_code == 201, first.text
    stage.centre.wait_for_message(form["To"], "Who are you?")
    before = stage.everything()
    second = stage.centre.server.request("POST", path, data=form)
    error = check_error(second, BadRequest("", "POST", path, 409, 20409))
    assert error["details"]["conflicting_execution_sid"] == first.json()["sid"]
    assert stage.everything() == before


def test_a_taken_name_is_refused_without_regard_to_case(stage: "Stage") -> None:
    before = stage.everything()
    path = f"{stage.centre.workspace_path}/Workers"
    response = stage.centre.server.request("POST", path, data={"FriendlyName": "OFFLINE WORKER"})
    assert response.status_code in (400, 409)
    assert stage.everything() == before


def test_more_info_leads_to_a_page_that_exists(stage: "Stage") -> None:
    error = stage.centre.server.request("GET", "/studio/v2/Flows/FW" + "0" * 32).json()
    page = requests.get(error["more_info"], timeout=20)
    assert page.status_code == 200
    assert "20404" in page.text


def check_error(response: requests.Response, bad: BadRequest) -> dict[str, Any]:
    """Returns the error body after checking that it has the published shape and says what it must."""
    assert response.status_code == bad.status, response.text
    assert response.headers["Content-Type"].startswith("application/json")
    error: dict[str, Any] = response.json()
    assert {"code", "message", "more_info", "status"} <= error.keys()
    assert error["status"] == bad.status
    assert isinstance(error["code"], int) and error["message"] and error["more_info"]
    assert bad.code in (None, error["code"]), error
    assert bad.says in error["message"], error
    return error


class Stage:
    """A contact centre with one of each thing, so that a wrong change would show."""

    def __init__(self, centre: ContactCentre) -> None:
        self.centre = centre
        asking = flow(ask("ask", "Who are you?"), on_message="ask", on_request="ask")
        self.flow_sid = centre.publish("Ask", asking).sid
        centre.bind(NUMBER, centre.client.studio.v2.flows(self.flow_sid).fetch())
        centre.text(CONTACT, NUMBER, "Hello")
        centre.wait_for_message(CONTACT, "Who are you?")
        offline = centre.hire("Offline worker", activity="Offline")
        # Matches no queue's tasks: it has no capacity on the channel of the task below.
        available = centre.hire("Available worker")
        centre.workspace.workers(available.sid).worker_channels("chat").update(capacity=0)
        task = centre.workspace.tasks.create(
            workflow_sid=centre.workflow_sid, attributes="{}", task_channel="chat"
        )
        self.names = {
            "workspace": centre.workspace_path,
            "account": centre.account_path,
            "account_sid": ACCOUNT_SID,
            "flow_sid": self.flow_sid,
            "workflow_sid": centre.workflow_sid,
            "queue_sid": centre.queue_sid,
            "worker_sid": offline.sid,
            "available_sid": available.sid,
            "task_sid": task.sid,
        }

    def send(self, bad: BadRequest) -> requests.Response:
        """Sends the request with this stage's SIDs in the place of their names."""
        options: dict[str, Any] = {"data": self.fill(bad.form) if bad.body is None else bad.body}
        headers = dict(bad.headers)
        if bad.body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if bad.auth is not None:
            options["auth"] = tuple(self.fill(bad.auth)) or None
        return self.centre.server.request(bad.method, self.fill(bad.path), headers=headers, **options)

    def fill(self, value: Any) -> Any:
        """Returns `value` with every `{name}` in its texts replaced."""
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.fill(item) for item in value]
        for name, replacement in self.names.items():
            value = value.replace("{" + name + "}", replacement)
        return value

    def everything(self) -> dict[str, Any]:
        """Returns all that a bad request might have touched."""
        workspace = self.centre.workspace_path
        paths = [
            "/studio/v2/Flows",
            f"/studio/v2/Flows/{self.flow_sid}/Executions",
            "/taskrouter/v1/Workspaces",
            *(
                f"{workspace}/{kind}"
                for kind in ("Activities", "TaskChannels", "TaskQueues", "Workers", "Workflows")
            ),
            f"{workspace}/Events?Minutes=60&PageSize=1000",
            f"{self.centre.account_path}/Messages.json",
            f"{self.centre.account_path}/IncomingPhoneNumbers.json",
        ]
        found = {path: self.centre.server.request("GET", path).json() for path in paths}
        tasks = self.centre.server.request("GET", f"{workspace}/Tasks").json()["tasks"]
        # A task's age grows by itself.
        found["tasks"] = [{key: value for key, value in task.items() if key != "age"} for task in tasks]
        return found


@pytest.fixture(scope="module")
def stage(shared_centre: ContactCentre) -> Stage:
    """One stage for all the tests of this file."""
    return Stage(shared_centre)
