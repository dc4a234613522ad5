"""The contact centre that a new installation has, seen through the official library."""

import json
from functools import cached_property
from typing import Any

from patchboard_client import PatchboardClient
from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberInstance
from twilio.rest.api.v2010.account.message import MessageInstance
from twilio.rest.studio.v2.flow import FlowInstance
from twilio.rest.studio.v2.flow.execution import ExecutionInstance
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance
from twilio.rest.taskrouter.v1.workspace.worker.reservation import ReservationInstance

from support.flows import Definition
from support.server import Server
from support.waiting import eventually

DEFAULT_NUMBER = "+15555550100"
WORKSPACE_NAME = "Flex Task Assignment"
WORKFLOW_NAME = "Assign to Anyone"
QUEUE_NAME = "Everyone"


class ContactCentre:
    """What a developer does with the API, in the words of the trade."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    def client(self) -> PatchboardClient:
        """A fresh client, so that no connection outlives a killed server."""
        return self.server.client()

    @cached_property
    def workspace_sid(self) -> str:
        """The SID of the out-of-the-box workspace."""
        [workspace] = self.client.taskrouter.v1.workspaces.list(friendly_name=WORKSPACE_NAME)
        return str(workspace.sid)

    @property
    def workspace(self) -> WorkspaceContext:
        """The out-of-the-box workspace."""
        return self.client.taskrouter.v1.workspaces(self.workspace_sid)

    @property
    def workspace_path(self) -> str:
        """The workspace's path on the server, for plain requests."""
        return f"/taskrouter/v1/Workspaces/{self.workspace_sid}"

    @property
    def account_path(self) -> str:
        """The account's path on the server, for plain requests."""
        return f"/2010-04-01/Accounts/{self.client.account_sid}"

    @cached_property
    def workflow_sid(self) -> str:
        """The SID of the out-of-the-box workflow."""
        [workflow] = self.workspace.workflows.list(friendly_name=WORKFLOW_NAME)
        return str(workflow.sid)

    @cached_property
    def queue_sid(self) -> str:
        """The SID of the out-of-the-box queue."""
        [queue] = self.workspace.task_queues.list(friendly_name=QUEUE_NAME)
        return str(queue.sid)

    @cached_property
    def chat_channel_sid(self) -> str:
        """The SID of the `chat` task channel."""
        return str(self.workspace.task_channels("chat").fetch().sid)

    def activity_sid(self, name: str) -> str:
        """Returns the SID of the activity with this name."""
        [activity] = self.workspace.activities.list(friendly_name=name)
        return str(activity.sid)

    def publish(self, friendly_name: str, definition: Definition) -> FlowInstance:
        """Creates a flow in one call, published."""
        return self.client.studio.v2.flows.create(
            friendly_name=friendly_name, status="published", definition=definition
        )

    def bind(self, address: str, flow: FlowInstance) -> IncomingPhoneNumberInstance:
        """Provisions the number `address`, whose messages run `flow`."""
        return self.client.incoming_phone_numbers.create(phone_number=address, sms_url=flow.webhook_url)

    def text(self, sender: str, recipient: str, body: str, **more: str) -> dict[str, Any]:
        """Delivers a message as the network would; returns the stored Message."""
        form = {"From": sender, "To": recipient, "Body": body} | more
        response = self.server.request("POST", "/v1/dev/inbound-messages", data=form)
        assert response.status_code == 201, response.text
        message: dict[str, Any] = response.json()
        return message

    def messages(self, **filters: str) -> list[MessageInstance]:
        """Returns the messages that match, oldest first (the API lists the newest first)."""
        return list(reversed(self.client.messages.list(**filters)))

    def wait_for_message(self, recipient: str, text: str) -> MessageInstance:
        """Returns the message to `recipient` that contains `text`, as soon as it has been delivered."""

        def delivered() -> list[MessageInstance]:
            found = [row for row in self.messages(to=recipient) if text in row.body]
            return [row for row in found if row.status == "delivered"]

        return eventually(f"{text!r} is delivered to {recipient}", delivered)[0]

    def wait_for_messages(self, recipient: str, count: int) -> list[MessageInstance]:
        """Returns the messages to `recipient`, oldest first, when there are `count` of them."""

        def complete() -> list[MessageInstance]:
            found = self.messages(to=recipient)
            assert len(found) <= count, f"{len(found)} messages to {recipient}"
            return found if len(found) == count else []

        return eventually(f"{count} messages to {recipient}", complete)

    def executions(self, flow_sid: str) -> list[ExecutionInstance]:
        """Returns every execution of the flow."""
        return self.client.studio.v2.flows(flow_sid).executions.list()

    def wait_for_execution(self, flow_sid: str, status: str) -> ExecutionInstance:
        """Returns the flow's one execution when it has `status`."""

        def only_execution() -> list[ExecutionInstance]:
            executions = self.executions(flow_sid)
            assert len(executions) <= 1, f"{len(executions)} executions of {flow_sid}"
            return [execution for execution in executions if execution.status == status]

        return eventually(f"the execution of {flow_sid} is {status}", only_execution)[0]

    def tasks_named(self, name: str) -> list[TaskInstance]:
        """Returns the tasks whose attribute `name` is this."""
        tasks = [self.workspace.tasks(task.sid).fetch() for task in self.workspace.tasks.list()]
        return [task for task in tasks if json.loads(task.attributes).get("name") == name]

    def wait_for_task(self, name: str) -> TaskInstance:
        """Returns the one task whose attribute `name` is this."""
        [task] = eventually(f"there is a task of {name}", lambda: self.tasks_named(name))
        return task

    def wait_for_status(self, task_sid: str, status: str) -> TaskInstance:
        """Returns the task when its assignment status is `status`."""

        def fetched() -> list[TaskInstance]:
            task = self.workspace.tasks(task_sid).fetch()
            return [task] if task.assignment_status == status else []

        return eventually(f"task {task_sid} is {status}", fetched)[0]

    def hire(self, name: str, activity: str = "Available", **attributes: Any) -> WorkerInstance:
        """Creates a worker."""
        return self.workspace.workers.create(
            friendly_name=name,
            activity_sid=self.activity_sid(activity),
            attributes=json.dumps(attributes),
        )

    def set_activity(self, worker_sid: str, activity: str) -> WorkerInstance:
        """Moves the worker to the activity with this name."""
        return self.workspace.workers(worker_sid).update(activity_sid=self.activity_sid(activity))

    def wait_for_offer(self, worker_sid: str) -> ReservationInstance:
        """Returns the worker's pending reservation."""
        reservations = self.workspace.workers(worker_sid).reservations
        return eventually(
            f"worker {worker_sid} has an offer", lambda: reservations.list(reservation_status="pending")
        )[0]

    def finish(self, worker_sid: str, reservation_sid: str) -> None:
        """Accepts and completes the reservation, and its task with it."""
        reservation = self.workspace.workers(worker_sid).reservations(reservation_sid)
        reservation.update(reservation_status="accepted")
        reservation.update(reservation_status="completed")

    def event_types(self, task_sid: str) -> list[str]:
        """Returns the types of the task's events, in the order in which they happened."""
        events = self.workspace.events.list(task_sid=task_sid, minutes=60)
        if events and events[0].event_date_ms > events[-1].event_date_ms:
            events.reverse()
        dates = [event.event_date_ms for event in events]
        assert dates == sorted(dates), "events are listed in the order of their dates"
        return [event.event_type for event in events]
