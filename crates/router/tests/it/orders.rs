//! Which task goes first.

use domain::Timestamp;
use router::*;
use serde_json::json;

use crate::scenario::Scenario;

#[test]
fn tasks_go_by_priority_and_then_by_age() {
    assert_eq!(order_of(Scenario::new(), four_tasks), ["urgent", "early", "late", "low"]);
}

#[test]
fn a_workspace_may_count_priorities_from_zero() {
    let scenario =
        Scenario::new().settings(|settings| settings.priority_order = Some(PriorityOrder::ZeroFirst));
    assert_eq!(order_of(scenario, four_tasks), ["low", "early", "late", "urgent"]);
}

#[test]
fn the_order_of_priorities_can_be_turned_round_while_tasks_wait() {
    let turn = |scenario: Scenario| {
        four_tasks(scenario).settings(|settings| settings.priority_order = Some(PriorityOrder::ZeroFirst))
    };
    assert_eq!(order_of(Scenario::new(), turn), ["low", "early", "late", "urgent"]);
}

#[test]
fn a_lifo_queue_takes_the_newest_first_whatever_its_priority() {
    let scenario = Scenario::new()
        .queue_with("newest", |queue| queue.task_order = Some(TaskOrder::Lifo))
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{newest}"}}}"#);
    assert_eq!(order_of(scenario, four_tasks), ["low", "late", "early", "urgent"]);
}

#[test]
fn a_task_that_waited_elsewhere_keeps_its_place_by_its_virtual_start_time() {
    let start = Timestamp::from_secs(500_000);
    let tasks = |scenario: Scenario| {
        scenario.task("T1", json!({})).task_with("back", |task| task.virtual_start_time = Some(start))
    };
    assert_eq!(order_of(Scenario::new(), tasks), ["back", "T1"]);
}

#[test]
fn the_preferred_kind_of_queue_is_served_first() {
    for (preferred, first) in [(TaskOrder::Fifo, "old"), (TaskOrder::Lifo, "new")] {
        let scenario = Scenario::with(|setup| setup.prioritize_queue_order = Some(preferred))
            .queue_with("newest", |queue| queue.task_order = Some(TaskOrder::Lifo));
        let newest = scenario.queue_named("newest");
        let tasks = move |scenario: Scenario| {
            scenario
                .task("old", json!({}))
                .task_with("new", |task| task.routing_target = Some(RoutingTarget::TaskQueue(newest)))
        };
        assert_eq!(order_of(scenario, tasks)[0], first);
    }
}

#[test]
fn a_priority_changed_by_hand_changes_the_place_in_line() {
    let tasks =
        |scenario: Scenario| four_tasks(scenario).update_task("late", |task| task.priority = Some(99));
    assert_eq!(order_of(Scenario::new(), tasks), ["late", "urgent", "early", "low"]);
}

fn four_tasks(scenario: Scenario) -> Scenario {
    let with = |priority| move |task: &mut CreateTask| task.priority = Some(priority);
    scenario
        .task_with("urgent", with(9))
        .task_with("early", with(5))
        .task_with("late", with(5))
        .task_with("low", with(0))
}

/// Lets one worker take all tasks, one after the other, and returns them in that order.
fn order_of(scenario: Scenario, tasks: impl Fn(Scenario) -> Scenario) -> Vec<String> {
    let mut scenario = tasks(scenario).meanwhile().worker("alice", json!({}));
    let mut order = vec![];
    loop {
        let mut offers = scenario.actions().iter().filter_map(|action| match action {
            Action::OfferReservation(offer) => Some(offer.task.sid),
            Action::Announce(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
        });
        let Some(sid) = offers.next_back() else { return order };
        let names = ["urgent", "early", "late", "low", "T1", "back", "old", "new"];
        let is_it = |name: &&&str| scenario.has(name) && scenario.sid::<domain::TaskSid>(name) == sid;
        let name = (*names.iter().find(is_it).unwrap()).to_owned();
        scenario = scenario.accept(&name, "alice").meanwhile().complete(&name, "alice");
        order.push(name);
    }
}
