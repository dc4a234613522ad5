"""Which of two waiting tasks goes first (design decision D1)."""

import pytest

from support.contact_centre import ContactCentre
from support.flows import flow, send_to_flex

NUMBER = "+15555550188"
PATIENT = "+15557772001"
URGENT = "+15557772002"


@pytest.mark.parametrize(
    ("priority_order", "first"),
    [("largest_first", URGENT), ("zero_first", PATIENT)],
)
def test_the_setting_says_whether_a_larger_priority_overtakes(
    centre: ContactCentre, priority_order: str, first: str
) -> None:
    set_priority_order(centre, priority_order)
    bind_flow_with_priority_from_body(centre)
    tasks = {}
    for customer, priority in [(PATIENT, "0"), (URGENT, "10")]:
        centre.text(customer, NUMBER, priority)
        tasks[customer] = centre.wait_for_task(customer).sid
    worker = centre.hire("ada")
    served = []
    for _ in tasks:
        offer = centre.wait_for_offer(worker.sid)
        served.append(offer.task_sid)
        centre.finish(worker.sid, offer.sid)
    second = PATIENT if first == URGENT else URGENT
    assert served == [tasks[first], tasks[second]]


def test_equal_priorities_are_served_in_the_order_of_their_age(centre: ContactCentre) -> None:
    created = [
        centre.workspace.tasks.create(workflow_sid=centre.workflow_sid, attributes="{}", priority=5).sid
        for _ in range(3)
    ]
    worker = centre.hire("ada")
    served = []
    for _ in created:
        offer = centre.wait_for_offer(worker.sid)
        served.append(offer.task_sid)
        centre.finish(worker.sid, offer.sid)
    assert served == created


def set_priority_order(centre: ContactCentre, priority_order: str) -> None:
    """Sets the workspace's `PriorityOrder`, which is ours and so unknown to the library."""
    response = centre.server.request("POST", centre.workspace_path, data={"PriorityOrder": priority_order})
    assert response.status_code == 200, response.text
    assert response.json()["priority_order"] == priority_order


def bind_flow_with_priority_from_body(centre: ContactCentre) -> None:
    """Binds `NUMBER` to a flow in which the text of the message is the task's priority."""
    hand_over = send_to_flex(
        "hand_over",
        centre.workflow_sid,
        centre.chat_channel_sid,
        attributes='{"name": "{{contact.channel.address}}"}',
        priority="{{trigger.message.Body}}",
    )
    centre.bind(NUMBER, centre.publish("Priority", flow(hand_over, on_message="hand_over")))
