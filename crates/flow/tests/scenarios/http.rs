//! Stories about other systems: what they are asked, and what their answers leave behind.

use flow::{Action, Event, HTTP_BODY_BYTES_MAX, HttpKind};
use serde_json::{Value, json};

use crate::scenario::{Scenario, definition, object, split, widget};

const JSON: &str = "application/json;charset=utf-8";

/// Calls a system with these properties, then says how it went.
fn calling(properties: Value) -> Value {
    let mut all = object(json!({ "url": "https://shop.example/orders/{{trigger.message.Body}}" }));
    all.extend(object(properties));
    let next = [("success", "good"), ("failed", "bad")];
    let said = "{{widgets.ask.status_code}} {{widgets.ask.parsed.state}} {{widgets.ask.body}}";
    definition(
        "ask",
        [
            widget("ask", "make-http-request", Value::Object(all), &next),
            widget("good", "send-message", json!({ "body": format!("Good {said}") }), &[]),
            widget("bad", "send-message", json!({ "body": format!("Bad {said}") }), &[]),
        ],
    )
}

/// Runs a function again and again.
fn working() -> Value {
    let properties = json!({
        "url": "https://f.example/work",
        "service_sid": "ZS1",
        "environment_sid": "ZE1",
        "function_sid": "ZH1",
        "parameters": [{ "key": "who", "value": "{{contact.channel.address}}" }],
    });
    definition(
        "work",
        [
            widget("work", "run-function", properties, &[("success", "more"), ("fail", "bad")]),
            widget("more", "set-variables", json!({ "variables": [] }), &[("next", "work")]),
            widget("bad", "set-variables", json!({ "variables": [] }), &[]),
        ],
    )
}

#[test]
fn a_request_is_rendered_and_its_status_decides_the_way() {
    for (status, content_type, body, said) in [
        (200, "application/json", r#"{"state":"sent"}"#, r#"Good 200 sent {"state":"sent"}"#),
        (304, "", "", "Good 304  "),
        (200, "text/html", r#"{"state":"sent"}"#, r#"Good 200  {"state":"sent"}"#),
        (200, JSON, "{broken", "Good 200  {broken"),
        (404, JSON, r#"{"state":"lost"}"#, r#"Bad 404 lost {"state":"lost"}"#),
        (503, "text/plain", "later", "Bad 503  later"),
    ] {
        let way = if said.starts_with("Good") { "success: ask -> good" } else { "failed: ask -> bad" };
        Scenario::new(&calling(json!({})))
            .starts_with_message("7")
            .expect(["step incomingMessage: Trigger -> ask", "GET https://shop.example/orders/7 "])
            .other_answers(status, content_type, body)
            .expect([&format!("step {way}"), &format!("send +15555550100 -> +15555550111: {said}")]);
    }
}

#[test]
fn a_json_body_stays_json_whatever_the_contact_wrote() {
    let properties = json!({
        "method": "POST", "content_type": JSON, "body": "{\"text\": \"{{trigger.message.Body}}\"}",
        "add_twilio_auth": true, "timeout": 5, "url": "https://shop.example/",
    });
    let scenario = Scenario::new(&calling(properties)).starts_with_message("\"Hi\"");
    let Some(Action::RequestHttp { http, .. }) = scenario.actions().last() else { panic!("a request") };
    assert_eq!(http.body, r#"{"text": "\"Hi\""}"#);
    assert_eq!((http.content_type.as_deref(), http.timeout_secs), (Some(JSON), 5));
    assert_eq!(http.kind, HttpKind::Http { add_twilio_auth: true });
    let scenario = scenario.other_answers(200, JSON, "{}");
    assert!(scenario.steps[1].warnings[0].contains("escaped"), "{:?}", scenario.steps[1]);
}

#[test]
fn a_request_that_is_not_answered_in_time_or_too_much_fails_and_leaves_nothing() {
    let asked = || Scenario::new(&calling(json!({}))).starts_with_message("7").quietly();
    let failed = ["step failed: ask -> bad", "send +15555550100 -> +15555550111: Bad   "];
    let late = asked().after(39).expect([]).after(1).expect(failed);
    assert!(late.steps[1].error.as_deref().unwrap().contains("in time"));

    let request = asked().request;
    asked().happens(Event::HttpFailed { request, reason: "no such host".to_owned() }).expect(failed);

    let big = asked().other_answers(200, "text/plain", &"x".repeat(HTTP_BODY_BYTES_MAX + 1)).expect(failed);
    assert!(big.steps[1].error.as_deref().unwrap().contains("65537 bytes"));

    Scenario::new(&calling(json!({ "url": " {{flow.variables.none}} " }))).starts_with_message("7").expect([
        "step incomingMessage: Trigger -> ask",
        failed[0],
        failed[1],
    ]);
}

#[test]
fn what_a_function_answers_is_merged_into_what_it_answered_before() {
    let work = "POST https://f.example/work  who=+15555550111";
    let again = ["step success: work -> more", "step next: more -> work", work];
    let scenario = Scenario::new(&working())
        .starts_with_message("Hi")
        .expect(["step incomingMessage: Trigger -> work", work])
        .other_answers(200, JSON, r#"{"a":{"x":1},"b":2}"#)
        .expect(again)
        .other_answers(200, JSON, r#"{"a":{"y":1}}"#)
        .expect(again)
        .other_answers(200, JSON, "[1]")
        .expect(again)
        .other_answers(200, "text/plain", "done")
        .expect(again);
    let outputs = &scenario.execution().context()["widgets"]["work"];
    assert_eq!(outputs["parsed"], json!({ "a": { "y": 1 }, "b": 2 }));
    assert_eq!(outputs["body"], "done");
    let scenario = scenario
        .other_answers(500, "text/plain", "oh")
        .expect(["step fail: work -> bad", "step next: bad -> Ended"])
        .expect_ended();
    assert!(scenario.steps.iter().any(|step| step.error.as_deref().is_some_and(|e| e.contains("500"))));
}

#[test]
fn a_step_says_what_was_asked_what_came_of_it_and_why_the_way_was_taken() {
    let chosen = definition(
        "ask",
        [
            widget(
                "ask",
                "make-http-request",
                json!({ "url": "https://f.example/" }),
                &[("success", "choose")],
            ),
            split("choose", "{{widgets.ask.parsed.tier}}", &[("equal_to", "gold", "")], ""),
        ],
    );
    let asked = Scenario::new(&chosen).starts_with_message("7").after(3);
    let decided = asked.other_answers(200, JSON, r#"{"tier":"Gold"}"#).quietly();
    let [.., ask, choose] = decided.steps() else { panic!("two steps were expected") };
    assert_eq!(ask.inputs["request"]["url"], "https://f.example/");
    assert_eq!(ask.outputs["parsed"], json!({ "tier": "Gold" }));
    assert_eq!(ask.reason, "the other system answered with 200");
    assert_eq!(ask.date_created.since(ask.entered_at.unwrap()).as_secs(), 3);
    assert_eq!(choose.reason, "'Gold' equal_to 'gold'");
}
