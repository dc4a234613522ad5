//! Text messages in both directions.

use domain::{
    AccountSid, Address, ConversationMessageSid, ConversationSid, MessageSid, ParticipantSid, Timestamp,
};
use serde::{Deserialize, Serialize};

/// A message that came in or goes out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its SID, which is also the token by which a carrier knows a repeated send.
    pub sid: MessageSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Who sends it.
    pub from: Address,
    /// Who receives it.
    pub to: Address,
    /// Its text.
    pub body: String,
    /// Its media.
    pub media: Vec<Media>,
    /// Which way it goes, and who caused it.
    pub direction: Direction,
    /// How far it got.
    pub status: MessageStatus,
    /// The number of SMS segments.
    pub segments: u32,
    /// The sender's name on networks that have one.
    pub profile_name: Option<String>,
    /// The messaging service that chose the sender.
    pub messaging_service_sid: Option<String>,
    /// The carrier's reason for a failure.
    pub error_code: Option<u32>,
    /// The carrier's reason for a failure, in words.
    pub error_message: Option<String>,
    /// Where its progress is told.
    pub status_callback: Option<String>,
    /// The message of a conversation that it carries to one participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationDelivery>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
    /// When a carrier took it, or when it came in.
    pub date_sent: Option<Timestamp>,
}

/// The part of a conversation that a message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationDelivery {
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// Its message.
    pub message_sid: ConversationMessageSid,
    /// The participant who is written to.
    pub participant_sid: ParticipantSid,
}

/// A medium of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Where it is.
    pub url: String,
    /// Its MIME type, where known.
    pub content_type: Option<String>,
}

/// Which way a message goes, and who caused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From a contact to us.
    Inbound,
    /// Sent by REST.
    OutboundApi,
    /// An answer by TwiML.
    OutboundReply,
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageStatus {
    /// It waits for its carrier.
    Queued,
    /// The carrier has taken it.
    Sent,
    /// The network says that it arrived.
    Delivered,
    /// The network says that it did not arrive.
    Undelivered,
    /// It could not be sent.
    Failed,
    /// The carrier's answer was lost in a crash: it may or may not have been sent.
    Unknown,
    /// It came in.
    Received,
}

impl MessageStatus {
    /// Returns the name that the API and the rows use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Received => "received",
        }
    }
}
