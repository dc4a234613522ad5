"""Replies have every property that the published API descriptions name, in its published form."""

from datetime import datetime
from typing import Any

import pytest

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.journey import CUSTOMER, STEPS, Journey
from support.openapi import problems

API = "api_v2010"
STUDIO = "studio_v2"
ROUTER = "taskrouter_v1"

# Description, schema, and the path of one resource; `{…}` are places that the journey left behind.
RESOURCES = [
    (API, "api.v2010.account", "{account}.json"),
    (API, "api.v2010.account.message", "{account}/Messages/{message}.json"),
    (API, "api.v2010.account.incoming_phone_number", "{account}/IncomingPhoneNumbers/{number}.json"),
    (API, "api.v2010.account.key", "{account}/Keys/{key}.json"),
    (STUDIO, "studio.v2.flow", "{flow}"),
    (STUDIO, "studio.v2.flow.flow_revision", "{flow}/Revisions/1"),
    (STUDIO, "studio.v2.flow.test_user", "{flow}/TestUsers"),
    (STUDIO, "studio.v2.flow.execution", "{execution}"),
    (STUDIO, "studio.v2.flow.execution.execution_context", "{execution}/Context"),
    (STUDIO, "studio.v2.flow.execution.execution_step", "{execution}/Steps/{step}"),
    (
        STUDIO,
        "studio.v2.flow.execution.execution_step.execution_step_context",
        "{execution}/Steps/{step}/Context",
    ),
    (ROUTER, "taskrouter.v1.workspace", "{workspace}"),
    (ROUTER, "taskrouter.v1.workspace.activity", "{workspace}/Activities/{activity}"),
    (ROUTER, "taskrouter.v1.workspace.event", "{workspace}/Events/{event}"),
    (ROUTER, "taskrouter.v1.workspace.task", "{workspace}/Tasks/{task}"),
    (
        ROUTER,
        "taskrouter.v1.workspace.task.task_reservation",
        "{workspace}/Tasks/{task}/Reservations/{reservation}",
    ),
    (ROUTER, "taskrouter.v1.workspace.task_channel", "{workspace}/TaskChannels/chat"),
    (ROUTER, "taskrouter.v1.workspace.task_queue", "{workspace}/TaskQueues/{queue}"),
    (ROUTER, "taskrouter.v1.workspace.worker", "{workspace}/Workers/{worker}"),
    (ROUTER, "taskrouter.v1.workspace.worker.worker_channel", "{workspace}/Workers/{worker}/Channels/chat"),
    (
        ROUTER,
        "taskrouter.v1.workspace.worker.worker_reservation",
        "{workspace}/Workers/{worker}/Reservations/{reservation}",
    ),
    (ROUTER, "taskrouter.v1.workspace.workflow", "{workspace}/Workflows/{workflow}"),
]


@pytest.mark.parametrize(("document", "schema", "path"), RESOURCES, ids=[row[1] for row in RESOURCES])
def test_a_resource_has_every_published_property(
    shared_centre: ContactCentre, places: dict[str, str], document: str, schema: str, path: str
) -> None:
    response = shared_centre.server.request("GET", path.format(**places))
    assert response.status_code == 200, response.text
    found = problems(document, schema, response.json())
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(("document", "schema", "path"), RESOURCES, ids=[row[1] for row in RESOURCES])
def test_a_resource_is_found_at_the_address_that_it_names(
    shared_centre: ContactCentre, places: dict[str, str], document: str, schema: str, path: str
) -> None:
    reply = shared_centre.server.request("GET", path.format(**places)).json()
    address = reply.get("url") or reply.get("uri")
    if "url" in reply:
        assert address.startswith(shared_centre.server.url), "the address is one of this server"
    if address:
        found = shared_centre.server.request("GET", address.removeprefix(shared_centre.server.url))
        assert (found.status_code, found.json().get("sid")) == (200, reply.get("sid"))


def test_a_new_key_shows_its_secret_once(shared_centre: ContactCentre) -> None:
    path = f"{shared_centre.account_path}/Keys.json"
    response = shared_centre.server.request("POST", path, data={"FriendlyName": "Shape"})
    assert response.status_code == 201
    created = response.json()
    assert problems(API, "api.v2010.account.new_key", created) == []
    fetched = shared_centre.server.request("GET", f"{shared_centre.account_path}/Keys/{created['sid']}.json")
    assert "secret" not in fetched.json()


def test_validation_answers_as_published(shared_centre: ContactCentre, places: dict[str, str]) -> None:
    definition = shared_centre.server.request("GET", places["flow"]).json()["definition"]
    valid = shared_centre.client.studio.v2.flow_validate.update(
        friendly_name="Valid", status="published", definition=definition
    )
    assert valid.valid is True


def test_the_library_reads_every_date(shared_centre: ContactCentre, places: dict[str, str]) -> None:
    client = shared_centre.client
    read: list[Any] = [
        client.messages(places["message"]).fetch().date_created,
        client.messages(places["message"]).fetch().date_sent,
        client.studio.v2.flows.list(limit=1)[0].date_created,
        shared_centre.workspace.tasks(places["task"]).fetch().task_queue_entered_date,
        shared_centre.workspace.workers(places["worker"]).fetch().date_status_changed,
        shared_centre.workspace.events(places["event"]).fetch().event_date,
    ]
    assert all(isinstance(date, datetime) for date in read), read


@pytest.fixture(scope="module")
def places(shared_centre: ContactCentre) -> dict[str, str]:
    """A path or SID for each kind of resource, from one completed journey."""
    journey = Journey(shared_centre)
    for step in STEPS:
        step.act(journey)
        step.settle(journey)
    client = shared_centre.client
    [execution] = shared_centre.executions(journey.flow_sid)
    flow = client.studio.v2.flows(journey.flow_sid)
    return {
        "account": shared_centre.account_path,
        "message": shared_centre.messages(to=CUSTOMER)[0].sid,
        "number": client.incoming_phone_numbers.list(phone_number=DEFAULT_NUMBER)[0].sid,
        "key": client.new_keys.create(friendly_name="Key").sid,
        "flow": f"/studio/v2/Flows/{journey.flow_sid}",
        "execution": f"/studio/v2/Flows/{journey.flow_sid}/Executions/{execution.sid}",
        "step": flow.executions(execution.sid).steps.list(limit=1)[0].sid,
        "workspace": shared_centre.workspace_path,
        "activity": shared_centre.activity_sid("Available"),
        "event": shared_centre.workspace.events.list(task_sid=journey.task_sid, limit=1)[0].sid,
        "task": journey.task_sid,
        "reservation": journey.reservation_sid,
        "queue": shared_centre.queue_sid,
        "worker": journey.worker_sid,
        "workflow": shared_centre.workflow_sid,
    }
