//! Why a command was not done: a variant for each decision that a caller can make.

use domain::{ConversationSid, InviteSid, ParticipantSid, named};
use serde::{Deserialize, Serialize};

use crate::{Pair, Permission};

named! {
    /// The kinds of thing that a conversation holds.
    pub enum Noun {
        /// The conversation itself.
        Conversation = "conversation",
        /// A participant.
        Participant = "participant",
        /// A message.
        Message = "message",
        /// A webhook.
        Webhook = "webhook",
        /// An interaction's channel.
        InteractionChannel = "interaction channel",
        /// Somebody who takes part in an interaction.
        InteractionParticipant = "interaction participant",
        /// An invite.
        Invite = "invite",
        /// A transfer.
        InteractionTransfer = "interaction transfer",
    }
}

/// Why a command was not done. A refused command has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The thing that the command is about does not exist here: look elsewhere.
    #[error("no {what} '{sid}' in this conversation")]
    NotFound {
        /// What was looked for.
        what: Noun,
        /// The SID as given.
        sid: String,
    },
    /// A parameter's value can not be used: correct it.
    #[error("{parameter}: {reason}")]
    Invalid {
        /// The parameter's published name.
        parameter: String,
        /// What was wrong, what is expected.
        reason: String,
    },
    /// The conversation is over: begin another.
    #[error("conversation {0} is closed: it can be read, but nothing can be added; begin another")]
    Closed(ConversationSid),
    /// The state of things does not allow it: bring them to another state first.
    #[error("{reason}")]
    WrongState {
        /// Which state stands in the way.
        reason: String,
    },
    /// The pair of addresses is bound to an open conversation (50416): write there, or close it first.
    #[error(
        "{} and {} are bound to conversation {holder}: write there, or close it first",
        pair.address, pair.proxy_address
    )]
    PairTaken {
        /// The addresses.
        pair: Pair,
        /// The conversation that they are bound to.
        holder: ConversationSid,
    },
    /// The identity takes part already (50433).
    #[error("'{identity}' takes part in this conversation already, as {holder}")]
    IdentityTaken {
        /// The identity.
        identity: String,
        /// The participant who has it.
        holder: ParticipantSid,
    },
    /// The conversation has as many participants as it may (50417): remove one first.
    #[error("the conversation has {limit} participants {of_kind}, which is the most that it may have")]
    TooManyParticipants {
        /// The most that it may have.
        limit: usize,
        /// Of which kind.
        of_kind: String,
    },
    /// A role of theirs would have to allow it: ask by REST, or give them another role.
    #[error("'{identity}' has no role that allows {permission}")]
    NotAllowed {
        /// Who asked.
        identity: String,
        /// What is missing.
        permission: Permission,
    },
    /// An application that is asked before said no.
    #[error("the application's webhook rejected it")]
    Rejected,
    /// The invite is over before its answer came: forget it.
    #[error("invite {0} is over and can not be answered any more")]
    InviteOver(InviteSid),
}

impl Refusal {
    /// Makes the refusal of a thing that is not there.
    pub(crate) fn not_found(what: Noun, sid: impl ToString) -> Self {
        Self::NotFound { what, sid: sid.to_string() }
    }

    /// Makes the refusal of a parameter's value.
    pub(crate) fn invalid(parameter: &str, reason: impl ToString) -> Self {
        Self::Invalid { parameter: parameter.to_owned(), reason: reason.to_string() }
    }

    /// Makes the refusal that names the state in the way.
    pub(crate) fn wrong_state(reason: impl Into<String>) -> Self {
        Self::WrongState { reason: reason.into() }
    }
}
