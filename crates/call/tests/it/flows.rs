//! Calls that a flow drives: what would be requested is asked of it.

use call::{CallRecordingWish, Command, CreateCall, Parameters, Program, Target};
use twiml::AnswerDetection;

use crate::agents::dequeue;
use crate::scenario::{OURS, Scenario};

const MENU: &str =
    "<Gather numDigits='1'><Say>1 for hours, 2 for the location, 3 for a representative.</Say></Gather>";
const SEND_TO_FLEX: &str =
    "<Enqueue workflowSid='WW1'><Task timeout='3600'>{\"name\":\"+15555550110\"}</Task></Enqueue>";

#[test]
fn a_caller_presses_three_and_talks_with_an_agent() {
    Scenario::new()
        .calls_flow("caller")
        .expect(["ring caller", "ask caller flow CallStatus=ringing"])
        .flow("caller", MENU)
        .expect([
            "answer caller",
            "play #1 to caller: '1 for hours, 2 for the location, 3 for a representative.'",
        ])
        .hears_out("caller")
        .after(5)
        .expect(["ask caller flow"])
        .flow("caller", MENU)
        .quietly()
        .presses("caller", "3")
        .expect(["stop #2", "ask caller flow Digits=3"])
        .flow("caller", SEND_TO_FLEX)
        .expect([
            "task for caller in WW1 at 0 for 3600s: \
             {\"call_sid\":\"caller\",\"from\":\"+15555550110\",\"name\":\"+15555550110\"}",
            "play #3 to caller: music for ever",
        ])
        .task_is_created("caller")
        .after(20)
        .does(dequeue("caller", "alice"))
        .expect(["place alice from +15555550100"])
        .answers("alice")
        .expect([
            "accept WR1",
            "attributes of WT1: {\"worker_call_sid\":\"alice\"}",
            "stop #3",
            "connect caller and alice",
        ])
        .after(120)
        .hangs_up("caller")
        .expect([
            "part caller and alice",
            "ask caller flow CallStatus=completed QueueResult=bridged QueueSid=QU1 QueueTime=20 TaskSid=WT1 Age=20",
            "flow's call caller ended CallStatus=completed CallDuration=145",
            "hang up alice",
            "wrap up WR1 of WT1",
        ]);
}

#[test]
fn after_the_agent_hangs_up_the_flow_goes_on_with_the_caller() {
    Scenario::new()
        .calls_flow("caller")
        .flow("caller", SEND_TO_FLEX)
        .task_is_created("caller")
        .does(dequeue("caller", "alice"))
        .answers("alice")
        .quietly()
        .hangs_up("alice")
        .expect([
            "wrap up WR1 of WT1",
            "part caller and alice",
            "ask caller flow QueueResult=bridged QueueSid=QU1 QueueTime=0 TaskSid=WT1 Age=0",
        ])
        .flow("caller", "<Say>Bye</Say>")
        .expect(["play #2 to caller: 'Bye'"])
        .hears_out("caller")
        .expect(["ask caller flow"])
        .flow("caller", "")
        .expect(["hang up caller", "flow's call caller ended CallStatus=completed CallDuration=0"]);
}

#[test]
fn a_flow_hears_what_became_of_a_dialling_and_a_recording() {
    Scenario::new()
        .calls_flow("caller")
        .quietly()
        .flow("caller", "<Dial><Client>alice</Client></Dial>")
        .fails("alice", 486)
        .expect_last("ask caller flow DialCallStatus=busy DialBridged=false DialCallSid=alice");
    Scenario::new()
        .calls_flow("caller")
        .flow("caller", "<Record playBeep='false'/>")
        .quietly()
        .after(3)
        .hangs_up("caller")
        .expect([
            "stop RE1",
            "ask caller flow CallStatus=completed RecordingUrl=https://api.example/2010-04-01/Accounts/AC1/\
             Recordings/RE1 RecordingSid=RE1 RecordingDuration=3 Digits=hangup",
            "flow's call caller ended CallStatus=completed CallDuration=3",
        ]);
}

#[test]
fn a_flow_lends_the_call_to_another_application_and_takes_it_back() {
    Scenario::new()
        .calls_flow("caller")
        .quietly()
        .flow("caller", "<Redirect>https://b.example/app</Redirect>")
        .expect(["ask caller POST https://b.example/app CallStatus=ringing"])
        .document(
            "caller",
            "<Say>Lent</Say><Redirect>https://ours.example/Flows/FW1?FlowEvent=return</Redirect>",
        )
        .quietly()
        .hears_out("caller")
        .expect(["ask caller POST https://ours.example/Flows/FW1?FlowEvent=return"])
        .flow("caller", "<Say>Back</Say>")
        .expect(["play #2 to caller: 'Back'"])
        .hears_out("caller")
        .expect(["ask caller flow"]);
}

#[test]
fn a_call_that_a_flow_makes_asks_it_once_it_is_answered() {
    let makes = || {
        Scenario::new().does(Command::CreateCall(Box::new(CreateCall {
            target: Target::Number { number: "+15555550111".to_owned(), trunk: None },
            to: "+15555550111".to_owned(),
            from: OURS.to_owned(),
            caller_name: String::new(),
            program: Program::Flow,
            progress: None,
            timeout_secs: 20,
            time_limit_secs: None,
            send_digits: "ww1".to_owned(),
            recording: Some(CallRecordingWish::default()),
            answer_detection: AnswerDetection::default(),
            parameters: Parameters::new(),
        })))
    };
    makes()
        .expect(["place +15555550111 from +15555550100"])
        .rings("+15555550111")
        .answers("+15555550111")
        .expect(["send +15555550111 ww1", "record RE1 of +15555550111", "ask +15555550111 flow"]);
    makes().quietly().after(20).expect([
        "hang up +15555550111",
        "flow's call +15555550111 ended CallStatus=no-answer CallDuration=0",
    ]);
}
