//! Stories about what this version does not run: it says so and takes the way for failures.

use flow::catalogue;
use serde_json::json;

use crate::scenario::{Scenario, definition, widget};

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
