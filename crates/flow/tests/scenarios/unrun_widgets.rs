//! Stories about what this version does not run: it says so and takes the way for failures.

use flow::{Trigger, catalogue, voice_ivr};
use serde_json::json;

use crate::scenario::{Scenario, definition, message, widget};

#[test]
fn a_widget_that_is_not_run_takes_its_failure_transition_and_says_why() {
    for kind in catalogue().iter().filter(|kind| !kind.is_run()) {
        let note = widget("note", "set-variables", json!({ "variables": [] }), &[]);
        let required: serde_json::Map<_, _> = kind
            .properties
            .iter()
            .filter(|property| property.is_required)
            .map(|property| (property.name.to_owned(), example(property.value)))
            .collect();
        let wired: Vec<_> = kind.failure_event.into_iter().map(|event| (event, "note")).collect();
        let flow = definition("it", [widget("it", kind.type_name, json!(required), &wired), note]);
        let scenario = Scenario::new(&flow).starts_with_message("Hi").expect_ended();
        let step = &scenario.steps[1];
        let expected = if kind.failure_event.is_some() { "note" } else { "Ended" };
        assert_eq!(step.transitioned_to, expected, "{}", kind.type_name);
        assert!(step.error.as_deref().unwrap().contains(kind.type_name), "{step:?}");
    }
}

#[test]
fn a_call_is_not_handed_over_silently() {
    let mut payload = message("");
    payload.insert("CallSid".to_owned(), json!("CA1"));
    let scenario =
        Scenario::new(&voice_ivr("WW1", "TC1")).starts(Trigger::IncomingCall { payload }).expect([
            "step incomingCall: Trigger -> SendCallToAgent",
            "step failedToEnqueue: SendCallToAgent -> Ended",
        ]);
    assert!(scenario.last_step().error.as_deref().unwrap().contains("incomingCall"));
}

fn example(value: flow::PropertyType) -> serde_json::Value {
    use flow::PropertyType::*;
    match value {
        Text | Url | JsonText { .. } | Sid { .. } => json!("x"),
        Integer { min, .. } => json!(min),
        IntegerText { min, .. } => json!(min.to_string()),
        Boolean => json!(true),
        Choice { values } => json!(values[0]),
        List { .. } => json!([]),
        Object => json!({}),
    }
}
