//! The handle of the media server: descriptions at the border, commands to the threads.

mod music;
mod placement;
mod ports;
mod start;
mod threads;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use mio::net::UdpSocket;
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use self::ports::Ports;
use self::threads::Threads;
use crate::activity::machine::Detection;
use crate::agreement::Negotiation;
use crate::clip::Clip;
use crate::clock;
use crate::codec::Codec;
use crate::command::{Command, Onto, RecordingOf, RecordingOptions, Track};
use crate::config::{Config, Kind, Wishes};
use crate::event::Event;
use crate::frame::Rate;
use crate::mixer::Member;
use crate::recording::Pause;
use crate::sdp::SdpError;
use crate::stream::StreamFrame;
use crate::tone;
use crate::transport::webrtc::{Browser, Identity, fingerprint};

pub(crate) use self::placement::Circle;

/// How long an answer of a media thread is waited for; it comes within a frame.
const REPLY_TIMEOUT: Duration = Duration::from_secs(2);

/// A sound that can be played.
#[derive(Clone, Debug)]
pub enum Source {
    /// A prepared clip.
    Clip(Arc<Clip>),
    /// Our own hold music, from its beginning.
    HoldMusic,
    /// Keys, with `w` and `W` for pauses of half a second and one: events where the leg takes them, else sound.
    Digits(String),
    /// A round of a country's ringing, by its two letters; unknown ones ring as most of the world does.
    Ringing(String),
    /// The beep before a recording.
    Beep,
    /// Silence of so many milliseconds.
    Silence(u64),
}

/// The handle of a running media server; clones are handles of the same. It ends with [`Media::shutdown`] or the last handle.
#[derive(Clone, Debug)]
pub struct Media(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    identity: Identity,
    threads: Threads,
    ports: Mutex<Ports>,
    /// By leg: what was negotiated so far.
    legs: Mutex<BTreeMap<u64, Negotiated>>,
    beep: Arc<Clip>,
}

#[derive(Debug)]
enum Negotiated {
    Rtp(Box<Negotiation>),
    /// A browser that was made an offer and has not answered.
    Offered(Box<Browser>),
    WebRtc(Agreed),
}

/// What was agreed with a browser.
#[derive(Debug)]
struct Agreed {
    codec: Codec,
    /// Of the connection that it was agreed for.
    fingerprint: Option<String>,
}

/// Where an answer says that its audio is to go which nobody will see.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

impl Media {
    /// Starts the media threads and returns its handle and the events.
    pub fn start(config: Config) -> io::Result<(Self, UnboundedReceiver<Event>)> {
        start::start(config)
    }

    /// Tells whether an offer of RTP can be answered as wished; nothing is opened for it.
    pub fn check_offer(offer: &str, wishes: &Wishes) -> Result<(), SdpError> {
        Negotiation::new(NOWHERE, wishes).answer(offer).map(|_| ())
    }

    /// Answers an offer: makes the leg, which sends at once.
    pub fn answer(&self, leg: u64, kind: Kind, offer: &str, wishes: &Wishes) -> Result<String, SdpError> {
        match kind {
            Kind::Rtp => self.answer_rtp(leg, offer, wishes),
            Kind::WebRtc => {
                let (browser, answer) = Browser::answer(&self.0.identity, offer, wishes, clock::now())?;
                self.0.legs.lock().insert(leg, Negotiated::WebRtc(Agreed::with(&browser)));
                self.open(leg, true, Command::OpenWebRtc { leg, browser: Box::new(browser) });
                Ok(answer)
            }
        }
    }

    /// Makes a leg and returns the offer for its peer. For an RTP leg that exists, a new offer (a re-INVITE of ours).
    pub fn offer(&self, leg: u64, kind: Kind, wishes: &Wishes) -> Result<String, SdpError> {
        if let Some(Negotiated::Rtp(negotiation)) = self.0.legs.lock().get_mut(&leg) {
            return Ok(negotiation.offer());
        }
        match kind {
            Kind::Rtp => {
                let (socket, rtp) = self.bind(wishes)?;
                let mut negotiation = Box::new(Negotiation::new(rtp, wishes));
                let offer = negotiation.offer();
                self.0.legs.lock().insert(leg, Negotiated::Rtp(negotiation));
                self.open(leg, false, Command::OpenRtp { leg, socket, agreement: None });
                Ok(offer)
            }
            Kind::WebRtc => {
                let (browser, offer) = Browser::offer(&self.0.identity, wishes, clock::now())?;
                self.0.legs.lock().insert(leg, Negotiated::Offered(Box::new(browser)));
                Ok(offer)
            }
        }
    }

    /// Takes the answer to our offer; the same answer again (183 and 200) changes nothing.
    pub fn accept(&self, leg: u64, answer: &str) -> Result<(), SdpError> {
        let mut legs = self.0.legs.lock();
        match legs.get_mut(&leg).ok_or(SdpError::UnknownLeg(leg))? {
            Negotiated::Rtp(negotiation) => {
                let agreement = negotiation.accept(answer)?;
                self.tell(leg, Command::Agree { leg, agreement });
            }
            Negotiated::Offered(browser) => {
                browser.accept(answer)?;
                let agreed = Negotiated::WebRtc(Agreed::with(browser));
                if let Some(Negotiated::Offered(browser)) = legs.insert(leg, agreed) {
                    self.open(leg, true, Command::OpenWebRtc { leg, browser });
                }
            }
            Negotiated::WebRtc(_) => {}
        }
        Ok(())
    }

    /// Answers a later offer of the peer: hold and its end, a new address, an ICE restart.
    ///
    /// A browser's page that was loaded anew comes with another connection, which the leg goes on with.
    /// For browsers it waits for their media thread, about a millisecond.
    pub fn renegotiate(&self, leg: u64, offer: &str) -> Result<String, SdpError> {
        let mut legs = self.0.legs.lock();
        match legs.get_mut(&leg).ok_or(SdpError::UnknownLeg(leg))? {
            Negotiated::Rtp(negotiation) => {
                let (answer, agreement) = negotiation.answer(offer)?;
                self.tell(leg, Command::Agree { leg, agreement });
                return Ok(answer);
            }
            Negotiated::Offered(_) => {
                return Err(SdpError::WebRtc("the browser has not answered yet".to_owned()));
            }
            Negotiated::WebRtc(agreed) if agreed.is_of(offer) => {}
            Negotiated::WebRtc(agreed) => {
                let wishes = Wishes { codecs: vec![agreed.codec], ..Wishes::default() };
                let (browser, answer) = Browser::answer(&self.0.identity, offer, &wishes, clock::now())?;
                *agreed = Agreed::with(&browser);
                self.tell(leg, Command::ReplaceWebRtc { leg, browser: Box::new(browser) });
                return Ok(answer);
            }
        }
        drop(legs);
        let (reply, answer) = mpsc::channel();
        self.tell(leg, Command::Renegotiate { leg, offer: offer.to_owned(), reply });
        answer.recv_timeout(REPLY_TIMEOUT).unwrap_or(Err(SdpError::UnknownLeg(leg)))
    }

    /// Lets a leg go; its figures follow as [`Event::Statistics`].
    pub fn close(&self, leg: u64) {
        self.0.legs.lock().remove(&leg);
        self.0.threads.close(leg);
    }

    /// Plays a sound `loops` times, 0 for ever; it ends with [`Event::PlaybackEnded`], whatever ends it.
    pub fn play(&self, playback: u64, onto: Onto, source: Source, loops: u32) {
        let clip = match (source, onto) {
            (Source::Digits(digits), Onto::Leg(leg)) => {
                let digits = digits.repeat(loops.max(1) as usize);
                return self.tell(leg, Command::SendDigits { leg, digits, playback: Some(playback) });
            }
            (Source::Digits(digits), Onto::Mixer(_)) => digits_clip(&digits),
            (Source::Clip(clip), _) => clip,
            (Source::HoldMusic, _) => music::hold_music(),
            (Source::Beep, _) => Arc::clone(&self.0.beep),
            (Source::Ringing(country), _) => narrow_clip(&tone::ringing(&country, Rate::Narrow)),
            (Source::Silence(ms), _) => narrow_clip(&tone::silence(ms, Rate::Narrow)),
        };
        if let Onto::Leg(leg) = onto {
            self.codec_of(leg).inspect(|codec| clip.prepare(*codec));
        }
        self.0.threads.tell_place(onto, Command::Play { playback, onto, clip, loops });
    }

    /// Stops a playback.
    pub fn stop(&self, playback: u64) {
        self.0.threads.tell_all(|| Command::Stop { playback });
    }

    /// Sends keys to a leg, with `w` and `W` for pauses of half a second and one.
    pub fn send_digits(&self, leg: u64, digits: &str) {
        self.tell(leg, Command::SendDigits { leg, digits: digits.to_owned(), playback: None });
    }

    /// Makes two legs hear each other; a leg with itself, its echo.
    pub fn connect(&self, leg: u64, other: u64) {
        self.0.threads.connect(leg, other);
    }

    /// Parts two legs.
    pub fn disconnect(&self, leg: u64, other: u64) {
        self.0.threads.disconnect(leg, other);
    }

    /// Makes a leg a member of a mixer, which begins with its first member.
    pub fn join(&self, mixer: u64, leg: u64, member: Member) {
        self.0.threads.join(mixer, leg, Command::Join { mixer, leg, member });
    }

    /// Changes a member's part.
    pub fn update(&self, mixer: u64, leg: u64, member: Member) {
        self.join(mixer, leg, member);
    }

    /// Takes a leg out of a mixer, which ends with its last member.
    pub fn leave(&self, mixer: u64, leg: u64) {
        self.0.threads.leave(mixer, leg);
    }

    /// Tells when a leg begins to speak, and when it has been silent for `silence_ms` (0: never tells silence).
    pub fn listen(&self, leg: u64, silence_ms: u64) {
        self.tell(leg, Command::Listen { leg, silence_ms: Some(silence_ms) });
    }

    /// Ceases to tell.
    pub fn stop_listening(&self, leg: u64) {
        self.tell(leg, Command::Listen { leg, silence_ms: None });
    }

    /// Finds out whether a person or a machine answered on a leg; ends with [`Event::AnswererKnown`].
    pub fn detect_answerer(&self, leg: u64, detection: Detection) {
        self.tell(leg, Command::Detect { leg, detection });
    }

    /// Begins a recording; it ends with [`Event::RecordingEnded`].
    pub fn record(&self, recording: u64, of: RecordingOf, options: RecordingOptions) {
        self.0.threads.record(of, Command::Record { recording, of, options });
    }

    /// Pauses a recording: what is said meanwhile is left out, or kept as silence.
    pub fn pause_recording(&self, recording: u64, keeps_silence: bool) {
        let pause = if keeps_silence { Pause::Silent } else { Pause::Skipped };
        self.0.threads.tell_all(|| Command::PauseRecording { recording, pause });
    }

    /// Goes on with a recording.
    pub fn resume_recording(&self, recording: u64) {
        self.0.threads.tell_all(|| Command::PauseRecording { recording, pause: Pause::None });
    }

    /// Ends a recording.
    pub fn stop_recording(&self, recording: u64) {
        self.0.threads.tell_all(|| Command::StopRecording { recording });
    }

    /// Opens a media stream of a leg: its sound goes to `frames`. With `is_heard` the leg hears what is fed in.
    pub fn open_stream(
        &self,
        stream: u64,
        leg: u64,
        track: Track,
        is_heard: bool,
        frames: UnboundedSender<StreamFrame>,
    ) {
        let command = Command::OpenStream { stream, leg, track, is_heard, frames };
        self.0.threads.open_stream(stream, leg, command);
    }

    /// Feeds µ-law sound of any length into a stream, to be heard after what was fed before.
    pub fn feed(&self, stream: u64, mu_law: Vec<u8>) {
        self.0.threads.tell_stream(stream, || Command::Feed { stream, mu_law: mu_law.clone() });
    }

    /// Sets a mark behind what was fed; [`Event::MarkReached`] follows when that has been heard.
    pub fn mark(&self, stream: u64, name: &str) {
        self.0.threads.tell_stream(stream, || Command::Mark { stream, name: name.to_owned() });
    }

    /// Forgets what was fed and not heard yet.
    pub fn clear(&self, stream: u64) {
        self.0.threads.tell_stream(stream, || Command::Clear { stream });
    }

    /// Closes a stream.
    pub fn close_stream(&self, stream: u64) {
        self.0.threads.close_stream(stream);
    }

    /// Ends the media threads, recordings closed; waits for them.
    pub fn shutdown(&self) {
        self.0.threads.shutdown();
    }

    fn answer_rtp(&self, leg: u64, offer: &str, wishes: &Wishes) -> Result<String, SdpError> {
        let (socket, rtp) = self.bind(wishes)?;
        let mut negotiation = Box::new(Negotiation::new(rtp, wishes));
        let (answer, agreement) = negotiation.answer(offer)?;
        self.0.legs.lock().insert(leg, Negotiated::Rtp(negotiation));
        self.open(leg, false, Command::OpenRtp { leg, socket, agreement: Some(agreement) });
        Ok(answer)
    }

    /// Binds a leg's socket and returns it with the address that the peer is told.
    fn bind(&self, wishes: &Wishes) -> Result<(UdpSocket, SocketAddr), SdpError> {
        let socket = self.0.ports.lock().bind().map_err(|error| SdpError::Bind(error.to_string()))?;
        let socket = socket.ok_or(SdpError::NoPort)?;
        let port = socket.local_addr().map_err(|error| SdpError::Bind(error.to_string()))?.port();
        let ip = wishes.external_ip.or(self.0.config.external_ip).unwrap_or(self.advertised_ip());
        Ok((socket, SocketAddr::new(ip, port)))
    }

    fn codec_of(&self, leg: u64) -> Option<Codec> {
        match self.0.legs.lock().get(&leg)? {
            Negotiated::Rtp(negotiation) => negotiation.codec(),
            Negotiated::Offered(browser) => Some(browser.codec()),
            Negotiated::WebRtc(agreed) => Some(agreed.codec),
        }
    }

    fn advertised_ip(&self) -> IpAddr {
        start::reachable_ip(self.0.config.bind_ip)
    }

    fn open(&self, leg: u64, is_browser: bool, command: Command) {
        self.0.threads.open(leg, is_browser, command);
    }

    fn tell(&self, leg: u64, command: Command) {
        self.0.threads.tell_leg(leg, command);
    }
}

impl Agreed {
    fn with(browser: &Browser) -> Self {
        Self { codec: browser.codec(), fingerprint: browser.fingerprint().map(str::to_owned) }
    }

    /// Tells whether a description is of the connection that this was agreed for.
    fn is_of(&self, description: &str) -> bool {
        self.fingerprint.as_deref() == fingerprint(description)
    }
}

fn digits_clip(digits: &str) -> Arc<Clip> {
    let mut sender = crate::digit::sender::DigitSender::default();
    sender.push(digits);
    let frames = std::iter::from_fn(|| sender.next_sound(Rate::Narrow));
    let samples: Vec<i16> = frames.flat_map(|frame| frame.samples().to_vec()).collect();
    narrow_clip(&samples)
}

fn narrow_clip(samples: &[i16]) -> Arc<Clip> {
    Arc::new(Clip::from_samples(samples, Rate::Narrow.hertz()))
}
