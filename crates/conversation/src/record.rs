//! Records: the rows that a conversation is written to and read from.

use std::collections::{BTreeMap, VecDeque};

use domain::{ConversationMessageSid, ConversationSid, InteractionSid, ParticipantSid, WebhookSid};
use serde::{Deserialize, Serialize};

use crate::pending::Pending;
use crate::{Details, Interaction, Message, Participant, Webhook};

/// One row: a part of the conversation with all that the engine knows of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// The conversation's own resource, its webhooks, and what waits for an application's answer.
    Conversation(Box<ConversationRecord>),
    /// A participant.
    Participant(Box<Participant>),
    /// A message with its receipts.
    Message(Box<Message>),
    /// An interaction with its channel, invites, participants and transfers.
    Interaction(Box<Interaction>),
}

/// The row of the conversation itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationRecord {
    /// The conversation's own resource.
    pub details: Details,
    /// Who is told what happens.
    pub webhooks: BTreeMap<WebhookSid, Webhook>,
    /// Webhooks of flows that rest while agents have the conversation.
    pub resting_webhooks: BTreeMap<WebhookSid, Webhook>,
    /// What waits for an application's answer, in the order of asking.
    pub(crate) pending: VecDeque<Pending>,
    /// How many questions were asked.
    pub(crate) questions: u64,
}

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKey {
    /// The conversation itself.
    Conversation(ConversationSid),
    /// A participant.
    Participant(ParticipantSid),
    /// A message.
    Message(ConversationMessageSid),
    /// An interaction.
    Interaction(InteractionSid),
}

/// A row to write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Write this row, new or over the old one.
    Put(Record),
    /// Remove the row; the removal of a conversation takes all its rows along.
    Delete(RecordKey),
}

/// Why records do not make a conversation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The conversation's own record is missing.
    #[error("the conversation's own record is missing")]
    NoConversation,
}

impl Record {
    /// Returns what the record is about.
    pub fn key(&self) -> RecordKey {
        match self {
            Record::Conversation(record) => RecordKey::Conversation(record.details.sid),
            Record::Participant(participant) => RecordKey::Participant(participant.sid),
            Record::Message(message) => RecordKey::Message(message.sid),
            Record::Interaction(interaction) => RecordKey::Interaction(interaction.sid),
        }
    }
}
