//! How a task goes from worker to worker.

use router::*;
use serde_json::json;

use crate::scenario::{Scenario, offer, release, rescind};

#[test]
fn a_warm_transfer_leaves_both_workers_in_the_task_and_the_last_one_ends_it() {
    let scenario = assigned().transfer("T1", "alice", "bob", TransferMode::Warm).expect([offer("T1", "bob")]);
    assert_eq!(scenario.task_named("T1").status, TaskStatus::Reserved);
    let scenario = scenario
        .meanwhile()
        .accept("T1", "bob")
        .expect_events(["reservation.accepted", "task.transfer-completed"]);
    let task = scenario.task_named("T1");
    assert_eq!((task.status, last(task).status), (TaskStatus::Assigned, TransferStatus::Complete));
    let received = scenario.workspace.reservation(scenario.reservation("T1", "bob")).unwrap();
    assert_eq!(received.transfer_sid, Some(last(task).sid));
    scenario.complete("T1", "alice").expect([]).complete("T1", "bob").expect([release("T1", "completed")]);
}

#[test]
fn who_hands_on_coldly_wraps_up_when_the_other_has_accepted() {
    let scenario = assigned().transfer("T1", "alice", "bob", TransferMode::Cold).accept("T1", "bob");
    let status = |worker| {
        scenario
            .workspace
            .reservation(scenario.reservation("T1", worker))
            .map(|reservation| reservation.status)
    };
    assert_eq!(status("alice"), Some(ReservationStatus::Wrapping));
    assert_eq!(status("bob"), Some(ReservationStatus::Accepted));
    assert_eq!(scenario.task_named("T1").status, TaskStatus::Assigned);
}

#[test]
fn a_worker_who_does_not_take_it_gives_the_task_back() {
    let scenario = assigned()
        .transfer("T1", "alice", "bob", TransferMode::Warm)
        .meanwhile()
        .reject("T1", "bob")
        .expect_events(["reservation.rejected", "task.transfer-failed", "task.updated"]);
    let task = scenario.task_named("T1");
    assert_eq!((task.status, last(task).status), (TaskStatus::Assigned, TransferStatus::Failed));
    let scenario = scenario
        .transfer("T1", "alice", "bob", TransferMode::Warm)
        .meanwhile()
        .after(120)
        .expect([rescind("T1", "bob")]);
    assert_eq!(
        last(scenario.task_named("T1")).failed_reason.as_deref(),
        Some("The worker did not accept the task")
    );
    scenario.complete("T1", "alice").expect([release("T1", "completed")]);
}

#[test]
fn a_transfer_to_a_queue_asks_one_worker_after_the_other_and_none_twice() {
    let scenario = assigned()
        .queue("second line", "level == 2")
        .worker("carol", json!({ "level": 2 }))
        .worker("dave", json!({ "level": 2 }))
        .transfer("T1", "alice", "second line", TransferMode::Warm)
        .expect([offer("T1", "carol")])
        .reject("T1", "carol")
        .expect_events(["reservation.rejected", "task.transfer-attempt-failed", "reservation.created"]);
    assert_eq!(scenario.task_named("T1").task_queue_sid, Some(scenario.queue_named("second line")));
    let scenario = scenario.reject("T1", "dave").expect_events([
        "reservation.rejected",
        "task.transfer-attempt-failed",
        "task.transfer-failed",
        "task-queue.moved",
        "task.updated",
    ]);
    assert_eq!(scenario.task_named("T1").task_queue_sid, Some(scenario.queue_named("everyone")));
}

#[test]
fn a_transfer_waits_for_a_worker_of_its_queue_in_its_turn_without_a_time_limit() {
    let scenario = assigned()
        .queue("second line", "level == 2")
        .transfer("T1", "alice", "second line", TransferMode::Warm)
        .expect([])
        .after(200_000)
        .expect([]);
    let explanation = scenario.workspace.explain(scenario.task_named("T1").sid, scenario.now).unwrap();
    assert!(explanation.summary.ends_with("Its worker hands it on, and nobody can be asked yet."));
    assert_eq!(explanation.line.map(|line| line.position), Some(1));
    let scenario =
        scenario.worker("carol", json!({ "level": 2 })).expect([offer("T1", "carol")]).accept("T1", "carol");
    assert_eq!(scenario.task_named("T1").assignment_count, 1, "a transfer is no new assignment");
}

#[test]
fn a_worker_receives_the_own_transfer_only_where_nobody_else_is() {
    Scenario::new()
        .worker("alice", json!({}))
        .capacity("alice", "default", 2)
        .task("T1", json!({}))
        .accept("T1", "alice")
        .meanwhile()
        .transfer("T1", "alice", "everyone", TransferMode::Warm)
        .expect([offer("T1", "alice")])
        .cancel_transfer("T1")
        .expect([rescind("T1", "alice")])
        .worker("bob", json!({}))
        .transfer("T1", "alice", "everyone", TransferMode::Warm)
        .expect([offer("T1", "bob")]);
}

#[test]
fn a_transfer_that_is_called_off_leaves_the_task_where_it_was() {
    let mut scenario = assigned()
        .transfer("T1", "alice", "bob", TransferMode::Warm)
        .meanwhile()
        .cancel_transfer("T1")
        .expect_events(["reservation.canceled", "task.transfer-canceled", "task.updated"]);
    let task = scenario.task_named("T1");
    let (task_sid, sid) = (task.sid, last(task).sid);
    assert_eq!(task.status, TaskStatus::Assigned);
    let again = scenario.try_run(Command::CancelTransfer(CancelTransfer { task_sid, sid })).unwrap_err();
    assert_eq!(again.to_string(), format!("Transfer {sid} is already canceled . Cannot cancel transfer."));
}

#[test]
fn a_task_that_ends_while_it_is_handed_on_takes_the_offer_along() {
    let ended = |task: &mut UpdateTask| task.status = Some(TaskStatus::Completed);
    assigned()
        .transfer("T1", "alice", "bob", TransferMode::Warm)
        .meanwhile()
        .update_task("T1", ended)
        .expect([rescind("T1", "bob"), release("T1", "completed")]);
    // Alice has left already: nobody has the task any more when nobody takes it over.
    assigned()
        .transfer("T1", "alice", "bob", TransferMode::Cold)
        .complete("T1", "alice")
        .meanwhile()
        .update_task("T1", ended)
        .expect([rescind("T1", "bob"), release("T1", "completed")]);
    assigned()
        .transfer("T1", "alice", "bob", TransferMode::Cold)
        .complete("T1", "alice")
        .meanwhile()
        .reject("T1", "bob")
        .expect([release("T1", "completed")]);
}

#[test]
fn only_an_accepted_reservation_hands_its_task_on_to_a_worker_who_can_take_it() {
    let mut scenario =
        assigned().worker("carol", json!({})).activity_of("carol", "Break").task("T2", json!({}));
    let (alice, bob) = (scenario.reservation("T1", "alice"), scenario.reservation("T2", "bob"));
    let cases = [
        ("T2", bob, "alice", "only an accepted one hands its task on"),
        ("T1", bob, "bob", "no reservation"),
        ("T1", alice, "alice", "another worker is expected"),
        ("T1", alice, "carol", "worker 'carol' is not available"),
        ("T1", alice, "bob", "worker 'bob' has no free capacity"),
    ];
    for (task, reservation_sid, to, reason) in cases {
        let command = StartTransfer {
            task_sid: scenario.task_named(task).sid,
            reservation_sid,
            to: TransferTarget::Worker(scenario.sid(to)),
            mode: None,
            attributes: None,
            priority: None,
        };
        let refusal = scenario.try_run(Command::StartTransfer(command)).unwrap_err();
        assert!(refusal.to_string().contains(reason), "{refusal}");
    }
    assert!("WT0123456789abcdef0123456789abcdef".parse::<TransferTarget>().is_err());
}

#[test]
fn a_transfer_may_change_the_task_and_is_explained() {
    let mut scenario = assigned();
    let command = StartTransfer {
        task_sid: scenario.task_named("T1").sid,
        reservation_sid: scenario.reservation("T1", "alice"),
        to: TransferTarget::Worker(scenario.sid("bob")),
        mode: None,
        attributes: Some(json!({ "note": "angry" }).to_string()),
        priority: Some(9),
    };
    scenario.run(Command::StartTransfer(command));
    let task = scenario.task_named("T1");
    assert_eq!((task.priority, task.attributes.text()), (9, r#"{"note":"angry"}"#));
    assert_eq!(last(task).mode, TransferMode::Warm);
    let explanation = scenario.workspace.explain(task.sid, scenario.now).unwrap();
    assert_eq!(explanation.next.len(), 1, "the time limits of waiting tasks do not hold");
    assert_eq!(explanation.next[0].leads_to, Destination::TransferFails);
}

/// Alice has T1, bob has nothing.
fn assigned() -> Scenario {
    Scenario::new()
        .worker("alice", json!({}))
        .worker("bob", json!({}))
        .task("T1", json!({}))
        .accept("T1", "alice")
        .meanwhile()
}

fn last(task: &Task) -> &Transfer {
    task.transfers.last().unwrap()
}
