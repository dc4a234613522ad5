//! Interactions handed on: warm and cold, to agents, queues and workflows, with and without success.

use conversation::*;
use domain::{Sid, TaskQueueSid, WorkflowSid};
use serde_json::json;

use crate::scenario::{Scenario, worker};

fn transfer(scenario: &Scenario, mode: TransferMode, to: TransferTarget) -> Command {
    let note = Some("wants a refund".to_owned());
    let (channel_sid, from) = (scenario.channel().sid, scenario.agent("alice"));
    Command::StartTransfer(StartTransfer { channel_sid, from, to, mode, note })
}

fn handed_on(mode: TransferMode, to: TransferTarget) -> Scenario {
    let scenario = Scenario::accepted();
    let command = transfer(&scenario, mode, to);
    scenario.run(command)
}

fn to_bob() -> TransferTarget {
    TransferTarget::Worker(worker("bob"))
}

#[test]
fn a_warm_transfer_leaves_the_agent_until_that_one_goes() {
    let scenario = handed_on(TransferMode::Warm, to_bob()).expect([
        "invite 2",
        "create task of invite 2",
        "warm transfer active",
        "channel is transfer",
    ]);
    assert_eq!(scenario.requests[1].routing.worker_sid, Some(worker("bob")));
    assert_eq!(scenario.attributes()["workerSidsInConversation"], json!([worker("alice")]));
    let scenario = scenario
        .task_created(2)
        .accepted_by(2, "bob")
        .expect(["onParticipantAdded bob", "agent bob came", "warm transfer completed", "channel is active"])
        .leaves("alice", TaskClosing::Wrap)
        .expect(["agent alice left", "onParticipantRemoved alice", "end task 1: wrapup"]);
    assert_eq!(scenario.last().transfers[0].note.as_deref(), Some("wants a refund"));
}

#[test]
fn a_cold_transfer_lets_the_agent_go_at_once() {
    handed_on(TransferMode::Cold, TransferTarget::Queue(TaskQueueSid::from_bits(2)))
        .expect([
            "invite 2",
            "create task of invite 2",
            "cold transfer active",
            "channel is transfer",
            "agent alice left",
            "onParticipantRemoved alice",
            "end task 1: wrapup",
        ])
        .task_ended(1, TaskEnd::Completed, TaskEndPolicy::Close)
        .expect([])
        .texts("hello?")
        .expect(["onMessageAdded #1 hello?"])
        .task_created(2)
        .accepted_by(2, "bob")
        .expect(["onParticipantAdded bob", "agent bob came", "cold transfer completed", "channel is active"]);
}

#[test]
fn who_is_not_taken_over_goes_to_anyone_or_stays_with_the_agent_who_is_there() {
    let cold = handed_on(TransferMode::Cold, to_bob()).task_created(2).heard();
    let cold = cold.task_ended(2, TaskEnd::Canceled, TaskEndPolicy::Close).expect([
        "cold transfer failed",
        "channel is active",
        "invite 3",
        "create task of invite 3",
    ]);
    assert_eq!(cold.requests[2].routing.worker_sid, None);
    cold.task_created(3).task_ended(3, TaskEnd::WorkflowTimeout, TaskEndPolicy::Close).heard();

    let warm = handed_on(TransferMode::Warm, to_bob()).task_created(2).heard();
    let warm = warm
        .task_ended(2, TaskEnd::Canceled, TaskEndPolicy::Close)
        .expect(["warm transfer failed", "channel is active"]);
    assert!(warm.last().agents().any(|agent| agent.identity == "alice"));
}

#[test]
fn a_transfer_can_be_called_off_while_it_is_under_way() {
    let scenario = handed_on(TransferMode::Warm, TransferTarget::Workflow(WorkflowSid::from_bits(2)));
    assert_eq!(scenario.requests[1].routing.workflow_sid, Some(WorkflowSid::from_bits(2)));
    let cancel = Command::CancelTransfer(scenario.last().transfers[0].sid);
    let mut scenario = scenario.task_created(2).heard().run(cancel.clone()).expect([
        "end task 2: cancel",
        "warm transfer failed",
        "channel is active",
    ]);
    let sid = scenario.last().transfers[0].sid;
    assert_eq!(scenario.refused(cancel), format!("transfer {sid} is failed and stays so"));

    let cold = handed_on(TransferMode::Cold, to_bob());
    let cancel = Command::CancelTransfer(cold.last().transfers[0].sid);
    cold.heard().run(cancel).expect([
        "cold transfer failed",
        "channel is active",
        "invite 3",
        "create task of invite 3",
    ]);
}

#[test]
fn one_transfer_at_a_time_by_an_agent_who_is_there() {
    let mut scenario = handed_on(TransferMode::Warm, to_bob());
    let second = transfer(&scenario, TransferMode::Warm, to_bob());
    assert_eq!(scenario.refused(second), "an agent hands on a channel that is active; this one is transfer");
}

#[test]
fn an_interaction_that_ends_ends_its_transfer() {
    handed_on(TransferMode::Warm, to_bob())
        .task_created(2)
        .heard()
        .change_channel(ChannelChange::Close(TaskClosing::Complete))
        .expect([
            "end task 2: cancel",
            "warm transfer failed",
            "channel is active",
            "customer +15555550123 left",
            "agent alice left",
            "end task 1: closed",
            "channel is closed",
            "state active -> closed (API)",
        ]);
}
