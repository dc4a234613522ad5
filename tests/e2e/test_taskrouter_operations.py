"""Every published operation of TaskRouter, called by the official library with every parameter that it has."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext

from support.contact_centre import ContactCentre
from support.operations import Operation, Recorder

ROUTER = "taskrouter_v1"
URL = "https://application.example/callback"

# The library walks pages by itself: it never sends these by name.
PAGING = {"Page", "PageToken"}

# The library takes these and does not send them; the walk sends them itself.
UNSENT = {"DeleteTask": {"If-Match"}, "DeleteWorker": {"If-Match"}}

# What the instructions of the worker's call can say, beside what names the instruction.
DEQUEUE: dict[str, Any] = {
    "dequeue_from": "+15555550100",
    "dequeue_record": "record-from-answer",
    "dequeue_timeout": 30,
    "dequeue_to": "client:ada",
    "dequeue_status_callback_url": URL,
    "dequeue_status_callback_event": ["initiated", "completed"],
}
CALL: dict[str, Any] = {
    "call_from": "+15555550100",
    "call_record": "do-not-record",
    "call_timeout": 30,
    "call_to": "client:ada",
    "call_url": URL,
    "call_status_callback_url": URL,
    "call_accept": False,
}
REDIRECT: dict[str, Any] = {
    "redirect_call_sid": "CA" + "0" * 32,
    "redirect_accept": True,
    "redirect_url": URL,
}
CONFERENCE: dict[str, Any] = {
    "to": "client:ada",
    "from_": "+15555550100",
    "status_callback": URL,
    "status_callback_method": "GET",
    "status_callback_event": ["answered"],
    "timeout": 30,
    "record": True,
    "muted": True,
    "beep": "onEnter",
    "start_conference_on_enter": False,
    "end_conference_on_exit": True,
    "end_conference_on_customer_exit": True,
    "beep_on_customer_entrance": True,
    "wait_url": URL,
    "wait_method": "GET",
    "early_media": False,
    "max_participants": 10,
    "conference_status_callback": URL,
    "conference_status_callback_method": "GET",
    "conference_status_callback_event": ["start", "end"],
    "conference_record": "record-from-start",
    "conference_trim": "trim-silence",
    "recording_channels": "dual",
    "recording_status_callback": URL,
    "recording_status_callback_method": "GET",
    "conference_recording_status_callback": URL,
    "conference_recording_status_callback_method": "GET",
    "region": "ie1",
    "sip_auth_username": "ada",
    "sip_auth_password": "secret",
    "jitter_buffer_size": "large",
}


class Body(dict[str, Any]):
    """A JSON body as the library takes one."""

    def to_dict(self) -> dict[str, Any]:
        """Returns what is sent."""
        return self


class Walk:
    """A walk through all resources of a workspace, with every parameter."""

    def __init__(self, centre: ContactCentre) -> None:
        self.server = centre.server
        client = self.server.client()
        self.recorder = Recorder(client, ROUTER)
        self.workspaces = client.taskrouter.v1.workspaces
        self.workspace: WorkspaceContext = self._configure_workspace()
        activities = {row.friendly_name: row.sid for row in self.workspace.activities.list(page_size=20)}
        self.available, self.offline = activities["Available"], activities["Offline"]
        self.configuration()
        self.people()
        self.tasks()
        self.reservations()
        self.history()
        self.statistics()
        self.removals()

    def _configure_workspace(self) -> WorkspaceContext:
        made = self.workspaces.create(
            friendly_name="Walk",
            event_callback_url=URL,
            events_filter="task.created,task.completed",
            multi_task_enabled=True,
            template="FIFO",
            prioritize_queue_order="LIFO",
        )
        self.workspace_sid = made.sid
        workspace = self.workspaces(made.sid)
        assert [row.sid for row in self.workspaces.list(friendly_name="Walk", page_size=5)] == [made.sid]
        workspace.update(
            default_activity_sid=made.default_activity_sid,
            timeout_activity_sid=made.timeout_activity_sid,
            event_callback_url="",
            events_filter="",
            friendly_name="Walked",
            multi_task_enabled=True,
            prioritize_queue_order="FIFO",
        )
        assert workspace.fetch().friendly_name == "Walked"
        return workspace

    def configuration(self) -> None:
        workspace = self.workspace
        self.activity = workspace.activities.create(friendly_name="Lunch", available=False)
        self.activity.update(friendly_name="Supper")
        found = workspace.activities.list(friendly_name="Supper", available="false", page_size=5)
        assert [row.sid for row in found] == [self.activity.sid]
        workspace.activities(self.activity.sid).fetch()

        self.channel = workspace.task_channels.create(
            friendly_name="Mail", unique_name="mail", channel_optimized_routing=True
        )
        self.channel.update(friendly_name="E-mail", channel_optimized_routing=False)
        workspace.task_channels("mail").fetch()
        assert len(workspace.task_channels.list(page_size=2)) == 6, "page after page"

        self.queue = workspace.task_queues.create(
            friendly_name="Sales",
            target_workers="level > 2",
            max_reserved_workers=2,
            task_order="LIFO",
            reservation_activity_sid=self.activity.sid,
            assignment_activity_sid=self.activity.sid,
        )
        self.queue.update(
            friendly_name="Selling",
            target_workers="level > 1",
            reservation_activity_sid=self.activity.sid,
            assignment_activity_sid=self.activity.sid,
            max_reserved_workers=1,
            task_order="FIFO",
        )
        workspace.task_queues(self.queue.sid).fetch()

        routing = {"task_routing": {"default_filter": {"queue": self.queue.sid}}}
        self.workflow = workspace.workflows.create(
            friendly_name="Sales",
            configuration=json.dumps(routing),
            assignment_callback_url=URL,
            fallback_assignment_callback_url=URL,
            task_reservation_timeout=30,
        )
        self.workflow.update(
            friendly_name="Selling",
            assignment_callback_url="",
            fallback_assignment_callback_url="",
            configuration=json.dumps(routing),
            task_reservation_timeout=300,
            re_evaluate_tasks="WAITING_TASKS",
        )
        workspace.workflows(self.workflow.sid).fetch()
        found = workspace.workflows.list(friendly_name="Selling", page_size=5)
        assert [row.sid for row in found] == [self.workflow.sid]

    def people(self) -> None:
        workers = self.workspace.workers
        self.worker = workers.create(
            friendly_name="ada", activity_sid=self.available, attributes='{"level": 3}'
        )
        context = workers(self.worker.sid)
        context.update(
            activity_sid=self.available,
            attributes='{"level": 4}',
            friendly_name="Ada",
            reject_pending_reservations=False,
            if_match=str(self._version(f"Workers/{self.worker.sid}")),
        )
        assert context.fetch().friendly_name == "Ada"
        found = workers.list(
            activity_name="Available",
            activity_sid=self.available,
            available="true",
            friendly_name="Ada",
            target_workers_expression="level == 4",
            task_queue_name="Selling",
            task_queue_sid=self.queue.sid,
            ordering="DateStatusChanged:desc",
            page_size=5,
        )
        assert [row.sid for row in found] == [self.worker.sid]
        queues = self.workspace.task_queues.list(
            friendly_name="Selling",
            evaluate_worker_attributes='{"level": "4"}',
            worker_sid=self.worker.sid,
            ordering="DateUpdated:asc",
            page_size=5,
        )
        assert [row.sid for row in queues] == [self.queue.sid]
        assert context.worker_channels("chat").update(capacity=3, available=True).configured_capacity == 3
        context.worker_channels("chat").fetch()
        assert len(context.worker_channels.list(page_size=2)) == 6

    def tasks(self) -> None:
        tasks = self.workspace.tasks
        earlier = datetime.now(timezone.utc) - timedelta(hours=1)
        self.task = tasks.create(
            timeout=600,
            priority=5,
            task_channel="chat",
            workflow_sid=self.workflow.sid,
            attributes='{"lang": "en"}',
            virtual_start_time=earlier,
            routing_target=self.worker.sid,
            ignore_capacity="true",
            task_queue_sid=self.queue.sid,
        )
        path = f"Tasks/{self.task.sid}"
        tasks(self.task.sid).update(
            attributes='{"lang": "de"}',
            priority=6,
            task_channel="chat",
            virtual_start_time=earlier,
            if_match=str(self._version(path)),
        )
        with pytest.raises(TwilioRestException, match="412"):
            tasks(self.task.sid).update(priority=7, if_match="1")
        assert tasks(self.task.sid).fetch().priority == 6
        found = tasks.list(
            priority=6,
            assignment_status=["pending", "reserved"],
            workflow_sid=self.workflow.sid,
            workflow_name="Selling",
            task_queue_sid=self.queue.sid,
            task_queue_name="Selling",
            evaluate_task_attributes='lang == "de"',
            routing_target=self.worker.sid,
            ordering="Priority:desc,DateCreated:asc",
            has_addons=False,
            page_size=5,
        )
        assert [row.sid for row in found] == [self.task.sid]

    def reservations(self) -> None:
        of_worker = self.workspace.workers(self.worker.sid).reservations
        of_task = self.workspace.tasks(self.task.sid).reservations
        [offer] = of_worker.list(reservation_status="pending", page_size=5)
        [same] = of_task.list(reservation_status="pending", worker_sid=self.worker.sid, page_size=5)
        assert same.sid == offer.sid
        of_worker(offer.sid).fetch()
        of_task(offer.sid).fetch()
        after = {"dequeue_post_work_activity_sid": self.activity.sid}
        for context in (of_worker(offer.sid), of_task(offer.sid)):
            self._refused(context, "dequeue", DEQUEUE | after)
            self._refused(context, "redirect", REDIRECT)
            # Both call the worker, whose browser is not there: the offer stays as it is.
            context.update(instruction="call", **CALL)
            conference = CONFERENCE | {"post_work_activity_sid": self.activity.sid}
            assert context.update(instruction="conference", **conference).reservation_status == "pending"
        supervision = {"supervisor": self.worker.sid, "supervisor_mode": "whisper"}
        self._refused(of_task(offer.sid), "supervise", supervision)
        version = str(self._version(f"Tasks/{self.task.sid}/Reservations/{offer.sid}"))
        accepted = of_task(offer.sid).update(
            reservation_status="accepted", worker_activity_sid=self.available, if_match=version
        )
        assert accepted.reservation_status == "accepted"
        version = str(self._version(f"Workers/{self.worker.sid}/Reservations/{offer.sid}"))
        wrapped = of_worker(offer.sid).update(
            reservation_status="wrapping", worker_activity_sid=self.available, if_match=version
        )
        assert wrapped.reservation_status == "wrapping"
        ended = self.workspace.tasks(self.task.sid).update(assignment_status="completed", reason="done")
        assert (ended.assignment_status, ended.reason) == ("completed", "done")
        self.reservation = offer

    def _refused(self, context: Any, instruction: str, parameters: dict[str, Any]) -> None:
        """Every instruction is read whole; no call stands behind the task that it could act on."""
        with pytest.raises(TwilioRestException, match="call|Enqueue|not found"):
            context.update(instruction=instruction, **parameters)

    def history(self) -> None:
        now = datetime.now(timezone.utc)
        found = self.workspace.events.list(
            start_date=now - timedelta(minutes=10),
            end_date=now + timedelta(minutes=1),
            event_type="reservation.accepted",
            minutes=10,
            reservation_sid=self.reservation.sid,
            task_queue_sid=self.queue.sid,
            task_sid=self.task.sid,
            worker_sid=self.worker.sid,
            workflow_sid=self.workflow.sid,
            task_channel="chat",
            page_size=5,
        )
        [event] = found
        [same] = self.workspace.events.list(sid=event.sid)
        assert self.workspace.events(same.sid).fetch().event_type == "reservation.accepted"

    def statistics(self) -> None:
        now = datetime.now(timezone.utc)
        window: dict[str, Any] = {
            "start_date": now - timedelta(minutes=10),
            "end_date": now + timedelta(minutes=1),
            "minutes": 10,
            "task_channel": "chat",
        }
        split = {"split_by_wait_time": "5,60"}
        workers, queues = self.workspace.workers, self.workspace.task_queues
        for whose in (self.workspace, queues(self.queue.sid), self.workspace.workflows(self.workflow.sid)):
            whose.statistics().fetch(**window, **split)
            whose.cumulative_statistics().fetch(**window, **split)
            whose.real_time_statistics().fetch(task_channel="chat")
        workers(self.worker.sid).statistics().fetch(**window)
        workers.statistics().fetch(
            task_queue_sid=self.queue.sid, task_queue_name="Selling", friendly_name="Ada", **window
        )
        workers.cumulative_statistics().fetch(**window)
        workers.real_time_statistics().fetch(task_channel="chat")
        [row] = queues.statistics.list(friendly_name="Selling", page_size=5, **window, **split)
        assert row.cumulative["reservations_accepted"] == 1
        bulk = queues.bulk_real_time_statistics.create(body=Body(TaskQueueSids=[self.queue.sid]))
        assert bulk.task_queue_response_count == 1

    def removals(self) -> None:
        workspace = self.workspace
        spare = workspace.tasks.create(attributes="{}", workflow_sid=self.workflow.sid)
        self._keeps_what_has_changed(f"Tasks/{spare.sid}")
        assert workspace.tasks(spare.sid).delete()
        worker = workspace.workers(self.worker.sid)
        worker.update(activity_sid=self.offline)
        self._keeps_what_has_changed(f"Workers/{self.worker.sid}")
        assert worker.delete()
        for thing in (self.workflow, self.queue, self.channel, self.activity):
            assert thing.delete()
        assert workspace.delete()

    def _keeps_what_has_changed(self, path: str) -> None:
        stale = {"If-Match": "0"}
        url = f"/taskrouter/v1/Workspaces/{self.workspace_sid}/{path}"
        assert self.server.request("DELETE", url, headers=stale).status_code == 412

    def _version(self, path: str) -> int:
        """Returns the version that the `ETag` of a resource names; the library does not show it."""
        reply = self.server.request("GET", f"/taskrouter/v1/Workspaces/{self.workspace_sid}/{path}")
        return int(reply.headers["ETag"].strip('"'))


@pytest.fixture(scope="module")
def operations(shared_centre: ContactCentre) -> list[Operation]:
    """All operations, after the walk."""
    return Walk(shared_centre).recorder.operations


def test_every_operation_is_there(operations: list[Operation]) -> None:
    assert len(operations) == 61
    assert [it.name for it in operations if not it.replies] == []


def test_every_parameter_is_taken(operations: list[Operation]) -> None:
    left = {it.name: it.parameters - it.sent - PAGING - UNSENT.get(it.name, set()) for it in operations}
    assert {name: missing for name, missing in left.items() if missing} == {}


def test_every_reply_is_as_described(operations: list[Operation]) -> None:
    found = [problem for it in operations for problem in it.misfits(ROUTER)]
    assert not found, "\n".join(["", *found])
