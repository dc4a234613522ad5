//! Commands of the API about calls and queues.

use call::{
    CallStatus, Command, CreateCall, CreateParticipant, CreateQueue, DeleteQueue, Direction, MemberName,
    ModifyCall, Noun, Parameters, Program, PullMember, Record, Refusal, Subject, Target, UpdateQueue,
    WishedEnding,
};
use domain::{CallSid, QueueSid, Sid};
use twiml::{AnswerDetection, AnsweredBy, Callback, Conference, MachineDetection};

use crate::scenario::{OURS, Scenario, application, progress, verbs};

fn create(program: Program) -> CreateCall {
    CreateCall {
        target: Target::Client { identity: "alice".to_owned(), parameters: vec![] },
        to: "client:alice".to_owned(),
        from: OURS.to_owned(),
        caller_name: String::new(),
        program,
        progress: progress("https://b.example/s"),
        timeout_secs: 60,
        time_limit_secs: None,
        send_digits: String::new(),
        recording: None,
        answer_detection: AnswerDetection::default(),
        parameters: Parameters::new(),
    }
}

fn waiting() -> (Scenario, QueueSid) {
    let mut scenario = Scenario::new();
    let queue = CreateQueue { friendly_name: "support".to_owned(), max_size: Some(5) };
    let Subject::Queue(queue) = scenario.run(Command::CreateQueue(queue)) else { panic!("no queue") };
    (scenario.calls("caller").document("caller", "<Enqueue action='left'>support</Enqueue>").quietly(), queue)
}

#[test]
fn a_call_is_placed_and_its_document_asked_for_when_it_is_answered() {
    let scenario = Scenario::new()
        .does(Command::CreateCall(Box::new(create(application("https://b.example/voice")))))
        .expect([
            "tell https://b.example/s CallStatus=initiated SequenceNumber=0",
            "place alice from +15555550100",
        ])
        .rings("alice")
        .expect(["tell https://b.example/s CallStatus=ringing SequenceNumber=1"])
        .answers("alice")
        .expect(["tell https://b.example/s SequenceNumber=2", "ask alice POST https://b.example/voice"])
        .document("alice", "<Say>Hi</Say>")
        .expect(["play #1 to alice: 'Hi'"])
        .after(3)
        .hears_out("alice")
        .expect([
            "hang up alice",
            "tell https://b.example/s CallStatus=completed CallDuration=3 Duration=1 SequenceNumber=3",
        ]);
    let calls: Vec<_> = scenario
        .records
        .iter()
        .filter_map(|record| match record {
            Record::Call(call) => Some(call),
            _ => None,
        })
        .collect();
    let statuses: Vec<CallStatus> = calls.iter().map(|call| call.status).collect();
    assert_eq!(
        statuses,
        [CallStatus::Queued, CallStatus::Ringing, CallStatus::InProgress, CallStatus::Completed]
    );
    let last = calls.last().unwrap();
    assert_eq!((last.direction, last.duration_secs(scenario.now)), (Direction::OutboundApi, 3));
    assert_eq!((last.from.as_str(), last.to.as_str()), (OURS, "client:alice"));
}

#[test]
fn a_live_call_is_sent_elsewhere_or_ended() {
    let dialling =
        || Scenario::hears("<Dial action='done'><Client>alice</Client></Dial>").answers("alice").quietly();
    let call = dialling().call("caller");
    let modify = |change: fn(&mut ModifyCall)| {
        let mut modify = ModifyCall::of(call);
        change(&mut modify);
        Command::ModifyCall(Box::new(modify))
    };
    dialling().does(modify(|call| call.program = Some(Program::inline(verbs("<Say>New</Say>"))))).expect([
        "part caller and alice",
        "hang up alice",
        "play #2 to caller: 'New'",
    ]);
    dialling().does(modify(|call| call.status = Some(WishedEnding::Completed))).expect([
        "hang up caller",
        "part caller and alice",
        "hang up alice",
        "ask caller POST https://a.example/voice/done CallStatus=completed DialCallStatus=completed \
         DialCallSid=alice DialCallDuration=0 DialBridged=true",
    ]);
    dialling().does(modify(|call| call.time_limit_secs = Some(10))).after(10).expect_last("hang up caller");
    let refusal = dialling().try_run(modify(|call| call.status = Some(WishedEnding::Canceled))).unwrap_err();
    assert!(matches!(refusal, Refusal::WrongState { .. }), "{refusal}");
}

#[test]
fn a_dialled_leg_that_is_sent_elsewhere_ends_the_dialling() {
    let scenario = Scenario::hears("<Dial><Client>alice</Client></Dial><Say>After</Say>").answers("alice");
    let mut modify = ModifyCall::of(scenario.call("alice"));
    modify.program = Some(application("https://b.example/park"));
    scenario.quietly().does(Command::ModifyCall(Box::new(modify))).expect([
        "ask alice POST https://b.example/park",
        "part caller and alice",
        "play #2 to caller: 'After'",
    ]);
}

#[test]
fn a_call_that_rings_keeps_its_new_program_until_the_answer() {
    let scenario =
        Scenario::new().does(Command::CreateCall(Box::new(create(application("https://b.example/1")))));
    let mut modify = ModifyCall::of(scenario.call("alice"));
    modify.program = Some(application("https://b.example/2"));
    scenario
        .quietly()
        .does(Command::ModifyCall(Box::new(modify)))
        .expect([])
        .answers("alice")
        .expect_last("ask alice POST https://b.example/2");
}

#[test]
fn what_is_not_there_or_wrong_is_refused() {
    let gone = CallSid::from_bits(9);
    let refusal = Scenario::new().try_run(Command::ModifyCall(Box::new(ModifyCall::of(gone)))).unwrap_err();
    assert_eq!(refusal, Refusal::NotFound { what: Noun::Call, name: gone.to_string() });
    let never = CreateCall { timeout_secs: 0, ..create(Program::Flow) };
    let refusal = Scenario::new().try_run(Command::CreateCall(Box::new(never))).unwrap_err();
    assert_eq!(refusal.to_string(), "Timeout: '0': 1 to 999 seconds are expected");
}

fn screened(is_async: bool) -> Scenario {
    let answer_detection = AnswerDetection {
        machine_detection: Some(MachineDetection::Enable),
        is_async,
        callback: Callback { url: Some("https://b.example/amd".to_owned()), method: None },
        ..AnswerDetection::default()
    };
    let wished =
        CreateCall { answer_detection, progress: None, ..create(application("https://b.example/voice")) };
    Scenario::new()
        .does(Command::CreateCall(Box::new(wished)))
        .expect(["place alice from +15555550100"])
        .answers("alice")
}

#[test]
fn a_document_waits_until_it_is_known_whether_a_machine_answered() {
    screened(false)
        .expect(["judge who answers at alice"])
        .after(3)
        .is_found("alice", AnsweredBy::MachineStart)
        .expect([
            "ask alice POST https://b.example/voice AnsweredBy=machine_start MachineDetectionDuration=2500",
        ]);
}

#[test]
fn an_asynchronous_detection_lets_the_document_go_on_and_is_told_beside_it() {
    screened(true)
        .expect(["judge who answers at alice", "ask alice POST https://b.example/voice"])
        .is_found("alice", AnsweredBy::Human)
        .expect(["tell https://b.example/amd AnsweredBy=human MachineDetectionDuration=2500"]);
}

#[test]
fn a_new_document_does_not_wait_for_the_detection() {
    let mut scenario = screened(false).expect(["judge who answers at alice"]);
    let change = ModifyCall {
        program: Some(application("https://b.example/new")),
        ..ModifyCall::of(scenario.call("alice"))
    };
    scenario.run(Command::ModifyCall(Box::new(change)));
    scenario
        .expect(["ask alice POST https://b.example/new"])
        .is_found("alice", AnsweredBy::Human)
        .expect(["tell https://b.example/amd AnsweredBy=human MachineDetectionDuration=2500"]);
}

#[test]
fn queues_are_made_changed_and_deleted_when_nobody_waits() {
    let (mut scenario, queue) = waiting();
    let again = CreateQueue { friendly_name: "support".to_owned(), max_size: None };
    assert!(matches!(scenario.try_run(Command::CreateQueue(again)), Err(Refusal::Conflict { .. })));
    let change = UpdateQueue { queue, friendly_name: None, max_size: Some(5001) };
    let refusal = scenario.try_run(Command::UpdateQueue(change)).unwrap_err();
    assert_eq!(refusal.to_string(), "MaxSize: '5001': a whole number from 1 to 5000 is expected");
    let delete = || Command::DeleteQueue(DeleteQueue { queue });
    assert!(matches!(scenario.try_run(delete()), Err(Refusal::WrongState { .. })));
    let mut scenario = scenario.after(4).hangs_up("caller");
    scenario.run(delete());
    assert_eq!(scenario.records.last(), Some(&Record::QueueDeleted(queue)));
    let mut left = scenario.records.iter().filter_map(|record| match record {
        Record::Call(call) => Some(call.queue_time_ms),
        _ => None,
    });
    assert_eq!(left.next_back(), Some(4000));
}

#[test]
fn who_waits_is_pulled_out_by_place_or_by_call() {
    for member in [MemberName::Front, MemberName::Call(CallSid::from_bits(100))] {
        let (scenario, queue) = waiting();
        let pull = PullMember { queue, member, program: application("https://b.example/pulled") };
        let mut scenario = scenario.does(Command::PullMember(pull.clone())).expect([
            "stop #1",
            "ask caller POST https://a.example/voice/left QueueResult=redirected QueueSid=QU1 QueueTime=0",
            "ask caller POST https://b.example/pulled",
        ]);
        assert!(matches!(scenario.try_run(Command::PullMember(pull)), Err(Refusal::NotFound { .. })));
    }
}

#[test]
fn a_participant_is_called_into_a_conference() {
    let conference =
        Conference { name: "room".to_owned(), start_on_enter: Some(false), ..Conference::default() };
    Scenario::new()
        .does(Command::CreateParticipant(Box::new(CreateParticipant {
            call: create(Program::Nothing),
            conference,
        })))
        .quietly()
        .answers("alice")
        .expect(["tell https://b.example/s SequenceNumber=1", "play #1 to alice: music for ever"]);
}
