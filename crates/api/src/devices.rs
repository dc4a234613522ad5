//! The calls, as browsers' voice devices reach them: implemented by the server, and by a small fake in tests.

use domain::{CallSid, Timestamp};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

/// The calls behind the voice SDK's socket.
pub trait Devices: Send + Sync + 'static {
    /// Connects a device, which is told things until it falls behind; it has gone once the sender is dropped.
    fn connect(&self, device: Device) -> mpsc::Sender<FromDevice>;
}

/// A browser that makes and takes calls.
#[derive(Debug)]
pub struct Device {
    /// The name under which it is called.
    pub identity: String,
    /// Whether it may be called.
    pub may_be_called: bool,
    /// How it may call; nothing where it may not.
    pub outgoing: Option<Outgoing>,
    /// How long a call outlives its device's socket, seconds.
    pub reconnect_secs: u64,
    /// When the token that let it in ends.
    pub expires_at: Timestamp,
    /// Where it is told things.
    pub tell: mpsc::Sender<ToDevice>,
}

/// Leave to call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outgoing {
    /// The application that says where calls go; without one they go where the page says.
    pub application: Option<String>,
    /// Parameters for the application, which win over those of the page.
    pub parameters: Vec<(String, String)>,
}

/// What a device says.
#[derive(Debug, Clone, PartialEq)]
pub enum FromDevice {
    /// It can be called from now on.
    Register,
    /// It can not be called any longer.
    Unregister,
    /// It calls.
    Invite {
        /// The name that the device gives the call until it learns the SID.
        name: String,
        /// The offer.
        sdp: String,
        /// The page's parameters.
        parameters: Vec<(String, String)>,
    },
    /// It comes back to a call after its socket had dropped.
    Resume {
        /// The call.
        call: CallSid,
        /// The token that the call's answer carried.
        token: String,
        /// A fresh offer.
        sdp: String,
    },
    /// It answers a call.
    Answer {
        /// The call.
        call: CallSid,
        /// The answer.
        sdp: String,
    },
    /// It does not take a call.
    Reject {
        /// The call.
        call: CallSid,
    },
    /// It ends a call, which it may know only by its own name.
    HangUp {
        /// The call's SID or the device's own name.
        call: String,
    },
    /// It sends keys.
    Digits {
        /// The call's SID or the device's own name.
        call: String,
        /// The keys: `0-9*#w`.
        digits: String,
    },
    /// It offers its media anew, after its network changed.
    Reoffer {
        /// The call.
        call: CallSid,
        /// The offer.
        sdp: String,
    },
    /// It sends a message to the application.
    Message {
        /// The call.
        call: CallSid,
        /// The content.
        content: Value,
        /// The name by which it is acknowledged.
        event: String,
    },
}

/// What a device is told.
#[derive(Debug, Clone, PartialEq)]
pub enum ToDevice {
    /// It is registered.
    Ready,
    /// It is not registered any longer.
    Offline,
    /// The other side rings; with an answer where there is early media.
    Ringing {
        /// The call.
        call: CallSid,
        /// The answer of early media.
        sdp: Option<String>,
    },
    /// The call it made was answered; the answer of its media, unless it rang with one.
    Answer {
        /// The call.
        call: CallSid,
        /// The answer.
        sdp: Option<String>,
        /// The token with which the device may come back.
        reconnect: Option<String>,
    },
    /// It is called.
    Invite {
        /// The call.
        call: CallSid,
        /// The offer.
        sdp: String,
        /// `From`, `To`, `CallSid`, `Params` …
        parameters: Map<String, Value>,
        /// The token with which the device may come back.
        reconnect: String,
    },
    /// Who called has given up, or another device has answered.
    Cancel {
        /// The call.
        call: CallSid,
    },
    /// The call has ended.
    HangUp {
        /// The call's SID, or the device's own name where it never learnt it.
        call: String,
        /// The published code and the reason of a failure.
        error: Option<(u32, String)>,
    },
    /// A message was passed on.
    Acknowledge {
        /// The call.
        call: CallSid,
        /// The message's name.
        event: String,
    },
    /// The application sends a message.
    Message {
        /// The call.
        call: CallSid,
        /// The content.
        content: Value,
        /// The message's name.
        event: String,
    },
    /// Something that the device said can not be done.
    Error {
        /// The published code.
        code: u32,
        /// Why, for people.
        message: String,
        /// The call, where it is about one.
        call: Option<String>,
    },
}
