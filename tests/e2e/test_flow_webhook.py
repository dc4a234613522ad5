"""The webhook of a flow: whoever has a call or a message is told in TwiML what to do, across kills of the server."""

import threading
from collections.abc import Callable

import pytest
import requests
from twilio.request_validator import RequestValidator

from support.application import Application, Asked, as_json
from support.caller import Caller
from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import (
    Definition,
    ask,
    flow,
    gather,
    redirect,
    request,
    say,
    send_message,
    send_to_flex,
    transition,
    widget,
)
from support.server import ACCOUNT_SID, AUTH_TOKEN, Server
from support.waiting import eventually

CONTACT = "+15551230001"


def test_a_call_hears_prompts_presses_keys_and_is_hung_up(centre: ContactCentre) -> None:
    caller = call(centre, menu())
    assert caller.heard == ["Welcome", "Press one"]
    caller.answer(Digits="1")
    assert caller.heard[2:] == ["You pressed 1"]
    assert not caller.is_up
    assert step_names(centre, caller) == ["incomingCall", "audioComplete", "keypress", "audioComplete"]


def test_a_kill_between_any_two_requests_of_a_call_loses_nothing(centre: ContactCentre) -> None:
    caller = Caller(centre, centre.publish("Menu", menu()).webhook_url)
    caller.dial()
    centre.server.restart_after_kill()
    caller.answer(Digits="1")
    assert caller.heard == ["Welcome", "Press one", "You pressed 1"]
    assert step_names(centre, caller) == ["incomingCall", "audioComplete", "keypress", "audioComplete"]


def test_a_repeated_question_gets_the_same_answer_and_takes_no_step(centre: ContactCentre) -> None:
    caller = call(centre, menu())
    caller.redial()
    assert caller.heard == ["Welcome", "Press one", "Press one"]
    action = caller.waits_at.attrib["action"] if caller.waits_at is not None else ""
    caller.answer(Digits="1")
    late = caller.ask(action, {"Digits": "2"})
    assert (late.status_code, "<Say" in late.text) == (200, False)
    assert len(step_names(centre, caller)) == 4


def test_no_input_and_a_hang_up_take_their_own_ways(centre: ContactCentre) -> None:
    widgets = (gather("menu", "Press one", timeout="goodbye"), say("goodbye", "Good bye"))
    caller = call(centre, flow(*widgets, on_call="menu"))
    silent = requests.post(
        back_of(caller), data={"CallSid": caller.call_sid, "CallStatus": "in-progress"}, timeout=20
    )
    assert "Good bye" in silent.text
    other = Caller(centre, caller.webhook_url, call_sid="CA" + "d" * 32).dial()
    other.hang_up()
    assert step_names(centre, other)[-1] == "Stop Execution"


def test_a_voicemail_that_ends_with_the_call_goes_on_to_what_needs_no_call(centre: ContactCentre) -> None:
    transitions = [transition("recordingComplete"), transition("noAudio"), transition("hangup", "thanks")]
    record = widget("record", "record-voicemail", {}, transitions)
    thanks = send_message("thanks", "Thank you for your call")
    caller = call(centre, flow(record, thanks, on_call="record"))
    caller.hang_up()
    assert centre.wait_for_messages(caller.number, 1)[0].body == "Thank you for your call"


def test_a_call_is_queued_for_an_agent_with_its_task(centre: ContactCentre) -> None:
    queue = send_to_flex("queue", centre.workflow_sid, centre.chat_channel_sid, attributes='{"name": "Ann"}')
    queue["transitions"][0]["next"] = "left"
    caller = call(centre, flow(queue, say("left", "They left"), on_call="queue"))
    enqueue = caller.waits_at
    assert enqueue is not None and enqueue.tag == "Enqueue"
    assert enqueue.attrib["workflowSid"] == centre.workflow_sid
    assert "Ann" in enqueue.findtext("Task", "")
    centre.server.restart_after_kill()
    caller.answer(QueueResult="leave", QueueTime="12")
    assert caller.heard == ["They left"]


def test_another_application_takes_the_call_and_returns_it(centre: ContactCentre) -> None:
    there = redirect("there", "https://example.com/app", back="back")
    caller = call(centre, flow(there, say("back", "You chose {{widgets.there.choice}}"), on_call="there"))
    assert caller.waits_at is not None and caller.waits_at.text == "https://example.com/app"
    centre.server.restart_after_kill()
    caller.return_from_application(choice="sales")
    assert caller.heard == ["You chose sales"]
    # With nothing parked, the same request is a call that comes in.
    caller.return_from_application(choice="sales")
    assert caller.waits_at is not None


def test_a_provider_takes_the_payment_and_returns_the_call(start_server: Callable[..., Server]) -> None:
    centre = ContactCentre(start_server("--payment-url", "https://pay.example/take"))
    ways = [transition("success", "paid"), transition("providerError", "broken")]
    pay = widget("pay", "capture-payments", {"payment_amount": "12.50", "currency": "eur"}, ways)
    paid = say("paid", "Thank you: {{widgets.pay.PaymentToken}}")
    caller = call(centre, flow(pay, paid, say("broken", "That failed"), on_call="pay"))
    assert caller.waits_at is not None and caller.waits_at.tag == "Redirect"
    there = str(caller.waits_at.text)
    assert there.startswith("https://pay.example/take?Verb=%3C") and "12.50" in there
    caller.return_from_application(Result="success", PaymentToken="tok_1")
    assert caller.heard == ["Thank you: tok_1"]


def test_a_call_waits_for_a_slow_system_even_across_a_kill(centre: ContactCentre) -> None:
    is_restarted = threading.Event()

    def answer(_: Asked) -> tuple[int, str, str]:
        is_restarted.wait(timeout=20)
        return as_json({"greeting": "Hello Ann"})

    with Application(answer) as application:
        widgets = (
            request("look", application.url, success="greet"),
            say("greet", "{{widgets.look.parsed.greeting}}"),
        )
        caller = Caller(centre, centre.publish("Slow", flow(*widgets, on_call="look")).webhook_url)
        dialling = threading.Thread(target=lambda: expect_lost(caller))
        dialling.start()
        eventually("the system is asked", lambda: application.asked)
        centre.server.restart_after_kill()
        dialling.join()
        is_restarted.set()
        caller.redial()
        assert caller.heard == ["Hello Ann"]


def test_a_second_call_is_refused_where_the_flow_takes_one_at_a_time(centre: ContactCentre) -> None:
    definition = menu()
    definition["flags"]["allow_concurrent_calls"] = False
    first = call(centre, definition)
    second = Caller(centre, first.webhook_url, call_sid="CA" + "d" * 32).dial()
    assert "not in service" in second.heard[0]
    first.hang_up()
    third = Caller(centre, first.webhook_url, call_sid="CA" + "e" * 32).dial()
    assert third.heard == ["Welcome", "Press one"]


def test_a_message_runs_the_flow_and_is_answered_by_the_api(centre: ContactCentre) -> None:
    widgets = (ask("name", "Your name?", "greet"), send_message("greet", "Hello {{widgets.name.inbound.Body}}"))
    url = centre.publish("Names", flow(*widgets, on_message="name")).webhook_url
    assert "<Response" in tell(url, "Hi", 1).text
    assert centre.wait_for_messages(CONTACT, 1)[0].body == "Your name?"
    centre.server.restart_after_kill()
    tell(url, "Ann", 2)
    assert [message.body for message in centre.wait_for_messages(CONTACT, 2)] == ["Your name?", "Hello Ann"]


def test_a_message_is_redirected_and_comes_back(centre: ContactCentre) -> None:
    there = redirect("there", "https://example.com/app", back="back")
    back = send_message("back", "You chose {{widgets.there.choice}}")
    url = centre.publish("Redirect", flow(there, back, on_message="there")).webhook_url
    assert "<Redirect method=\"POST\">https://example.com/app</Redirect>" in tell(url, "Hi", 1).text
    tell(f"{url}?FlowEvent=return&choice=sales", "Hi", 1)
    assert centre.wait_for_messages(CONTACT, 1)[0].body == "You chose sales"


def test_messages_that_find_the_flow_busy_are_queued_across_a_kill(centre: ContactCentre) -> None:
    is_restarted = threading.Event()

    def answer(_: Asked) -> tuple[int, str, str]:
        is_restarted.wait(timeout=20)
        return as_json({})

    with Application(answer) as application:
        widgets = (
            request("look", application.url, success="first"),
            ask("first", "First?", "second"),
            ask("second", "Second?", "summary"),
            send_message("summary", "{{widgets.first.inbound.Body}} {{widgets.second.inbound.Body}}"),
        )
        published = centre.publish("Busy", flow(*widgets, on_message="look"))
        centre.bind("+15555550111", published)
        centre.text(CONTACT, "+15555550111", "Hi")
        eventually("the system is asked", lambda: application.asked)
        centre.text(CONTACT, "+15555550111", "one")
        centre.text(CONTACT, "+15555550111", "two")
        centre.server.restart_after_kill()
        is_restarted.set()
        bodies = [message.body for message in centre.wait_for_messages(CONTACT, 3)]
        assert bodies == ["First?", "Second?", "one two"]


def test_a_message_that_is_told_again_is_taken_once(centre: ContactCentre) -> None:
    listening = flow(send_message("first", "You wrote {{trigger.message.Body}}"), on_message="first")
    asking = flow(ask("ask", "Colour?", "done"), send_message("done", "Thanks"), on_message="ask")
    for definition, answer in [(listening, "You wrote Hi"), (asking, "Colour?")]:
        published = centre.publish("Told", definition)
        form = {"MessageSid": "SM" + "a" * 32, "From": CONTACT, "To": DEFAULT_NUMBER, "Body": "Hi"}
        for _ in range(3):
            told = requests.post(published.webhook_url, data=form, timeout=20)
            assert told.status_code == 200
        centre.server.restart_after_kill()
        assert requests.post(published.webhook_url, data=form, timeout=20).status_code == 200
        assert len(centre.executions(published.sid)) == 1
        bodies = [message.body for message in centre.messages(to=CONTACT)]
        assert bodies.count(answer) == 1, bodies
    other = form | {"MessageSid": "SM" + "b" * 32, "Body": "red"}
    assert requests.post(published.webhook_url, data=other, timeout=20).status_code == 200
    assert centre.wait_for_message(CONTACT, "Thanks")


@pytest.mark.parametrize("way", ["signed", "account"])
def test_outside_development_mode_only_the_account_may_ask(start_server, way: str) -> None:  # type: ignore[no-untyped-def]
    centre = ContactCentre(start_server("--dev", "false"))
    url = centre.publish("Menu", menu()).webhook_url
    form = {"CallSid": "CA" + "c" * 32, "From": CONTACT, "To": DEFAULT_NUMBER, "CallStatus": "ringing"}
    assert requests.post(url, data=form, timeout=20).status_code == 403
    forged = {"X-Twilio-Signature": RequestValidator("0" * 32).compute_signature(url, form)}
    assert requests.post(url, data=form, headers=forged, timeout=20).status_code == 403
    signed = {"X-Twilio-Signature": RequestValidator(AUTH_TOKEN).compute_signature(url, form)}
    options = {"headers": signed} if way == "signed" else {"auth": (ACCOUNT_SID, AUTH_TOKEN)}
    assert "Press one" not in requests.get(url, timeout=20).text
    answered = requests.post(url, data=form, timeout=20, **options)  # type: ignore[arg-type]
    assert (answered.status_code, "Welcome" in answered.text) == (200, True)


def test_what_is_neither_a_call_nor_a_message_is_refused(centre: ContactCentre) -> None:
    url = centre.publish("Menu", menu()).webhook_url
    refused = requests.get(url, params={"From": CONTACT}, timeout=20)
    assert (refused.status_code, refused.json()["code"]) == (400, 20001)
    form = {"CallSid": "CA" + "c" * 32}
    assert requests.get(f"{url[:-1]}x", params=form, timeout=20).status_code == 404
    assert requests.get(url, params=form | {"FlowStep": "nonsense"}, timeout=20).status_code == 400


def menu() -> Definition:
    """Returns a flow that greets, asks for a key and says which it was."""
    return flow(
        say("welcome", "Welcome", "menu"),
        gather("menu", "Press one", "pressed"),
        say("pressed", "You pressed {{widgets.menu.Digits}}"),
        on_call="welcome",
    )


def call(centre: ContactCentre, definition: Definition) -> Caller:
    """Publishes a flow and calls it."""
    return Caller(centre, centre.publish("Called", definition).webhook_url).dial()


def back_of(caller: Caller) -> str:
    """Returns where the call goes on when the verb at which it waits brought nothing."""
    assert caller.waits_at is not None
    return caller.waits_at.attrib["action"]


def expect_lost(caller: Caller) -> None:
    """Dials, and loses the answer because the server is killed meanwhile."""
    with pytest.raises(requests.ConnectionError):
        caller.dial()


def tell(url: str, body: str, number: int) -> requests.Response:
    """Brings a message to the webhook, as its carrier does."""
    form = {"MessageSid": f"SM{number:032x}", "From": CONTACT, "To": DEFAULT_NUMBER, "Body": body}
    response = requests.post(url, data=form | {"AccountSid": ACCOUNT_SID}, timeout=20)
    assert response.status_code == 200, response.text
    return response


def step_names(centre: ContactCentre, caller: Caller) -> list[str]:
    """Returns the events by which the call's execution left its widgets, in their order."""
    flow_sid = caller.webhook_url.rsplit("/", 1)[-1]
    [execution] = [row for row in centre.executions(flow_sid) if row.initiated_by == caller.call_sid]
    steps = centre.client.studio.v2.flows(flow_sid).executions(execution.sid).steps.list()
    return [step.name for step in steps]
