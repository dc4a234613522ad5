//! Requests about recordings.

use domain::{CallSid, RecordingSid};
use twiml::{RecordingChannels, RecordingEvent, RecordingTrack, StatusCallback, Trim};

use crate::RecordingSource;

/// Record a call or a conference.
#[derive(Debug, Clone, PartialEq)]
pub struct StartRecording {
    /// Whose recording it is.
    pub source: RecordingSource,
    /// The call, or any participant's call of the conference.
    pub call: CallSid,
    /// Whether the sides are kept apart; they are not unless given.
    pub channels: Option<RecordingChannels>,
    /// Which side; both unless given.
    pub track: Option<RecordingTrack>,
    /// What becomes of silence; it is kept unless given.
    pub trim: Option<Trim>,
    /// Who is told; absolute.
    pub status_callback: StatusCallback<RecordingEvent>,
}

/// Pause, resume or stop a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateRecording {
    /// Which.
    pub recording: RecordingName,
    /// What becomes of it.
    pub state: RecordingState,
}

/// Which recording is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingName {
    /// By its SID.
    Sid(RecordingSid),
    /// The one that runs on this call (`Twilio.CURRENT`).
    CurrentOf(CallSid),
}

/// What becomes of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingState {
    /// It goes on.
    InProgress,
    /// It is interrupted; `keeps_silence` says whether the gap is kept.
    Paused {
        /// Whether the gap is kept as silence.
        keeps_silence: bool,
    },
    /// It ends.
    Stopped,
}
