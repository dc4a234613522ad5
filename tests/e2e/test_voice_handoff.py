"""Hand-offs of calls: each way in which a worker gets a waiting caller, and each in which that fails."""

import json
from collections.abc import Callable

import pytest
from twilio.rest.taskrouter.v1.workspace.worker.reservation import ReservationInstance

from support.application import Application, as_json
from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.waiting import eventually

pytestmark = needs_phone

WORKER_TONE, SECOND_TONE = 700, 1100
PROMPT = 1500
OUR_NUMBER = "+15555550100"

Buy = Callable[..., Phone]


@pytest.fixture
def desk(buy_phone: Buy) -> Phone:
    """The phone of the worker Ada."""
    return buy_phone(WORKER_TONE, user="ada")


@pytest.fixture
def ada(call_centre: CallCentre, desk: Phone) -> str:
    """A worker with a phone, at work."""
    return hire(call_centre, "ada", desk)


def hire(call_centre: CallCentre, name: str, desk: Phone) -> str:
    """Hires a worker with a phone."""
    return str(call_centre.hire(name, contact_uri=desk.uri).sid)


def offer(call_centre: CallCentre, worker: str) -> ReservationInstance:
    """Returns the worker's pending reservation, to be updated."""
    sid = call_centre.wait_for_offer(worker).sid
    return call_centre.workspace.workers(worker).reservations(sid).fetch()


def check_talk(caller: Phone, desk: Phone, tone: int = WORKER_TONE) -> None:
    """Waits until both hear each other."""
    caller.hears(tone)
    desk.hears(CALLER_TONE)


def test_a_conference_brings_caller_and_worker_together(
    call_centre: CallCentre, phone: Phone, desk: Phone, ada: str
) -> None:
    phone.call(call_centre.uri())
    reservation = offer(call_centre, ada)
    reservation.update(instruction="conference", end_conference_on_exit=True)
    desk.answer()
    check_talk(phone, desk)
    task = call_centre.wait_for_status(reservation.task_sid, "assigned")
    conference = eventually(
        "the task knows its conference",
        lambda: json.loads(call_centre.workspace.tasks(task.sid).fetch().attributes).get("conference"),
    )
    assert conference["sid"].startswith("CF")
    assert conference["participants"]["customer"].startswith("CA")
    assert conference["participants"]["worker"].startswith("CA")
    desk.hang_up()
    phone.until("CALL_CLOSED")
    call_centre.wait_for_status(task.sid, "wrapping")
    reservation.update(reservation_status="completed")
    call_centre.wait_for_status(task.sid, "completed")


def test_dequeue_bridges_and_the_workers_hang_up_wraps_up(
    call_centre: CallCentre, phone: Phone, desk: Phone, ada: str
) -> None:
    phone.call(call_centre.uri())
    reservation = offer(call_centre, ada)
    activity = call_centre.activity_sid("Break")
    reservation.update(instruction="dequeue", dequeue_post_work_activity_sid=activity)
    desk.answer()
    check_talk(phone, desk)
    desk.hang_up()
    phone.until("CALL_CLOSED")
    eventually(
        "the worker is sent to the activity after work",
        lambda: call_centre.workspace.workers(ada).fetch().activity_name == "Break",
    )
    call_centre.wait_for_status(reservation.task_sid, "completed")


def test_a_worker_who_is_called_first_dials_the_queue(
    call_centre: CallCentre, phone: Phone, desk: Phone, ada: str
) -> None:
    with Script() as script:
        phone.call(call_centre.uri())
        reservation = offer(call_centre, ada)
        script.documents = {
            "/worker": f"<Play>/tone-{PROMPT}.wav</Play>"
            f'<Dial><Queue reservationSid="{reservation.sid}"/></Dial>'
        }
        reservation.update(instruction="call", call_url=f"{script.url}/worker", call_from=OUR_NUMBER)
        desk.answer()
        desk.hears(PROMPT)
        check_talk(phone, desk)
        call_centre.wait_for_status(reservation.task_sid, "assigned")
        phone.hang_up()
        desk.until("CALL_CLOSED")
        assert script.wait_for("/worker")["Direction"] == "outbound-api"


def test_a_redirect_leads_the_caller_to_another_document(
    call_centre: CallCentre, phone: Phone, ada: str
) -> None:
    with Script({"/onward": f'<Play loop="0">/tone-{PROMPT}.wav</Play>'}) as script:
        phone.call(call_centre.uri())
        reservation = offer(call_centre, ada)
        call = json.loads(call_centre.workspace.tasks(reservation.task_sid).fetch().attributes)["call_sid"]
        url = f"{script.url}/onward"
        reservation.update(
            instruction="redirect", redirect_call_sid=call, redirect_url=url, redirect_accept=True
        )
        phone.hears(PROMPT)
        assert script.wait_for("/onward")["CallSid"] == call
        assert reservation.fetch().reservation_status == "accepted"


def test_an_assignment_callback_dequeues_by_itself(
    call_centre: CallCentre, phone: Phone, desk: Phone, ada: str
) -> None:
    instruction = {"instruction": "dequeue", "from": OUR_NUMBER}
    with Application(lambda _: as_json(instruction)) as application:
        workflow = call_centre.workspace.workflows(call_centre.workflow_sid)
        workflow.update(assignment_callback_url=f"{application.url}/assign")
        phone.call(call_centre.uri())
        desk.answer()
        check_talk(phone, desk)
        assert application.asked[0].form["WorkerSid"] == ada


def test_a_worker_who_does_not_answer_is_followed_by_the_next(
    call_centre: CallCentre, phone: Phone, desk: Phone, ada: str, buy_phone: Buy
) -> None:
    workflow = call_centre.workspace.workflows(call_centre.workflow_sid)
    workflow.update(task_reservation_timeout=3)
    phone.call(call_centre.uri())
    reservation = offer(call_centre, ada)
    reservation.update(instruction="dequeue")
    desk.until("CALL_INCOMING")
    other = buy_phone(SECOND_TONE, user="bea")
    bea = hire(call_centre, "bea", other)
    second = offer(call_centre, bea)
    desk.until("CALL_CLOSED")
    assert reservation.fetch().reservation_status == "timeout"
    second.update(instruction="dequeue")
    other.answer()
    check_talk(phone, other, SECOND_TONE)


def test_a_caller_waits_on_when_the_worker_declines(
    call_centre: CallCentre, phone: Phone, desk: Phone, ada: str
) -> None:
    phone.call(call_centre.uri())
    reservation = offer(call_centre, ada)
    reservation.update(instruction="dequeue")
    desk.until("CALL_INCOMING")
    desk.hang_up()
    desk.until("CALL_CLOSED")
    heard = phone.heard().seconds
    eventually("music goes on", lambda: phone.heard().seconds > heard + 1 and phone.heard().loudness(heard) > 100)
    assert call_centre.workspace.tasks(reservation.task_sid).fetch().assignment_status == "reserved"
    reservation.update(reservation_status="rejected", worker_activity_sid=call_centre.activity_sid("Break"))
    call_centre.wait_for_status(reservation.task_sid, "pending")


def test_a_caller_who_gives_up_ends_the_workers_ringing(
    call_centre: CallCentre, phone: Phone, desk: Phone, ada: str
) -> None:
    phone.call(call_centre.uri())
    reservation = offer(call_centre, ada)
    reservation.update(instruction="dequeue")
    desk.until("CALL_INCOMING")
    phone.hang_up()
    desk.until("CALL_CLOSED")
    call_centre.wait_for_status(reservation.task_sid, "canceled")
    assert reservation.fetch().reservation_status in ("canceled", "rescinded")


@pytest.mark.parametrize("ending", ["task-timeout", "task-canceled"])
def test_a_task_that_ends_leads_its_caller_onward(call_centre: CallCentre, phone: Phone, ending: str) -> None:
    timeout = 'timeout="2"' if ending == "task-timeout" else ""
    with Script() as script:
        script.documents = {
            "/voice": f'<Enqueue workflowSid="{call_centre.workflow_sid}" action="/after">'
            f'<Task priority="5" {timeout}>{{"name": "Eve"}}</Task></Enqueue>',
            "/after": f'<Play loop="0">/tone-{PROMPT}.wav</Play>',
        }
        phone.call(call_centre.number_for(f"{script.url}/voice"))
        task = call_centre.wait_for_call()
        assert (task.priority, json.loads(task.attributes)["name"]) == (5, "Eve")
        if ending == "task-canceled":
            call_centre.workspace.tasks(task.sid).update(assignment_status="canceled", reason="enough")
        phone.hears(PROMPT)
        after = script.wait_for("/after")
        assert (after["QueueResult"], after["QueueLeaveReason"]) == ("leave", ending)
