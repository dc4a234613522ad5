//! What workers do and what that wakes.

use router::*;
use serde_json::json;

use crate::scenario::{Scenario, offer, skills};

#[test]
fn a_worker_who_becomes_available_gets_the_task_that_waits() {
    Scenario::new()
        .worker("alice", json!({}))
        .activity_of("alice", "Break")
        .task("T1", json!({}))
        .expect([])
        .activity_of("alice", "Available")
        .expect([offer("T1", "alice")]);
}

#[test]
fn learning_a_skill_wakes_the_tasks_that_need_it() {
    let mut scenario = Scenario::new()
        .queue("german", "skills HAS 'german'")
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{german}"}}}"#)
        .worker("alice", skills(&[]))
        .task("T1", json!({}))
        .expect([]);
    let attributes = Some(skills(&["german"]).to_string());
    let sid = scenario.sid("alice");
    scenario.run(Command::UpdateWorker(UpdateWorker { attributes, ..UpdateWorker::of(sid) }));
    scenario.expect([offer("T1", "alice")]);
}

#[test]
fn a_queue_that_takes_other_workers_wakes_the_tasks_in_it() {
    let mut scenario = Scenario::new()
        .queue("closed", "")
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{closed}"}}}"#)
        .worker("alice", json!({}))
        .task("T1", json!({}))
        .expect([]);
    let sid = scenario.queue_named("closed");
    let target_workers = Some("1==1".to_owned());
    scenario.run(Command::UpdateTaskQueue(UpdateTaskQueue { target_workers, ..UpdateTaskQueue::of(sid) }));
    scenario.expect([offer("T1", "alice")]);
}

#[test]
fn versions_count_changes_and_the_same_attributes_are_none() {
    let mut scenario = Scenario::new().worker("alice", json!({ "level": 1 }));
    let update = |scenario: &mut Scenario, attributes: &str| {
        let attributes = Some(attributes.to_owned());
        let sid = scenario.sid("alice");
        scenario.run(Command::UpdateWorker(UpdateWorker { attributes, ..UpdateWorker::of(sid) }));
        scenario.worker_named("alice").version
    };
    assert_eq!(update(&mut scenario, r#"{"level":1}"#), 0);
    assert_eq!(update(&mut scenario, r#"{"level":2}"#), 1);
    let scenario = scenario.task("T1", json!({}));
    assert_eq!(scenario.worker_named("alice").version, 2, "an offer counts");
    let scenario = scenario.activity_of("alice", "Break").reject("T1", "alice");
    assert_eq!(scenario.worker_named("alice").version, 3, "the activity counts, the rejection does not");
    let scenario = scenario.capacity("alice", "voice", 2);
    assert_eq!(scenario.worker_named("alice").version, 4);
}

#[test]
fn a_change_of_activity_says_how_long_the_last_one_took() {
    let scenario =
        Scenario::new().worker("alice", json!({})).after(90).meanwhile().activity_of("alice", "Break");
    let Some(Action::Announce(notice)) = scenario.actions().first() else { panic!("nothing was announced") };
    let worker = notice.subjects.worker.as_ref().unwrap();
    let previous = worker.previous_activity.as_ref().unwrap();
    assert_eq!(
        (&*worker.activity_name, &*previous.name, previous.time_ms / 1_000),
        ("Break", "Available", 90)
    );
}

#[test]
fn names_of_workers_are_unique_whatever_their_case() {
    let mut scenario = Scenario::new().worker("Alice", json!({}));
    let again = CreateWorker { friendly_name: "ALICE".to_owned(), ..CreateWorker::default() };
    assert!(matches!(scenario.try_run(Command::CreateWorker(again)), Err(Refusal::Conflict { .. })));
    assert_eq!(scenario.workspace.find_worker("aLiCe").map(|worker| worker.sid), Some(scenario.sid("Alice")));
}
