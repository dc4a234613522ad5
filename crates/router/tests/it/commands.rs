//! What is refused, and what a refusal leaves as it was.

use router::*;
use serde_json::json;

use crate::scenario::Scenario;

#[test]
fn a_new_workspace_comes_with_activities_channels_and_its_template() {
    let scenario = Scenario::new();
    let workspace = &scenario.workspace;
    let activities: Vec<_> = workspace.activities().map(|one| (&*one.friendly_name, one.available)).collect();
    assert_eq!(
        activities,
        [("Offline", false), ("Available", true), ("Unavailable", false), ("Break", false)]
    );
    let channels: Vec<_> =
        workspace.task_channels().map(|one| (&*one.unique_name, &*one.friendly_name)).collect();
    let expected = [
        ("default", "Default"),
        ("sms", "SMS"),
        ("chat", "Programmable Chat"),
        ("voice", "Voice"),
        ("video", "Video"),
    ];
    assert_eq!(channels, expected);
    assert_eq!(workspace.settings().default_activity_sid, scenario.activity("Offline"));
    assert_eq!(workspace.settings().timeout_activity_sid, scenario.activity("Offline"));
    assert_eq!((workspace.task_queues().count(), workspace.workflows().count()), (1, 1));
}

#[test]
fn what_is_in_use_can_not_be_deleted() {
    let scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({}));
    let default_channel = scenario.workspace.find_task_channel("voice").unwrap().sid;
    let cases = [
        Command::DeleteActivity(DeleteActivity { sid: scenario.activity("Offline") }),
        Command::DeleteActivity(DeleteActivity { sid: scenario.activity("Available") }),
        Command::DeleteWorker(DeleteWorker { sid: scenario.sid("alice"), if_match: None }),
        Command::DeleteTaskQueue(DeleteTaskQueue { sid: scenario.queue_named("everyone") }),
        Command::DeleteWorkflow(DeleteWorkflow { sid: scenario.workflow() }),
        Command::DeleteTaskChannel(DeleteTaskChannel { sid: default_channel }),
    ];
    refuse_all(scenario, cases, |refusal| matches!(refusal, Refusal::WrongState { .. }));
}

#[test]
fn what_is_not_there_can_not_be_changed() {
    let sid = |prefix: &str| format!("{prefix}{}", "0".repeat(32));
    let cases = [
        Command::UpdateActivity(UpdateActivity { sid: sid("WA").parse().unwrap(), friendly_name: None }),
        Command::UpdateWorker(UpdateWorker::of(sid("WK").parse().unwrap())),
        Command::UpdateTaskQueue(UpdateTaskQueue::of(sid("WQ").parse().unwrap())),
        Command::UpdateWorkflow(UpdateWorkflow::of(sid("WW").parse().unwrap())),
        Command::UpdateTask(UpdateTask::of(sid("WT").parse().unwrap())),
        Command::DeleteTask(DeleteTask { sid: sid("WT").parse().unwrap(), if_match: None }),
    ];
    refuse_all(Scenario::new(), cases, |refusal| matches!(refusal, Refusal::NotFound { .. }));
    let scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({}));
    let answer = ReservationAnswer::Reject(sid("WA").parse().ok());
    let sid = scenario.reservation("T1", "alice");
    let reject = Command::UpdateReservation(UpdateReservation { sid, if_match: None, answer });
    refuse_all(scenario, [reject], |refusal| matches!(refusal, Refusal::Invalid { .. }));
}

#[test]
fn values_out_of_range_are_refused() {
    let queue = |change: fn(&mut CreateTaskQueue)| {
        let mut command = CreateTaskQueue { friendly_name: "queue".to_owned(), ..CreateTaskQueue::default() };
        change(&mut command);
        Command::CreateTaskQueue(command)
    };
    let channel = |unique_name: &str| {
        Command::CreateTaskChannel(CreateTaskChannel {
            friendly_name: "channel".to_owned(),
            unique_name: unique_name.to_owned(),
            channel_optimized_routing: None,
        })
    };
    let activity =
        |name: String| Command::CreateActivity(CreateActivity { friendly_name: name, available: true });
    let zone = UpdateWorkspace { time_zone: Some("Mars Base 1".to_owned()), ..UpdateWorkspace::default() };
    let cases = [
        queue(|queue| queue.max_reserved_workers = Some(0)),
        queue(|queue| queue.max_reserved_workers = Some(51)),
        queue(|queue| queue.target_workers = Some("skills ===".to_owned())),
        channel("1st"),
        channel("e-mail"),
        activity(String::new()),
        activity("x".repeat(65)),
        Command::UpdateWorkspace(zone),
    ];
    refuse_all(Scenario::new(), cases, |refusal| matches!(refusal, Refusal::Invalid { .. }));
}

#[test]
fn an_instruction_for_a_call_needs_a_call() {
    let scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({}));
    let sid = scenario.reservation("T1", "alice");
    let answer = ReservationAnswer::Instruct(CallInstruction::Conference);
    let command = Command::UpdateReservation(UpdateReservation { sid, if_match: None, answer });
    refuse_all(scenario, [command], |refusal| matches!(refusal, Refusal::NoCall { .. }));
}

#[test]
fn a_deleted_workspace_ends_its_tasks_and_takes_no_more_commands() {
    let mut scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({})).meanwhile();
    scenario.run(Command::DeleteWorkspace(DeleteWorkspace));
    assert!(scenario.try_run(Command::CreateTask(CreateTask::default())).is_err());
    scenario.expect_events(["reservation.canceled", "task.deleted", "workspace.deleted"]);
}

/// Holds that every command is refused in the way that is said, and that nothing changes.
fn refuse_all<const N: usize>(
    mut scenario: Scenario,
    commands: [Command; N],
    is_right: fn(&Refusal) -> bool,
) {
    let before = scenario.workspace.records();
    scenario.workspace.take_changes();
    for command in commands {
        let refusal = scenario.try_run(command.clone()).unwrap_err();
        assert!(is_right(&refusal), "{command:?}: {refusal:?}");
        assert!(scenario.workspace.take_changes().is_empty(), "{command:?}");
        assert_eq!(scenario.workspace.records(), before, "{command:?}");
    }
}
