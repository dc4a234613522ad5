//! Stories about messages: asking, waiting, branching, failing.

use flow::{Action, ContentTemplate, Event, OutgoingMessage, Settings, Trigger};
use serde_json::{Value, json};

use crate::scenario::{Scenario, definition, object, split, widget};

/// Asks, then says what was answered.
fn asking(timeout: Value) -> Value {
    let next = [("incomingMessage", "choose"), ("timeout", "bye"), ("deliveryFailure", "lost")];
    let answer = "{{widgets.ask.inbound.Body}}";
    definition(
        "ask",
        [
            widget("ask", "send-and-wait-for-reply", json!({ "body": "1 or 2?", "timeout": timeout }), &next),
            split(
                "choose",
                answer,
                &[("equal_to", "1", "one"), ("matches_any_of", "2, two", "two")],
                "again",
            ),
            widget("one", "send-message", json!({ "body": "You said 1" }), &[]),
            widget(
                "two",
                "send-message",
                json!({ "body": "You said {{widgets.ask.inbound.Body | upcase}}" }),
                &[],
            ),
            widget("again", "send-message", json!({ "body": "Sorry?" }), &[("sent", "ask")]),
            widget("bye", "send-message", json!({ "body": "Bye" }), &[]),
            widget("lost", "set-variables", json!({ "variables": [{ "key": "lost", "value": "yes" }] }), &[]),
        ],
    )
}

const ASKS: [&str; 2] =
    ["step incomingMessage: Trigger -> ask", "send +15555550100 -> +15555550111: 1 or 2?"];

#[test]
fn a_reply_goes_to_the_widget_that_asked_and_decides_the_branch() {
    Scenario::new(&asking(json!("3600")))
        .starts_with_message("Hi")
        .expect(ASKS)
        .message_is_accepted()
        .expect([])
        .receives(" TWO ")
        .expect([
            "step incomingMessage: ask -> choose",
            "step match: choose -> two",
            "send +15555550100 -> +15555550111: You said  TWO ",
        ])
        .message_is_accepted()
        .expect(["step sent: two -> Ended"])
        .expect_ended();
}

#[test]
fn no_reply_in_time_takes_the_timeout_whether_it_is_text_or_a_number() {
    for (timeout, secs) in
        [(json!("120"), 120), (json!(120), 120), (Value::Null, 3600), (json!("{{1}}x"), 3600)]
    {
        let waiting =
            Scenario::new(&asking(timeout)).starts_with_message("Hi").expect(ASKS).message_is_accepted();
        waiting
            .after(secs - 1)
            .expect([])
            .after(1)
            .expect(["step timeout: ask -> bye", "send +15555550100 -> +15555550111: Bye"])
            .receives("too late")
            .expect([]);
    }
}

#[test]
fn a_message_that_does_not_arrive_takes_the_delivery_failure() {
    let scenario =
        Scenario::new(&asking(json!("60"))).starts_with_message("Hi").expect(ASKS).message_is_accepted();
    let request = scenario.request;
    let scenario = scenario
        .happens(Event::DeliveryFailed { request, code: 30003, reason: "unreachable".to_owned() })
        .expect(["step deliveryFailure: ask -> lost", "step next: lost -> Ended"])
        .expect_ended();
    let outbound = &scenario.execution().context()["widgets"]["ask"]["outbound"];
    assert_eq!(
        *outbound,
        json!({ "Sid": "SM9", "Status": "undelivered", "ErrorCode": 30003, "ErrorMessage": "unreachable" })
    );
    assert_eq!(scenario.steps[1].error.as_deref(), Some("unreachable"));
}

#[test]
fn a_refused_message_fails_and_says_why() {
    let flow = definition(
        "tell",
        [
            widget("tell", "send-message", json!({ "body": "Hello" }), &[("failed", "note")]),
            widget("note", "set-variables", json!({ "variables": [] }), &[]),
        ],
    );
    let scenario = Scenario::new(&flow)
        .starts_with_message("Hi")
        .expect(["step incomingMessage: Trigger -> tell", "send +15555550100 -> +15555550111: Hello"]);
    let request = scenario.request;
    let scenario = scenario
        .happens(Event::MessageRefused { request, code: 21211, reason: "no such number".to_owned() })
        .expect(["step failed: tell -> note", "step next: note -> Ended"]);
    assert_eq!(scenario.execution().context()["widgets"]["tell"]["outbound"]["ErrorCode"], 21211);
    assert_eq!(scenario.steps[1].context["error"], "no such number");
}

#[test]
fn a_text_beyond_the_limit_of_templates_is_not_sent() {
    let body = "{% for i in (1..9) %}{{flow.data.text}}{% endfor %}";
    let flow = definition("tell", [widget("tell", "send-message", json!({ "body": body }), &[])]);
    let parameters = object(json!({ "text": "x".repeat(2_000) }));
    let scenario = Scenario::new(&flow)
        .starts(Trigger::IncomingRequest { to: "+1".to_owned(), from: "+2".to_owned(), parameters })
        .expect(["step incomingRequest: Trigger -> tell", "step failed: tell -> Ended"]);
    assert!(scenario.last_step().error.as_deref().unwrap().contains("16384"));
}

#[test]
fn messages_that_find_the_flow_busy_are_answered_later_and_in_order() {
    Scenario::new(&asking(json!("3600")))
        .starts_with_message("Hi")
        .expect(ASKS)
        .receives("3")
        .receives("1")
        .expect([])
        .message_is_accepted()
        .expect([
            "step incomingMessage: ask -> choose",
            "step noMatch: choose -> again",
            "send +15555550100 -> +15555550111: Sorry?",
        ])
        .message_is_accepted()
        .expect(["step sent: again -> ask", "send +15555550100 -> +15555550111: 1 or 2?"])
        .message_is_accepted()
        .expect([
            "step incomingMessage: ask -> choose",
            "step match: choose -> one",
            "send +15555550100 -> +15555550111: You said 1",
        ]);
}

#[test]
fn messages_that_no_widget_asked_for_are_passed_on_when_the_flow_ends() {
    let flow = definition("tell", [widget("tell", "send-message", json!({ "body": "Hello" }), &[])]);
    Scenario::new(&flow)
        .starts_with_message("Hi")
        .quietly()
        .receives("there")
        .receives("you")
        .message_is_accepted()
        .expect(["step sent: tell -> Ended", "pass on \"there\"", "pass on \"you\""])
        .expect_ended();
}

#[test]
fn an_answer_to_an_earlier_request_changes_nothing() {
    let scenario = Scenario::new(&asking(json!("60"))).starts_with_message("Hi").expect(ASKS);
    let stale = scenario.request;
    let scenario = scenario.message_is_accepted().receives("1").quietly();
    let before = scenario.execution().clone();
    let scenario = scenario
        .happens(Event::DeliveryFailed { request: stale, code: 30003, reason: "unreachable".to_owned() })
        .expect([]);
    assert_eq!(*scenario.execution(), before);
}

#[test]
fn a_widget_shows_its_outputs_only_after_it_was_left() {
    let scenario =
        Scenario::new(&asking(json!("60"))).starts_with_message("Hi").expect(ASKS).message_is_accepted();
    assert_eq!(scenario.execution().context()["widgets"], json!({}));
    let scenario = scenario.receives("1").quietly();
    let ask = &scenario.execution().context()["widgets"]["ask"];
    assert_eq!((&ask["outbound"]["Sid"], &ask["inbound"]["Body"]), (&json!("SM9"), &json!("1")));
    assert_eq!(scenario.steps[0].context["widgets"], json!({}));
    assert_eq!(scenario.steps[1].context["widgets"]["ask"]["inbound"]["Body"], "1");
}

#[test]
fn a_stopped_execution_has_ended_for_good() {
    Scenario::new(&asking(json!("60")))
        .starts_with_message("Hi")
        .expect(ASKS)
        .happens(Event::StopRequested)
        .expect(["step Stop Execution: ask -> Ended"])
        .expect_ended()
        .receives("Hi?")
        .message_is_accepted()
        .happens(Event::StopRequested)
        .after(3600)
        .expect([]);
}

#[test]
fn a_trigger_that_leads_nowhere_ends_the_execution() {
    Scenario::new(&definition("", []))
        .starts_with_message("Hi")
        .expect(["step incomingMessage: Trigger -> Ended"])
        .expect_ended();
}

#[test]
fn variables_count_and_parse() {
    let count = "{% if flow.variables.count %}{{flow.variables.count | plus: 1}}{% else %} 1 {% endif %}";
    let variables = json!([
        { "key": "count", "value": count },
        { "key": "order", "value": "{\"no\": \"{{trigger.message.Body}}\"}", "type": "json_object", "index": "1" },
        { "key": "kept", "value": "not json", "type": "json_object" },
    ]);
    let flow = definition(
        "set",
        [
            widget("set", "set-variables", json!({ "variables": variables }), &[("next", "enough")]),
            split("enough", "{{flow.variables.count}}", &[("less_than", "3", "set")], ""),
        ],
    );
    let scenario = Scenario::new(&flow).starts_with_message("A7").quietly().expect_ended();
    let expected = json!({ "count": 3, "order": { "no": "A7" }, "kept": "not json" });
    assert_eq!(scenario.execution().context()["flow"]["variables"], expected);
    assert_eq!(scenario.execution().context()["widgets"]["set"], expected);
    assert!(scenario.steps[1].warnings[0].contains("'kept' is kept as text"));
}

#[test]
fn all_parts_of_a_message_are_rendered() {
    let properties = json!({
        "from": "Bot", "to": "{{flow.data.to}}", "body": "unused", "media_url": " ",
        "service": "IS1", "channel": "{{flow.channel.address}}", "attributes": "{\"by\":\"{{flow.data.to}}\"}",
        "message_type": "content_template", "content_sid": "HX1",
        "content_variables": [{ "key": "{{1}}", "value": "{{flow.data.name}}" }, { "key": "2", "value": "x" }],
    });
    let parameters = object(json!({ "to": "+15555550122", "name": "Ada" }));
    let scenario = Scenario::new(&definition("tell", [widget("tell", "send-message", properties, &[])]))
        .starts(Trigger::IncomingRequest { to: "+1".to_owned(), from: "CH1".to_owned(), parameters });
    let expected = OutgoingMessage {
        from: "Bot".to_owned(),
        to: "+15555550122".to_owned(),
        service: Some("IS1".to_owned()),
        channel: Some("CH1".to_owned()),
        attributes: Some("{\"by\":\"+15555550122\"}".to_owned()),
        content: Some(ContentTemplate {
            sid: "HX1".to_owned(),
            variables: object(json!({ "1": "Ada", "2": "x" })),
        }),
        ..OutgoingMessage::default()
    };
    let action = Action::SendMessage { request: scenario.request, message: Box::new(expected) };
    assert_eq!(scenario.actions()[1], action);
}

#[test]
fn a_flow_tells_the_time_of_its_own_zone() {
    let now = r#"{{ "now" | date: "%H:%M" }}"#;
    let say = |name: &str| widget(name, "send-message", json!({ "body": format!("{name} {now}") }), &[]);
    let by_hour = split("hours", now, &[("is_before_time", "11:00", "early")], "late");
    let flow = definition("hours", [by_hour, say("early"), say("late")]);
    for (zone, expected) in [("UTC", "early 10:00"), ("Europe/Berlin", "late 11:00")] {
        let settings = Settings::default().with_time_zone(zone).unwrap();
        let scenario = Scenario::with_settings(&flow, settings).starts_with_message("Hi");
        let Some(Action::SendMessage { message, .. }) = scenario.actions().last() else {
            panic!("no message")
        };
        assert_eq!(message.body, expected);
    }
    assert!(Settings::default().with_time_zone("Mars/Olympus").unwrap_err().contains("Mars/Olympus"));
}
