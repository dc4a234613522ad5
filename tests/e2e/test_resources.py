"""What a developer makes, changes and removes through the official library and our own API."""

import json
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import ask, flow, send_message
from support.waiting import eventually

ANA = "+15557774001"
NUMBER = "+15555550166"


def test_a_new_installation_has_what_a_hand_over_needs(centre: ContactCentre) -> None:
    activities = {row.friendly_name: row.available for row in centre.workspace.activities.list()}
    assert activities == {"Offline": False, "Available": True, "Unavailable": False, "Break": False}
    channels = {row.unique_name for row in centre.workspace.task_channels.list()}
    assert channels == {"default", "sms", "chat", "voice", "video"}
    flows = {row.friendly_name: row.status for row in centre.client.studio.v2.flows.list()}
    assert flows == {name: "published" for name in ("Voice IVR", "Messaging Flow", "Webchat Flow")}
    [number] = centre.client.incoming_phone_numbers.list()
    assert number.phone_number == DEFAULT_NUMBER
    workflow = centre.workspace.workflows(centre.workflow_sid).fetch()
    routing = json.loads(workflow.configuration)["task_routing"]
    assert routing["default_filter"]["queue"] == centre.queue_sid


def test_queue_workflow_and_worker_are_made_changed_and_removed(centre: ContactCentre) -> None:
    queue = centre.workspace.task_queues.create(
        friendly_name="Billing", target_workers='skills HAS "billing"'
    )
    configuration = json.dumps({"task_routing": {"default_filter": {"queue": queue.sid}}})
    workflow = centre.workspace.workflows.create(friendly_name="Billing", configuration=configuration)
    skilled = centre.hire("ada", skills=["billing"])
    centre.hire("bob", skills=["sales"])
    task = centre.workspace.tasks.create(workflow_sid=workflow.sid, attributes='{"name": "x"}')
    assert centre.wait_for_offer(skilled.sid).task_sid == task.sid
    centre.finish(skilled.sid, centre.wait_for_offer(skilled.sid).sid)

    assert queue.update(max_reserved_workers=2).max_reserved_workers == 2
    assert workflow.update(task_reservation_timeout=30).task_reservation_timeout == 30
    assert json.loads(skilled.update(attributes='{"skills": []}').attributes) == {"skills": []}
    assert workflow.delete() and queue.delete()
    centre.set_activity(skilled.sid, "Offline")
    assert skilled.delete()
    names = {worker.friendly_name for worker in centre.workspace.workers.list()}
    assert "bob" in names and "ada" not in names


def test_a_rejected_offer_goes_to_the_next_worker(centre: ContactCentre) -> None:
    ada = centre.hire("ada")
    task = centre.workspace.tasks.create(workflow_sid=centre.workflow_sid, attributes="{}")
    offer = centre.wait_for_offer(ada.sid)
    bob = centre.hire("bob")
    centre.workspace.workers(ada.sid).reservations(offer.sid).update(
        reservation_status="rejected", worker_activity_sid=centre.activity_sid("Offline")
    )
    assert centre.wait_for_offer(bob.sid).task_sid == task.sid
    assert centre.workspace.workers(ada.sid).fetch().activity_name == "Offline"


def test_a_waiting_task_is_canceled_with_its_reason(centre: ContactCentre) -> None:
    task = centre.workspace.tasks.create(workflow_sid=centre.workflow_sid, attributes="{}")
    canceled = task.update(assignment_status="canceled", reason="no need")
    assert (canceled.assignment_status, canceled.reason) == ("canceled", "no need")
    worker = centre.hire("ada")
    assert centre.workspace.workers(worker.sid).reservations.list() == []


@pytest.mark.parametrize("quote", ['"', ""], ids=["with quotes", "without quotes"])
def test_the_version_of_a_task_guards_its_change(centre: ContactCentre, quote: str) -> None:
    task = centre.workspace.tasks.create(workflow_sid=centre.workflow_sid, attributes="{}")
    path = f"{centre.workspace_path}/Tasks/{task.sid}"
    version = int(centre.server.request("GET", path).headers["ETag"].strip('"'))
    headers = {"If-Match": f"{quote}{version}{quote}"}
    changed = centre.server.request("POST", path, data={"Priority": "1"}, headers=headers)
    assert changed.status_code == 200, changed.text
    assert int(changed.headers["ETag"].strip('"')) > version
    stale = centre.server.request("POST", path, data={"Priority": "2"}, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (412, 20412)
    assert task.fetch().priority == 1


def test_a_number_runs_the_flow_that_its_sms_url_names(centre: ContactCentre) -> None:
    first = centre.publish("First", flow(send_message("greet", "This is the first"), on_message="greet"))
    second = centre.publish("Second", flow(send_message("greet", "This is the second"), on_message="greet"))
    number = centre.bind(NUMBER, first)
    centre.text(ANA, NUMBER, "Hello")
    centre.wait_for_message(ANA, "This is the first")
    number.update(sms_url=f"https://webhooks.twilio.com/v1/Accounts/{number.account_sid}/Flows/{second.sid}")
    centre.text(ANA, NUMBER, "Hello")
    centre.wait_for_message(ANA, "This is the second")
    assert number.delete()
    assert [row.phone_number for row in centre.client.incoming_phone_numbers.list()] == [DEFAULT_NUMBER]


def test_an_inbound_message_is_answered_with_the_stored_message(centre: ContactCentre) -> None:
    stored = centre.text(ANA, DEFAULT_NUMBER, "Hello")
    assert (stored["from"], stored["to"], stored["body"]) == (ANA, DEFAULT_NUMBER, "Hello")
    assert (stored["direction"], stored["status"], stored["num_media"]) == ("inbound", "received", "0")
    assert centre.client.messages(stored["sid"]).fetch().body == "Hello"


def test_a_sent_message_walks_to_delivered(centre: ContactCentre) -> None:
    message = centre.client.messages.create(from_=DEFAULT_NUMBER, to=ANA, body="Hello")
    assert (message.status, message.direction) == ("queued", "outbound-api")
    seen = ["queued"]

    def delivered() -> bool:
        status = message.fetch().status
        if status != seen[-1]:
            seen.append(status)
        return status == "delivered"

    eventually("the message is delivered", delivered)
    walk = ["queued", "sending", "sent", "delivered"]
    assert [status for status in walk if status in seen] == seen, "no status is skipped back to"
    assert message.fetch().date_sent is not None


def test_messages_are_found_by_sender_and_recipient(centre: ContactCentre) -> None:
    centre.client.messages.create(from_=DEFAULT_NUMBER, to=ANA, body="To Ana")
    centre.client.messages.create(from_=DEFAULT_NUMBER, to="+15557774002", body="To Ben")
    assert [row.body for row in centre.messages(to=ANA)] == ["To Ana"]
    assert [row.body for row in centre.messages(from_=DEFAULT_NUMBER)] == ["To Ana", "To Ben"]


def test_an_execution_is_started_watched_and_stopped(centre: ContactCentre) -> None:
    body = "Hello {{flow.data.name}}, who are you?"
    asking = centre.publish("Ask", flow(ask("ask", body), on_request="ask"))
    executions = centre.client.studio.v2.flows(asking.sid).executions
    execution = executions.create(to=ANA, from_=DEFAULT_NUMBER, parameters={"name": "Ana"})
    assert execution.status == "active"
    centre.wait_for_message(ANA, "Hello Ana, who are you?")

    with pytest.raises(TwilioRestException) as conflict:
        executions.create(to=ANA, from_=DEFAULT_NUMBER)
    assert (conflict.value.status, conflict.value.code) == (409, 20409)
    assert conflict.value.details["conflicting_execution_sid"] == execution.sid

    context = executions(execution.sid).execution_context().fetch().context
    assert context["trigger"]["request"]["parameters"] == {"name": "Ana"}
    assert context["flow"]["data"] == {"name": "Ana"}
    assert context["contact"]["channel"]["address"] == ANA
    [step] = executions(execution.sid).steps.list()
    assert (step.name, step.transitioned_from, step.transitioned_to) == ("incomingRequest", "Trigger", "ask")
    step_context = executions(execution.sid).steps(step.sid).step_context().fetch().context
    assert "trigger" in step_context

    assert execution.update(status="ended").status == "ended"
    assert [row.sid for row in executions.list()] == [execution.sid]
    assert executions.create(to=ANA, from_=DEFAULT_NUMBER).sid != execution.sid, "the pair is free again"
    assert execution.delete()


def test_what_widgets_left_behind_is_in_the_context(centre: ContactCentre) -> None:
    asking = flow(ask("ask", "Who?", "greet"), send_message("greet", "Hi"), on_message="ask")
    published = centre.publish("Ask", asking)
    centre.bind(NUMBER, published)
    centre.text(ANA, NUMBER, "Hello")
    centre.wait_for_message(ANA, "Who?")
    centre.text(ANA, NUMBER, "Ana")
    execution = centre.wait_for_execution(published.sid, "ended")
    executions = centre.client.studio.v2.flows(published.sid).executions
    context: Any = executions(execution.sid).execution_context().fetch().context
    assert context["trigger"]["message"]["Body"] == "Hello"
    assert context["widgets"]["ask"]["inbound"]["Body"] == "Ana"
    assert context["widgets"]["ask"]["outbound"]["Body"] == "Who?"
    assert context["widgets"]["greet"]["outbound"]["Sid"].startswith("SM")


def test_drafts_and_revisions_do_not_disturb_the_published_flow(centre: ContactCentre) -> None:
    published = centre.publish("Versions", flow(send_message("greet", "One"), on_message="greet"))
    draft = published.update(
        status="draft",
        definition=flow(send_message("greet", "Two"), on_message="greet"),
        commit_message="try",
    )
    assert (draft.revision, draft.status) == (2, "draft")
    centre.bind(NUMBER, published)
    centre.text(ANA, NUMBER, "Hello")
    assert centre.wait_for_messages(ANA, 1)[0].body == "One"
    assert published.update(status="published").status == "published"
    centre.wait_for_message(ANA, "One")
    centre.text(ANA, NUMBER, "Hello")
    assert centre.wait_for_messages(ANA, 2)[1].body == "Two"
    revisions = centre.client.studio.v2.flows(published.sid).revisions
    assert revisions("1").fetch().definition["states"][1]["properties"]["body"] == "One"
    assert revisions("2").fetch().commit_message == "try"


def test_a_person_with_the_role_agent_has_a_worker(centre: ContactCentre) -> None:
    person = {"login": "grace", "password": "correct horse battery", "roles": ["agent"]}
    created = centre.server.request("POST", "/v1/users", json=person)
    assert created.status_code == 201, created.text
    assert (created.json()["login"], created.json()["roles"]) == ("grace", ["agent"])
    assert "correct horse battery" not in created.text
    worker = next(row for row in centre.workspace.workers.list() if row.friendly_name == "grace")
    attributes = json.loads(centre.workspace.workers(worker.sid).fetch().attributes)
    assert attributes["contact_uri"] == "client:grace"
    listed = centre.server.request("GET", "/v1/users")
    assert listed.status_code == 200 and "grace" in listed.text
