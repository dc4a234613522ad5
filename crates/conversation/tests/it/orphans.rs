//! No conversation is left open with nobody there: each end of a task, before and after an agent came, each policy,
//! and a message that arrives meanwhile.

use std::collections::BTreeSet;

use conversation::*;
use domain::{Sid, WorkflowSid};

use crate::scenario::{CUSTOMER, Scenario, studio, task, text};

fn other() -> WorkflowSid {
    WorkflowSid::from_bits(2)
}

fn policies() -> [TaskEndPolicy; 3] {
    [TaskEndPolicy::Close, TaskEndPolicy::Reinvite, TaskEndPolicy::Workflow(other())]
}

/// A message before the end of the task or after it; it is in exactly one conversation.
fn arrives(scenario: &mut Scenario, body: &str) -> bool {
    let origin = Origin::network("sms");
    match scenario.ask(text(CUSTOMER, body), &origin) {
        Ok(_) => true,
        Err(refusal) => {
            assert_eq!(refusal, Refusal::Closed(scenario.conversation.details().sid));
            false
        }
    }
}

#[test]
fn every_end_of_the_last_task_is_followed_by_the_policy() {
    for why in TaskEnd::ALL {
        for policy in policies() {
            for is_accepted in [false, true] {
                let start = if is_accepted { Scenario::accepted() } else { Scenario::handed_over().heard() };
                check_end(start, *why, policy, is_accepted);
            }
        }
    }
}

fn check_end(start: Scenario, why: TaskEnd, policy: TaskEndPolicy, is_accepted: bool) {
    let case = format!("{why}, {policy}, accepted: {is_accepted}");
    let mut before = start;
    assert!(arrives(&mut before, "before"), "{case}");
    let mut after = before.heard().task_ended(1, why, policy);
    assert_eq!(after.conversation.orphan(), None, "{case}");
    assert!(after.last().agents().all(|agent| agent.identity != "alice"), "{case}");
    let lands_here = arrives(&mut after, "after");
    match policy {
        TaskEndPolicy::Close => {
            assert_eq!(after.standing(), "channel closed, conversation closed", "{case}");
            assert!(!lands_here && after.conversation.pairs().is_empty(), "{case}");
        }
        TaskEndPolicy::Reinvite | TaskEndPolicy::Workflow(_) => {
            assert_eq!(after.standing(), "channel active, conversation active", "{case}");
            assert_eq!((lands_here, after.requests.len()), (true, 2), "{case}");
            let workflow = after.requests[1].routing.workflow_sid;
            assert_eq!(workflow == Some(other()), policy == TaskEndPolicy::Workflow(other()), "{case}");
        }
    }
    let bodies: Vec<_> =
        after.conversation.messages().filter_map(|message| message.body.as_deref()).collect();
    assert_eq!(bodies.len(), 2 + usize::from(lands_here), "{case}: {bodies:?}");
    // Whoever did not hear that the end was taken tells it again.
    after.heard().task_ended(1, why, policy).expect([]);
}

#[test]
fn a_crash_between_the_end_and_its_news_is_repaired_by_the_sweep() {
    for policy in policies() {
        for start in [Scenario::handed_over(), Scenario::accepted()] {
            let mut lost = start;
            let survey = Survey { live_tasks: BTreeSet::new(), policy };
            let mut tick = lost.tick();
            let swept = lost.conversation.sweep(&survey, &mut tick);
            assert_eq!(swept.repairs, [Repair::TaskGone], "{policy}");
            assert_eq!(lost.conversation.orphan(), None, "{policy}");
            let told = |action: &Action| matches!(action, Action::Notify(notice) if notice.fact == Fact::OrphanRepaired(Repair::TaskGone));
            assert!(swept.actions.iter().any(told), "what was repaired is an event");
            // The late news finds it done.
            lost.heard().task_ended(1, TaskEnd::Deleted, policy).expect([]);
        }
    }
}

#[test]
fn the_sweep_leaves_alone_what_is_well_and_asks_again_for_a_task_that_does_not_exist_yet() {
    let survey = Survey { live_tasks: [task(1)].into(), policy: TaskEndPolicy::Close };
    let mut well = Scenario::accepted();
    let mut tick = well.tick();
    assert_eq!(well.conversation.sweep(&survey, &mut tick), Swept::default());

    let interaction = Command::CreateInteraction(Box::new(crate::scenario::interaction()));
    let mut waiting = Scenario::texted(studio()).run(interaction);
    let first = Action::CreateTask(Box::new(waiting.requests[0].clone()));
    let mut tick = waiting.tick();
    assert_eq!(waiting.conversation.sweep(&survey, &mut tick).actions, [first]);
}

#[test]
fn the_end_of_one_task_is_nothing_while_another_agent_is_there() {
    let scenario = Scenario::accepted();
    let channel_sid = scenario.channel().sid;
    let routing = crate::scenario::routing(&serde_json::json!({}));
    scenario
        .run(Command::CreateInvite(Box::new(CreateInvite { channel_sid, routing })))
        .task_created(2)
        .heard()
        .task_ended(1, TaskEnd::Completed, TaskEndPolicy::Close)
        .expect(["agent alice left", "onParticipantRemoved alice"])
        .accepted_by(2, "bob")
        .heard()
        .task_ended(2, TaskEnd::Completed, TaskEndPolicy::Close)
        .expect([
            "agent bob left",
            "onParticipantRemoved bob",
            "customer +15555550123 left",
            "channel is closed",
            "state active -> closed (EVENT)",
        ]);
}

#[test]
fn the_end_of_a_task_may_be_told_before_its_beginning() {
    let interaction = Command::CreateInteraction(Box::new(crate::scenario::interaction()));
    Scenario::texted(studio())
        .run(interaction)
        .heard()
        .task_ended(1, TaskEnd::WorkflowTimeout, TaskEndPolicy::Close)
        .expect([
            "channel is active",
            "interaction has task 1",
            "customer +15555550123 left",
            "channel is closed",
            "state active -> closed (EVENT)",
        ])
        .task_created(1)
        .expect(["end task 1: cancel"]);
}

#[test]
fn a_policy_that_finds_nobody_does_not_go_on_for_ever() {
    let mut scenario = Scenario::handed_over();
    let mut invites = 1;
    while scenario.channel().status == ChannelStatus::Active {
        scenario = scenario.task_ended(invites, TaskEnd::Canceled, TaskEndPolicy::Reinvite);
        invites += 1;
        assert!(invites < 20, "the policy must come to an end");
        if scenario.channel().status == ChannelStatus::Active {
            scenario = scenario.task_created(invites);
        }
    }
    assert_eq!(scenario.standing(), "channel closed, conversation closed");
    assert_eq!(scenario.requests.len(), 11, "the first task, and ten by the policy");

    let policy = TaskEndPolicy::Workflow(other());
    let tried = Scenario::handed_over().task_ended(1, TaskEnd::WorkflowTimeout, policy).task_created(2);
    let tried = tried.task_ended(2, TaskEnd::WorkflowTimeout, policy);
    assert_eq!(tried.standing(), "channel closed, conversation closed");
}

#[test]
fn a_conversation_that_is_closed_or_deleted_takes_its_tasks_along() {
    let closed =
        UpdateConversation { state: Some(ConversationState::Closed), ..UpdateConversation::default() };
    Scenario::accepted().run(Command::UpdateConversation(closed.clone())).expect([
        "onConversationUpdated",
        "customer +15555550123 left",
        "agent alice left",
        "end task 1: wrapup",
        "channel is closed",
        "state active -> closed (API)",
    ]);
    Scenario::handed_over().heard().run(Command::UpdateConversation(closed)).expect([
        "onConversationUpdated",
        "end task 1: cancel",
        "customer +15555550123 left",
        "channel is closed",
        "state active -> closed (API)",
    ]);
    let deleted = Scenario::handed_over().heard().run(Command::DeleteConversation).expect([
        "end task 1: cancel",
        "customer +15555550123 left",
        "channel is closed",
        "onConversationRemoved",
    ]);
    deleted.accepted_by(1, "alice").expect(["end task 1: closed"]);
}
