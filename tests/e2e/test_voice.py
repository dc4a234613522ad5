"""Calls, from a SIP phone to the agent's browser; what each side hears is found in the sound itself."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from support.browser_agent import CHROMIUM, NODE, NPM, BrowserAgent, install_sdk
from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.phone import BARESIP, Phone
from support.server import REPOSITORY, Server, free_port
from support.waiting import eventually

pytestmark = pytest.mark.skipif(not BARESIP, reason="left out: baresip is not installed")
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and NODE and NPM), reason="left out: node, npm and chromium are not all there"
)

CALLER_TONE, AGENT_TONE = 440, 660
MENU = REPOSITORY / "examples/flows/main-menu.json"


class CallCentre(ContactCentre):
    """A contact centre that can be called."""

    def __init__(self, start_server: Callable[..., Server]) -> None:
        self.sip, self.https = free_port(), free_port()
        addresses = ["--sip", f"127.0.0.1:{self.sip}", "--https", f"127.0.0.1:{self.https}"]
        super().__init__(start_server(*addresses))

    def uri(self, number: str = DEFAULT_NUMBER) -> str:
        """The SIP URI of one of our numbers."""
        return f"sip:{number}@127.0.0.1:{self.sip}"

    def agent_token(self) -> str:
        """An access token for the agent of the first start."""
        response = self.server.request("POST", "/v1/tokens", data={"Login": "agent"})
        return str(response.json()["token"])

    @property
    def agent_sid(self) -> str:
        """The worker of the first start's agent."""
        [worker] = self.workspace.workers.list(friendly_name="agent")
        return str(worker.sid)

    def wait_for_call(self) -> TaskInstance:
        """Returns the one task of a call."""

        def tasks() -> list[TaskInstance]:
            return self.workspace.tasks.list()

        return eventually("a call waits", tasks)[0]


@pytest.fixture
def centre(start_server: Callable[..., Server]) -> CallCentre:
    return CallCentre(start_server)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    phone = Phone(tmp_path / "caller", tone=CALLER_TONE)
    yield phone
    phone.end()


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[BrowserAgent]:
    install_sdk()
    agent = BrowserAgent(tmp_path / "agent", tone=AGENT_TONE)
    yield agent
    agent.end()


def test_a_caller_hears_hold_music_and_hanging_up_cancels_the_task(centre: CallCentre, phone: Phone) -> None:
    phone.call(centre.uri())
    task = centre.wait_for_call()
    attributes = json.loads(task.attributes)
    assert (attributes["type"], attributes["direction"]) == ("inbound", "inbound")
    eventually("hold music is heard", lambda: phone.heard().seconds > 2 and phone.heard().loudness(1) > 200)
    phone.hang_up()
    centre.wait_for_status(task.sid, "canceled")


@needs_browser
def test_the_caller_of_the_menu_talks_with_an_agent(
    centre: CallCentre, phone: Phone, agent: BrowserAgent
) -> None:
    number = publish_menu(centre)
    agent.register(centre.agent_token(), centre.https)
    worker = centre.agent_sid
    centre.set_activity(worker, "Available")
    phone.call(centre.uri(number))
    eventually("the menu is heard", lambda: phone.heard().seconds > 2 and phone.heard().loudness(0.2) > 100)
    phone.press("3")
    reservation = centre.workspace.workers(worker).reservations(centre.wait_for_offer(worker).sid)
    reservation.update(instruction="dequeue")
    agent.until("incoming")
    agent.do("accept")
    agent.hears(CALLER_TONE)
    eventually("the caller hears the agent", lambda: phone.heard().best_share(AGENT_TONE) > 0.8)
    assert reservation.fetch().reservation_status == "accepted"
    phone.hang_up()
    agent.until("call disconnect")
    task = centre.wait_for_status(reservation.fetch().task_sid, "wrapping")
    assert "worker_call_sid" in json.loads(task.attributes)
    reservation.update(reservation_status="completed")
    centre.wait_for_status(task.sid, "completed")


@needs_browser
def test_a_browser_calls_a_number_and_its_keys_are_heard(centre: CallCentre, agent: BrowserAgent) -> None:
    number = publish_menu(centre)
    agent.register(centre.agent_token(), centre.https)
    agent.do("connect", params={"To": number})
    agent.until("call accept")
    agent.do("digits", digits="3")
    task = centre.wait_for_call()
    assert json.loads(task.attributes)["from"] == "client:agent"
    agent.do("disconnect")
    centre.wait_for_status(task.sid, "canceled")


def test_a_number_that_runs_nothing_is_answered_with_404(centre: CallCentre, phone: Phone) -> None:
    phone.command("dial", centre.uri("+15559999999"))
    assert "404" in phone.until("CALL_CLOSED")["param"]


def test_a_restart_ends_the_calls_of_the_earlier_process(centre: CallCentre, phone: Phone) -> None:
    phone.call(centre.uri())
    task = centre.wait_for_call()
    centre.server.restart_after_kill()
    assert "stopped" in str(centre.wait_for_status(task.sid, "canceled").reason)


def publish_menu(centre: CallCentre) -> str:
    """Publishes the menu of the examples, and a number that runs it."""
    voice = centre.workspace.task_channels("voice").fetch()
    text = MENU.read_text().replace("WW" + "1".zfill(32), centre.workflow_sid).replace("TC" + "2".zfill(32), voice.sid)
    flow = centre.client.studio.v2.flows.create(
        friendly_name="Menu", status="published", definition=json.loads(text)
    )
    number = "+15555550177"
    centre.client.incoming_phone_numbers.create(phone_number=number, voice_url=flow.webhook_url)
    return number


