"""A flow's call goes to another application and comes back, and an application's call comes to a flow."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.application import Application, Asked
from support.contact_centre import ContactCentre
from support.flows import flow, redirect, send_to_flex
from support.phone import BARESIP, Phone
from support.server import Server, free_port
from support.waiting import eventually

pytestmark = pytest.mark.skipif(not BARESIP, reason="left out: baresip is not installed")

NUMBER = "+15555550188"


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    phone = Phone(tmp_path / "caller")
    yield phone
    phone.end()


def test_a_call_comes_back_from_another_application_with_its_answer(
    start_server: Callable[..., Server], phone: Phone
) -> None:
    sip = free_port()
    centre = ContactCentre(start_server("--sip", f"127.0.0.1:{sip}"))
    back = ""

    def answer(_: Asked) -> tuple[int, str, str]:
        document = f"<Response><Redirect>{back}?FlowEvent=return&amp;choice=sales</Redirect></Response>"
        return 200, "text/xml", document

    with Application(answer) as application:
        there = redirect("there", application.url, back="queue")
        attributes = '{"name": "{{widgets.there.choice}}"}'
        queue = send_to_flex("queue", centre.workflow_sid, centre.chat_channel_sid, attributes=attributes)
        published = centre.publish("There and back", flow(there, queue, on_call="there"))
        back = published.webhook_url
        centre.client.incoming_phone_numbers.create(phone_number=NUMBER, voice_url=back)
        phone.call(f"sip:{NUMBER}@127.0.0.1:{sip}")
        centre.wait_for_task("sales")
        assert len(application.asked) == 1


def test_an_application_sends_its_call_to_a_flow(start_server: Callable[..., Server], phone: Phone) -> None:
    sip = free_port()
    centre = ContactCentre(start_server("--sip", f"127.0.0.1:{sip}"))
    queue = send_to_flex("queue", centre.workflow_sid, centre.chat_channel_sid, attributes='{"name": "Ann"}')
    published = centre.publish("Queue", flow(queue, on_call="queue"))

    def answer(_: Asked) -> tuple[int, str, str]:
        return 200, "text/xml", f"<Response><Redirect>{published.webhook_url}</Redirect></Response>"

    with Application(answer) as application:
        centre.client.incoming_phone_numbers.create(phone_number=NUMBER, voice_url=application.url)
        phone.call(f"sip:{NUMBER}@127.0.0.1:{sip}")
        task = centre.wait_for_task("Ann")
        phone.hang_up()
        centre.wait_for_status(task.sid, "canceled")
        eventually("the flow has ended", lambda: centre.executions(published.sid)[0].status == "ended")
