//! What is asked of audio: playing, connecting, mixing, recording, listening, streaming.

use domain::{CallSid, ConferenceSid, RecordingSid, StreamSid};
use serde::{Deserialize, Serialize};
use twiml::{AnswerDetection, Gather, JitterBufferSize, RecordingTrack, RingTone, Speech, Track, Trim};

use crate::Playback;

/// What is asked of audio; a leg is named by its call.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaAction {
    /// Play something; answered by `PlaybackEnded` or `PlaybackFailed`, but not once it was stopped.
    Play {
        /// Its number.
        playback: Playback,
        /// To whom.
        onto: Onto,
        /// What.
        source: Source,
        /// How often; 0 for ever.
        loops: u32,
    },
    /// Stop something that is played.
    StopPlaying {
        /// Its number.
        playback: Playback,
    },
    /// Let two legs hear each other.
    Connect {
        /// One.
        a: CallSid,
        /// The other.
        b: CallSid,
    },
    /// Part two connected legs.
    Disconnect {
        /// One.
        a: CallSid,
        /// The other.
        b: CallSid,
    },
    /// Let a leg take part in a conference's mix; the first one makes it.
    Join {
        /// The conference.
        conference: ConferenceSid,
        /// The leg.
        leg: CallSid,
        /// How it takes part.
        seat: Seat,
    },
    /// Change how a leg takes part.
    Update {
        /// The conference.
        conference: ConferenceSid,
        /// The leg.
        leg: CallSid,
        /// How it takes part.
        seat: Seat,
    },
    /// Take a leg out of a conference's mix; the last one ends it.
    Leave {
        /// The conference.
        conference: ConferenceSid,
        /// The leg.
        leg: CallSid,
    },
    /// Record; answered by `RecordingEnded` when it was stopped or its legs are gone.
    StartRecording(Box<RecordingOrder>),
    /// Interrupt a recording.
    PauseRecording {
        /// Which.
        recording: RecordingSid,
        /// Whether the gap is kept as silence.
        keeps_silence: bool,
    },
    /// Go on with a recording.
    ResumeRecording {
        /// Which.
        recording: RecordingSid,
    },
    /// End a recording.
    StopRecording {
        /// Which.
        recording: RecordingSid,
    },
    /// Listen for speech; answered by `SpeechBegan`, `SpeechHeard`, `SpeechFailed`.
    ListenForSpeech(Box<Listening>),
    /// Find out whether a person or a machine answered; told once, by `AnswererKnown`.
    DetectAnswerer {
        /// The leg.
        leg: CallSid,
        /// What is found out, and by which times.
        detection: Box<AnswerDetection>,
    },
    /// Stop listening.
    StopListening {
        /// The leg.
        leg: CallSid,
    },
    /// Open a stream to an application; answered by `StreamStarted`, `StreamEnded`.
    OpenStream(Box<StreamOrder>),
    /// Close a stream.
    CloseStream {
        /// Which.
        stream: StreamSid,
    },
    /// Play a leg back to itself.
    StartEcho {
        /// The leg.
        leg: CallSid,
    },
    /// Stop playing it back.
    StopEcho {
        /// The leg.
        leg: CallSid,
    },
}

/// Who hears something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Onto {
    /// A leg.
    Leg(CallSid),
    /// Everybody in a conference.
    Conference(ConferenceSid),
}

/// What is played.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Spoken text.
    Speech {
        /// What is said.
        parts: Vec<SpeechPart>,
        /// The voice, if one was named.
        voice: Option<String>,
        /// The language, if one was named.
        language: Option<String>,
    },
    /// A file, by its absolute URL.
    File(String),
    /// Keys as tones, with `w` and `W` as pauses.
    Tones(String),
    /// Our own music.
    HoldMusic,
    /// A country's ringing.
    Ringing(RingTone),
    /// A short tone.
    Beep,
}

/// A piece of speech.
pub type SpeechPart = Speech;

/// How a leg takes part in a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Whether it is not heard.
    pub is_muted: bool,
    /// Whether it neither hears nor is heard; it has music of its own.
    pub is_on_hold: bool,
    /// The only leg that hears it, if it coaches.
    pub coaches: Option<CallSid>,
    /// How much of its audio is held back to smooth it.
    pub jitter_buffer: JitterBufferSize,
}

/// A recording to make.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingOrder {
    /// Its SID.
    pub recording: RecordingSid,
    /// Whom it records.
    pub scene: Scene,
    /// Whether the two sides are kept apart.
    pub is_dual: bool,
    /// Which side is recorded.
    pub track: RecordingTrack,
    /// What becomes of silence at both ends.
    pub trim: Trim,
    /// The silence after which `SilenceReached` is told; `None` for never.
    pub silence_timeout_secs: Option<u32>,
}

/// Whom a recording records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scene {
    /// What comes in from a leg: a voice mail.
    Inbound(CallSid),
    /// Both directions of a leg; the leg's own side is the first channel.
    Leg(CallSid),
    /// A conference's mix.
    Conference(ConferenceSid),
}

/// How speech is listened for.
#[derive(Debug, Clone, PartialEq)]
pub struct Listening {
    /// The leg.
    pub leg: CallSid,
    /// The verb that holds language, hints, model and times.
    pub gather: Gather,
}

/// A stream to open.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamOrder {
    /// Its SID.
    pub stream: StreamSid,
    /// The leg.
    pub leg: CallSid,
    /// The peer, `wss://…`.
    pub url: String,
    /// Which side is sent.
    pub track: Track,
    /// Whether the peer's audio is played.
    pub is_bidirectional: bool,
    /// What the peer is told at the start.
    pub parameters: Vec<(String, String)>,
}
