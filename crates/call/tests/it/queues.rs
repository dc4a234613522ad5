//! `<Enqueue>`, `<Dial><Queue>`, and what callers hear and are told while they wait.

use call::{Event, TaskEnding, TaskFault};

use crate::scenario::{Scenario, task};

const WAITING: &str = "<Enqueue action='left'>support</Enqueue>";
const FOR_AGENT: &str = "<Enqueue workflowSid='WW1' action='left'><Task priority='5' timeout='60'>\
                         {\"type\":\"vip\",\"from\":\"me\"}</Task></Enqueue>";
const LEFT: &str = "ask caller POST https://a.example/voice/left";

#[test]
fn a_caller_waits_with_music_and_is_bridged_to_who_dials_the_queue() {
    let scenario = Scenario::hears(WAITING).expect(["answer caller", "play #1 to caller: music for ever"]);
    let scenario = scenario
        .after(30)
        .calls("agent")
        .quietly()
        .document("agent", "<Dial action='talked'><Queue>support</Queue></Dial>")
        .expect(["answer agent", "stop #1", "connect caller and agent"]);
    let talks = scenario.after(60);
    talks.hangs_up("caller").expect([
        "part caller and agent",
        &format!("{LEFT} CallStatus=completed QueueResult=bridged QueueSid=QU1 QueueTime=30"),
        "ask agent POST https://a.example/voice/talked DialCallStatus=completed QueueSid=QU1 DialCallSid=caller",
    ]);
}

#[test]
fn who_dials_an_empty_queue_waits_for_the_first_to_come() {
    let dials = |timeout: u32| {
        Scenario::hears(WAITING)
            .hangs_up("caller")
            .calls("agent")
            .document("agent", &format!("<Dial timeout='{timeout}'><Queue>support</Queue></Dial>"))
            .quietly()
    };
    dials(60).after(50).calls("second").document("second", WAITING).expect_last("connect second and agent");
    dials(60).after(60).expect(["hang up agent"]);
    dials(60)
        .hangs_up("agent")
        .calls("second")
        .quietly()
        .document("second", WAITING)
        .expect(["answer second", "play #2 to second: music for ever"]);
}

#[test]
fn a_waiting_caller_hears_a_whisper_before_the_agent() {
    let whispered = || {
        Scenario::hears(WAITING)
            .calls("agent")
            .quietly()
            .document("agent", "<Dial><Queue url='whisper'>support</Queue></Dial>")
            .expect([
                "answer agent",
                "ask caller POST https://a.example/voice/whisper QueueSid=QU1 QueuePosition=1 QueueTime=0 \
                 AvgQueueTime=0 CurrentQueueSize=1 MaxQueueSize=1000 DequeingCallSid=agent",
            ])
            .document("caller", "<Say>You are next</Say>")
            .expect(["play #2 to caller: 'You are next'"])
    };
    whispered().hears_out("caller").expect(["stop #1", "connect caller and agent"]);
    whispered().hangs_up("caller").expect([
        "stop #2",
        "stop #1",
        &format!("{LEFT} CallStatus=completed QueueResult=bridging-in-process QueueSid=QU1 QueueTime=0"),
    ]);
    whispered()
        .hangs_up("agent")
        .expect(["stop #2"])
        .calls("other")
        .quietly()
        .document("other", "<Dial><Queue>support</Queue></Dial>")
        .expect(["answer other", "stop #1", "connect caller and other"]);
}

#[test]
fn the_waiting_document_loops_and_knows_how_things_stand() {
    let asked = "ask caller POST https://a.example/voice/wait QueueSid=QU1 QueuePosition";
    Scenario::new()
        .calls("first")
        .document("first", WAITING)
        .calls("caller")
        .quietly()
        .document("caller", "<Enqueue waitUrl='wait' action='left'>support</Enqueue>")
        .expect([
            "answer caller",
            &format!("{asked}=2 QueueTime=0 AvgQueueTime=0 CurrentQueueSize=2 MaxQueueSize=1000"),
        ])
        .document("caller", "<Say>Please wait</Say>")
        .quietly()
        .hangs_up("first")
        .quietly()
        .after(20)
        .hears_out("caller")
        .expect([&format!("{asked}=1 QueueTime=20 AvgQueueTime=20 CurrentQueueSize=1 MaxQueueSize=1000")])
        .document("caller", "")
        .expect([])
        .after(1)
        .expect_last(&format!("{asked}=1 QueueTime=21"));
}

#[test]
fn a_key_in_the_waiting_document_may_lead_out_of_the_queue() {
    Scenario::hears("<Enqueue waitUrl='wait' action='left'>support</Enqueue>")
        .document("caller", "<Gather action='key' numDigits='1'><Say>Press 1 to leave</Say></Gather>")
        .quietly()
        .presses("caller", "1")
        .expect_last("https://a.example/voice/key QueueSid=QU1 QueuePosition=1")
        .document("caller", "<Leave/>")
        .expect([&format!("{LEFT} QueueResult=leave QueueSid=QU1 QueueTime=0")]);
}

#[test]
fn every_way_out_of_a_queue_has_its_result() {
    let waiting = || Scenario::hears(FOR_AGENT).task_is_created("caller").quietly();
    let result = |scenario: Scenario, expected: &str| {
        scenario.expect_last(&format!("QueueResult={expected}"));
    };
    let call = waiting().call("caller");
    result(waiting().hangs_up("caller"), "hangup");
    result(waiting().happens(Event::MediaLost { call }), "system-error");
    for (fault, expected) in [(TaskFault::Request, "error"), (TaskFault::System, "system-error")] {
        let refused = Event::TaskRefused { call, fault, reason: "no workflow WW1".to_owned() };
        result(
            Scenario::hears(FOR_AGENT).happens(refused),
            &format!("{expected} QueueSid=QU1 QueueTime=0 ErrorMessage=no workflow WW1"),
        );
    }
    for (ending, expected) in
        [(TaskEnding::TimedOut, "task-timeout"), (TaskEnding::Canceled, "task-canceled")]
    {
        let ended = Event::TaskEnded { task: task(), ending };
        let scenario = waiting().happens(ended);
        result(
            scenario,
            &format!("leave QueueSid=QU1 QueueTime=0 TaskSid=WT1 Age=0 QueueLeaveReason={expected}"),
        );
    }
    result(Scenario::hears("<Enqueue action='left' workflowSid='WW1'><Task>[1]</Task></Enqueue>"), "error");
    result(Scenario::hears("<Enqueue action='left' maxQueueSize='0'>q</Enqueue>"), "queue-full");
    let bad_wait = Scenario::hears("<Enqueue action='left' waitUrl='w'>q</Enqueue>");
    result(bad_wait.document("caller", "<Dial>+1555</Dial>"), "error");
    let gone_wait = Scenario::hears("<Enqueue action='left' waitUrl='w'>q</Enqueue>");
    result(gone_wait.document_fails("caller"), "error");
}

#[test]
fn a_task_is_made_of_the_call_and_what_its_author_wrote() {
    Scenario::hears(FOR_AGENT)
        .expect([
            "answer caller",
            "task for caller in WW1 at 5 for 60s: {\"call_sid\":\"caller\",\"from\":\"me\",\"type\":\"vip\"}",
            "play #1 to caller: music for ever",
        ])
        .task_is_created("caller")
        .expect([])
        .hangs_up("caller")
        .expect([
            "stop #1",
            "cancel WT1: hangup",
            &format!(
                "{LEFT} CallStatus=completed QueueResult=hangup QueueSid=QU1 QueueTime=0 TaskSid=WT1 Age=0"
            ),
        ]);
}

#[test]
fn a_task_that_comes_too_late_is_canceled() {
    let scenario = Scenario::hears(FOR_AGENT);
    let call = scenario.call("caller");
    scenario
        .hangs_up("caller")
        .quietly()
        .happens(Event::TaskCreated { call, task: task() })
        .expect(["cancel WT1: the caller has left the queue"]);
}
