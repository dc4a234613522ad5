"""Messages by REST: parameters, statuses in order, what applications hear, and how applications answer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from support.application import Application, Asked
from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import ask, flow, send_message
from support.openapi import problems
from support.waiting import eventually

ANN = "+15551239001"
NUMBER = "+15555550123"
STATUSES = ["queued", "sending", "sent", "delivered"]


def test_an_application_hears_every_step_of_a_message_in_order(shared_centre: ContactCentre) -> None:
    with Application(lambda _: (200, "text/plain", "")) as application:
        sent = shared_centre.client.messages.create(
            from_=DEFAULT_NUMBER, to=ANN, body="Hello", status_callback=f"{application.url}/status"
        )
        told = eventually("four steps are told", lambda: of(application, sent.sid, 4))
    assert sent.status == "queued"
    assert [form["MessageStatus"] for form in told] == STATUSES
    for form in told:
        assert (form["From"], form["To"], form["SmsSid"]) == (DEFAULT_NUMBER, ANN, sent.sid)
        assert form["SmsStatus"] == form["MessageStatus"]


def test_an_application_that_fails_hears_the_step_again_before_the_next(shared_centre: ContactCentre) -> None:
    seen: list[str] = []

    def answer(asked: Asked) -> tuple[int, str, str]:
        seen.append(asked.form["MessageStatus"])
        return (500 if seen == ["queued"] else 200), "text/plain", ""

    with Application(answer) as application:
        shared_centre.client.messages.create(
            from_=DEFAULT_NUMBER, to=ANN, body="Hello", status_callback=application.url
        )
        eventually("all steps are told", lambda: len(seen) == 5)
    assert seen == ["queued", *STATUSES]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"to": "nonsense"}, 21211),
        ({"from_": "+15550009999"}, 21606),
        ({"from_": None}, 21603),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"media_url": ["nonsense"]}, 21620),
        ({"media_url": ["https://example.com/1.png"] * 11}, 21623),
        ({"status_callback": "nonsense"}, 21609),
        ({"application_sid": "AP" + "0" * 32}, 21218),
        ({"validity_period": 36_001}, 20001),
        ({"content_variables": "{}"}, 21654),
        ({"content_sid": "HX" + "0" * 32}, 21655),
        ({"messaging_service_sid": "MG" + "0" * 32}, 21701),
        ({"schedule_type": "fixed", "send_at": datetime(2030, 1, 1, tzinfo=UTC)}, 35118),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_can_not_be_sent_is_refused_by_its_published_code(
    shared_centre: ContactCentre, parameters: dict[str, Any], code: int
) -> None:
    given = {"from_": DEFAULT_NUMBER, "to": ANN, "body": "Hello"} | parameters
    with pytest.raises(TwilioRestException) as refused:
        shared_centre.client.messages.create(**{name: it for name, it in given.items() if it is not None})
    assert refused.value.code == code


def test_typographic_characters_are_encoded_smartly_where_asked(shared_centre: ContactCentre) -> None:
    create = shared_centre.client.messages.create
    plain = create(from_=DEFAULT_NUMBER, to=ANN, body="’" * 71)
    smart = create(from_=DEFAULT_NUMBER, to=ANN, body="’" * 71, smart_encoded=True)
    assert (plain.num_segments, smart.num_segments) == ("2", "1")
    assert smart.body == "'" * 71


def test_an_application_says_what_became_of_a_message(shared_centre: ContactCentre) -> None:
    client = shared_centre.client
    silent = client.messages.create(from_=DEFAULT_NUMBER, to=ANN, body="Code 1234")
    with pytest.raises(TwilioRestException):
        client.messages(silent.sid).feedback.create(outcome="confirmed")
    sent = client.messages.create(from_=DEFAULT_NUMBER, to=ANN, body="Code 1234", provide_feedback=True)
    assert "feedback" in sent.subresource_uris
    first = client.messages(sent.sid).feedback.create(outcome="unconfirmed")
    then = client.messages(sent.sid).feedback.create(outcome="confirmed")
    assert (first.outcome, then.outcome, then.message_sid) == ("unconfirmed", "confirmed", sent.sid)
    path = f"{shared_centre.account_path}/Messages/{sent.sid}/Feedback.json"
    reply = shared_centre.server.request("POST", path, data={"Outcome": "confirmed"})
    assert problems("api_v2010", "api.v2010.account.message.message_feedback", reply.json()) == []


def test_text_and_media_of_a_message_can_be_taken_away(shared_centre: ContactCentre) -> None:
    client = shared_centre.client
    sent = client.messages.create(
        from_=DEFAULT_NUMBER, to=ANN, body="Secret", media_url=["https://example.com/a.png", "https://example.com/b.png"]
    )
    message = client.messages(sent.sid)
    eventually("it is delivered", lambda: message.fetch().status == "delivered")
    assert message.update(body="").body == ""
    media = message.media.list()
    path = f"{shared_centre.account_path}/Messages/{sent.sid}/Media/{media[0].sid}.json"
    reply = shared_centre.server.request("GET", path)
    assert problems("api_v2010", "api.v2010.account.message.media", reply.json()) == []
    assert message.media(media[0].sid).delete()
    assert [medium.sid for medium in message.media.list()] == [media[1].sid]
    assert message.delete()
    with pytest.raises(TwilioRestException) as gone:
        message.fetch()
    assert gone.value.status == 404


def test_an_application_may_ask_to_forget_text_and_recipient(shared_centre: ContactCentre) -> None:
    sent = shared_centre.client.messages.create(
        from_=DEFAULT_NUMBER,
        to=ANN,
        body="Secret",
        content_retention="discard",
        address_retention="obfuscate",
    )
    message = shared_centre.client.messages(sent.sid)
    eventually("it is delivered", lambda: message.fetch().status == "delivered")
    assert (message.fetch().body, message.fetch().to) == ("", "+1555123XXXX")


def test_a_webhook_answers_with_messages_redirects_and_texts(centre: ContactCentre) -> None:
    def answer(asked: Asked) -> tuple[int, str, str]:
        match asked.path:
            case "/twiml":
                return xml(
                    "<Message statusCallback='/status'><Body>One</Body>"
                    "<Media>/cat.png</Media></Message><Sms>Two</Sms><Redirect>next</Redirect><Message>Never</Message>"
                )
            case "/next":
                return xml("<Message action='/after'>Three</Message><Message>Never</Message>")
            case "/after":
                assert asked.form["MessageStatus"] == "queued"
                return 200, "text/plain; charset=utf-8", "Four"
            case _:
                return 200, "text/plain", ""

    with Application(answer) as application:
        centre.client.incoming_phone_numbers.create(phone_number=NUMBER, sms_url=f"{application.url}/twiml")
        inbound = centre.text(ANN, NUMBER, "Hi", MediaUrl0="https://example.com/in.png")
        replies = centre.wait_for_messages(ANN, 4)
        status = eventually("a step is told", lambda: [it for it in application.asked if it.path == "/status"])
    assert [reply.body for reply in replies] == ["One", "Two", "Three", "Four"]
    assert {reply.direction for reply in replies} == {"outbound-reply"}
    assert replies[0].num_media == "1"
    asked = application.asked[0]
    assert (asked.form["MessageSid"], asked.form["Body"], asked.form["NumMedia"]) == (inbound["sid"], "Hi", "1")
    assert asked.headers["x-twilio-signature"]
    assert status[0].form["MessageSid"] == replies[0].sid


def test_a_webhook_that_fails_has_its_fallback_asked(centre: ContactCentre) -> None:
    def answer(asked: Asked) -> tuple[int, str, str]:
        if asked.path == "/broken":
            return 500, "text/plain", "out of order"
        return 200, "text/plain", f"{asked.form['ErrorCode']} {asked.form['ErrorUrl'].rsplit('/', 1)[-1]}"

    with Application(answer) as application:
        centre.client.incoming_phone_numbers.create(
            phone_number=NUMBER,
            sms_url=f"{application.url}/broken",
            sms_fallback_url=f"{application.url}/fallback",
        )
        centre.text(ANN, NUMBER, "Hi")
        assert centre.wait_for_messages(ANN, 1)[0].body == "11200 broken"


def test_answers_without_end_are_stopped(centre: ContactCentre) -> None:
    with Application(lambda _: xml("<Message>Again</Message><Redirect>/</Redirect>")) as application:
        centre.client.incoming_phone_numbers.create(phone_number=NUMBER, sms_url=application.url)
        centre.text(ANN, NUMBER, "Hi")
        replies = eventually("the loop is cut", lambda: centre.messages(to=ANN))
        centre.wait_for_messages(ANN, len(replies))
    assert 10 <= len(replies) <= 30
    assert "14107" in centre.server.read_log()


def test_a_contact_stops_and_starts_messages_by_a_word(centre: ContactCentre) -> None:
    client = centre.client
    with Application(lambda _: (204, "text/plain", "")) as application:
        client.incoming_phone_numbers.create(phone_number=NUMBER, sms_url=application.url)
        centre.text(ANN, NUMBER, " stop ")
        with pytest.raises(TwilioRestException) as refused:
            client.messages.create(from_=NUMBER, to=ANN, body="Hello")
        assert refused.value.code == 21610
        # Another number of the account may still write.
        client.messages.create(from_=DEFAULT_NUMBER, to=ANN, body="From elsewhere")
        centre.text(ANN, NUMBER, "STOP")
        centre.text(ANN, NUMBER, "Start")
        client.messages.create(from_=NUMBER, to=ANN, body="Hello again")
        centre.text(ANN, NUMBER, "YES")
        eventually("every word is told", lambda: len(application.asked) == 4)
    words = sorted(asked.form.get("OptOutType", "") for asked in application.asked)
    assert words == ["", "START", "STOP", "STOP"], "YES of who is not stopped is an ordinary answer"
    bodies = [message.body for message in centre.wait_for_messages(ANN, 4)]
    assert ["more" in body for body in bodies] == [True, False, False, False]


def test_a_word_opens_no_flow_and_no_task_but_reaches_one_that_runs(centre: ContactCentre) -> None:
    widgets = (ask("name", "Your name?", "greet"), send_message("greet", "Hello"))
    published = centre.publish("Names", flow(*widgets, on_message="name"))
    centre.bind(NUMBER, published)
    centre.text(ANN, NUMBER, "HELP")
    assert "STOP" in centre.wait_for_messages(ANN, 1)[0].body
    assert centre.executions(published.sid) == []
    centre.text(ANN, NUMBER, "Hi")
    centre.wait_for_messages(ANN, 2)
    centre.text(ANN, NUMBER, "STOP")
    ended = centre.wait_for_execution(published.sid, "ended")
    steps = centre.client.studio.v2.flows(published.sid).executions(ended.sid).steps.list()
    assert "failed" in [step.name for step in steps], "the greeting was refused with 21610"


def of(application: Application, sid: str, count: int) -> list[dict[str, str]]:
    """Returns what the application was told of a message, once it was told `count` times."""
    told = [asked.form for asked in application.asked if asked.form.get("MessageSid") == sid]
    return told if len(told) >= count else []


def xml(verbs: str) -> tuple[int, str, str]:
    """Returns an answer in TwiML."""
    return 200, "text/xml", f"<?xml version='1.0'?><Response>{verbs}</Response>"
