//! What an outbound call is made of, and the other commands that the application gives.

use std::time::Duration;

use crate::digest::Credentials;
use crate::event::LegId;
use crate::registrar::Contact;

/// An outbound call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Whom to call; of several, the next is tried where one can not be reached.
    pub targets: Vec<Target>,
    /// The URI in From; a number or a name without a scheme is a user of ours.
    pub from: String,
    /// The name in From; may be empty.
    pub display_name: String,
    /// The URI in To; empty for the target's.
    pub to: String,
    /// Fields to send along, such as `X-…` and `Diversion`.
    pub headers: Vec<(String, String)>,
    /// What answers a challenge.
    pub credentials: Option<Credentials>,
    /// The offer.
    pub sdp: String,
    /// How long it may ring before it is given up with 408.
    pub ring_timeout: Duration,
}

/// One place to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A SIP URI; `via` is where the request is sent to where that is another place, as with a trunk's proxy.
    Uri {
        /// Whom the request is for.
        uri: String,
        /// Where it is sent to.
        via: Option<String>,
    },
    /// A registered device, called by the way it came.
    Contact(Contact),
}

/// What the application wants done.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Ring { leg: LegId, sdp: Option<String> },
    Answer { leg: LegId, sdp: String },
    Reject { leg: LegId, status: u16, reason: String },
    HangUp { leg: LegId },
    Invite { leg: LegId, invitation: Box<Invitation> },
    AnswerReoffer { leg: LegId, sdp: String },
    RefuseReoffer { leg: LegId, status: u16 },
    Reoffer { leg: LegId, sdp: String },
    Refer { leg: LegId, to: String },
    ReportReferral { leg: LegId, status: u16 },
    SendInfoDigit { leg: LegId, digit: char },
    Watch { uri: String },
    Unwatch { uri: String },
    Drain,
}
