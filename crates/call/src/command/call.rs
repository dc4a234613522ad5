//! Requests about calls.

use domain::CallSid;
use twiml::{AnswerDetection, RecordingChannels, RecordingEvent, RecordingTrack, StatusCallback, Trim};

use crate::{Link, Parameters, Program, ProgressCallback, Target};

/// Call somebody, and let a program run when they answer.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateCall {
    /// Who is called.
    pub target: Target,
    /// Who is called, as records and requests show it.
    pub to: String,
    /// Who calls.
    pub from: String,
    /// The caller's name to show; empty for none.
    pub caller_name: String,
    /// What runs when they answer.
    pub program: Program,
    /// Who is told how it goes.
    pub progress: Option<ProgressCallback>,
    /// How long it may ring, in seconds.
    pub timeout_secs: u32,
    /// How long it may last, in seconds; `None` for the usual four hours.
    pub time_limit_secs: Option<u32>,
    /// Keys to send after the answer; empty for none.
    pub send_digits: String,
    /// How it is recorded, if it is.
    pub recording: Option<CallRecordingWish>,
    /// Whether people are told from machines.
    pub answer_detection: AnswerDetection,
    /// What all requests of this call carry besides.
    pub parameters: Parameters,
}

/// How a call is recorded from its answer on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallRecordingWish {
    /// One channel or two; two unless given.
    pub channels: Option<RecordingChannels>,
    /// Which side; both unless given.
    pub track: Option<RecordingTrack>,
    /// What becomes of silence.
    pub trim: Option<Trim>,
    /// Who is told; absolute.
    pub status_callback: StatusCallback<RecordingEvent>,
}

/// Change a live call.
#[derive(Debug, Clone, PartialEq)]
pub struct ModifyCall {
    /// The call.
    pub call: CallSid,
    /// What runs from here on.
    pub program: Option<Program>,
    /// How to end it.
    pub status: Option<WishedEnding>,
    /// How long it may last, counted from its answer.
    pub time_limit_secs: Option<u32>,
    /// Who is told of its end.
    pub status_callback: Option<Link>,
}

impl ModifyCall {
    /// Returns a change of a call that changes nothing yet.
    pub fn of(call: CallSid) -> ModifyCall {
        ModifyCall { call, program: None, status: None, time_limit_secs: None, status_callback: None }
    }
}

/// How a call is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishedEnding {
    /// Only if it was not answered yet.
    Canceled,
    /// In whatever state it is.
    Completed,
}
