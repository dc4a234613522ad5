//! `<Record>`, and recordings by the API.

use call::{
    Command, Event, Record, RecordingName, RecordingSource, RecordingState, RecordingStatus, Refusal,
    StartRecording, UpdateRecording,
};
use twiml::StatusCallback;

use crate::scenario::Scenario;

const LINK: &str = "RecordingUrl=https://api.example/2010-04-01/Accounts/AC1/Recordings/RE1 RecordingSid=RE1";

#[test]
fn a_message_is_recorded_after_the_tone_until_a_key() {
    Scenario::hears("<Record action='stored' finishOnKey='#' timeout='8'/><Say>Nothing heard</Say>")
        .expect(["answer caller", "play #1 to caller: beep"])
        .hears_out("caller")
        .expect(["record RE1 of what caller says until 8s silence"])
        .after(12)
        .presses("caller", "12#")
        .expect([
            "stop RE1",
            &format!("ask caller POST https://a.example/voice/stored {LINK} RecordingDuration=12 Digits=#"),
        ]);
}

#[test]
fn silence_ends_a_message_and_is_none_where_nothing_was_said() {
    for (was_heard, expected) in [
        (true, format!("ask caller POST https://a.example/voice/start {LINK} RecordingDuration=5")),
        (false, "play #1 to caller: 'Nothing heard'".to_owned()),
    ] {
        let scenario =
            Scenario::hears("<Record playBeep='false'/><Say>Nothing heard</Say>").quietly().after(5);
        let recording = scenario.recording.unwrap();
        scenario.happens(Event::SilenceReached { recording, was_heard }).expect(["stop RE1", &expected]);
    }
}

#[test]
fn the_longest_time_and_the_hang_up_end_a_message_too() {
    let records = || Scenario::hears("<Record playBeep='false' maxLength='30' action='stored'/>").quietly();
    let asked = "ask caller POST https://a.example/voice/stored";
    records().after(30).expect(["stop RE1", &format!("{asked} {LINK} RecordingDuration=30")]);
    records().after(3).hangs_up("caller").expect([
        "stop RE1",
        &format!("{asked} CallStatus=completed {LINK} RecordingDuration=3 Digits=hangup"),
    ]);
}

#[test]
fn a_recording_is_started_paused_and_stopped_by_the_api() {
    let mut scenario = Scenario::hears("<Echo/>").quietly();
    let call = scenario.call("caller");
    let start = StartRecording {
        source: RecordingSource::StartCallRecordingApi,
        call,
        channels: None,
        track: None,
        trim: None,
        status_callback: StatusCallback {
            url: Some("https://b.example/r".to_owned()),
            ..StatusCallback::default()
        },
    };
    scenario.run(Command::StartRecording(Box::new(start)));
    let recording = scenario.recording.unwrap();
    let to = |state| {
        Command::UpdateRecording(UpdateRecording { recording: RecordingName::CurrentOf(call), state })
    };
    let mut scenario = scenario
        .expect(["record RE1 of caller"])
        .does(to(RecordingState::Paused { keeps_silence: true }))
        .expect(["pause RE1"])
        .does(to(RecordingState::InProgress))
        .expect(["resume RE1"])
        .does(to(RecordingState::Stopped))
        .expect(["stop RE1"]);
    let refusal = scenario.try_run(to(RecordingState::Stopped)).unwrap_err();
    assert!(matches!(refusal, Refusal::NotFound { .. }), "{refusal}");
    let scenario = scenario
        .happens(Event::RecordingEnded { recording, duration_ms: 1500, is_silent: false })
        .expect_last("RecordingStatus=completed RecordingChannels=1 RecordingSource=StartCallRecordingAPI");
    let statuses: Vec<RecordingStatus> = scenario
        .records
        .iter()
        .filter_map(|record| match record {
            Record::Recording(recording) => Some(recording.status),
            _ => None,
        })
        .collect();
    use RecordingStatus::*;
    assert_eq!(statuses, [InProgress, Paused, InProgress, Stopped, Completed]);
}
