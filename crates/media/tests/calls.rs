//! Calls over real sockets of the loopback: two media servers are each other's peers, and what is heard is measured.

use std::f32::consts::TAU;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::{Clip, Codec, Config, Event, Kind, Media, Onto, Source, StreamFrame, Track, Wishes};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const TIMEOUT: Duration = Duration::from_secs(10);

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
    for (left, right) in [(Codec::Pcmu, Codec::Pcmu), (Codec::Pcma, Codec::Opus)] {
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

/// A media server with its events.
struct Side {
    media: Media,
    events: std::cell::RefCell<UnboundedReceiver<Event>>,
}

impl Side {
    fn start() -> Self {
        // Each side has ports of its own by trying: the range is shared with other tests.
        let (media, events) = Media::start(Config::default()).unwrap();
        Self { media, events: events.into() }
    }

    /// Makes a call from the other side to this one, with the same leg number on both.
    fn is_called_by(&self, caller: &Self, leg: u64, wishes: &Wishes) {
        let offer = caller.media.offer(leg, Kind::Rtp, wishes).unwrap();
        let answer = self.media.answer(leg, Kind::Rtp, &offer, wishes).unwrap();
        caller.media.accept(leg, &answer).unwrap();
        for side in [self, caller] {
            assert!(side.saw(|event| *event == Event::Connected { leg }));
        }
    }

    /// Waits for an event; those before it are forgotten.
    fn saw(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        wait(|| self.events.borrow_mut().try_recv().ok().filter(|event| is_it(event)))
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

fn wait<T>(mut poll: impl FnMut() -> Option<T>) -> bool {
    let start = Instant::now();
    while start.elapsed() < TIMEOUT {
        if poll().is_some() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

fn tone(hertz: f32, ms: usize) -> Arc<Clip> {
    let samples: Vec<i16> =
        (0..ms * 8).map(|at| (8_000.0 * (TAU * hertz * at as f32 / 8_000.0).sin()) as i16).collect();
    Arc::new(Clip::from_samples(&samples, 8_000))
}

/// Tells whether most of the power is at one frequency.
fn has_tone(samples: &[i16], hertz: f32) -> bool {
    let (mut sine, mut cosine, mut energy) = (0.0, 0.0, 0.0);
    for (at, &sample) in samples.iter().enumerate() {
        let angle = TAU * hertz * at as f32 / 8_000.0;
        sine += f32::from(sample) * angle.sin();
        cosine += f32::from(sample) * angle.cos();
        energy += f32::from(sample).powi(2);
    }
    let share = 2.0 * (sine * sine + cosine * cosine) / (samples.len() as f32 * energy.max(1.0));
    energy / samples.len() as f32 > 100_000.0 && share > 0.7
}

/// ITU-T G.711, µ-law.
fn linear(code: u8) -> i16 {
    let code = !code;
    let magnitude = ((i32::from(code & 0x0F) << 3) + 0x84 << ((code >> 4) & 7)) - 0x84;
    if code & 0x80 == 0 { magnitude as i16 } else { -magnitude as i16 }
}
