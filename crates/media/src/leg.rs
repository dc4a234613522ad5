//! One leg on the media thread: what it says in this frame of time, and what it is made to hear.

use std::sync::Arc;
use std::time::Instant;

use crate::activity::machine::{self, Answerer};
use crate::activity::{Activity, Change};
use crate::clip::Clip;
use crate::codec::{Codec, Decoder, Encoder};
use crate::digit::detector::Detector;
use crate::digit::sender::{DigitSender, Step};
use crate::frame::{Frame, Rate};
use crate::jitter_buffer::{JitterBuffer, Pulled};
use crate::playout::Playback;
use crate::resample::Resampler;
use crate::transport::{Received, Transport};

/// Where a leg's sound comes from while nothing is played to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    Nothing,
    /// Another leg, or itself (an echo).
    Leg(u64),
    Mixer(u64),
    /// What an application feeds into a stream.
    Stream(u64),
}

/// What is brought to a leg in one frame of time.
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, on the stack; a box would be an allocation a frame"
)]
pub(crate) enum Sound {
    Silence,
    /// A payload of the leg's own codec.
    Payload(Vec<u8>),
    Pcm(Frame),
}

/// What became of a leg in one frame of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    Connected,
    Gone,
    Digit(char),
    Speech(Change),
    /// Who answered, and how long it took to tell, in milliseconds.
    Answerer(Answerer, u64),
}

/// The state of a leg.
pub(crate) struct Leg {
    pub transport: Box<dyn Transport>,
    pub hears: Hears,
    pub playback: Option<Playback>,
    pub digits: DigitSender,
    /// The playback that is told when the digits have been sent.
    pub digits_playback: Option<u64>,
    pub activity: Option<Activity>,
    /// Finds out who answered, until that is known.
    pub machine: Option<machine::Detector>,
    pub last_received: Instant,
    pub is_lost: bool,
    codec: Option<Codec>,
    jitter_frames: usize,
    has_received: bool,
    incoming: Option<Incoming>,
    outgoing: Option<Outgoing>,
    received: Vec<Received>,
}

/// What comes from the peer.
struct Incoming {
    jitter_buffer: JitterBuffer,
    decoder: Decoder,
    detector: Option<Detector>,
    pulled: Pulled,
    /// The sound of this frame, once someone has asked for it, at each rate.
    narrow: Option<Frame>,
    wide: Option<Frame>,
    resampler: Resampler,
}

/// What goes to the peer.
struct Outgoing {
    codec: Codec,
    encoder: Encoder,
    resampler: Resampler,
    payload: Vec<u8>,
    sound: Sent,
    /// For recordings of what was passed on without being decoded.
    decoder: Option<Decoder>,
    monitor: Resampler,
}

/// What was sent, kept until someone asks how it sounds.
enum Sent {
    Silence,
    /// How it sounds is known.
    Narrow(Frame),
    Clip(Arc<Clip>, usize),
    Pcm(Frame),
    Payload(Vec<u8>),
}

impl Leg {
    pub(crate) fn new(transport: Box<dyn Transport>, jitter_frames: usize, now: Instant) -> Self {
        Self {
            transport,
            hears: Hears::Nothing,
            playback: None,
            digits: DigitSender::default(),
            digits_playback: None,
            activity: None,
            machine: None,
            last_received: now,
            is_lost: false,
            codec: None,
            jitter_frames,
            has_received: false,
            incoming: None,
            outgoing: None,
            received: vec![],
        }
    }

    /// Takes what has come and pulls the frame that is due.
    pub(crate) fn receive(&mut self, now: Instant, news: &mut Vec<News>) {
        self.follow_codec();
        self.transport.receive(now, &mut self.received);
        let mut received = std::mem::take(&mut self.received);
        if !received.is_empty() {
            self.last_received = now;
            if std::mem::take(&mut self.is_lost) {
                news.push(News::Connected);
            }
        }
        for one in received.drain(..) {
            let is_first = one != Received::Gone && !std::mem::replace(&mut self.has_received, true);
            if is_first || one == Received::Connected {
                news.push(News::Connected);
            }
            match one {
                Received::Connected => {}
                Received::Gone => news.push(News::Gone),
                Received::Digit(digit) => news.push(News::Digit(digit)),
                Received::Audio { timestamp, payload } => {
                    if let Some(incoming) = &mut self.incoming {
                        incoming.jitter_buffer.insert(timestamp, &payload);
                    }
                }
            }
        }
        self.received = received;
        if let Some(incoming) = &mut self.incoming {
            incoming.pull();
        }
        self.listen(news);
    }

    /// Returns what the peer says in this frame of time.
    pub(crate) fn said(&mut self, rate: Rate) -> Frame {
        self.incoming.as_mut().map_or(Frame::silence(rate), |incoming| incoming.sound(rate))
    }

    /// Returns what the peer says for a leg of some codec: as it came where the codecs agree.
    pub(crate) fn said_to(&mut self, codec: Option<Codec>) -> Sound {
        let (Some(incoming), Some(codec)) = (&mut self.incoming, codec) else { return Sound::Silence };
        match &incoming.pulled {
            Pulled::Nothing => Sound::Silence,
            Pulled::Payload(payload) if self.codec == Some(codec) => Sound::Payload(payload.clone()),
            Pulled::Payload(_) | Pulled::Lost => Sound::Pcm(incoming.sound(codec.rate())),
        }
    }

    /// Returns the codec, once it is agreed on.
    pub(crate) fn codec(&self) -> Option<Codec> {
        self.codec
    }

    /// Returns what the leg heard in this frame of time, at 8 kHz.
    pub(crate) fn heard(&mut self) -> Frame {
        self.outgoing.as_mut().map_or(Frame::silence(Rate::Narrow), Outgoing::heard)
    }

    /// Sends this frame: keys before playback, playback before what others say. Returns the playback that ended.
    pub(crate) fn send(&mut self, now: Instant, sound: Sound) -> Option<u64> {
        let Some(outgoing) = &mut self.outgoing else { return None };
        let mut ended = None;
        if !self.digits.is_idle() {
            outgoing.send_digit(self.transport.as_mut(), &mut self.digits, now);
            ended = self.digits_playback.take_if(|_| self.digits.is_idle());
        } else if let Some((clip, index)) = next_of(&mut self.playback, &mut ended) {
            outgoing.send_clip(self.transport.as_mut(), clip, index, now);
        } else {
            outgoing.send_sound(self.transport.as_mut(), sound, now);
        }
        self.transport.advance();
        ended
    }

    /// Tells whether keys, a playback or nothing at all leaves no room for what others say.
    pub(crate) fn is_occupied(&self) -> bool {
        !self.digits.is_idle() || self.playback.is_some() || self.outgoing.is_none()
    }

    /// Sets up coding when an agreement is there or has changed.
    fn follow_codec(&mut self) {
        let codec = self.transport.codec();
        if codec == self.codec {
            return;
        }
        self.codec = codec;
        let has_events = self.transport.has_telephone_events();
        self.incoming = codec.map(|codec| Incoming::new(codec, self.jitter_frames, has_events));
        self.outgoing = codec.map(Outgoing::new);
    }

    fn listen(&mut self, news: &mut Vec<News>) {
        let Some(incoming) = &mut self.incoming else { return };
        news.extend(incoming.digit().map(News::Digit));
        if let Some(activity) = &mut self.activity {
            news.extend(activity.listen(&incoming.sound(Rate::Narrow)).map(News::Speech));
        }
        let known = self.machine.as_mut().and_then(|machine| machine.listen(&incoming.sound(Rate::Narrow)));
        if let Some((answerer, after_ms)) = known {
            self.machine = None;
            news.push(News::Answerer(answerer, after_ms));
        }
    }
}

/// Goes on in a playback; one that is at its end is taken out and told.
fn next_of(playback: &mut Option<Playback>, ended: &mut Option<u64>) -> Option<(Arc<Clip>, usize)> {
    let due = playback.as_mut()?.advance();
    if due.is_none() {
        *ended = playback.take().map(|playback| playback.id);
    }
    due
}

impl Incoming {
    fn new(codec: Codec, jitter_frames: usize, has_events: bool) -> Self {
        Self {
            jitter_buffer: JitterBuffer::new(codec, jitter_frames),
            decoder: Decoder::new(codec),
            detector: (!has_events).then(Detector::default),
            pulled: Pulled::Nothing,
            narrow: None,
            wide: None,
            resampler: Resampler::default(),
        }
    }

    fn pull(&mut self) {
        self.pulled = self.jitter_buffer.pull();
        (self.narrow, self.wide) = (None, None);
    }

    /// Returns the key that this frame makes known, where keys come in the sound.
    fn digit(&mut self) -> Option<char> {
        if self.detector.is_some() && self.pulled != Pulled::Nothing {
            let frame = self.sound(Rate::Narrow);
            return self.detector.as_mut()?.listen(&frame);
        }
        self.detector.as_mut()?.rest();
        None
    }

    fn sound(&mut self, rate: Rate) -> Frame {
        if self.narrow.is_none() && self.wide.is_none() {
            self.decode();
        }
        let (known, wanted) = match rate {
            Rate::Narrow => (self.wide, &mut self.narrow),
            Rate::Wide => (self.narrow, &mut self.wide),
        };
        *wanted.get_or_insert_with(|| {
            known.map_or(Frame::silence(rate), |frame| self.resampler.convert(&frame, rate))
        })
    }

    fn decode(&mut self) {
        let frame = match &self.pulled {
            Pulled::Payload(payload) => self.decoder.decode(payload),
            Pulled::Lost => self.decoder.conceal(),
            Pulled::Nothing => self.decoder.silence(),
        };
        match frame.rate() {
            Rate::Narrow => self.narrow = Some(frame),
            Rate::Wide => self.wide = Some(frame),
        }
    }
}

impl Outgoing {
    fn new(codec: Codec) -> Self {
        Self {
            codec,
            encoder: Encoder::new(codec),
            resampler: Resampler::default(),
            payload: Vec::with_capacity(160),
            sound: Sent::Silence,
            decoder: None,
            monitor: Resampler::default(),
        }
    }

    /// Returns the sound of what was sent last, computed once.
    fn heard(&mut self) -> Frame {
        let frame = match &self.sound {
            Sent::Silence => return Frame::silence(Rate::Narrow),
            Sent::Narrow(frame) => return *frame,
            Sent::Clip(clip, index) => return clip.frame(*index, Rate::Narrow),
            Sent::Pcm(frame) => *frame,
            Sent::Payload(payload) => {
                self.decoder.get_or_insert_with(|| Decoder::new(self.codec)).decode(payload)
            }
        };
        let narrow = self.monitor.convert(&frame, Rate::Narrow);
        self.sound = Sent::Narrow(narrow);
        narrow
    }

    fn send_digit(&mut self, transport: &mut dyn Transport, digits: &mut DigitSender, now: Instant) {
        if !transport.has_telephone_events() {
            let frame = digits.next_sound(self.codec.rate()).unwrap_or(Frame::silence(self.codec.rate()));
            return self.send_pcm(transport, frame, now);
        }
        self.sound = Sent::Silence;
        match digits.next_event(self.codec.ticks()) {
            Some(Step::Event { event, age }) => transport.send_event(now, event, age),
            Some(Step::Gap) | None => self.send_sound(transport, Sound::Silence, now),
        }
    }

    fn send_clip(&mut self, transport: &mut dyn Transport, clip: Arc<Clip>, index: usize, now: Instant) {
        match clip.payload(index, self.codec) {
            Some(payload) => {
                transport.send(now, payload);
                self.sound = Sent::Clip(clip, index);
            }
            None => self.send_pcm(transport, clip.frame(index, self.codec.rate()), now),
        }
    }

    fn send_sound(&mut self, transport: &mut dyn Transport, sound: Sound, now: Instant) {
        match sound {
            Sound::Payload(payload) => {
                transport.send(now, &payload);
                self.sound = Sent::Payload(payload);
            }
            Sound::Pcm(frame) => self.send_pcm(transport, frame, now),
            Sound::Silence => {
                self.send_pcm(transport, Frame::silence(self.codec.rate()), now);
                self.sound = Sent::Silence;
            }
        }
    }

    fn send_pcm(&mut self, transport: &mut dyn Transport, frame: Frame, now: Instant) {
        let own = self.resampler.convert(&frame, self.codec.rate());
        self.encoder.encode(&own, &mut self.payload);
        transport.send(now, &self.payload);
        self.sound = Sent::Pcm(frame);
    }
}
