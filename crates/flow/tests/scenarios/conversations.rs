//! Stories about conversations: replies, hand-over, and those that a flow begins or resumes.

use flow::{Action, Event, ParticipantRequest, Trigger, webchat};
use serde_json::{Map, Value, json};

use crate::scenario::{CONTACT, OURS, Scenario, definition, object, widget};

/// A message of the conversation `CH1`.
fn written(body: &str, author: &str) -> Map<String, Value> {
    object(json!({
        "ConversationSid": "CH1", "ChatServiceSid": "IS1", "MessageSid": "IM1", "Author": author, "Body": body,
        "ChannelAttributes": "{\"pre_engagement_data\":{\"friendlyName\":\"Ann\"}}",
    }))
}

fn begun(definition: &Value, author: &str) -> Scenario {
    Scenario::new(definition).starts(Trigger::IncomingConversationMessage { payload: written("Hi", author) })
}

/// Asks, then hands over with the answer.
fn asking() -> Value {
    let target = json!({
        "workflow": "WW1", "channel": "TC1",
        "attributes": "{\"why\": \"{{widgets.ask.inbound.Body}} {{widgets.ask.inbound.From}}\", \"name\": \"Ann\"}",
    });
    let question = json!({ "body": "Why?", "service": "{{trigger.message.InstanceSid}}" });
    definition(
        "ask",
        [
            widget("ask", "send-and-wait-for-reply", question, &[("incomingMessage", "agent")]),
            widget(
                "agent",
                "send-to-flex",
                target,
                &[("callComplete", "told"), ("failedToEnqueue", "sorry")],
            ),
            widget(
                "told",
                "send-message",
                json!({ "body": "{{widgets.agent.TaskSid}} {{flow.channel.status}}" }),
                &[],
            ),
            widget("sorry", "send-message", json!({ "body": "Sorry" }), &[]),
        ],
    )
}

#[test]
fn a_conversation_is_asked_and_handed_over_with_what_is_known_of_the_sender() {
    let scenario = begun(&asking(), CONTACT);
    let Some(Action::SendMessage { message, .. }) = scenario.actions().last() else { panic!("a message") };
    assert_eq!((message.channel.as_deref(), message.service.as_deref()), (Some("CH1"), Some("IS1")));
    let scenario = scenario
        .message_is_accepted()
        .quietly()
        .happens(Event::MessageReceived { payload: written("A bill", "+15555550112") })
        .expect([
            "step incomingMessage: ask -> agent",
            "interaction sms CH1 for WW1: {\"channelType\":\"sms\",\"customerAddress\":\"+15555550111\",\
             \"from\":\"+15555550111\",\"name\":\"Ann\",\"customerName\":\"+15555550111\",\
             \"why\":\"A bill +15555550112\"}",
        ]);
    let request = scenario.request;
    let task = json!({ "sid": "WT1", "age": 0, "attributes": "{}" });
    let interaction = object(json!({ "sid": "KD1", "routing": { "properties": task } }));
    let scenario = scenario
        .happens(Event::InteractionCreated { request, interaction })
        .expect(["step callComplete: agent -> told", "send CH1 -> +15555550111: WT1 handed off"]);
    assert_eq!(scenario.execution().context()["widgets"]["agent"]["sid"], "KD1");
}

#[test]
fn the_kind_of_channel_is_told_by_the_sender_and_the_authors_keys_win() {
    for (author, kind) in [("whatsapp:+15555550111", "whatsapp"), (CONTACT, "sms"), ("visitor-7", "web")] {
        let line = format!(
            "interaction {kind} CH1 for WW9: {{\"channelType\":\"{kind}\",\"customerAddress\":\"{author}\",\
             \"from\":\"Ann\",\"name\":\"{author}\",\"customerName\":\"{author}\"}}"
        );
        let scenario = begun(&webchat("WW9", "TC9"), author)
            .expect(["step incomingConversationMessage: Trigger -> SendConversationToAgent", &line]);
        let request = scenario.request;
        let refused =
            scenario.happens(Event::InteractionRefused { request, reason: "no workflow".to_owned() });
        assert_eq!(refused.last_step().name, "failedToEnqueue");
        assert_eq!(refused.last_step().error.as_deref(), Some("no workflow"));
    }
}

/// Begins a conversation, asks in it, and hands it over.
fn beginning(kind: &str, properties: Value) -> Value {
    let event = if kind == "start-conversation" { "created" } else { "resumed" };
    let mut all = object(json!({ "conversation_service_sid": "IS1" }));
    all.extend(object(properties));
    definition(
        "begin",
        [
            widget("begin", kind, Value::Object(all.clone()), &[(event, "ask"), ("failed", "sorry")]),
            widget(
                "ask",
                "send-and-wait-for-reply",
                json!({ "body": "Why?" }),
                &[("incomingMessage", "again")],
            ),
            widget("again", kind, Value::Object(all), &[(event, "sorry"), ("failed", "agent")]),
            widget("agent", "send-to-flex", json!({ "workflow": "WW1", "channel": "TC1" }), &[]),
            widget("sorry", "set-variables", json!({ "variables": [] }), &[]),
        ],
    )
}

fn by_sms() -> Value {
    json!({
        "participants": [{
            "type": "sms", "messaging_binding_address": "{{contact.channel.address}}",
            "messaging_binding_proxy_address": "{{flow.channel.address}}",
        }],
        "friendly_name": "With {{contact.channel.address}}", "attributes": "{\"a\":1}",
        "timers": { "inactive": "PT5M" },
    })
}

fn requested(definition: &Value) -> Scenario {
    let (to, from) = (CONTACT.to_owned(), OURS.to_owned());
    Scenario::new(definition).starts(Trigger::IncomingRequest { to, from, parameters: Map::new() })
}

fn ready(scenario: Scenario) -> Scenario {
    let request = scenario.request;
    let conversation = object(json!({ "sid": "CH7", "state": "active", "chat_service_sid": "IS1" }));
    scenario.happens(Event::ConversationReady { request, conversation, webhook_sid: "WH1".to_owned() })
}

#[test]
fn a_flow_begins_a_conversation_and_has_it_from_then_on() {
    let scenario = requested(&beginning("start-conversation", by_sms()));
    let Some(Action::StartConversation { conversation, .. }) = scenario.actions().last() else {
        panic!("a start")
    };
    let (address, proxy_address) = (CONTACT.to_owned(), OURS.to_owned());
    let participant = ParticipantRequest { address, proxy_address, identity: String::new() };
    assert_eq!(conversation.participant, participant);
    assert_eq!(conversation.attributes.as_deref(), Some("{\"a\":1}"));
    assert_eq!(conversation.timers["inactive"], "PT5M");
    let scenario = ready(scenario.quietly());
    let Some(Action::SendMessage { message, .. }) = scenario.actions().last() else { panic!("a message") };
    assert_eq!(message.channel.as_deref(), Some("CH7"));
    assert_eq!(scenario.execution().conversation_sid(), Some("CH7"));
    let context = scenario.execution().context();
    assert_eq!(context["flow"]["channel"]["type"], "conversation");
    assert_eq!(context["flow"]["channel"]["address"], OURS);
    assert_eq!(context["widgets"]["begin"]["webhook_sid"], "WH1");
    let scenario = scenario
        .message_is_accepted()
        .quietly()
        .happens(Event::MessageReceived { payload: written("Hm", CONTACT) })
        .quietly_but_last(
            "interaction sms CH7 for WW1: {\"channelType\":\"sms\",\"customerAddress\":\"+15555550111\",\
             \"from\":\"+15555550111\",\"name\":\"+15555550111\",\"customerName\":\"+15555550111\"}",
        );
    let again = scenario.steps.iter().find(|step| step.transitioned_from == "again").unwrap();
    assert_eq!(again.error.as_deref(), Some("the execution has the conversation 'CH7' already"));
}

#[test]
fn a_flow_resumes_a_conversation() {
    let properties = json!({ "conversation_sid": "CH7", "webhook_filters": ["onMessageAdded"] });
    let scenario = requested(&beginning("resume-conversation", properties));
    let Some(Action::ResumeConversation { conversation, .. }) = scenario.actions().last() else {
        panic!("resumed")
    };
    assert_eq!((conversation.conversation.as_str(), conversation.webhook_filters.len()), ("CH7", 1));
    assert_eq!(conversation.attributes, None);
    ready(scenario.quietly())
        .expect(["step resumed: begin -> ask", "send +15555550100 -> +15555550111: Why?"]);
}

#[test]
fn a_conversation_that_can_not_be_begun_fails_with_the_reason() {
    let start = |properties| beginning("start-conversation", properties);
    for (flow, reason) in [
        (start(json!({ "participants": [] })), "0 participants"),
        (start(json!({ "participants": [{ "type": "chat", "identity": " " }] })), "neither"),
        (beginning("resume-conversation", json!({ "conversation_sid": "{{none}}" })), "conversation_sid"),
    ] {
        let scenario = requested(&flow).expect_ended();
        assert!(scenario.steps[1].error.as_deref().unwrap().contains(reason), "{:?}", scenario.steps[1]);
    }
    let by_message = Scenario::new(&start(by_sms())).starts_with_message("Hi").expect_ended();
    assert!(by_message.steps[1].error.as_deref().unwrap().contains("REST API"));

    let scenario = requested(&start(by_sms()));
    let request = scenario.request;
    let reason = "the pair has a conversation already".to_owned();
    let scenario = scenario.happens(Event::ConversationRefused { request, reason }).expect_ended();
    assert_eq!(scenario.steps[1].name, "failed");
}
