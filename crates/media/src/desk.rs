//! All legs of a media thread and how they hear each other: one call of [`Desk::tick`] is 20 ms of everything.
//!
//! It knows no sockets and no clock, so that it is tested by calling it.

mod moving;
mod recordings;

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use crate::activity::machine::{self, Detection};
use crate::activity::{Activity, Change};
use crate::agreement::Agreement;
use crate::clip::Clip;
use crate::command::Onto;
use crate::config::Config;
use crate::event::Event;
use crate::frame::Rate;
use crate::leg::{Hears, Leg, News, Sound};
use crate::mixer::{Member, Mix, Mixer};
use crate::playout::Playback;
use crate::recording::Recording;
use crate::recording::recorder::Job;
use crate::stream::Stream;
use crate::transport::Transport;

pub(crate) use moving::Luggage;

/// Frames between two looks at reports and lost legs.
const FRAMES_PER_SECOND: u64 = 50;

/// The state of a media thread.
pub(crate) struct Desk {
    /// By leg id.
    pub legs: BTreeMap<u64, Leg>,
    /// By mixer id, with what is announced to all.
    mixers: BTreeMap<u64, (Mixer, Option<Playback>)>,
    /// By stream id.
    streams: BTreeMap<u64, Stream>,
    /// By recording id.
    recordings: BTreeMap<u64, Recording>,
    /// To the thread that writes recordings, until this desk ends.
    jobs: Option<mpsc::Sender<Job>>,
    /// Where each playback plays.
    playbacks: BTreeMap<u64, Onto>,
    events: UnboundedSender<Event>,
    lost_after: Duration,
    jitter_frames: usize,
    frames: u64,
    /// What was said in each mixer in this frame of time.
    mixes: BTreeMap<u64, Mix>,
}

impl Desk {
    pub(crate) fn new(config: &Config, events: UnboundedSender<Event>, jobs: mpsc::Sender<Job>) -> Self {
        Self {
            legs: BTreeMap::new(),
            mixers: BTreeMap::new(),
            streams: BTreeMap::new(),
            recordings: BTreeMap::new(),
            jobs: Some(jobs),
            playbacks: BTreeMap::new(),
            events,
            lost_after: config.lost_after,
            jitter_frames: config.jitter_frames,
            frames: 0,
            mixes: BTreeMap::new(),
        }
    }

    /// Tells whether time passes here without anything to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.legs.is_empty() && self.recordings.is_empty()
    }

    /// Takes a leg in.
    pub(crate) fn open(&mut self, leg: u64, transport: Box<dyn Transport>, now: Instant) {
        self.legs.insert(leg, Leg::new(transport, self.jitter_frames, now));
    }

    /// Lets a leg go: its playback ends, its figures are told, and whoever heard it hears silence.
    pub(crate) fn close(&mut self, leg: u64) {
        self.end_playback(Onto::Leg(leg));
        let Some(closed) = self.legs.remove(&leg) else { return };
        self.end(closed.digits_playback);
        self.tell(Event::Statistics { leg, statistics: closed.transport.statistics() });
        for other in self.legs.values_mut().filter(|other| other.hears == Hears::Leg(leg)) {
            other.hears = Hears::Nothing;
        }
        self.mixers.values_mut().for_each(|(mixer, _)| {
            mixer.members.remove(&leg);
        });
        self.drop_empty_mixers();
    }

    /// Follows a new agreement with a leg's peer.
    pub(crate) fn agree(&mut self, leg: u64, agreement: Agreement) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.transport.agree(agreement);
        }
    }

    /// Plays a clip. What played there before ends.
    pub(crate) fn play(&mut self, playback: u64, onto: Onto, clip: Arc<Clip>, loops: u32) {
        self.end_playback(onto);
        let begun = Some(Playback::new(playback, clip, loops));
        let place = match onto {
            Onto::Leg(leg) => self.legs.get_mut(&leg).map(|leg| &mut leg.playback),
            Onto::Mixer(mixer) => self.mixers.get_mut(&mixer).map(|(_, announcement)| announcement),
        };
        let Some(place) = place else { return self.end(Some(playback)) };
        *place = begun;
        self.playbacks.insert(playback, onto);
    }

    /// Stops a playback, or the keys that are sent as one.
    pub(crate) fn stop(&mut self, playback: u64) {
        if let Some(onto) = self.playbacks.get(&playback) {
            return self.end_playback(*onto);
        }
        let is_sending = |leg: &&mut Leg| leg.digits_playback == Some(playback);
        if let Some(leg) = self.legs.values_mut().find(is_sending) {
            leg.digits.clear();
            let ended = leg.digits_playback.take();
            self.end(ended);
        }
    }

    /// Sends keys on a leg; the playback, if any, ends with the last.
    pub(crate) fn send_digits(&mut self, leg: u64, digits: &str, playback: Option<u64>) {
        let Some(leg) = self.legs.get_mut(&leg) else { return self.end(playback) };
        leg.digits.push(digits);
        let replaced = std::mem::replace(&mut leg.digits_playback, playback);
        let is_idle = leg.digits.is_idle();
        self.end(replaced);
        if is_idle {
            self.end(playback);
        }
    }

    /// Makes two legs hear each other; a leg and itself, its echo.
    pub(crate) fn connect(&mut self, leg: u64, other: u64) {
        for (leg, other) in [(leg, other), (other, leg)] {
            self.set_hears(leg, Hears::Leg(other));
        }
    }

    /// Parts two legs.
    pub(crate) fn disconnect(&mut self, leg: u64, other: u64) {
        for (leg, other) in [(leg, other), (other, leg)] {
            if self.legs.get(&leg).is_some_and(|leg| leg.hears == Hears::Leg(other)) {
                self.set_hears(leg, Hears::Nothing);
            }
        }
    }

    /// Makes a leg a member of a mixer, or changes its part there.
    pub(crate) fn join(&mut self, mixer: u64, leg: u64, member: Member) {
        if self.legs.contains_key(&leg) {
            self.mixers.entry(mixer).or_default().0.members.insert(leg, member);
            self.set_hears(leg, Hears::Mixer(mixer));
        }
    }

    /// Takes a leg out of a mixer; the last one takes the mixer along.
    pub(crate) fn leave(&mut self, mixer: u64, leg: u64) {
        if let Some((members, _)) = self.mixers.get_mut(&mixer) {
            members.members.remove(&leg);
        }
        if self.legs.get(&leg).is_some_and(|leg| leg.hears == Hears::Mixer(mixer)) {
            self.set_hears(leg, Hears::Nothing);
        }
        self.drop_empty_mixers();
    }

    /// Begins to tell when a leg speaks and when it has been silent for so long, or ceases to.
    pub(crate) fn listen(&mut self, leg: u64, silence_ms: Option<u64>) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.activity = silence_ms.map(Activity::new);
        }
    }

    /// Begins to find out who answered on a leg; it is told once.
    pub(crate) fn detect(&mut self, leg: u64, detection: Detection) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.machine = Some(machine::Detector::new(detection));
        }
    }

    /// Opens a stream; one that is heard takes the place of whomever its leg hears.
    pub(crate) fn open_stream(&mut self, id: u64, stream: Stream) {
        if stream.is_heard {
            self.set_hears(stream.leg, Hears::Stream(id));
        }
        self.streams.insert(id, stream);
    }

    /// Takes an application's sound into a stream.
    pub(crate) fn feed_stream(&mut self, stream: u64, mu_law: &[u8]) {
        if let Some(stream) = self.streams.get_mut(&stream) {
            stream.feed(mu_law);
        }
    }

    /// Sets a mark behind what was fed.
    pub(crate) fn mark_stream(&mut self, stream: u64, name: String) {
        if let Some(stream) = self.streams.get_mut(&stream) {
            stream.mark(name);
        }
    }

    /// Forgets what was fed into a stream; its marks count as reached.
    pub(crate) fn clear_stream(&mut self, stream: u64) {
        let marks = self.streams.get_mut(&stream).map(Stream::clear).unwrap_or_default();
        self.tell_marks(stream, marks);
    }

    /// Closes a stream.
    pub(crate) fn close_stream(&mut self, stream: u64) {
        let Some(closed) = self.streams.remove(&stream) else { return };
        if self.legs.get(&closed.leg).is_some_and(|leg| leg.hears == Hears::Stream(stream)) {
            self.set_hears(closed.leg, Hears::Nothing);
        }
    }

    /// Lets 20 ms pass: takes what has come, mixes, sends.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.receive(now);
        self.mix();
        self.send(now);
        self.send_streams();
        self.keep_recordings();
        if self.frames.is_multiple_of(FRAMES_PER_SECOND) {
            self.look_after(now);
        }
        self.frames += 1;
    }

    fn receive(&mut self, now: Instant) {
        let (mut news, mut all) = (vec![], vec![]);
        for (id, leg) in &mut self.legs {
            leg.receive(now, &mut news);
            all.extend(news.drain(..).map(|one| (*id, one)));
        }
        all.into_iter().for_each(|(leg, news)| self.note(leg, news));
    }

    fn note(&mut self, leg: u64, news: News) {
        let event = match news {
            News::Connected => Event::Connected { leg },
            News::Gone => Event::Lost { leg },
            News::Digit(digit) => {
                self.pass_digit_on(leg, digit);
                Event::Digit { leg, digit }
            }
            News::Answerer(answerer, after_ms) => Event::AnswererKnown { leg, answerer, after_ms },
            News::Speech(Change::Started) => Event::SpeechStarted { leg },
            News::Speech(Change::Ended { has_spoken }) => Event::SpeechEnded { leg, has_spoken },
        };
        self.tell(event);
    }

    /// A key that came as an event is not in the sound, so that the other side gets one of its own.
    fn pass_digit_on(&mut self, from: u64, digit: char) {
        let came_as_event = |leg: &&Leg| leg.transport.has_telephone_events();
        let Some(Hears::Leg(to)) = self.legs.get(&from).filter(came_as_event).map(|leg| leg.hears) else {
            return;
        };
        if let Some(leg) = self.legs.get_mut(&to).filter(|leg| to != from && leg.hears == Hears::Leg(from)) {
            leg.digits.push(digit.encode_utf8(&mut [0; 4]));
        }
    }

    fn mix(&mut self) {
        self.mixes.clear();
        let mut ended = vec![];
        for (id, (mixer, announcement)) in &mut self.mixers {
            let rate = rate_of(&self.legs, mixer);
            let announced = announcement.as_mut().and_then(|playback| playback.advance_frame(rate));
            if announced.is_none() {
                ended.extend(announcement.take().map(|playback| playback.id));
            }
            let mut mix = Mix::new(rate, announced.as_ref());
            for (leg, member) in mixer.members.iter().filter(|(_, member)| Mixer::is_speaking(member)) {
                if let Some(voice) = self.legs.get_mut(leg) {
                    mix.add(*leg, *member, voice.said(rate));
                }
            }
            self.mixes.insert(*id, mix);
        }
        ended.into_iter().for_each(|playback| self.end(Some(playback)));
    }

    /// Those to whom something is played, mostly waiting callers, need no look at the others and go first.
    fn send(&mut self, now: Instant) {
        let (mut ended, mut others) = (vec![], vec![]);
        for (id, leg) in &mut self.legs {
            if leg.is_occupied() {
                ended.extend(leg.send(now, Sound::Silence));
            } else {
                others.push(*id);
            }
        }
        for id in others {
            let sound = self.sound_for(id);
            ended.extend(self.legs.get_mut(&id).and_then(|leg| leg.send(now, sound)));
        }
        ended.into_iter().for_each(|playback| self.end(Some(playback)));
    }

    /// Returns what the others bring to a leg.
    fn sound_for(&mut self, id: u64) -> Sound {
        let Some(leg) = self.legs.get(&id) else { return Sound::Silence };
        let codec = leg.codec();
        match leg.hears {
            Hears::Nothing => Sound::Silence,
            Hears::Leg(other) => match self.legs.get_mut(&other) {
                Some(other) => other.said_to(codec),
                None => Sound::Silence,
            },
            Hears::Mixer(mixer) => self.mixed_for(mixer, id),
            Hears::Stream(stream) => {
                let (frame, marks) = self.streams.get_mut(&stream).map(Stream::next).unwrap_or_default();
                self.tell_marks(stream, marks);
                frame.map_or(Sound::Silence, Sound::Pcm)
            }
        }
    }

    fn mixed_for(&self, mixer: u64, leg: u64) -> Sound {
        let member = self.mixers.get(&mixer).and_then(|(mixer, _)| mixer.members.get(&leg));
        let heard = member.and_then(|member| self.mixes.get(&mixer)?.heard_by(leg, *member));
        heard.map_or(Sound::Silence, Sound::Pcm)
    }

    fn send_streams(&mut self) {
        for (id, stream) in &self.streams {
            let Some(leg) = self.legs.get_mut(&stream.leg) else { continue };
            if stream.track.has_inbound() {
                stream.send(*id, crate::command::Track::Inbound, &leg.said(Rate::Narrow));
            }
            if stream.track.has_outbound() {
                stream.send(*id, crate::command::Track::Outbound, &leg.heard());
            }
        }
    }

    fn look_after(&mut self, now: Instant) {
        let mut lost = vec![];
        for (id, leg) in &mut self.legs {
            leg.transport.report(now);
            let is_silent = now.saturating_duration_since(leg.last_received) >= self.lost_after;
            if is_silent && leg.transport.is_hearing() && !std::mem::replace(&mut leg.is_lost, true) {
                lost.push(Event::Lost { leg: *id });
            }
        }
        lost.into_iter().for_each(|event| self.tell(event));
    }

    fn set_hears(&mut self, leg: u64, hears: Hears) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.hears = hears;
        }
    }

    fn drop_empty_mixers(&mut self) {
        let empty = |(mixer, _): &mut (Mixer, Option<Playback>)| mixer.members.is_empty();
        let gone: Vec<_> = self.mixers.extract_if(.., |_, mixer| empty(mixer)).collect();
        gone.into_iter()
            .for_each(|(_, (_, announcement))| self.end(announcement.map(|playback| playback.id)));
    }

    fn end_playback(&mut self, onto: Onto) {
        let place = match onto {
            Onto::Leg(leg) => self.legs.get_mut(&leg).map(|leg| &mut leg.playback),
            Onto::Mixer(mixer) => self.mixers.get_mut(&mixer).map(|(_, announcement)| announcement),
        };
        let ended = place.and_then(Option::take).map(|playback| playback.id);
        self.end(ended);
    }

    fn end(&mut self, playback: Option<u64>) {
        if let Some(playback) = playback {
            self.playbacks.remove(&playback);
            self.tell(Event::PlaybackEnded { playback });
        }
    }

    fn tell_marks(&self, stream: u64, marks: Vec<String>) {
        marks.into_iter().for_each(|name| self.tell(Event::MarkReached { stream, name }));
    }

    fn tell(&self, event: Event) {
        // Who drops the receiver wants to hear nothing more.
        let _ = self.events.send(event);
    }
}

/// Wide as soon as one member is, so that those who can hear each other well do.
fn rate_of(legs: &BTreeMap<u64, Leg>, mixer: &Mixer) -> Rate {
    let codecs = mixer.members.keys().filter_map(|leg| legs.get(leg)?.codec());
    codecs.map(|codec| codec.rate()).max().unwrap_or(Rate::Narrow)
}
