//! Calls over real sockets of the loopback: two media servers are each other's peers, and what is heard is measured.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test over real sockets, in real time")]

mod common;

use common::{Side, has_tone, linear, tone, wait};
use media::{
    Clip, Codec, Event, Kind, Member, Onto, RecordingOf, RecordingOptions, Source, StreamFrame, Track, Wishes,
};
use tokio::sync::mpsc::unbounded_channel;

#[test]
fn a_phone_hears_what_is_played_and_its_keys_arrive() {
    let (server, phone) = (Side::start(), Side::start());
    server.is_called_by(&phone, 1, &Wishes::default());
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 400)), 1);
    phone.hears(1, 700.0);
    assert!(server.saw(|event| *event == Event::PlaybackEnded { playback: 7 }));
    phone.media.send_digits(1, "42#");
    for digit in ['4', '2', '#'] {
        assert!(server.saw(|event| *event == Event::Digit { leg: 1, digit }));
    }
}

#[test]
fn keys_are_heard_in_the_sound_where_no_events_were_negotiated() {
    let (server, phone) = (Side::start(), Side::start());
    server.is_called_by(&phone, 1, &Wishes { has_telephone_events: false, ..Wishes::default() });
    phone.media.send_digits(1, "19");
    assert!(server.saw(|event| *event == Event::Digit { leg: 1, digit: '1' }));
    assert!(server.saw(|event| *event == Event::Digit { leg: 1, digit: '9' }));
}

#[test]
fn two_legs_hear_each_other_whatever_their_codecs() {
    for (left, right) in [(Codec::Pcmu, Codec::Pcmu), (Codec::Pcma, Codec::Opus), (Codec::G722, Codec::Pcmu)]
    {
        let (server, phone) = (Side::start(), Side::start());
        for (leg, codec) in [(1, left), (2, right)] {
            server.is_called_by(&phone, leg, &Wishes { codecs: vec![codec], ..Wishes::default() });
        }
        server.media.connect(1, 2);
        phone.media.play(1, Onto::Leg(1), Source::Clip(tone(500.0, 1_000)), 0);
        phone.media.play(2, Onto::Leg(2), Source::Clip(tone(1_100.0, 1_000)), 0);
        phone.hears(1, 1_100.0);
        phone.hears(2, 500.0);
        phone.media.stop(1);
        phone.media.send_digits(1, "5");
        assert!(phone.saw(|event| *event == Event::Digit { leg: 2, digit: '5' }), "{left:?} {right:?}");
        server.media.disconnect(1, 2);
        phone.hears_silence(1);
    }
}

#[test]
fn an_encrypted_call_is_heard_both_ways_and_stays_encrypted_through_a_hold() {
    let (server, phone) = (Side::start(), Side::start());
    let wishes = Wishes { needs_encryption: true, ..Wishes::default() };
    server.is_called_by(&phone, 1, &wishes);
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 1_000)), 0);
    phone.media.play(8, Onto::Leg(1), Source::Clip(tone(1_100.0, 1_000)), 0);
    phone.hears(1, 700.0);
    server.hears(1, 1_100.0);
    let offer = phone.media.offer(1, Kind::Rtp, &wishes).unwrap();
    assert!(offer.contains("RTP/SAVP") && offer.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"));
    let held = offer.replace("a=sendrecv", "a=sendonly");
    phone.media.accept(1, &server.media.renegotiate(1, &held).unwrap()).unwrap();
    phone.media.accept(1, &server.media.renegotiate(1, &offer).unwrap()).unwrap();
    phone.hears(1, 700.0);
    server.hears(1, 1_100.0);
}

#[test]
fn a_conference_hears_its_members_and_its_recording_has_the_same() {
    let (server, phone) = (Side::start(), Side::start());
    let folder = tempfile::tempdir().unwrap();
    for leg in [1, 2, 3] {
        server.is_called_by(&phone, leg, &Wishes::default());
        server.media.join(5, leg, Member { is_muted: leg == 3, ..Member::default() });
    }
    let path = folder.path().join("conference.wav");
    let options =
        RecordingOptions { path: path.clone(), is_dual: false, trims_silence: true, length_ms_max: 60_000 };
    server.media.record(9, RecordingOf::Mixer(5), options);
    phone.media.play(1, Onto::Leg(1), Source::Clip(tone(500.0, 1_000)), 0);
    phone.media.play(3, Onto::Leg(3), Source::Clip(tone(1_900.0, 1_000)), 0);
    phone.hears(2, 500.0);
    phone.hears(3, 500.0);
    phone.hears_silence(1);
    server.media.stop_recording(9);
    let is_kept = |event: &Event| {
        matches!(event, Event::RecordingEnded { recording: 9, is_silent: false, error: None, .. })
    };
    assert!(server.saw(is_kept));
    let recorded = Clip::from_file_bytes(std::fs::read(&path).unwrap()).unwrap();
    assert!(has_tone(&recorded.samples()[800..1_600], 500.0));
}

#[test]
fn prompts_recordings_and_keys_go_on_when_a_leg_moves_to_the_thread_of_another() {
    let (server, phone) = (Side::start(), Side::start());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leg.wav");
    let options =
        RecordingOptions { path: path.clone(), is_dual: false, trims_silence: false, length_ms_max: 60_000 };
    (1..=3).for_each(|leg| server.is_called_by(&phone, leg, &Wishes::default()));
    server.media.record(9, RecordingOf::Leg(1, Track::Inbound), options);
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 1_000)), 0);
    phone.media.play(8, Onto::Leg(1), Source::Clip(tone(1_100.0, 1_000)), 0);
    phone.hears(1, 700.0);
    for other in [2, 3] {
        server.media.connect(1, other);
        phone.hears(other, 1_100.0);
        phone.hears(1, 700.0);
        server.media.disconnect(1, other);
        phone.hears_silence(other);
    }
    phone.media.send_digits(1, "5");
    assert!(server.saw(|event| *event == Event::Digit { leg: 1, digit: '5' }));
    server.media.stop(7);
    assert!(server.saw(|event| *event == Event::PlaybackEnded { playback: 7 }));
    server.media.stop_recording(9);
    assert!(server.saw(|event| matches!(event, Event::RecordingEnded { recording: 9, error: None, .. })));
    let recorded = Clip::from_file_bytes(std::fs::read(&path).unwrap()).unwrap();
    let pieces: Vec<_> =
        recorded.samples().chunks_exact(1_600).map(|piece| has_tone(piece, 1_100.0)).collect();
    assert!(pieces.iter().filter(|has_tone| **has_tone).count() >= pieces.len() / 2, "{pieces:?}");
}

#[test]
fn speech_and_the_silence_after_it_are_told() {
    let (server, phone) = (Side::start(), Side::start());
    server.is_called_by(&phone, 1, &Wishes::default());
    server.media.listen(1, 500);
    phone.media.play(1, Onto::Leg(1), Source::Clip(tone(500.0, 300)), 1);
    assert!(server.saw(|event| *event == Event::SpeechStarted { leg: 1 }));
    assert!(server.saw(|event| *event == Event::SpeechEnded { leg: 1, has_spoken: true }));
}

#[test]
fn an_application_hears_a_leg_and_is_heard_by_it() {
    let (server, phone) = (Side::start(), Side::start());
    server.is_called_by(&phone, 1, &Wishes::default());
    let (frames, mut heard) = unbounded_channel();
    server.media.open_stream(4, 1, Track::Inbound, true, frames);
    server.media.feed(4, vec![0x80; 1_000]);
    server.media.mark(4, "said");
    assert!(server.saw(|event| *event == Event::MarkReached { stream: 4, name: "said".to_owned() }));
    assert!(wait(|| heard.try_recv().ok().filter(|frame: &StreamFrame| frame.mu_law.len() == 160)));
}

impl Side {
    /// Makes a call from the other side to this one, with the same leg number on both.
    fn is_called_by(&self, caller: &Self, leg: u64, wishes: &Wishes) {
        let offer = caller.media.offer(leg, Kind::Rtp, wishes).unwrap();
        let answer = self.media.answer(leg, Kind::Rtp, &offer, wishes).unwrap();
        caller.media.accept(leg, &answer).unwrap();
        for side in [self, caller] {
            assert!(side.saw(|event| *event == Event::Connected { leg }));
        }
    }

    /// Waits until a leg of this side's receives a tone.
    fn hears(&self, leg: u64, hertz: f32) {
        assert!(
            self.listens_until(leg, |samples| has_tone(samples, hertz)),
            "leg {leg} does not hear {hertz} Hz"
        );
    }

    fn hears_silence(&self, leg: u64) {
        assert!(self.listens_until(leg, |samples| samples.iter().all(|sample| sample.abs() < 50)));
    }

    /// Listens to what a leg receives, in pieces of 100 ms, until one is as wanted.
    fn listens_until(&self, leg: u64, is_it: impl Fn(&[i16]) -> bool) -> bool {
        let (frames, mut heard) = unbounded_channel::<StreamFrame>();
        self.media.open_stream(leg, leg, Track::Inbound, false, frames);
        let mut samples: Vec<i16> = vec![];
        let result = wait(|| {
            let frame = heard.try_recv().ok()?;
            samples.extend(frame.mu_law.iter().map(|&code| linear(code)));
            (samples.len() >= 800).then(|| std::mem::take(&mut samples)).filter(|samples| is_it(samples))
        });
        self.media.close_stream(leg);
        result
    }
}
