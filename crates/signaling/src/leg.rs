//! One call as the stack sees it: where it stands, and what it waits for.

use std::collections::VecDeque;

use crate::dialog::Dialog;
use crate::digest::Credentials;
use crate::event::LegId;
use crate::flow::Flow;
use crate::invitation::{Invitation, Target};
use crate::message::Response;
use crate::session_timer::Interval;

/// One side's SIP session.
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) state: State,
    pub(crate) dialog: Dialog,
    /// Our last description of the session, for refreshes by re-INVITE.
    pub(crate) sdp: String,
    /// What answers challenges.
    pub(crate) credentials: Option<Credentials>,
    /// The reliable provisional response that is not acknowledged.
    pub(crate) reliable: Option<Reliable>,
    /// The number of the last reliable provisional response, ours or the peer's.
    pub(crate) reliable_sequence: u32,
    /// The transaction of the peer's offer that we have not answered.
    pub(crate) offer_in: Option<u64>,
    /// The transaction of the peer's offer that we answered and whose ACK is missing.
    pub(crate) offer_answered: Option<u64>,
    /// Our offer that the peer has not answered.
    pub(crate) offer_out: Option<String>,
    /// Our offer that has to wait until the peer's is dealt with.
    pub(crate) offer_waiting: Option<String>,
    /// The agreed interval, and how often it was started.
    pub(crate) interval: Option<Interval>,
    pub(crate) interval_number: u32,
    /// Whether the peer takes UPDATE.
    pub(crate) takes_update: bool,
    /// The number of the REFER that we report about.
    pub(crate) referral: Option<u32>,
    /// The last ACK of a 2xx, with its number, for repetitions of the 2xx.
    pub(crate) ack: Option<(u32, Vec<u8>)>,
    /// Whether a request of ours was sent again with credentials since the last that was taken.
    pub(crate) has_retried: bool,
}

/// Where a leg stands.
pub(crate) enum State {
    /// An inbound call waits for the application.
    Invited {
        /// The INVITE.
        transaction: u64,
    },
    /// An inbound call was answered and waits for the ACK.
    Answered {
        /// The INVITE.
        transaction: u64,
        /// Whether to hang up once the ACK is there (RFC 3261 §15.1.1).
        hangs_up: bool,
    },
    /// An outbound call is on its way.
    Calling(Box<Attempt>),
    /// Both sides agree that they talk.
    Talking,
    /// Our BYE is on its way.
    Leaving,
}

/// An outbound call on its way.
pub(crate) struct Attempt {
    pub(crate) invitation: Invitation,
    /// The targets that were not tried.
    pub(crate) targets: VecDeque<Target>,
    /// The target's further addresses that were not tried.
    pub(crate) hops: VecDeque<Flow>,
    /// The target that is being tried.
    pub(crate) uri: String,
    /// The INVITE under way.
    pub(crate) client: Option<u64>,
    /// Whether a provisional response has come, before which nothing may be cancelled.
    pub(crate) is_proceeding: bool,
    /// The status to end with once it is hung up: 487, or 408 where it rang too long.
    pub(crate) given_up: Option<u16>,
    /// The final status of the last target.
    pub(crate) last: (u16, String),
}

/// A provisional response that has to be acknowledged (RFC 3262).
pub(crate) struct Reliable {
    pub(crate) number: u32,
    pub(crate) response: Response,
    /// How long it was repeated.
    pub(crate) waited: std::time::Duration,
    /// The answer that waits for the acknowledgement.
    pub(crate) answer: Option<String>,
}

impl Leg {
    /// A leg at its start.
    pub(crate) fn new(id: LegId, state: State, dialog: Dialog) -> Leg {
        Leg {
            id,
            state,
            dialog,
            sdp: String::new(),
            credentials: None,
            reliable: None,
            reliable_sequence: 0,
            offer_in: None,
            offer_answered: None,
            offer_out: None,
            offer_waiting: None,
            interval: None,
            interval_number: 0,
            takes_update: false,
            referral: None,
            ack: None,
            has_retried: false,
        }
    }

    /// What finds the leg when a request comes in.
    pub(crate) fn key(&self) -> (String, String) {
        (self.dialog.call_id.clone(), self.dialog.local_tag.clone())
    }

    /// The attempt, where the leg is an outbound call on its way.
    pub(crate) fn attempt(&mut self) -> Option<&mut Attempt> {
        match &mut self.state {
            State::Calling(attempt) => Some(attempt),
            State::Invited { .. } | State::Answered { .. } | State::Talking | State::Leaving => None,
        }
    }

    /// Whether the call is answered and not over.
    pub(crate) fn is_talking(&self) -> bool {
        match self.state {
            State::Talking | State::Answered { .. } => true,
            State::Invited { .. } | State::Calling(_) | State::Leaving => false,
        }
    }
}
