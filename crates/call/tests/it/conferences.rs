//! Conferences: who hears what, when they start and end, and what is told in which order.

use call::{
    Announcement, Command, EndConference, Event, KickParticipant, Link, Onto, Record, UpdateParticipant,
};
use domain::ConferenceSid;

use crate::scenario::Scenario;

fn room(attributes: &str) -> String {
    format!("<Dial action='left'><Conference beep='false' {attributes}>room</Conference></Dial>")
}

fn two(first: &str, second: &str) -> Scenario {
    Scenario::hears(&room(first)).calls("second").document("second", &room(second))
}

fn sid(scenario: &Scenario) -> ConferenceSid {
    let sid = scenario.records.iter().find_map(|record| match record {
        Record::Conference(conference) => Some(conference.sid),
        _ => None,
    });
    sid.unwrap()
}

fn update(scenario: &Scenario, name: &str, change: impl FnOnce(&mut UpdateParticipant)) -> Command {
    let mut update = UpdateParticipant::of(sid(scenario), scenario.call(name).to_string());
    change(&mut update);
    Command::UpdateParticipant(Box::new(update))
}

#[test]
fn the_first_waits_with_music_until_a_second_comes() {
    Scenario::hears(&room(""))
        .expect(["answer caller", "play #1 to caller: music for ever"])
        .calls("second")
        .quietly()
        .document("second", &room("muted='true'"))
        .expect(["answer second", "stop #1", "caller joins CF1", "second joins CF1 muted"])
        .hangs_up("second")
        .expect([
            "second leaves CF1",
            "ask second POST https://a.example/voice/left CallStatus=completed DialCallStatus=answered \
             ConferenceSid=CF1",
        ])
        .hangs_up("caller")
        .expect_last("caller leaves CF1");
}

#[test]
fn a_conference_starts_only_with_somebody_who_starts_it() {
    two("startConferenceOnEnter='false' waitUrl=''", "startConferenceOnEnter='false' waitUrl='wait'")
        .expect_last("ask second POST https://a.example/voice/wait ConferenceSid=CF1 FriendlyName=room")
        .document("second", "<Say>Soon</Say>")
        .calls("moderator")
        .quietly()
        .document("moderator", &room(""))
        .expect([
            "answer moderator",
            "caller joins CF1",
            "stop #1",
            "second joins CF1",
            "moderator joins CF1",
        ]);
}

#[test]
fn a_conference_ends_with_who_ends_it_and_the_others_go_on() {
    two("endConferenceOnExit='true'", "").quietly().hangs_up("caller").expect([
        "caller leaves CF1",
        "second leaves CF1",
        "ask caller POST https://a.example/voice/left CallStatus=completed DialCallStatus=answered ConferenceSid=CF1",
        "ask second POST https://a.example/voice/left DialCallStatus=answered ConferenceSid=CF1",
    ]);
    let scenario = two("", "").quietly();
    let conference = sid(&scenario);
    scenario.does(Command::EndConference(EndConference { conference })).expect([
        "caller leaves CF1",
        "second leaves CF1",
        "ask caller POST https://a.example/voice/left DialCallStatus=answered ConferenceSid=CF1",
        "ask second POST https://a.example/voice/left DialCallStatus=answered ConferenceSid=CF1",
    ]);
}

#[test]
fn a_tone_is_heard_where_it_was_not_forbidden() {
    Scenario::hears("<Dial><Conference>room</Conference></Dial>")
        .calls("second")
        .quietly()
        .document("second", "<Dial><Conference beep='onExit'>room</Conference></Dial>")
        .expect(["answer second", "stop #1", "caller joins CF1", "second joins CF1"])
        .hangs_up("second")
        .expect(["second leaves CF1", "play #2 to CF1: beep"]);
}

#[test]
fn participants_are_muted_held_and_coached() {
    let scenario = two("", "").quietly();
    let mute = update(&scenario, "second", |update| update.is_muted = Some(true));
    let hold = update(&scenario, "second", |update| update.is_on_hold = Some(true));
    let held_with = update(&scenario, "caller", |update| {
        update.is_on_hold = Some(true);
        update.hold = Some(Link::post("https://b.example/hold"));
    });
    let back = update(&scenario, "second", |update| update.is_on_hold = Some(false));
    let caller = scenario.call("caller");
    let coach = update(&scenario, "second", |update| update.coaches = Some(caller));
    let nobody = update(&scenario, "second", |update| update.is_coaching = Some(true));
    let mut scenario = scenario
        .does(mute)
        .expect(["second in CF1: muted"])
        .does(hold)
        .expect(["second in CF1: muted on hold", "play #2 to second: music for ever"])
        .does(back)
        .expect(["second in CF1: muted", "stop #2"])
        .does(held_with)
        .expect([
            "caller in CF1: on hold",
            "ask caller POST https://b.example/hold ConferenceSid=CF1 FriendlyName=room",
        ])
        .does(coach)
        .expect(["second in CF1: muted coaching caller"]);
    assert!(scenario.try_run(nobody).unwrap_err().to_string().contains("CallSidToCoach"));
}

#[test]
fn what_can_not_be_joined_leads_to_the_next_verb() {
    let say = "<Say>Full</Say>";
    for (first, second, code) in [
        ("maxParticipants='2'", "", 13236),
        ("participantLabel='x'", "participantLabel='x'", 16025),
        ("", "coach='CA00000000000000000000000000000000'", 13240),
    ] {
        let scenario = two(first, "").calls("third").quietly();
        let scenario = scenario.document("third", &(room(second) + say));
        scenario.expect_last(&format!("report {code}:"));
    }
}

#[test]
fn the_first_participants_callback_is_told_everything_in_order() {
    let all = "statusCallback='/c' statusCallbackEvent='start end join leave mute hold modify speaker announcement'";
    let scenario = two(&format!("{all} participantLabel='ann' endConferenceOnExit='true'"), "");
    let mute = update(&scenario, "second", |update| update.is_muted = Some(true));
    let call = scenario.call("second");
    let conference = sid(&scenario);
    let told = scenario
        .does(mute)
        .happens(Event::SpeakerChanged { conference, call, is_speaking: true })
        .hangs_up("caller")
        .lines();
    let told: Vec<&str> = told
        .iter()
        .filter_map(|line| line.strip_prefix("tell https://a.example/c "))
        .map(|line| line.split_once("AccountSid").map_or(line, |(_, rest)| rest))
        .collect();
    let events: Vec<&str> = told
        .iter()
        .map(|line| line.split("StatusCallbackEvent=").nth(1).unwrap().split(' ').next().unwrap())
        .collect();
    assert_eq!(
        events,
        [
            "participant-join",
            "participant-join",
            "conference-start",
            "participant-mute",
            "participant-speech-start",
            "participant-leave",
            "participant-leave",
            "conference-end",
        ]
    );
    for (index, line) in told.iter().enumerate() {
        assert!(line.contains(&format!("SequenceNumber={index} ")), "{line}");
    }
    assert!(
        told[0].contains("Muted=false Hold=false Coaching=false EndConferenceOnExit=true"),
        "{}",
        told[0]
    );
    assert!(told[0].contains("ParticipantLabel=ann"), "{}", told[0]);
    assert!(told[5].contains("ReasonParticipantLeft=participant_hung_up ParticipantCallStatus=completed"));
    assert!(told[6].contains("ReasonParticipantLeft=moderator_ended_conference"), "{}", told[6]);
    assert!(told[7].contains(
        "ReasonConferenceEnded=participant-with-end-conference-on-exit-left CallSidEndingConference=caller"
    ));
}

#[test]
fn a_conference_is_recorded_from_its_start_to_its_end() {
    two("record='record-from-start' endConferenceOnExit='true'", "")
        .expect_last("record RE1 of CF1")
        .hangs_up("caller")
        .expect_last("stop RE1");
}

#[test]
fn announcements_reach_all_or_one() {
    let scenario = two("", "").quietly();
    let conference = sid(&scenario);
    let link = Link::post("https://b.example/news");
    let announce = update(&scenario, "second", |update| update.announce = Some(link.clone()));
    let scenario = scenario
        .does(Command::Announce(Announcement { conference, link }))
        .expect(["ask caller POST https://b.example/news ConferenceSid=CF1 FriendlyName=room"])
        .document("caller", "<Say>One</Say><Play>two.wav</Play>")
        .expect(["play #2 to CF1: 'One'"]);
    let playback = scenario.last_playback(Onto::Conference(conference));
    scenario
        .happens(Event::PlaybackEnded { playback })
        .expect(["play #3 to CF1: https://b.example/two.wav"])
        .does(announce)
        .expect(["ask second POST https://b.example/news ConferenceSid=CF1 FriendlyName=room"])
        .document("second", "<Say>For you</Say>")
        .expect(["play #4 to second: 'For you'"])
        .hears_out("second")
        .expect([]);
}

#[test]
fn who_is_removed_goes_on_behind_the_dial() {
    let scenario = two("", "").quietly();
    let conference = sid(&scenario);
    let participant = scenario.call("second").to_string();
    scenario.does(Command::KickParticipant(KickParticipant { conference, participant })).expect([
        "second leaves CF1",
        "ask second POST https://a.example/voice/left DialCallStatus=answered ConferenceSid=CF1",
    ]);
}
