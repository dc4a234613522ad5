//! Everything that the stack tells the application.

use std::net::SocketAddr;

use crate::directory::Admission;
use crate::flow::Transport;

/// One side's SIP session. Those of inbound calls have the highest bit set, those that the application allots do not.
pub type LegId = u64;

/// The bit that marks the legs of inbound calls.
pub const INBOUND_LEG: LegId = 1 << 63;

/// A fact about a leg, a registration or a trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody calls who may.
    Invited(Box<Invited>),
    /// An outbound call proceeds: it rings, or is heard before it is answered.
    Progressed {
        /// The leg.
        leg: LegId,
        /// 180 to 199.
        status: u16,
        /// What the other side will send and take.
        sdp: Option<String>,
    },
    /// An outbound call was answered.
    Answered {
        /// The leg.
        leg: LegId,
        /// The answer, where it was not in an earlier response.
        sdp: Option<String>,
    },
    /// An outbound call was not answered, by any of its targets. The leg is gone.
    Failed {
        /// The leg.
        leg: LegId,
        /// The last target's status, 408 where nobody said anything, 487 where the call was hung up.
        status: u16,
        /// The phrase behind it.
        reason: String,
    },
    /// An inbound call's answer has arrived; with an SDP, this is the answer to an offer in ours.
    Confirmed {
        /// The leg.
        leg: LegId,
        /// What the ACK brought.
        sdp: Option<String>,
    },
    /// The caller gave up before the call was answered. The leg is gone.
    Cancelled {
        /// The leg.
        leg: LegId,
    },
    /// An answered call is over, by the other side or by failure. The leg is gone.
    Ended {
        /// The leg.
        leg: LegId,
        /// How it came.
        cause: EndCause,
    },
    /// The other side wants to change the session, as for hold: to be answered by `answer_reoffer`.
    Reoffered {
        /// The leg.
        leg: LegId,
        /// The offer; none where ours is asked for.
        sdp: Option<String>,
    },
    /// The other side took our change of the session.
    Reaccepted {
        /// The leg.
        leg: LegId,
        /// Its answer.
        sdp: Option<String>,
    },
    /// The other side refused our change of the session, which stays as it was.
    ReofferRefused {
        /// The leg.
        leg: LegId,
        /// The status that said so.
        status: u16,
    },
    /// A key was pressed and came by INFO.
    InfoDigit {
        /// The leg.
        leg: LegId,
        /// The key: 0-9, `*`, `#`, A-D.
        digit: char,
    },
    /// The other side wants to be transferred; how it goes is told by `report_referral`.
    Referred {
        /// The leg.
        leg: LegId,
        /// Where to, without header fields.
        to: String,
        /// The dialog that the new call replaces, as `Replaces` writes it.
        replaces: Option<String>,
        /// The leg of ours that this dialog is.
        replaced: Option<LegId>,
        /// Who says so.
        referred_by: Option<String>,
    },
    /// How a transfer that we asked for goes: the first answer to REFER, then what NOTIFY says.
    ReferProgressed {
        /// The leg.
        leg: LegId,
        /// 202 for "taken", 1xx while it goes on, 2xx for done, above for failed.
        status: u16,
    },
    /// A device can be called under an address.
    Registered {
        /// User and host of the address.
        address: String,
        /// Where the device is.
        contact: String,
        /// For how long.
        expires_secs: u64,
    },
    /// A device can not be called any more: it said so, or did not come back in time.
    Unregistered {
        /// User and host of the address.
        address: String,
        /// Where the device was.
        contact: String,
    },
    /// A watched peer came or went.
    PeerChanged {
        /// Its URI.
        uri: String,
        /// Whether it answers.
        is_up: bool,
    },
}

/// An inbound call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The leg.
    pub leg: LegId,
    /// The URI in From.
    pub from: String,
    /// The name in From, empty where there is none.
    pub display_name: String,
    /// The URI in To.
    pub to: String,
    /// The URI that was called.
    pub request_uri: String,
    /// The Call-ID.
    pub call_id: String,
    /// Fields that say more about the call, such as `X-…`, `Diversion` and `P-Asserted-Identity`, in their order.
    pub headers: Vec<(String, String)>,
    /// The address that the call came from.
    pub source: SocketAddr,
    /// What carried it.
    pub transport: Transport,
    /// By what right it came in.
    pub admission: Admission,
    /// The dialog that this call replaces, as `Replaces` writes it.
    pub replaces: Option<String>,
    /// The leg of ours that this dialog is: it is to be hung up once this call is answered.
    pub replaced: Option<LegId>,
    /// The offer; none where ours is asked for.
    pub offer: Option<String>,
}

/// How an answered call ended without our doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndCause {
    /// The other side hung up.
    Bye,
    /// Our answer was never confirmed.
    NotConfirmed,
    /// The other side was not heard of within the session's interval, or does not know the call.
    Lost,
}
