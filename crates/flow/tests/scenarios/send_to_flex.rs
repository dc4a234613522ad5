//! Stories about handing over to an agent.

use flow::{Event, Settings, Trigger, messaging};
use serde_json::{Value, json};

use crate::scenario::{Scenario, definition, message, object, widget};

/// Hands over with these properties; a failure says so to the contact.
fn handing_over(properties: Value) -> Value {
    let mut all = object(json!({ "workflow": "WW1", "channel": "TC1" }));
    all.extend(object(properties));
    let next = [("callComplete", "told"), ("failedToEnqueue", "sorry")];
    definition(
        "agent",
        [
            widget("agent", "send-to-flex", Value::Object(all), &next),
            widget("told", "send-message", json!({ "body": "Task {{widgets.agent.TaskSid}}" }), &[]),
            widget("sorry", "send-message", json!({ "body": "Sorry" }), &[]),
        ],
    )
}

const FAILS: [&str; 3] = [
    "step incomingMessage: Trigger -> agent",
    "step failedToEnqueue: agent -> sorry",
    "send +15555550100 -> +15555550111: Sorry",
];

#[test]
fn a_message_becomes_a_task_with_the_documented_defaults() {
    let scenario = Scenario::new(&handing_over(json!({})))
        .starts_with_message("Help")
        .expect(["step incomingMessage: Trigger -> agent", "task WW1/TC1 priority 0 timeout 3600: {}"])
        .task_is_created()
        .expect(["step callComplete: agent -> told", "send +15555550100 -> +15555550111: Task WT1"]);
    let outputs = &scenario.execution().context()["widgets"]["agent"];
    for (documented, field) in [("TaskSid", "sid"), ("Age", "age"), ("Attributes", "attributes")] {
        assert!(
            !outputs[field].is_null() && outputs[documented] == outputs[field],
            "{documented}: {outputs}"
        );
    }
    assert_eq!(outputs["workspace_sid"], "WS1");
}

#[test]
fn the_default_messaging_flow_names_its_task_after_the_sender() {
    for (from, channel_type) in [("+15555550111", "sms"), ("whatsapp:+15555550111", "whatsapp")] {
        let mut payload = message("Help");
        payload.insert("From".to_owned(), json!(from));
        let task = format!(
            "task WW9/TC9 priority 0 timeout 3600: \
             {{\"name\": \"{from}\", \"channelType\": \"{channel_type}\", \"channelSid\": \"\"}}"
        );
        Scenario::new(&messaging("WW9", "TC9"))
            .starts(Trigger::IncomingMessage { payload })
            .expect(["step incomingMessage: Trigger -> SendMessageToAgent", &task])
            .task_is_created()
            .expect(["step callComplete: SendMessageToAgent -> Ended"])
            .expect_ended();
    }
}

#[test]
fn a_chat_message_brings_its_own_channel() {
    let mut payload = message("Help");
    payload.insert("ChannelSid".to_owned(), json!("CH1"));
    payload.insert("ChannelAttributes".to_owned(), json!("{\"from\": \"Ada\", \"channel_type\": \"web\"}"));
    Scenario::new(&messaging("WW9", "TC9")).starts(Trigger::IncomingMessage { payload }).expect([
        "step incomingMessage: Trigger -> SendMessageToAgent",
        r#"task WW9/TC9 priority 0 timeout 3600: {"name": "Ada", "channelType": "web", "channelSid": "CH1"}"#,
    ]);
}

#[test]
fn a_rest_request_becomes_a_task_with_rendered_properties() {
    let flow = handing_over(json!({
        "workflow": "{{flow.data.workflow}}",
        "attributes": "{\"customer\": {{flow.data.customer | to_json}}}",
        "priority": "{{flow.data.priority}}",
        "timeout": " 1209600 ",
    }));
    let parameters = object(json!({ "workflow": "WW7", "customer": { "id": 7 }, "priority": 5 }));
    Scenario::new(&flow)
        .starts(Trigger::IncomingRequest {
            to: "+15555550111".to_owned(),
            from: "MG1".to_owned(),
            parameters,
        })
        .expect([
            "step incomingRequest: Trigger -> agent",
            r#"task WW7/TC1 priority 5 timeout 1209600: {"customer": {"id":7}}"#,
        ]);
}

#[test]
fn what_is_over_a_limit_fails_with_the_reason_and_nothing_is_cut() {
    let long = format!("{{\"text\": \"{}{{{{trigger.message.Body}}}}\"}}", "x".repeat(1010));
    let bad = "{{trigger.message.Body}}";
    for (properties, reason) in [
        (json!({ "attributes": long }), "attributes are 1025 characters long, at most 1024 are allowed"),
        (json!({ "attributes": "[1, 2]" }), "attributes must be a JSON object, found an array"),
        (
            json!({ "attributes": "name: {{trigger.message.Body}}" }),
            "attributes: the rendered text is not valid JSON",
        ),
        (
            json!({ "timeout": format!("{bad}0") }),
            "timeout is 'abc0': a whole number from 1 to 1209600 is expected",
        ),
        (json!({ "timeout": "{{1209601}}" }), "timeout is '1209601': a whole number from 1 to 1209600"),
        (json!({ "timeout": "{{0}}" }), "timeout is '0': a whole number from 1 to 1209600 is expected"),
        (
            json!({ "priority": "{{0 | minus: 1}}" }),
            "priority is '-1': a whole number from 0 to 2147483647 is expected",
        ),
        (json!({ "priority": "{{1.5}}" }), "priority is '1.5': a whole number"),
        (json!({ "priority": "{{2147483648}}" }), "priority is '2147483648': a whole number"),
        (
            json!({ "workflow": "{{flow.data.none}}" }),
            "'workflow' is empty after rendering '{{flow.data.none}}'",
        ),
        (json!({ "channel": "{{flow.data.none}}" }), "'channel' is empty after rendering"),
    ] {
        let scenario = Scenario::new(&handing_over(properties)).starts_with_message("abc").expect(FAILS);
        let error = scenario.steps[1].context["error"].as_str().unwrap();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn exactly_1024_characters_of_attributes_are_allowed() {
    let attributes = format!("{{\"text\": \"{}{{{{trigger.message.Body}}}}\"}}", "ä".repeat(1009));
    let scenario =
        Scenario::new(&handing_over(json!({ "attributes": attributes }))).starts_with_message("abc");
    assert_eq!(scenario.steps.len(), 1);
    assert!(scenario.steps[0].error.is_none());
}

#[test]
fn a_quote_in_a_value_is_escaped_with_a_warning_unless_the_flow_is_strict() {
    let flow = handing_over(json!({ "attributes": "{\"said\": \"{{trigger.message.Body}}\"}" }));
    let scenario = Scenario::new(&flow).starts_with_message("the \"best\"").expect([
        "step incomingMessage: Trigger -> agent",
        r#"task WW1/TC1 priority 0 timeout 3600: {"said": "the \"best\""}"#,
    ]);
    let scenario = scenario.task_is_created();
    assert!(scenario.last_step().warnings[0].contains("the values in it were escaped"));
    assert!(scenario.last_step().context["warnings"][0].as_str().unwrap().contains("to_json"));

    let strict = Settings { strict_liquid: true, ..Settings::default() };
    let scenario = Scenario::with_settings(&flow, strict).starts_with_message("the \"best\"").expect(FAILS);
    assert!(scenario.steps[1].error.as_deref().unwrap().contains("not valid JSON"));
}

#[test]
fn a_refused_task_takes_the_failure_transition() {
    let scenario = Scenario::new(&handing_over(json!({}))).starts_with_message("Help").quietly();
    let request = scenario.request;
    let scenario = scenario
        .happens(Event::TaskRefused { request, reason: "no workflow WW1".to_owned() })
        .expect(["step failedToEnqueue: agent -> sorry", "send +15555550100 -> +15555550111: Sorry"]);
    assert_eq!(scenario.last_step().context["error"], "no workflow WW1");
    assert_eq!(scenario.last_step().context["widgets"], json!({}));
}

#[test]
fn without_wired_transitions_the_execution_ends() {
    let flow = definition(
        "agent",
        [widget("agent", "send-to-flex", json!({ "workflow": "WW1", "channel": "TC1" }), &[])],
    );
    let handed_over = Scenario::new(&flow).starts_with_message("Help").quietly().task_is_created();
    handed_over.expect(["step callComplete: agent -> Ended"]).expect_ended();

    let refused = Scenario::new(&flow).starts_with_message("Help").quietly();
    let request = refused.request;
    refused
        .happens(Event::TaskRefused { request, reason: "no".to_owned() })
        .expect(["step failedToEnqueue: agent -> Ended"])
        .expect_ended();
}

#[test]
fn messages_wait_while_the_task_is_made() {
    Scenario::new(&handing_over(json!({})))
        .starts_with_message("Help")
        .quietly()
        .receives("Anybody?")
        .expect([])
        .task_is_created()
        .expect(["step callComplete: agent -> told", "send +15555550100 -> +15555550111: Task WT1"]);
}
