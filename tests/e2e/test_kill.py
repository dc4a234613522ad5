"""`kill -9` at every step of a hand-over: nothing acknowledged is lost, nothing happens twice."""

import pytest

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.journey import STEPS, Journey, Step


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


def test_messages_sent_just_before_a_kill_are_each_delivered_once(centre: ContactCentre) -> None:
    recipient = "+15557770002"
    bodies = [f"Number {index:02}" for index in range(20)]
    client = centre.client
    sids = [client.messages.create(from_=DEFAULT_NUMBER, to=recipient, body=body).sid for body in bodies]
    centre.server.restart_after_kill()
    for body in bodies:
        centre.wait_for_message(recipient, body)
    assert sorted(message.sid for message in centre.messages(to=recipient)) == sorted(sids)
