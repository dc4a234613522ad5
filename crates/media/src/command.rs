//! What the handle asks of a media thread. Nothing here is refused: what names an unknown leg does nothing.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use mio::Waker;
use mio::net::UdpSocket;
use tokio::sync::mpsc::UnboundedSender;

use crate::activity::machine::Detection;
use crate::agreement::Agreement;
use crate::clip::Clip;
use crate::desk::Luggage;
use crate::media::Circle;
use crate::mixer::Member;
use crate::recording::Pause;
use crate::sdp::SdpError;
use crate::stream::StreamFrame;
use crate::transport::webrtc::Browser;

/// Where something is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// To one leg, in place of what it hears otherwise.
    Leg(u64),
    /// To all members of a mixer, together with their voices.
    Mixer(u64),
}

/// Whose voice a recording or a stream holds, seen from its leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    /// What the leg says.
    Inbound,
    /// What the leg hears.
    Outbound,
    /// Both: with two channels, the leg on the first.
    Both,
}

impl Track {
    pub(crate) fn has_inbound(self) -> bool {
        matches!(self, Self::Inbound | Self::Both)
    }

    pub(crate) fn has_outbound(self) -> bool {
        matches!(self, Self::Outbound | Self::Both)
    }
}

/// What a recording is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingOf {
    /// One leg.
    Leg(u64, Track),
    /// Two legs that talk: what each says, the first leg on the first channel.
    Bridge(u64, u64),
    /// All that is said in a mixer, on one channel.
    Mixer(u64),
}

/// How a recording is kept.
#[derive(Clone, Debug)]
pub struct RecordingOptions {
    /// The WAV file; its folder exists.
    pub path: PathBuf,
    /// Whether each side has a channel.
    pub is_dual: bool,
    /// Whether silence at the beginning and the end is left out.
    pub trims_silence: bool,
    /// After so long the recording ends by itself.
    pub length_ms_max: u64,
}

/// A command to a media thread. `Depart` sends a circle of legs to the thread that is told to `Await` it.
pub(crate) enum Command {
    OpenRtp { leg: u64, socket: UdpSocket, agreement: Option<Agreement> },
    OpenWebRtc { leg: u64, browser: Box<Browser> },
    ReplaceWebRtc { leg: u64, browser: Box<Browser> },
    Agree { leg: u64, agreement: Agreement },
    Renegotiate { leg: u64, offer: String, reply: mpsc::Sender<Result<String, SdpError>> },
    Close { leg: u64 },
    Play { playback: u64, onto: Onto, clip: Arc<Clip>, loops: u32 },
    Stop { playback: u64 },
    SendDigits { leg: u64, digits: String, playback: Option<u64> },
    Connect { leg: u64, other: u64 },
    Disconnect { leg: u64, other: u64 },
    Join { mixer: u64, leg: u64, member: Member },
    Leave { mixer: u64, leg: u64 },
    Listen { leg: u64, silence_ms: Option<u64> },
    Detect { leg: u64, detection: Detection },
    Record { recording: u64, of: RecordingOf, options: RecordingOptions },
    PauseRecording { recording: u64, pause: Pause },
    StopRecording { recording: u64 },
    OpenStream { stream: u64, leg: u64, track: Track, is_heard: bool, frames: UnboundedSender<StreamFrame> },
    Feed { stream: u64, mu_law: Vec<u8> },
    Mark { stream: u64, name: String },
    Clear { stream: u64 },
    CloseStream { stream: u64 },
    Depart { circle: Circle, luggage: mpsc::Sender<Luggage>, waker: Arc<Waker> },
    Await { arrival: mpsc::Receiver<Luggage> },
    Shutdown,
}
