//! The facts that media reports, through the one channel that [`Media::start`](crate::Media::start) returns.

use crate::activity::machine::Answerer;

/// Something that happened on a leg, with a playback, a recording or a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The first packet came; with WebRTC, the keys are agreed.
    Connected {
        /// The leg.
        leg: u64,
    },
    /// Nothing came for the configured time, or the browser is gone. Told once per silence.
    Lost {
        /// The leg.
        leg: u64,
    },
    /// A key was pressed. Told with its first packet, so that a prompt can stop within a frame.
    Digit {
        /// The leg on which it was heard.
        leg: u64,
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
    },
    /// A playback came to its end, was stopped, replaced, or lost its leg.
    PlaybackEnded {
        /// The playback.
        playback: u64,
    },
    /// Someone began to speak on a leg that is listened to.
    SpeechStarted {
        /// The leg.
        leg: u64,
    },
    /// The speech has paused for the time that was asked for; on a leg where nobody spoke, the silence has lasted so long.
    SpeechEnded {
        /// The leg.
        leg: u64,
        /// Whether someone had spoken before.
        has_spoken: bool,
    },
    /// Who answered on a leg that was to be judged, told once.
    AnswererKnown {
        /// The leg.
        leg: u64,
        /// Who answered.
        answerer: Answerer,
        /// How long it took to tell, in milliseconds.
        after_ms: u64,
    },
    /// A recording's file is complete.
    RecordingEnded {
        /// The recording.
        recording: u64,
        /// Length of what was recorded, pauses and trimmed silence left out.
        duration_ms: u64,
        /// Size of the file.
        bytes: u64,
        /// Whether nothing but silence was heard.
        is_silent: bool,
        /// Why the file could not be written, if so.
        error: Option<String>,
    },
    /// What was fed into a stream before this mark has been played or cleared.
    MarkReached {
        /// The stream.
        stream: u64,
        /// The name given to [`Media::mark`](crate::Media::mark).
        name: String,
    },
    /// How a leg's media went, when it is closed.
    Statistics {
        /// The leg.
        leg: u64,
        /// The figures.
        statistics: Statistics,
    },
}

/// How the media of one leg went.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Packets sent.
    pub packets_sent: u64,
    /// Packets received.
    pub packets_received: u64,
    /// Packets that were sent to us and did not arrive.
    pub packets_lost: u64,
    /// Interarrival jitter at the end, in milliseconds (RFC 3550 §6.4.1).
    pub jitter_ms: f32,
    /// Round trip by the last report of the peer, in milliseconds.
    pub round_trip_ms: Option<f32>,
}
