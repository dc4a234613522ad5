//! TaskRouter's instructions: how an agent and a waiting caller come together, and part.

use call::{
    AfterCall, Assignment, CallWorker, Command, Dequeue, Event, JoinWorker, Placing, RedirectCaller,
    Supervise, Supervision, Target,
};
use domain::CallSid;
use twiml::Conference;

use crate::scenario::{OURS, Scenario, application, reservation, task, verbs};

fn assignment() -> Assignment {
    Assignment { task: task(), reservation: reservation(), after_call: AfterCall::WrapUp }
}

fn placing(name: &str) -> Placing {
    Placing {
        target: Target::Client { identity: name.to_owned(), parameters: vec![] },
        to: format!("client:{name}"),
        from: OURS.to_owned(),
        timeout_secs: 30,
        progress: None,
    }
}

/// The instruction that the first caller of a scenario is bridged with a worker.
pub(crate) fn dequeue(_: &str, worker: &str) -> Command {
    Command::Dequeue(Box::new(Dequeue {
        assignment: assignment(),
        caller: first_caller(),
        worker: placing(worker),
        is_recorded: false,
    }))
}

fn first_caller() -> CallSid {
    domain::Sid::from_bits(100)
}

fn join(worker: &str) -> Command {
    Command::JoinWorker(Box::new(JoinWorker {
        assignment: assignment(),
        caller: Some(first_caller()),
        worker: placing(worker),
        seat: Conference { end_on_exit: Some(true), ..Conference::default() },
        ends_on_caller_exit: true,
        beeps_on_caller_entrance: false,
    }))
}

fn waiting() -> Scenario {
    Scenario::hears("<Enqueue workflowSid='WW1' action='left'/>").task_is_created("caller").quietly()
}

#[test]
fn an_agent_who_does_not_answer_leaves_the_caller_in_the_queue() {
    waiting()
        .does(dequeue("caller", "alice"))
        .quietly()
        .fails("alice", 486)
        .expect(["WR1 unanswered by alice: busy"])
        .does(dequeue("caller", "bob"))
        .after(30)
        .expect_last("WR1 unanswered by bob: no-answer")
        .does(dequeue("caller", "carol"))
        .quietly()
        .happens(Event::ReservationEnded { reservation: reservation() })
        .expect(["hang up carol", "WR1 unanswered by carol: canceled"])
        .hangs_up("caller")
        .expect_last("QueueResult=hangup");
}

#[test]
fn a_caller_who_goes_while_the_agent_is_rung_cancels_the_task() {
    waiting()
        .does(dequeue("caller", "alice"))
        .hangs_up("caller")
        .expect_last("cancel WT1: hangup")
        .answers("alice")
        .expect(["hang up alice", "WR1 unanswered by alice: completed"]);
}

#[test]
fn a_bridged_talk_may_be_recorded_and_its_task_completed() {
    let mut scenario = waiting();
    scenario.run(Command::Dequeue(Box::new(Dequeue {
        assignment: Assignment {
            after_call: AfterCall::Complete { post_work_activity: Some("WA9".to_owned()) },
            ..assignment()
        },
        caller: first_caller(),
        worker: placing("alice"),
        is_recorded: true,
    })));
    scenario
        .quietly()
        .answers("alice")
        .expect([
            "accept WR1",
            "attributes of WT1: {\"worker_call_sid\":\"alice\"}",
            "stop #1",
            "connect caller and alice",
            "record RE1 of caller in two channels",
        ])
        .hangs_up("alice")
        .expect([
            "complete WT1 WA9",
            "part caller and alice",
            "stop RE1",
            "ask caller POST https://a.example/voice/left QueueResult=bridged QueueSid=QU1 QueueTime=0 \
             TaskSid=WT1 Age=0",
        ]);
}

#[test]
fn a_conference_brings_caller_and_agent_together_when_the_agent_answers() {
    waiting()
        .does(join("alice"))
        .expect(["place alice from +15555550100"])
        .answers("alice")
        .expect([
            "accept WR1",
            "play #2 to alice: music for ever",
            "stop #1",
            "ask caller POST https://a.example/voice/left QueueResult=redirected QueueSid=QU1 QueueTime=0 \
             TaskSid=WT1 Age=0",
            "caller joins CF1",
            "stop #2",
            "alice joins CF1",
            "attributes of WT1: {\"conference\":{\"sid\":\"CF1\",\"participants\":{\"worker\":\"alice\",\
             \"customer\":\"caller\"}}}",
        ])
        .hangs_up("caller")
        .expect(["caller leaves CF1", "alice leaves CF1", "hang up alice", "wrap up WR1 of WT1"]);
}

#[test]
fn a_second_agent_joins_and_the_first_leaves_the_caller_to_them() {
    let mut scenario = waiting().does(join("alice")).answers("alice").quietly();
    scenario.run(Command::JoinWorker(Box::new(JoinWorker {
        assignment: assignment(),
        caller: Some(first_caller()),
        worker: placing("bob"),
        seat: Conference::default(),
        ends_on_caller_exit: true,
        beeps_on_caller_entrance: false,
    })));
    let scenario = scenario.quietly().answers("bob").expect([
        "accept WR1",
        "bob joins CF1",
        "play #3 to CF1: beep",
        "attributes of WT1: {\"conference\":{\"sid\":\"CF1\",\"participants\":{\"worker\":\"bob\",\
         \"customer\":\"caller\"}}}",
    ]);
    let mut update = call::UpdateParticipant::of(conference(&scenario), scenario.call("alice").to_string());
    update.ends_on_exit = Some(false);
    scenario.does(Command::UpdateParticipant(Box::new(update))).hangs_up("alice").expect([
        "alice leaves CF1",
        "play #4 to CF1: beep",
        "wrap up WR1 of WT1",
    ]);
}

fn conference(scenario: &Scenario) -> domain::ConferenceSid {
    let sid = scenario.records.iter().rev().find_map(|record| match record {
        call::Record::Participant(participant) => Some(participant.conference),
        _ => None,
    });
    sid.unwrap()
}

#[test]
fn an_agents_document_takes_the_caller_of_its_reservation() {
    let queue = format!(
        "<Say>A call</Say><Dial><Queue reservationSid='{}' postWorkActivitySid='WA7'/></Dial>",
        reservation()
    );
    waiting()
        .does(Command::CallWorker(Box::new(CallWorker {
            assignment: assignment(),
            worker: placing("alice"),
            program: call::Program::inline(verbs(&queue)),
            accepts: false,
            is_recorded: false,
        })))
        .expect(["place alice from +15555550100"])
        .answers("alice")
        .expect(["play #2 to alice: 'A call'"])
        .hears_out("alice")
        .expect(["accept WR1", "stop #1", "connect caller and alice"])
        .hangs_up("alice")
        .expect_last("complete WT1 WA7");
}

#[test]
fn a_redirected_caller_runs_a_document_and_keeps_the_task() {
    waiting()
        .does(Command::RedirectCaller(RedirectCaller {
            reservation: reservation(),
            caller: first_caller(),
            program: application("https://b.example/agent"),
            accepts: true,
        }))
        .expect([
            "accept WR1",
            "stop #1",
            "ask caller POST https://a.example/voice/left QueueResult=redirected QueueSid=QU1 QueueTime=0 \
             TaskSid=WT1 Age=0",
            "ask caller POST https://b.example/agent",
        ]);
}

#[test]
fn a_supervisor_listens_whispers_or_joins_in() {
    for (mode, manner) in [
        (Supervision::Monitor, " muted"),
        (Supervision::Whisper, " coaching alice"),
        (Supervision::Barge, ""),
    ] {
        let mut scenario = waiting().does(join("alice")).answers("alice");
        let worker = scenario.call("alice");
        let supervise = Supervise { task: task(), worker, supervisor: placing("boss"), mode };
        scenario.run(Command::Supervise(Box::new(supervise)));
        scenario.quietly().answers("boss").expect([&format!("boss joins CF1{manner}")]);
    }
    let worker = first_caller();
    let supervise = Supervise { task: task(), worker, supervisor: placing("boss"), mode: Supervision::Barge };
    let refusal = waiting().try_run(Command::Supervise(Box::new(supervise))).unwrap_err();
    assert!(refusal.to_string().contains("only conferences can be supervised"), "{refusal}");
}

#[test]
fn only_a_waiting_caller_can_be_dequeued() {
    let refusal = Scenario::hears("<Echo/>").try_run(dequeue("caller", "alice")).unwrap_err();
    assert!(refusal.to_string().contains("does not wait in a queue"), "{refusal}");
}
