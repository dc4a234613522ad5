"""Messaging services: pools of numbers, scheduling, and whose webhook hears of a message."""

from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.messaging.v1.service import ServiceContext

from support.application import Application
from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import flow, send_message
from support.waiting import eventually

ANN = "+15125559001"
BEN = "+14155559002"
TEXAN = "+15125550111"
CALIFORNIAN = "+14155550112"


def test_a_service_is_made_changed_and_deleted(centre: ContactCentre) -> None:
    services = centre.client.messaging.v1.services
    made = services.create(friendly_name="Reminders", inbound_request_url="https://example.com/in")
    assert (made.sticky_sender, made.validity_period, made.inbound_method) == (True, 36_000, "POST")
    changed = services(made.sid).update(validity_period=60, inbound_request_url="", sticky_sender=False)
    assert (changed.validity_period, changed.inbound_request_url, changed.sticky_sender) == (60, None, False)
    assert [it.sid for it in services.list()] == [made.sid]
    with pytest.raises(TwilioRestException) as refused:
        services(made.sid).update(validity_period=0)
    assert refused.value.code == 20001
    assert services(made.sid).delete()
    assert services.list() == []


def test_a_number_sends_for_one_service_at_most(centre: ContactCentre) -> None:
    first, second = service(centre), service(centre)
    number = add(centre, first, TEXAN)
    for other, code in [(first, 21710), (second, 21712)]:
        with pytest.raises(TwilioRestException) as refused:
            other.phone_numbers.create(phone_number_sid=number)
        assert refused.value.code == code
    assert [it.phone_number for it in first.phone_numbers.list()] == [TEXAN]
    assert first.phone_numbers(number).fetch().service_sid == first.fetch().sid
    assert first.phone_numbers(number).delete()
    second.phone_numbers.create(phone_number_sid=number)
    centre.client.incoming_phone_numbers(number).delete()
    assert second.phone_numbers.list() == [], "a number that is given back sends for nobody"


def test_the_number_of_the_area_writes_and_stays_with_its_contact(centre: ContactCentre) -> None:
    pool = service(centre)
    sid = pool.fetch().sid
    with pytest.raises(TwilioRestException) as empty:
        centre.client.messages.create(messaging_service_sid=sid, to=ANN, body="Hello")
    assert empty.value.code == 21703
    fallen_back = centre.client.messages.create(
        messaging_service_sid=sid, fallback_from=DEFAULT_NUMBER, to=BEN, body="Hello"
    )
    assert fallen_back.from_ == DEFAULT_NUMBER
    add(centre, pool, TEXAN)
    only = centre.client.messages.create(messaging_service_sid=sid, to=BEN, body="Hello")
    add(centre, pool, CALIFORNIAN)
    sticky = centre.client.messages.create(messaging_service_sid=sid, to=BEN, body="Hello")
    near = centre.client.messages.create(from_=sid, to=ANN, body="Hello")
    pool.update(sticky_sender=False)
    free = centre.client.messages.create(messaging_service_sid=sid, to=BEN, body="Hello")
    assert [it.from_ for it in (only, sticky, near, free)] == [TEXAN, TEXAN, TEXAN, CALIFORNIAN]
    assert (near.status, near.messaging_service_sid) == ("accepted", sid)
    assert centre.wait_for_messages(ANN, 1)[0].sid == near.sid


def test_a_service_has_its_own_status_callback_encoding_and_validity(centre: ContactCentre) -> None:
    pool = service(centre)
    add(centre, pool, TEXAN)
    with Application(lambda _: (200, "text/plain", "")) as application:
        pool.update(status_callback=application.url)
        sent = centre.client.messages.create(messaging_service_sid=pool.fetch().sid, to=ANN, body="Ann’s")
        told = eventually("five steps are told", lambda: len(application.asked) == 5 and application.asked)
    assert sent.body == "Ann's"
    assert [asked.form["MessageStatus"] for asked in told] == [
        "accepted",
        "queued",
        "sending",
        "sent",
        "delivered",
    ]
    assert {asked.form["MessagingServiceSid"] for asked in told} == {sent.messaging_service_sid}


def test_the_service_or_the_number_is_asked_about_a_message(centre: ContactCentre) -> None:
    with Application(lambda asked: (200, "text/plain", f"from {asked.path}")) as application:
        pool = service(centre)
        number = add(centre, pool, TEXAN)
        centre.client.incoming_phone_numbers(number).update(sms_url=f"{application.url}/number")
        centre.text(ANN, TEXAN, "Dropped: the service has no webhook")
        pool.update(inbound_request_url=f"{application.url}/service")
        centre.text(ANN, TEXAN, "Hi")
        assert centre.wait_for_messages(ANN, 1)[0].body == "from /service"
        assert application.asked[0].form["MessagingServiceSid"] == pool.fetch().sid
        pool.update(use_inbound_webhook_on_number=True)
        centre.text(ANN, TEXAN, "Hi")
        assert centre.wait_for_messages(ANN, 2)[1].body == "from /number"
    assert len(application.asked) == 2


def test_who_stops_one_number_of_a_service_stops_the_service(centre: ContactCentre) -> None:
    pool = service(centre)
    add(centre, pool, TEXAN)
    add(centre, pool, CALIFORNIAN)
    centre.text(BEN, TEXAN, "STOP")
    with pytest.raises(TwilioRestException) as refused:
        centre.client.messages.create(
            messaging_service_sid=pool.fetch().sid, from_=CALIFORNIAN, to=BEN, body="Hello"
        )
    assert refused.value.code == 21610


def test_a_service_has_words_and_answers_of_its_own_beside_those_that_everybody_knows(
    centre: ContactCentre,
) -> None:
    pool = service(centre)
    add(centre, pool, TEXAN)
    path = f"/messaging/v1/Services/{pool.fetch().sid}"
    own = {"StopKeywords": "ARRÊT,Basta", "StopReply": "Au revoir.", "HelpKeywords": "Aide"}
    shown = centre.server.request("POST", path, data=own).json()
    assert (shown["stop_keywords"], shown["stop_reply"]) == (["ARRÊT", "Basta"], "Au revoir.")
    assert (shown["help_keywords"], shown["help_reply"], shown["start_keywords"]) == (["Aide"], None, [])
    for nonsense in ({"StartKeywords": "basta"}, {"HelpKeywords": "Quit"}, {"StopReply": "x" * 321}):
        assert centre.server.request("POST", path, data=nonsense).json()["code"] == 20001

    def write() -> None:
        centre.client.messages.create(messaging_service_sid=pool.fetch().sid, to=BEN, body="Hello")

    centre.text(BEN, TEXAN, "aide")
    assert "Reply STOP" in centre.wait_for_messages(BEN, 1)[0].body
    stopped = centre.text(BEN, TEXAN, " arrêt ")
    assert centre.wait_for_messages(BEN, 2)[1].body == "Au revoir."
    assert centre.client.messages(stopped["sid"]).fetch().direction == "inbound", "it is kept as any message"
    with pytest.raises(TwilioRestException) as refused:
        write()
    assert refused.value.code == 21610
    centre.text(BEN, TEXAN, "START")
    centre.wait_for_messages(BEN, 3)
    write()
    centre.text(ANN, DEFAULT_NUMBER, "Basta")
    centre.wait_for_task(ANN)


def test_a_conversation_of_a_service_writes_from_its_pool(centre: ContactCentre) -> None:
    pool = service(centre)
    sid = pool.fetch().sid
    here = centre.client.conversations.v1.conversations
    first = here(here.create(messaging_service_sid=sid).sid)
    with pytest.raises(TwilioRestException) as empty:
        first.participants.create(messaging_binding_address=ANN)
    assert empty.value.code == 21703
    add(centre, pool, TEXAN)
    add(centre, pool, CALIFORNIAN)
    bound = first.participants.create(messaging_binding_address=ANN).messaging_binding
    assert (bound["address"], bound["proxy_address"]) == (ANN, TEXAN), "the number of the area"
    named = first.participants.create(
        messaging_binding_address=BEN, messaging_binding_proxy_address=DEFAULT_NUMBER
    )
    assert named.messaging_binding["proxy_address"] == DEFAULT_NUMBER
    first.messages.create(author="ada", body="Hello")
    sent = eventually("both are written to", lambda: [it for it in centre.messages() if it.body == "Hello"][1:])
    assert {it.from_ for it in [*sent, *centre.messages(to=ANN)]} == {TEXAN, DEFAULT_NUMBER}
    second = here(here.create(messaging_service_sid=None).sid)
    with pytest.raises(TwilioRestException) as missing:
        second.participants.create(messaging_binding_address="+15125559009")
    assert missing.value.status == 400


def test_a_flow_writes_through_a_service(centre: ContactCentre) -> None:
    pool = service(centre)
    add(centre, pool, TEXAN)
    hello = send_message("hello", "Hello")
    hello["properties"]["from"] = pool.fetch().sid
    published = centre.publish("Hello", flow(hello, on_message="hello"))
    centre.bind("+15555550124", published)
    centre.text(ANN, "+15555550124", "Hi")
    [sent] = centre.wait_for_messages(ANN, 1)
    assert (sent.from_, sent.messaging_service_sid) == (TEXAN, pool.fetch().sid)


def test_a_scheduled_message_waits_can_be_canceled_and_is_sent_after_a_kill(centre: ContactCentre) -> None:
    pool = service(centre)
    add(centre, pool, TEXAN)
    sid = pool.fetch().sid
    too_soon = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(TwilioRestException) as refused:
        centre.client.messages.create(
            messaging_service_sid=sid, to=ANN, body="Soon", schedule_type="fixed", send_at=too_soon
        )
    assert refused.value.code == 35114
    # An installation may allow less than the published quarter of an hour.
    assert centre.server.request("POST", "/v1/settings", data={"ScheduleAhead": "1"}).status_code == 200
    far, near = (
        centre.client.messages.create(
            messaging_service_sid=sid,
            to=ANN,
            body=body,
            schedule_type="fixed",
            send_at=datetime.now(UTC) + timedelta(seconds=seconds),
        )
        for body, seconds in [("Far", 3600), ("Near", 5)]
    )
    assert (far.status, near.status) == ("scheduled", "scheduled")
    centre.server.restart_after_kill()
    assert centre.client.messages(far.sid).fetch().status == "scheduled"
    assert centre.client.messages(far.sid).update(status="canceled").status == "canceled"
    with pytest.raises(TwilioRestException) as over:
        centre.client.messages(far.sid).update(status="canceled")
    assert over.value.code == 30409
    assert centre.wait_for_message(ANN, "Near").sid == near.sid
    assert centre.client.messages(far.sid).fetch().status == "canceled"


def test_who_stops_before_its_time_gets_no_scheduled_message(centre: ContactCentre) -> None:
    pool = service(centre)
    add(centre, pool, TEXAN)
    centre.server.request("POST", "/v1/settings", data={"ScheduleAhead": "1"})
    sent = centre.client.messages.create(
        messaging_service_sid=pool.fetch().sid,
        to=ANN,
        body="Later",
        schedule_type="fixed",
        send_at=datetime.now(UTC) + timedelta(seconds=5),
    )
    centre.text(ANN, TEXAN, "STOP")
    message = centre.client.messages(sent.sid)
    eventually("it has failed", lambda: message.fetch().status == "failed")
    assert message.fetch().error_code == 21610


def service(centre: ContactCentre) -> ServiceContext:
    """Makes a messaging service with an empty pool."""
    services = centre.client.messaging.v1.services
    return services(services.create(friendly_name="Reminders").sid)


def add(centre: ContactCentre, pool: ServiceContext, address: str) -> str:
    """Provisions a number, and lets it send for a service."""
    number = centre.client.incoming_phone_numbers.create(phone_number=address)
    pool.phone_numbers.create(phone_number_sid=number.sid)
    return str(number.sid)
