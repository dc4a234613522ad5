"""What leaves the house: requests of flows, event callbacks and assignment callbacks of TaskRouter."""

import threading

from twilio.request_validator import RequestValidator

from support.application import Application, Asked, as_json
from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import Definition, Widget, flow, send_message, transition, widget
from support.server import AUTH_TOKEN
from support.waiting import eventually

NUMBER = "+15555550111"
CONTACT = "+15551230001"


def test_a_flow_asks_another_system_and_goes_on_with_its_answer(centre: ContactCentre) -> None:
    with Application(lambda asked: as_json({"greeting": f"Hi {asked.form['name']}"})) as application:
        ask = request("ask", f"{application.url}/greet", [("name", "{{trigger.message.Body}}")])
        publish(centre, flow(ask, send_message("reply", "{{widgets.ask.parsed.greeting}}"), on_message="ask"))
        centre.text(CONTACT, NUMBER, "Ann & Bob")
        assert centre.wait_for_messages(CONTACT, 1)[0].body == "Hi Ann & Bob"
        [asked] = application.asked
        assert (asked.method, asked.form) == ("POST", {"name": "Ann & Bob"})


def test_a_system_that_fails_leads_down_the_failure_branch(centre: ContactCentre) -> None:
    with Application(lambda _: (500, "text/plain", "out of order")) as application:
        ask = request("ask", application.url, [], failed="sorry")
        sorry = send_message("sorry", "Sorry: {{widgets.ask.status_code}} {{widgets.ask.body}}")
        publish(centre, flow(ask, sorry, on_message="ask"))
        centre.text(CONTACT, NUMBER, "Hello")
        assert centre.wait_for_messages(CONTACT, 1)[0].body == "Sorry: 500 out of order"


def test_a_request_that_a_kill_repeats_carries_the_same_token(centre: ContactCentre) -> None:
    is_restarted = threading.Event()

    def answer(_: Asked) -> tuple[int, str, str]:
        is_restarted.wait(timeout=20)
        return as_json({"greeting": "Hello again"})

    with Application(answer) as application:
        ask = request("ask", application.url, [])
        publish(centre, flow(ask, send_message("reply", "{{widgets.ask.parsed.greeting}}"), on_message="ask"))
        centre.text(CONTACT, NUMBER, "Hello")
        eventually("the system is asked", lambda: application.asked)
        centre.server.restart_after_kill()
        eventually("the system is asked again", lambda: len(application.asked) == 2)
        is_restarted.set()
        assert centre.wait_for_messages(CONTACT, 1)[0].body == "Hello again"
        first, second = application.asked
        assert first.token == second.token


def test_an_answer_for_a_deleted_flow_holds_up_nothing(centre: ContactCentre) -> None:
    is_deleted = threading.Event()

    def answer(_: Asked) -> tuple[int, str, str]:
        is_deleted.wait(timeout=20)
        return as_json({})

    with Application(answer) as application:
        gone = centre.publish("Gone", flow(request("ask", application.url, [], failed=""), on_message="ask"))
        number = centre.bind(NUMBER, gone)
        centre.text(CONTACT, NUMBER, "Hello")
        eventually("the system is asked", lambda: application.asked)
        assert centre.client.studio.v2.flows(gone.sid).delete()
        is_deleted.set()
        greeter = centre.publish("Greet", flow(send_message("greet", "Welcome"), on_message="greet"))
        centre.client.incoming_phone_numbers(number.sid).update(sms_url=greeter.webhook_url)
        centre.text(CONTACT, NUMBER, "Hello again")
        assert centre.wait_for_messages(CONTACT, 1)[0].body == "Welcome"
        assert "tried again" not in centre.server.read_log()


def test_events_are_told_signed_and_as_filtered(centre: ContactCentre) -> None:
    wanted = ["task.created", "reservation.created"]
    with Application(lambda _: (204, "application/json", "")) as application:
        url = f"{application.url}/events"
        centre.workspace.update(event_callback_url=url, events_filter=",".join(wanted))
        worker = centre.hire("alice")
        centre.text(CONTACT, DEFAULT_NUMBER, "Hello")
        task = centre.wait_for_task(CONTACT)
        eventually("both events are told", lambda: len(application.asked) == len(wanted))
        assert sorted(asked.form["EventType"] for asked in application.asked) == sorted(wanted)
        for asked in application.asked:
            assert asked.form["TaskSid"] == task.sid
            assert RequestValidator(AUTH_TOKEN).validate(url, asked.form, asked.headers["x-twilio-signature"])
        reservation = next(asked for asked in application.asked if "ReservationSid" in asked.form)
        assert reservation.form["WorkerSid"] == worker.sid


def test_an_application_accepts_an_offer_and_its_fallback_rejects_one(centre: ContactCentre) -> None:
    def answer(asked: Asked) -> tuple[int, str, str]:
        if asked.path == "/broken":
            return 500, "text/plain", "out of order"
        return as_json({"instruction": "accept" if asked.path == "/accept" else "reject"})

    with Application(answer) as application:
        workflow = centre.workspace.workflows(centre.workflow_sid)
        worker = centre.hire("alice")
        reservations = centre.workspace.workers(worker.sid).reservations
        workflow.update(assignment_callback_url=f"{application.url}/accept")
        centre.text(CONTACT, DEFAULT_NUMBER, "Hello")
        task = centre.wait_for_task(CONTACT)
        centre.wait_for_status(task.sid, "assigned")
        [accepted] = reservations.list(reservation_status="accepted")
        reservations(accepted.sid).update(reservation_status="completed")

        fallback = f"{application.url}/reject"
        workflow.update(
            assignment_callback_url=f"{application.url}/broken", fallback_assignment_callback_url=fallback
        )
        centre.text("+15551230002", DEFAULT_NUMBER, "Hello")
        eventually("the offer is rejected", lambda: reservations.list(reservation_status="rejected"))


def test_private_networks_are_out_of_reach_and_the_step_says_so(centre: ContactCentre) -> None:
    publish(centre, flow(request("ask", "http://10.0.0.1/", []), on_message="ask"))
    centre.text(CONTACT, NUMBER, "Hello")
    [flow_row] = [row for row in centre.client.studio.v2.flows.list() if row.friendly_name == "Webhooks"]
    execution = centre.wait_for_execution(flow_row.sid, "ended")
    steps = centre.client.studio.v2.flows(flow_row.sid).executions(execution.sid).steps
    [failed] = [step for step in steps.list() if step.name == "failed"]
    context = steps(failed.sid).step_context().fetch().context
    assert "10.0.0.1" in str(context["error"]) and "webhook" in str(context["error"])


def publish(centre: ContactCentre, definition: Definition) -> None:
    """Publishes a flow and binds the number to it."""
    centre.bind(NUMBER, centre.publish("Webhooks", definition))


def request(name: str, url: str, parameters: list[tuple[str, str]], failed: str | None = None) -> Widget:
    """Returns a Make HTTP Request widget that goes on with `reply` when it succeeds."""
    properties = {
        "method": "POST",
        "url": url,
        "content_type": "application/x-www-form-urlencoded;charset=utf-8",
        "parameters": [{"key": key, "value": value} for key, value in parameters],
    }
    following = "reply" if failed is None and "10.0.0.1" not in url else None
    ways = [transition("success", following), transition("failed", failed or None)]
    return widget(name, "make-http-request", properties, ways)
