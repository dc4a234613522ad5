//! Participants: who takes part in a conversation, on a chat or behind a messaging address.

use domain::{Address, Attributes, ConversationSid, ParticipantSid, RoleSid, Timestamp};
use serde::{Deserialize, Serialize};

/// Somebody who takes part in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// The participant.
    pub sid: ParticipantSid,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// How they are reached.
    pub seat: Seat,
    /// What they may do.
    pub role_sid: Option<RoleSid>,
    /// The user's own facts.
    pub attributes: Attributes,
    /// The index of the last message that they read.
    pub last_read_message_index: Option<u64>,
    /// When they read it.
    pub last_read_timestamp: Option<Timestamp>,
    /// When they came.
    pub date_created: Timestamp,
    /// When this last changed.
    pub date_updated: Timestamp,
}

/// How a participant is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// On a chat, by this identity.
    Identity(String),
    /// Behind a messaging address.
    Binding(Pair),
}

/// A contact's address and ours, between which messages go.
///
/// A pair is bound to one open conversation at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pair {
    /// The contact's address.
    pub address: Address,
    /// Our address, from which the contact is written to.
    pub proxy_address: Address,
}

impl Participant {
    /// Returns the identity of a participant on a chat.
    pub fn identity(&self) -> Option<&str> {
        match &self.seat {
            Seat::Identity(identity) => Some(identity),
            Seat::Binding(_) => None,
        }
    }

    /// Returns the addresses of a participant behind a messaging address.
    pub fn pair(&self) -> Option<&Pair> {
        match &self.seat {
            Seat::Identity(_) => None,
            Seat::Binding(pair) => Some(pair),
        }
    }

    /// Returns the name by which messages of the participant say who wrote them.
    pub fn author(&self) -> &str {
        match &self.seat {
            Seat::Identity(identity) => identity,
            Seat::Binding(pair) => pair.address.as_str(),
        }
    }
}
