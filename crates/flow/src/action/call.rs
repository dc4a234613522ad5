//! A call that a widget asks for.

use serde::{Deserialize, Serialize};
use twiml::{AnswerDetection, RecordingChannels, Trim};

/// A call to the contact as a widget wrote it, with all templates rendered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OutgoingCall {
    /// Our address.
    pub from: String,
    /// The contact's address.
    pub to: String,
    /// How long it may ring, in seconds.
    pub timeout_secs: u32,
    /// Keys to send after the answer; empty for none.
    pub send_digits: String,
    /// How it is recorded, if it is.
    pub recording: Option<CallRecording>,
    /// How people are told from answering machines; nothing in it where they are not.
    pub answer_detection: AnswerDetection,
    /// User name for a SIP address; empty for none.
    pub sip_username: String,
    /// Password for a SIP address; empty for none.
    pub sip_password: String,
}

/// How a call is recorded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CallRecording {
    /// One channel or two.
    pub channels: Option<RecordingChannels>,
    /// What becomes of silence.
    pub trim: Option<Trim>,
    /// Who is told of the recording.
    pub status_callback: Option<String>,
}
