//! `<Dial>` of numbers, clients and SIP addresses.

use call::{Event, LegAction, Target};

use crate::scenario::Scenario;

fn dials(dial: &str) -> Scenario {
    Scenario::hears(&format!("{dial}<Say>After</Say>"))
}

#[test]
fn a_client_is_rung_answers_and_talks_until_it_hangs_up() {
    dials("<Dial action='done'><Client>alice</Client></Dial>")
        .expect(["answer caller", "place alice from +15555550110", "play #1 to caller: ringing us for ever"])
        .rings("alice")
        .expect([])
        .answers("alice")
        .expect(["stop #1", "connect caller and alice"])
        .after(61)
        .hangs_up("alice")
        .expect([
            "part caller and alice",
            "ask caller POST https://a.example/voice/done DialCallStatus=completed DialCallSid=alice \
             DialCallDuration=61 DialBridged=true",
        ]);
}

#[test]
fn without_an_action_the_next_verb_follows() {
    dials("<Dial><Client>alice</Client></Dial>")
        .quietly()
        .fails("alice", 486)
        .expect(["stop #1", "play #2 to caller: 'After'"]);
}

#[test]
fn how_a_leg_fails_is_told() {
    for (status, expected) in [(486, "busy"), (480, "no-answer"), (404, "failed"), (600, "busy")] {
        dials("<Dial action='done'><Number>+15555550199</Number></Dial>")
            .quietly()
            .fails("+15555550199", status)
            .expect_last(&format!("DialCallStatus={expected} DialBridged=false"));
    }
}

#[test]
fn of_those_who_ring_together_the_first_to_answer_wins() {
    dials("<Dial callerId='+1555'><Client>alice</Client><Number>+15555550199</Number></Dial>")
        .expect([
            "answer caller",
            "place alice from +1555",
            "place +15555550199 from +1555",
            "play #1 to caller: ringing us for ever",
        ])
        .answers("+15555550199")
        .expect(["stop #1", "hang up alice", "connect caller and +15555550199"])
        .answers("alice")
        .expect([]);
}

#[test]
fn one_after_the_other_is_tried_until_one_answers() {
    dials("<Dial sequential='true' timeout='10'><Client>alice</Client><Client>bob</Client></Dial>")
        .expect(["answer caller", "place alice from +15555550110", "play #1 to caller: ringing us for ever"])
        .after(15)
        .expect(["hang up alice", "place bob from +15555550110"])
        .answers("bob")
        .expect(["stop #1", "connect caller and bob"]);
}

#[test]
fn a_caller_is_answered_only_with_the_other_side_where_that_is_wished() {
    dials("<Dial answerOnBridge='true'><Client>alice</Client></Dial>")
        .expect(["ring caller", "place alice from +15555550110"])
        .answers("alice")
        .expect(["answer caller", "connect caller and alice"]);
}

#[test]
fn audio_before_the_answer_takes_the_place_of_the_ringing() {
    let scenario = dials("<Dial><Number>+15555550199</Number></Dial>").quietly();
    let call = scenario.call("+15555550199");
    scenario
        .happens(Event::EarlyMediaBegan { call })
        .expect(["stop #1", "connect caller and +15555550199"])
        .answers("+15555550199")
        .expect([]);
}

#[test]
fn who_answers_hears_the_whisper_first_and_may_refuse() {
    let whisper = "<Gather numDigits='1' action='judge'><Say>Take it?</Say></Gather><Hangup/>";
    let asked = || {
        dials("<Dial action='done'><Client url='whisper'>alice</Client></Dial>")
            .quietly()
            .answers("alice")
            .expect(["ask alice POST https://a.example/voice/whisper"])
            .document("alice", whisper)
            .expect(["play #2 to alice: 'Take it?'"])
    };
    asked()
        .presses("alice", "1")
        .expect(["stop #2", "ask alice POST https://a.example/voice/judge Digits=1"])
        .document("alice", "")
        .expect(["stop #1", "connect caller and alice"]);
    asked().hears_out("alice").after(5).expect([
        "hang up alice",
        "stop #1",
        "ask caller POST https://a.example/voice/done DialCallStatus=no-answer DialBridged=false \
             DialCallSid=alice",
    ]);
}

#[test]
fn a_caller_who_hangs_up_takes_along_what_was_dialled() {
    dials("<Dial action='done'><Client>alice</Client><Client>bob</Client></Dial>")
        .quietly()
        .hangs_up("caller")
        .expect([
            "stop #1",
            "hang up alice",
            "hang up bob",
            "ask caller POST https://a.example/voice/done CallStatus=completed DialCallStatus=canceled \
             DialBridged=false",
        ])
        .document("caller", "<Say>Too late</Say>")
        .expect([]);
}

#[test]
fn a_talk_ends_by_a_star_or_by_its_time() {
    let talks = || {
        dials("<Dial hangupOnStar='true' timeLimit='90'><Client>alice</Client></Dial>")
            .answers("alice")
            .quietly()
    };
    let after = ["part caller and alice", "hang up alice", "play #2 to caller: 'After'"];
    talks().presses("caller", "1*").expect(after);
    talks().after(90).expect(after);
}

#[test]
fn a_talk_is_recorded_with_each_side_in_its_channel() {
    let scenario = dials(
        "<Dial record='record-from-answer-dual' recordingStatusCallback='rec' action='done'>\
         <Client>alice</Client></Dial>",
    )
    .quietly()
    .answers("alice")
    .expect(["stop #1", "connect caller and alice", "record RE1 of caller in two channels"])
    .after(10)
    .hangs_up("alice")
    .expect_last(
        "DialBridged=true RecordingUrl=https://api.example/2010-04-01/Accounts/AC1/Recordings/RE1 \
         RecordingSid=RE1 RecordingDuration=10",
    );
    let recording = scenario.recording.unwrap();
    scenario.happens(Event::RecordingEnded { recording, duration_ms: 9_900, is_silent: false }).expect([
        "tell https://a.example/voice/rec RecordingSid=RE1 \
         RecordingUrl=https://api.example/2010-04-01/Accounts/AC1/Recordings/RE1 RecordingStatus=completed \
         RecordingChannels=2 RecordingSource=DialVerb RecordingTrack=both RecordingDuration=10",
    ]);
}

#[test]
fn a_leg_tells_its_progress_in_order() {
    dials(
        "<Dial><Client statusCallback='/s' statusCallbackEvent='initiated ringing answered completed'>alice\
         </Client></Dial>",
    )
    .expect([
        "answer caller",
        "tell https://a.example/s CallStatus=initiated SequenceNumber=0",
        "place alice from +15555550110",
        "play #1 to caller: ringing us for ever",
    ])
    .rings("alice")
    .expect(["tell https://a.example/s CallStatus=ringing SequenceNumber=1"])
    .answers("alice")
    .expect(["tell https://a.example/s SequenceNumber=2", "stop #1", "connect caller and alice"])
    .after(61)
    .hangs_up("alice")
    .expect([
        "tell https://a.example/s CallStatus=completed CallDuration=61 Duration=2 SequenceNumber=3",
        "part caller and alice",
        "play #2 to caller: 'After'",
    ]);
    dials("<Dial><Client statusCallback='/s'>alice</Client></Dial>").quietly().fails("alice", 486).expect([
        "tell https://a.example/s CallStatus=busy CallDuration=0 Duration=0 SipResponseCode=486 SequenceNumber=0",
        "stop #1",
        "play #2 to caller: 'After'",
    ]);
}

#[test]
fn the_dialled_side_may_ask_for_a_transfer() {
    let scenario = dials("<Dial referUrl='refer'><Sip>sip:bob@b.example</Sip></Dial>")
        .answers("sip:bob@b.example")
        .quietly();
    let call = scenario.call("sip:bob@b.example");
    scenario.happens(Event::LegReferred { call, to: "sip:c@b.example".to_owned() }).expect([
        "see to the transfer of sip:bob@b.example",
        "part caller and sip:bob@b.example",
        "hang up sip:bob@b.example",
        "ask caller POST https://a.example/voice/refer ReferTransferTarget=sip:c@b.example \
         DialCallSid=sip:bob@b.example",
    ]);
}

#[test]
fn who_is_not_to_be_transferred_is_told() {
    let dialled = dials("<Dial><Sip>sip:bob@b.example</Sip></Dial>").answers("sip:bob@b.example").quietly();
    let call = dialled.call("sip:bob@b.example");
    dialled.happens(Event::LegReferred { call, to: "sip:c@b.example".to_owned() }).expect([
        "report 13241: <Dial> has no referUrl: the wish to be transferred to sip:c@b.example is passed over",
        "decline the transfer of sip:bob@b.example",
    ]);
    let waiting = Scenario::hears("<Pause length='9'/>").quietly();
    let call = waiting.call("caller");
    waiting.happens(Event::LegReferred { call, to: "sip:c@b.example".to_owned() }).expect([
        "report 13241: the wish to be transferred to sip:c@b.example is passed over",
        "decline the transfer of caller",
    ]);
}

#[test]
fn what_is_dialled_carries_what_was_written() {
    for (noun, expected) in [
        (
            "<Client><Identity>alice</Identity><Parameter name='a' value='1'/></Client>",
            Target::Client {
                identity: "alice".to_owned(),
                parameters: vec![("a".to_owned(), "1".to_owned())],
            },
        ),
        (
            "<Number byoc='TK1'>+15555550199</Number>",
            Target::Number { number: "+15555550199".to_owned(), trunk: Some("TK1".to_owned()) },
        ),
        (
            "<Sip username='u' password='p'>sip:bob@b.example</Sip>",
            Target::Sip(vec![call::SipTarget {
                uri: "sip:bob@b.example".to_owned(),
                username: "u".to_owned(),
                password: "p".to_owned(),
                headers: vec![],
            }]),
        ),
    ] {
        let mut scenario = Scenario::new().calls("caller");
        let (request, base_url) = scenario.questions[&scenario.call("caller")].clone();
        let verbs = crate::scenario::verbs(&format!("<Dial>{noun}</Dial>"));
        let mut tick = domain::Tick::new(scenario.now, 99);
        let actions = scenario.exchange.handle(Event::DocumentReady { request, base_url, verbs }, &mut tick);
        let placed = actions.into_iter().find_map(|action| match action {
            call::Action::Leg(LegAction::Place(placement)) => Some(placement.target),
            _ => None,
        });
        assert_eq!(placed, Some(expected), "{noun}");
    }
}

#[test]
fn what_can_not_be_dialled_is_reported_and_passed_over() {
    dials("<Dial><Sim>DE1</Sim></Dial>").expect([
        "answer caller",
        "report 13222: <Sim> can not be dialled here: it is passed over",
        "play #1 to caller: 'After'",
    ]);
}
