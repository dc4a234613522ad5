"""Content templates, and the window in which WhatsApp takes anything else."""

import json

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.content.v1.content import ContentInstance, ContentList

from support.application import Application
from support.contact_centre import ContactCentre
from support.flows import flow, send_message, transition
from support.waiting import eventually

OURS = "whatsapp:+15555550130"
ANN = "whatsapp:+15551239100"
PHONE = "+15551239101"


def test_a_template_is_made_fetched_and_deleted(centre: ContactCentre) -> None:
    made = template(centre)
    contents = centre.client.content.v1.contents
    fetched = contents(made.sid).fetch()
    assert (fetched.friendly_name, fetched.language, fetched.variables) == ("greeting", "en", {"1": "you"})
    assert fetched.types == {"twilio/text": {"body": "Hello {{1}}, it is {{2}}"}}
    assert [it.sid for it in contents.list()] == [made.sid]
    assert contents(made.sid).approval_fetch().fetch().whatsapp["status"] == "unsubmitted"
    assert contents(made.sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        contents(made.sid).fetch()
    assert gone.value.status == 404


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"language": "en"}, "types"),
        ({"language": "en", "types": {}}, "at least one"),
        ({"language": "en", "types": {"twilio/song": {"body": "la"}}}, "twilio/song"),
        ({"types": {"twilio/text": {"body": "Hello"}}}, "Language"),
        ({"language": "en", "types": {"twilio/text": {"body": "x"}}, "variables": ["Ann"]}, "ariables"),
    ],
)
def test_a_template_without_a_form_is_refused(
    shared_centre: ContactCentre, body: dict[str, object], part: str
) -> None:
    refused = shared_centre.server.request("POST", "/content/v1/Content", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, 20001)
    assert part in refused.json()["message"]


def test_a_message_is_made_from_a_template(centre: ContactCentre) -> None:
    made = template(centre)
    create = centre.client.messages.create
    sent = create(from_="+15555550100", to=PHONE, content_sid=made.sid, content_variables='{"2": "Monday"}')
    assert sent.body == "Hello you, it is Monday"
    for variables in ["Monday", '{"1": ""}', "[1]"]:
        with pytest.raises(TwilioRestException) as refused:
            create(from_="+15555550100", to=PHONE, content_sid=made.sid, content_variables=variables)
        assert refused.value.code == 21656


def test_whatsapp_takes_free_text_for_a_day_after_the_contact_wrote(centre: ContactCentre) -> None:
    centre.client.incoming_phone_numbers.create(phone_number=OURS)
    create = centre.client.messages.create
    with Application(lambda _: (200, "text/plain", "")) as application:
        cold = create(from_=OURS, to=ANN, body="Hello", status_callback=application.url)
        told = eventually("its failure is told", lambda: [it.form for it in application.asked if "ErrorCode" in it.form])
    assert (told[0]["MessageStatus"], told[0]["ErrorCode"]) == ("failed", "63016")
    assert "24 hours" in told[0]["ErrorMessage"] and told[0]["ChannelPrefix"] == "whatsapp"
    assert centre.client.messages(cold.sid).fetch().error_code == 63016
    by_template = create(from_=OURS, to=ANN, content_sid=template(centre).sid)
    assert centre.wait_for_message(ANN, "Hello you").sid == by_template.sid
    centre.text(ANN, OURS, "Hi")
    assert create(from_=OURS, to=ANN, body="Welcome").status == "queued"
    centre.wait_for_message(ANN, "Welcome")


def test_a_flow_hears_at_once_that_the_window_is_closed_and_sends_a_template(centre: ContactCentre) -> None:
    centre.client.incoming_phone_numbers.create(phone_number=OURS)
    free = send_message("free", "Hello")
    content = send_message("content", "")
    content["properties"] |= {
        "message_type": "content_template",
        "content_sid": template(centre).sid,
        "content_variables": [{"key": "{{1}}", "value": "{{flow.data.name}}"}],
    }
    free["transitions"] = [transition("sent"), transition("failed", "content")]
    definition = flow(free, content, on_request="free")
    published = centre.publish("Reminder", definition)
    executions = centre.client.studio.v2.flows(published.sid).executions
    executions.create(to=ANN, from_=OURS, parameters=json.dumps({"name": "Ann"}))
    assert "Hello Ann" in centre.wait_for_message(ANN, "Hello").body


def test_a_conversation_writes_by_a_template_and_says_why_else_it_can_not(centre: ContactCentre) -> None:
    centre.client.incoming_phone_numbers.create(phone_number=OURS)
    conversations = centre.client.conversations.v1.conversations
    here = conversations(conversations.create().sid)
    here.participants.create(messaging_binding_address=ANN, messaging_binding_proxy_address=OURS)
    cold = here.messages.create(author="ada", body="Hello")
    receipts = here.messages(cold.sid).delivery_receipts
    [receipt] = eventually("there is a receipt", receipts.list)
    assert (receipt.status, receipt.error_code) == ("failed", 63016)
    made = template(centre)
    here.messages.create(author="ada", content_sid=made.sid, content_variables='{"1": "Ann", "2": "Monday"}')
    assert centre.wait_for_message(ANN, "Hello Ann, it is Monday").status == "delivered"


def template(centre: ContactCentre) -> ContentInstance:
    """Makes a template by the official library."""
    request = ContentList.ContentCreateRequest(
        {
            "friendly_name": "greeting",
            "language": "en",
            "variables": {"1": "you"},
            "types": {"twilio/text": {"body": "Hello {{1}}, it is {{2}}"}},
        }
    )
    return centre.client.content.v1.contents.create(request)
