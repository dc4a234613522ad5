//! How tasks live and end.

use domain::Timestamp;
use router::*;
use serde_json::json;

use crate::scenario::{Scenario, offer, release, rescind};

#[test]
fn a_task_that_waits_too_long_is_canceled_even_while_it_is_offered() {
    let scenario = Scenario::new()
        .task_with("T1", |task| task.timeout_secs = Some(60))
        .worker("alice", json!({}))
        .expect([offer("T1", "alice")])
        .meanwhile()
        .after(60);
    assert!(scenario.workspace.tasks().next().is_none());
    scenario.expect([rescind("T1", "alice"), release("T1", "canceled")]);
}

#[test]
fn a_task_with_a_worker_outlives_its_waiting_time() {
    Scenario::new()
        .worker("alice", json!({}))
        .task_with("T1", |task| task.timeout_secs = Some(60))
        .accept("T1", "alice")
        .meanwhile()
        .after(3_600)
        .expect([]);
}

#[test]
fn only_tasks_without_a_worker_can_be_canceled() {
    let mut scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({})).accept("T1", "alice");
    let cancel = UpdateTask { status: Some(TaskStatus::Canceled), ..UpdateTask::of(scenario.sid("T1")) };
    let refusal = scenario.try_run(Command::UpdateTask(cancel)).unwrap_err();
    assert!(matches!(refusal, Refusal::WrongState { .. }), "{refusal}");
}

#[test]
fn a_task_is_wrapped_and_completed_with_its_reservations() {
    Scenario::new()
        .worker("alice", json!({}))
        .task("T1", json!({}))
        .accept("T1", "alice")
        .meanwhile()
        .update_task("T1", |task| task.status = Some(TaskStatus::Wrapping))
        .expect_events(["reservation.wrapup", "task.wrapup"])
        .update_task("T1", |task| {
            task.status = Some(TaskStatus::Completed);
            task.reason = Some("solved".to_owned());
        })
        .expect_events(["reservation.completed", "task.completed"]);
}

#[test]
fn completing_an_accepted_reservation_completes_the_task_with_the_published_reason() {
    let mut scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({})).accept("T1", "alice");
    scenario.workspace.take_changes();
    let mut scenario = scenario.complete("T1", "alice");
    let last: Vec<Record> = scenario
        .workspace
        .take_changes()
        .into_iter()
        .filter_map(|change| match change {
            Change::Put(record @ (Record::Task(_) | Record::Reservation(_))) => Some(record),
            Change::Put(_) | Change::Delete(_) => None,
        })
        .collect();
    let [Record::Task(task), Record::Reservation(reservation)] = &last[..] else { panic!("{last:?}") };
    assert_eq!(task.reason.as_deref(), Some("All reservations were completed"));
    assert_eq!((task.status, reservation.status), (TaskStatus::Completed, ReservationStatus::Completed));
    assert!(last.iter().all(|record| !record.is_live()), "what has ended is history");
}

#[test]
fn a_task_with_two_workers_ends_with_the_last_of_them() {
    // Two may only come together by a hand-over, which is written to the rows here.
    let scenario = Scenario::new()
        .queue_with("pair", |queue| queue.max_reserved_workers = Some(2))
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{pair}"}}}"#)
        .worker("alice", json!({}))
        .worker("bob", json!({}))
        .task("T1", json!({}))
        .accept("T1", "bob");
    let mut records = scenario.workspace.records();
    for record in &mut records {
        if let Record::Reservation(reservation) = record {
            reservation.status = ReservationStatus::Accepted;
        }
    }
    let workspace = Workspace::load(records).unwrap();
    let scenario = scenario.in_place(workspace).meanwhile().wrap("T1", "alice");
    assert_eq!(scenario.task_named("T1").status, TaskStatus::Assigned);
    let scenario = scenario.complete("T1", "bob");
    assert_eq!(scenario.task_named("T1").status, TaskStatus::Wrapping);
    scenario.complete("T1", "alice").expect([release("T1", "completed")]);
}

#[test]
fn a_task_that_is_not_assigned_can_not_be_wrapped_or_completed() {
    let mut scenario = Scenario::new().task("T1", json!({}));
    for status in [TaskStatus::Wrapping, TaskStatus::Completed, TaskStatus::Assigned, TaskStatus::Pending] {
        let update = UpdateTask { status: Some(status), ..UpdateTask::of(scenario.sid("T1")) };
        assert!(scenario.try_run(Command::UpdateTask(update)).is_err(), "{status}");
    }
}

#[test]
fn a_deleted_task_takes_its_offers_along() {
    let mut scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({})).meanwhile();
    let sid = scenario.sid("T1");
    scenario.run(Command::DeleteTask(DeleteTask { sid, if_match: None }));
    let changes = scenario.workspace.take_changes();
    let is_of_task = |change: &&Change| match change {
        Change::Put(record) => matches!(record, Record::Task(_) | Record::Reservation(_)),
        Change::Delete(key) => matches!(key, RecordKey::Task(_) | RecordKey::Reservation(_)),
    };
    let of_task: Vec<&Change> = changes.iter().filter(is_of_task).collect();
    assert!(matches!(
        of_task[..],
        [Change::Delete(RecordKey::Task(_)), Change::Delete(RecordKey::Reservation(_))]
    ));
    scenario
        .expect([rescind("T1", "alice"), release("T1", "reserved")])
        .task("T2", json!({}))
        .expect([offer("T2", "alice")]);
}

#[test]
fn assigned_tasks_live_as_long_as_the_workspace_allows() {
    Scenario::new()
        .settings(|settings| settings.assigned_task_lifetime_secs = Some(86_400))
        .worker("alice", json!({}))
        .task("T1", json!({}))
        .accept("T1", "alice")
        .meanwhile()
        .after(86_400)
        .expect_events(["reservation.canceled", "task.system-deleted"]);
}

#[test]
fn the_end_of_a_task_comes_with_the_policy_of_its_workflow() {
    let mut scenario = Scenario::new().settings(|settings| {
        settings.on_task_end = Some(OnTaskEnd::Reinvite);
        settings.on_task_end_waiting_call = Some(OnTaskEndWaitingCall::KeepWaiting);
    });
    let on_task_end = Some(OnTaskEnd::Close);
    scenario.run(Command::UpdateWorkflow(UpdateWorkflow { on_task_end, ..scenario.workflow_update() }));
    let scenario = scenario
        .task("T1", json!({}))
        .meanwhile()
        .update_task("T1", |task| task.status = Some(TaskStatus::Canceled));
    let Some(Action::ReleaseContact(end)) = scenario.actions().last() else { panic!("the contact is kept") };
    assert_eq!(
        (end.on_task_end, end.on_task_end_waiting_call),
        (OnTaskEnd::Close, OnTaskEndWaitingCall::KeepWaiting)
    );
}

#[test]
fn the_limits_of_a_new_task_are_kept() {
    let mut scenario = Scenario::new();
    let far = scenario.now + std::time::Duration::from_secs(60);
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(4_096));
    let cases: [(&str, CreateTask); 8] = [
        ("Attributes", CreateTask { attributes: Some("[]".into()), ..CreateTask::default() }),
        ("Attributes", CreateTask { attributes: Some(long), ..CreateTask::default() }),
        ("Priority", CreateTask { priority: Some(1 << 31), ..CreateTask::default() }),
        ("Timeout", CreateTask { timeout_secs: Some(1_209_601), ..CreateTask::default() }),
        ("VirtualStartTime", CreateTask { virtual_start_time: Some(far), ..CreateTask::default() }),
        (
            "VirtualStartTime",
            CreateTask { virtual_start_time: Timestamp::parse("1899-12-31"), ..CreateTask::default() },
        ),
        ("TaskChannel", CreateTask { task_channel: Some("fax".into()), ..CreateTask::default() }),
        (
            "RoutingTarget",
            CreateTask {
                routing_target: "WK00000000000000000000000000000000".parse().ok(),
                ..CreateTask::default()
            },
        ),
    ];
    for (expected, command) in cases {
        let refusal = scenario.try_run(Command::CreateTask(command)).unwrap_err();
        assert!(matches!(refusal, Refusal::Invalid { parameter, .. } if parameter == expected), "{refusal}");
    }
    assert!(scenario.workspace.tasks().next().is_none());
}

#[test]
fn the_workflow_may_be_left_out_only_where_there_is_one() {
    let mut scenario = Scenario::new();
    assert!(scenario.try_run(Command::CreateTask(CreateTask::default())).is_ok());
    let queue = scenario.queue_named("everyone");
    let second = CreateWorkflow {
        friendly_name: "second".into(),
        configuration: format!(r#"{{"task_routing":{{"default_filter":{{"queue":"{queue}"}}}}}}"#),
        ..CreateWorkflow::default()
    };
    scenario.run(Command::CreateWorkflow(second));
    let refusal = scenario.try_run(Command::CreateTask(CreateTask::default())).unwrap_err();
    assert!(matches!(refusal, Refusal::Invalid { parameter: "WorkflowSid", .. }), "{refusal}");
}

#[test]
fn a_stale_version_is_refused_and_the_same_change_goes_through_with_the_right_one() {
    let mut scenario = Scenario::new().task("T1", json!({}));
    let (sid, version) = (scenario.sid("T1"), scenario.task_named("T1").version);
    let update =
        |if_match| Command::UpdateTask(UpdateTask { if_match, priority: Some(5), ..UpdateTask::of(sid) });
    let refusal = scenario.try_run(update(Some(version + 1))).unwrap_err();
    assert_eq!(refusal, Refusal::PreconditionFailed { expected: version + 1, actual: version });
    scenario.run(update(Some(version)));
    assert_eq!(scenario.task_named("T1").version, version + 1);
}
