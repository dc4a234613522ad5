"""`kill -9` at every step of a hand-over: nothing acknowledged is lost, nothing happens twice."""

import pytest

from support.contact_centre import ContactCentre
from support.journey import STEPS, Journey, Step
from support.load import RECIPIENT, Senders
from support.waiting import eventually


@pytest.mark.parametrize("killed_after", STEPS, ids=lambda step: step.name)
def test_a_kill_right_after_an_acknowledgement_loses_and_repeats_nothing(
    centre: ContactCentre, killed_after: Step
) -> None:
    journey = Journey(centre)
    for step in STEPS:
        step.act(journey)
        if step is killed_after:
            centre.server.restart_after_kill()
        step.settle(journey)
    journey.check_that_everything_happened_once()


def test_kills_right_after_every_acknowledgement_lose_and_repeat_nothing(centre: ContactCentre) -> None:
    journey = Journey(centre)
    for step in STEPS:
        step.act(journey)
        centre.server.restart_after_kill()
        step.settle(journey)
    journey.check_that_everything_happened_once()


def test_kills_after_every_settled_step_lose_and_repeat_nothing(centre: ContactCentre) -> None:
    journey = Journey(centre)
    for step in STEPS:
        step.act(journey)
        step.settle(journey)
        centre.server.restart_after_kill()
        step.settle(journey)
    journey.check_that_everything_happened_once()


def test_a_kill_amid_requests_delivers_every_acknowledged_message_once(centre: ContactCentre) -> None:
    senders = Senders(centre)
    senders.wait_for(40)
    centre.server.kill()
    acknowledged = senders.finish()
    centre.server.start()

    def delivered() -> bool:
        messages = centre.client.messages.list(to=RECIPIENT, page_size=1000)
        return all(message.status == "delivered" for message in messages)

    eventually("every message is delivered", delivered)
    sids = [message.sid for message in centre.client.messages.list(to=RECIPIENT, page_size=1000)]
    assert len(sids) == len(set(sids))
    assert set(acknowledged) <= set(sids)
