//! What is asked of a leg's signalling.

use domain::CallSid;

/// What is asked of signalling; a leg is named by its call.
#[derive(Debug, Clone, PartialEq)]
pub enum LegAction {
    /// Tell the caller that it rings.
    Ring {
        /// The leg.
        leg: CallSid,
    },
    /// Answer the caller.
    Answer {
        /// The leg.
        leg: CallSid,
    },
    /// Turn the caller away.
    Reject {
        /// The leg.
        leg: CallSid,
        /// The SIP status.
        status: u16,
    },
    /// End the leg, in whatever state it is.
    HangUp {
        /// The leg.
        leg: CallSid,
    },
    /// Call somebody; answered by `LegRang`, `LegAnswered`, `LegFailed`.
    Place(Box<Placement>),
    /// Send keys to the other side: `0`-`9`, `*`, `#`, `w` for half a second, `W` for one.
    SendDigits {
        /// The leg.
        leg: CallSid,
        /// The keys.
        digits: String,
    },
    /// Ask the other side to call somebody else; answered by `ReferAnswered`.
    Refer {
        /// The leg.
        leg: CallSid,
        /// Whom.
        to: String,
    },
    /// Tell the other side what became of its wish to be transferred.
    AnswerReferral {
        /// The leg.
        leg: CallSid,
        /// Whether it is seen to; the leg is hung up then.
        is_taken: bool,
    },
}

/// A leg to place.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// The leg.
    pub leg: CallSid,
    /// Who is called.
    pub target: Target,
    /// Who calls.
    pub from: String,
    /// The caller's name to show; empty for none.
    pub caller_name: String,
    /// Whether audio before the answer is welcome.
    pub wants_early_media: bool,
}

/// Who is called.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A telephone number, by a trunk.
    Number {
        /// The number, in E.164.
        number: String,
        /// The SID of the trunk to leave by; by the trunks' own rules where not given.
        trunk: Option<String>,
    },
    /// A registered client, on all its devices.
    Client {
        /// The identity.
        identity: String,
        /// What the client is told.
        parameters: Vec<(String, String)>,
    },
    /// SIP addresses, of which the first that works is taken.
    Sip(Vec<SipTarget>),
}

/// A SIP address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipTarget {
    /// The address, with its headers as `?X-Name=value`.
    pub uri: String,
    /// The user name for a challenge; empty for none.
    pub username: String,
    /// The password for a challenge; empty for none.
    pub password: String,
    /// Headers of the INVITE.
    pub headers: Vec<Header>,
}

/// A header of an INVITE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}
