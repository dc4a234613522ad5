//! Stories about flows inside flows.

use flow::Event;
use serde_json::{Value, json};

use crate::scenario::{Scenario, definition, object, widget};

/// Runs a subflow that is told a name and a list, then says what it found.
fn parent() -> Value {
    let parameters = json!([
        { "key": "name", "value": "{{trigger.message.Body}}" },
        { "key": "list", "value": "[1,2]", "type": "json_object" },
    ]);
    let properties = json!({ "flow_sid": "FW2", "parameters": parameters });
    definition(
        "before",
        [
            widget("before", "set-variables", variables(&[("mine", "kept")]), &[("next", "inside")]),
            widget("inside", "run-subflow", properties, &[("completed", "good"), ("failed", "bad")]),
            widget("good", "send-message", said("{{widgets.inside.found}} {{flow.variables.mine}}"), &[]),
            widget("bad", "send-message", said("Failed{{widgets.inside.found}}"), &[]),
        ],
    )
}

/// Asks for a colour and keeps it; its names are those of the parent.
fn child() -> Value {
    let question = json!({ "body": "{{trigger.parent.parameters.name}}, which?{{flow.variables.mine}}" });
    let found =
        "{{trigger.message.Body}} {{widgets.inside.inbound.Body}} {{trigger.parent.parameters.list[1]}}";
    definition(
        "inside",
        [
            widget("inside", "send-and-wait-for-reply", question, &[("incomingMessage", "keep")]),
            widget("keep", "set-variables", variables(&[("found", found)]), &[]),
        ],
    )
}

#[test]
fn a_subflow_runs_inside_and_gives_its_variables_back() {
    let scenario = Scenario::with_subflow(&parent(), &child())
        .starts_with_message("Ann")
        .expect([
            "step incomingMessage: Trigger -> before",
            "step next: before -> inside",
            "step incomingParent: Trigger -> inside",
            "send +15555550100 -> +15555550111: Ann, which?",
        ])
        .message_is_accepted()
        .receives("red")
        .expect([
            "step incomingMessage: inside -> keep",
            "step next: keep -> Ended",
            "step completed: inside -> good",
            "send +15555550100 -> +15555550111: Ann red 2 kept",
        ])
        .message_is_accepted()
        .expect(["step sent: good -> Ended"])
        .expect_ended();
    let inside = scenario.steps.iter().find(|step| step.name == "completed").unwrap();
    let parents: Vec<_> = scenario.steps.iter().map(|step| step.parent_step_sid).collect();
    let of_child = Some(inside.sid);
    assert_eq!(parents, [None, None, of_child, of_child, of_child, None, None]);
    assert_eq!(scenario.steps.iter().filter(|step| step.is_last()).count(), 1);
    let parent = &scenario.steps[2].context["trigger"]["parent"];
    assert_eq!(parent["trigger_type"], "incomingMessage");
    assert_eq!(parent["step_sid"], json!(inside.sid));
    assert_eq!(parent["flow_sid"], json!(scenario.execution().flow_sid()));
}

#[test]
fn a_subflow_that_is_not_there_or_not_allowed_fails() {
    let failed = ["step failed: inside -> bad", "send +15555550100 -> +15555550111: Failed"];
    let scenario = Scenario::new(&parent()).starts_with_message("Ann").expect([
        "step incomingMessage: Trigger -> before",
        "step next: before -> inside",
        failed[0],
        failed[1],
    ]);
    let error = "there is no flow 'FW2' with the revision 'LatestPublished' that can run";
    assert_eq!(scenario.last_step().error.as_deref(), Some(error));

    let scenario = Scenario::with_subflow(&parent(), &parent()).starts_with_message("Ann");
    let nested = scenario.steps.iter().find(|step| step.name == "failed").unwrap();
    assert!(nested.error.as_deref().unwrap().contains("one level"));
}

#[test]
fn a_subflow_has_150_widgets_at_most_and_2000_with_the_flow_that_runs_it() {
    let error_with = |own, inside| {
        let scenario = Scenario::with_subflow(&filled(parent(), own), &filled(child(), inside));
        let scenario = scenario.starts_with_message("Ann");
        scenario.last_step().error.clone()
    };
    assert_eq!(error_with(1_850, 150), None);
    let too_large = "the flow 'FW2' has 151 widgets, at most 150 can run inside another flow";
    assert_eq!(error_with(10, 151).as_deref(), Some(too_large));
    let too_many = "this flow and those that it runs have 2001 widgets, at most 2000 are allowed";
    assert_eq!(error_with(1_851, 150).as_deref(), Some(too_many));
}

#[test]
fn the_limits_and_a_stop_end_the_subflow_and_its_parent_together() {
    let circle = |name, next| widget(name, "set-variables", json!({ "variables": [] }), &[("next", next)]);
    let endless = definition("a", [circle("a", "b"), circle("b", "a")]);
    let scenario = Scenario::with_subflow(&parent(), &endless).starts_with_message("Ann").expect_ended();
    assert_eq!(scenario.steps.len(), 1_000);
    let [.., circling, inside] = scenario.steps.as_slice() else { panic!("two steps") };
    assert!(circling.error.as_deref().unwrap().contains("1000 steps") && !circling.is_last());
    assert!((inside.name.as_str(), inside.is_last()) == ("Stop Execution", true));

    Scenario::with_subflow(&parent(), &child())
        .starts_with_message("Ann")
        .quietly()
        .happens(Event::StopRequested)
        .expect(["step Stop Execution: inside -> Ended", "step Stop Execution: inside -> Ended"])
        .expect_ended();
}

#[test]
fn an_execution_whose_subflow_is_gone_ends_and_says_why() {
    let scenario = Scenario::with_subflow(&parent(), &child())
        .starts_with_message("Ann")
        .quietly()
        .loses_subflows()
        .message_is_accepted()
        .expect(["step Stop Execution: inside -> Ended", "step Stop Execution: inside -> Ended"])
        .expect_ended();
    assert_eq!(scenario.last_step().error.as_deref(), Some("the widget 'inside' is gone"));
}

#[test]
fn an_execution_that_was_stored_without_the_newer_fields_goes_on() {
    let scenario = Scenario::new(&child()).starts_with_message("Ann");
    let mut stored = object(serde_json::to_value(scenario.execution()).unwrap());
    for newer in ["parent", "call", "conversation"] {
        assert!(stored.shift_remove(newer).is_some(), "{newer}");
    }
    let loaded: flow::Execution = serde_json::from_value(Value::Object(stored)).unwrap();
    assert_eq!(&loaded, scenario.execution());
}

fn variables(pairs: &[(&str, &str)]) -> Value {
    let list: Vec<_> = pairs.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    json!({ "variables": list })
}

/// Adds widgets that nothing leads to, until there are so many.
fn filled(mut definition: Value, widgets: usize) -> Value {
    let states = definition["states"].as_array_mut().unwrap();
    for number in states.len()..widgets {
        states.push(widget(&format!("filler_{number}"), "set-variables", variables(&[]), &[]));
    }
    definition
}

fn said(body: &str) -> Value {
    json!({ "body": body })
}
