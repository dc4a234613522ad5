"""One customer's way from the first message to the completed task, as steps that can be interrupted.

Each step has two halves: `act` sends one request and returns with its acknowledgement; `settle` waits
for what the server then does by itself. A kill between the halves, or after both, must change nothing.
"""

import json
from collections.abc import Callable
from typing import NamedTuple

from support.contact_centre import QUEUE_NAME, WORKFLOW_NAME, ContactCentre
from support.flows import fill_in, own_flow

CUSTOMER = "+15557770001"
OUR_NUMBER = "+15555550123"

QUESTION = "Do you need sales or support?"
ANSWER = "One moment, we get someone from sales."

HAPPY_PATH = [
    "task.created",
    "workflow.entered",
    "workflow.target-matched",
    "task-queue.entered",
    "reservation.created",
    "reservation.accepted",
    "reservation.wrapup",
    "task.wrapup",
    "reservation.completed",
    "task.completed",
]


class Journey:
    """The hand-over of one customer, and the SIDs met on the way; its steps are `STEPS`."""

    def __init__(self, centre: ContactCentre) -> None:
        self.centre = centre
        self.definition = fill_in(own_flow("keyword-menu"), centre.workflow_sid, centre.chat_channel_sid)
        self.flow_sid = ""
        self.task_sid = ""
        self.worker_sid = ""
        self.reservation_sid = ""

    def check_that_everything_happened_once(self) -> None:
        """Fails where something acknowledged is missing, or anything is there twice."""
        self._check_messages()
        self._check_execution()
        self._check_task()
        self._check_worker()
        assert self.centre.event_types(self.task_sid) == HAPPY_PATH

    # The requests.

    def _publish(self) -> None:
        self.flow_sid = self.centre.publish("Keyword menu", self.definition).sid

    def _bind(self) -> None:
        flow = self.centre.client.studio.v2.flows(self.flow_sid).fetch()
        self.centre.bind(OUR_NUMBER, flow)

    def _first_message(self) -> None:
        self.centre.text(CUSTOMER, OUR_NUMBER, "Hello")

    def _keyword(self) -> None:
        self.centre.text(CUSTOMER, OUR_NUMBER, 'The "Sales" team, please')

    def _add_worker(self) -> None:
        self.worker_sid = self.centre.hire("ada", activity="Offline").sid

    def _go_available(self) -> None:
        self.centre.set_activity(self.worker_sid, "Available")

    def _accept(self) -> None:
        self._update_reservation("accepted")

    def _wrap_up(self) -> None:
        self._update_reservation("wrapping")

    def _complete(self) -> None:
        task = self.centre.workspace.tasks(self.task_sid)
        assert task.update(assignment_status="completed", reason="solved").reason == "solved"

    def _update_reservation(self, status: str) -> None:
        reservation = self.centre.workspace.workers(self.worker_sid).reservations(self.reservation_sid)
        assert reservation.update(reservation_status=status).reservation_status == status

    # What follows from them.

    def _flow_is_published(self) -> None:
        flow = self.centre.client.studio.v2.flows(self.flow_sid).fetch()
        assert (flow.status, flow.revision, flow.valid) == ("published", 1, True)
        assert flow.definition == self.definition, "the definition is kept unchanged"

    def _number_is_bound(self) -> None:
        [number] = self.centre.client.incoming_phone_numbers.list(phone_number=OUR_NUMBER)
        assert self.flow_sid in number.sms_url

    def _question_is_delivered(self) -> None:
        self.centre.wait_for_message(CUSTOMER, QUESTION)

    def _task_is_created(self) -> None:
        self.centre.wait_for_message(CUSTOMER, ANSWER)
        self.task_sid = self.centre.wait_for_task(CUSTOMER).sid
        self.centre.wait_for_message(CUSTOMER, f"You are in line as {self.task_sid}.")
        self.centre.wait_for_execution(self.flow_sid, "ended")
        self.centre.wait_for_status(self.task_sid, "pending")

    def _worker_is_offline(self) -> None:
        worker = self.centre.workspace.workers(self.worker_sid).fetch()
        assert (worker.activity_name, worker.available) == ("Offline", False)

    def _reservation_is_offered(self) -> None:
        self.reservation_sid = self.centre.wait_for_offer(self.worker_sid).sid
        self.centre.wait_for_status(self.task_sid, "reserved")

    def _task_is_assigned(self) -> None:
        self.centre.wait_for_status(self.task_sid, "assigned")

    def _task_is_wrapping(self) -> None:
        self.centre.wait_for_status(self.task_sid, "wrapping")

    def _task_is_completed(self) -> None:
        self.centre.wait_for_status(self.task_sid, "completed")

    # What must be true in the end.

    def _check_messages(self) -> None:
        received = self.centre.messages(from_=CUSTOMER)
        assert [message.body for message in received] == ["Hello", 'The "Sales" team, please']
        assert {message.status for message in received} == {"received"}
        sent = self.centre.messages(to=CUSTOMER)
        confirmation = f"You are in line as {self.task_sid}."
        assert [message.body for message in sent] == [QUESTION, ANSWER, confirmation]
        assert {message.from_ for message in sent} == {OUR_NUMBER}

    def _check_execution(self) -> None:
        [execution] = self.centre.executions(self.flow_sid)
        assert execution.status == "ended"
        assert execution.contact_channel_address == CUSTOMER
        steps = self.centre.client.studio.v2.flows(self.flow_sid).executions(execution.sid).steps.list()
        entered = sorted(str(step.transitioned_to) for step in steps)
        visited = ["ask_topic", "which_topic", "answer_sales", "topic_is_sales", "hand_over", "confirm"]
        assert entered == sorted([*visited, "Ended"])

    def _check_task(self) -> None:
        [task] = self.centre.tasks_named(CUSTOMER)
        assert json.loads(task.attributes) == {
            "name": CUSTOMER,
            "topic": "sales",
            "asked": 'The "Sales" team, please',
            "channelType": "sms",
        }
        assert (task.priority, task.timeout) == (3, 1800)
        assert (task.assignment_status, task.reason) == ("completed", "solved")
        assert (task.workflow_friendly_name, task.task_queue_friendly_name) == (WORKFLOW_NAME, QUEUE_NAME)
        assert task.task_channel_unique_name == "chat"

    def _check_worker(self) -> None:
        [reservation] = self.centre.workspace.tasks(self.task_sid).reservations.list()
        assert (reservation.worker_sid, reservation.reservation_status) == (self.worker_sid, "completed")
        channel = self.centre.workspace.workers(self.worker_sid).worker_channels("chat").fetch()
        assert channel.assigned_tasks == 0


class Step(NamedTuple):
    """One request and what follows from it."""

    name: str
    act: Callable[[Journey], None]
    settle: Callable[[Journey], None]


STEPS = [
    Step("publish the flow", Journey._publish, Journey._flow_is_published),
    Step("bind a number to it", Journey._bind, Journey._number_is_bound),
    Step("receive a first message", Journey._first_message, Journey._question_is_delivered),
    Step("receive the keyword", Journey._keyword, Journey._task_is_created),
    Step("add a worker", Journey._add_worker, Journey._worker_is_offline),
    Step("make the worker available", Journey._go_available, Journey._reservation_is_offered),
    Step("accept the reservation", Journey._accept, Journey._task_is_assigned),
    Step("wrap up", Journey._wrap_up, Journey._task_is_wrapping),
    Step("complete the task", Journey._complete, Journey._task_is_completed),
]
