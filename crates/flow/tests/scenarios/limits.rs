//! Stories about loops without end, long lives, and executions that are stuck.

use flow::{Settings, StuckPolicy};
use serde_json::{Value, json};

use crate::scenario::{Scenario, definition, split, widget};

fn set(name: &str, next: &str) -> Value {
    widget(name, "set-variables", json!({ "variables": [] }), &[("next", next)])
}

#[test]
fn the_same_widget_runs_ten_times_in_a_row_and_no_more() {
    let scenario = Scenario::new(&definition("a", [set("a", "a")])).starts_with_message("Hi").expect_ended();
    assert_eq!(scenario.steps.iter().filter(|step| step.transitioned_from == "a").count(), 10);
    let error = "the widget 'a' ran 10 times in a row, which is the limit";
    assert_eq!(scenario.last_step().context["error"], error);
}

#[test]
fn an_execution_takes_a_thousand_steps_and_no_more() {
    let scenario = Scenario::new(&definition("a", [set("a", "b"), split("b", "x", &[], "a")]))
        .starts_with_message("Hi")
        .expect_ended();
    assert_eq!(scenario.steps.len(), 1_000);
    assert_eq!(
        scenario.last_step().error.as_deref(),
        Some("the execution took 1000 steps, which is the limit")
    );
}

#[test]
fn an_execution_lives_thirty_days() {
    let flow = definition(
        "agent",
        [widget("agent", "send-to-flex", json!({ "workflow": "WW1", "channel": "TC1" }), &[])],
    );
    let scenario = Scenario::new(&flow)
        .starts_with_message("Hi")
        .quietly()
        .after(30 * 86_400 - 1)
        .expect([])
        .after(1)
        .expect(["step Stop Execution: agent -> Ended"])
        .expect_ended();
    assert!(scenario.last_step().error.as_deref().unwrap().contains("30 days"));
}

#[test]
fn a_new_message_is_not_held_up_by_an_execution_that_is_stuck() {
    let flow = definition(
        "agent",
        [widget("agent", "send-to-flex", json!({ "workflow": "WW1", "channel": "TC1" }), &[])],
    );
    let scenario = Scenario::new(&flow).starts_with_message("Hi");
    assert!(scenario.takes_messages());
    assert!(!scenario.after(61).takes_messages());

    let patient = Settings { stuck_policy: StuckPolicy::Wait, ..Settings::default() };
    assert!(Scenario::with_settings(&flow, patient).starts_with_message("Hi").after(61).takes_messages());

    let ask = widget("ask", "send-and-wait-for-reply", json!({ "body": "?" }), &[]);
    let asking = Scenario::new(&definition("ask", [ask])).starts_with_message("Hi").message_is_accepted();
    assert!(asking.after(3_000).takes_messages());
}
