//! Requests about streams of a call's audio.

use domain::{CallSid, StreamSid};
use twiml::Stream;

/// Send a call's audio to an application, in the background.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartStream {
    /// The call.
    pub call: CallSid,
    /// What is sent where, and who is told; its URLs are absolute.
    pub stream: Stream,
}

/// Close a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopStream {
    /// The call.
    pub call: CallSid,
    /// Which of its streams.
    pub stream: StreamName,
}

/// Which stream is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamName {
    /// By its SID.
    Sid(StreamSid),
    /// By the name that it was given.
    Name(String),
}
