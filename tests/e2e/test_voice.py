"""Calls, from a SIP phone to the agent's browser; what each side hears is found in the sound itself."""

import json

from support.browser_agent import AGENT_TONE, BrowserAgent, needs_browser
from support.call_centre import CallCentre
from support.phone import CALLER_TONE, Phone, needs_phone
from support.server import REPOSITORY
from support.waiting import eventually

pytestmark = needs_phone

MENU = REPOSITORY / "examples/flows/main-menu.json"


def test_a_caller_hears_hold_music_and_hanging_up_cancels_the_task(call_centre: CallCentre, phone: Phone) -> None:
    phone.call(call_centre.uri())
    task = call_centre.wait_for_call()
    attributes = json.loads(task.attributes)
    assert (attributes["type"], attributes["direction"]) == ("inbound", "inbound")
    eventually("hold music is heard", lambda: phone.heard().seconds > 2 and phone.heard().loudness(1) > 200)
    phone.hang_up()
    call_centre.wait_for_status(task.sid, "canceled")


@needs_browser
def test_the_caller_of_the_menu_talks_with_an_agent(
    call_centre: CallCentre, phone: Phone, agent: BrowserAgent
) -> None:
    number = publish_menu(call_centre)
    agent.register(call_centre.agent_token(), call_centre.https)
    worker = call_centre.agent_sid
    call_centre.set_activity(worker, "Available")
    phone.call(call_centre.uri(number))
    eventually("the menu is heard", lambda: phone.heard().seconds > 2 and phone.heard().loudness(0.2) > 100)
    phone.press("3")
    reservation = call_centre.workspace.workers(worker).reservations(call_centre.wait_for_offer(worker).sid)
    reservation.update(instruction="dequeue")
    agent.until("incoming")
    agent.do("accept")
    agent.hears(CALLER_TONE)
    eventually("the caller hears the agent", lambda: phone.heard().best_share(AGENT_TONE) > 0.8)
    assert reservation.fetch().reservation_status == "accepted"
    phone.hang_up()
    agent.until("call disconnect")
    task = call_centre.wait_for_status(reservation.fetch().task_sid, "wrapping")
    assert "worker_call_sid" in json.loads(task.attributes)
    reservation.update(reservation_status="completed")
    call_centre.wait_for_status(task.sid, "completed")


@needs_browser
def test_a_browser_calls_a_number_and_its_keys_are_heard(call_centre: CallCentre, agent: BrowserAgent) -> None:
    number = publish_menu(call_centre)
    agent.register(call_centre.agent_token(), call_centre.https)
    agent.do("connect", params={"To": number})
    agent.until("call accept")
    agent.do("digits", digits="3")
    task = call_centre.wait_for_call()
    assert json.loads(task.attributes)["from"] == "client:agent"
    agent.do("disconnect")
    call_centre.wait_for_status(task.sid, "canceled")


def test_a_number_that_runs_nothing_is_answered_with_404(call_centre: CallCentre, phone: Phone) -> None:
    phone.command("dial", call_centre.uri("+15559999999"))
    assert "404" in phone.until("CALL_CLOSED")["param"]


def test_a_restart_ends_the_calls_of_the_earlier_process(call_centre: CallCentre, phone: Phone) -> None:
    phone.call(call_centre.uri())
    task = call_centre.wait_for_call()
    call_centre.server.restart_after_kill()
    assert "stopped" in str(call_centre.wait_for_status(task.sid, "canceled").reason)


def publish_menu(call_centre: CallCentre) -> str:
    """Publishes the menu of the examples, and a number that runs it."""
    voice = call_centre.workspace.task_channels("voice").fetch()
    text = MENU.read_text().replace("WW" + "1".zfill(32), call_centre.workflow_sid).replace("TC" + "2".zfill(32), voice.sid)
    flow = call_centre.client.studio.v2.flows.create(
        friendly_name="Menu", status="published", definition=json.loads(text)
    )
    number = "+15555550177"
    call_centre.client.incoming_phone_numbers.create(phone_number=number, voice_url=flow.webhook_url)
    return number


