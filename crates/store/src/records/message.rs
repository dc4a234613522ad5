//! Text messages in both directions.

use std::time::Duration;

use domain::{
    AccountSid, Address, ContentSid, ConversationMessageSid, ConversationSid, MediaSid, MessageSid,
    ParticipantSid, Timestamp,
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
    /// How it is sent.
    #[serde(default)]
    pub options: SendOptions,
    /// What it says of whether its sender may write back, where its text is one of the words for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<OptOut>,
    /// What the application says became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
    /// When a carrier took it, or when it came in.
    pub date_sent: Option<Timestamp>,
}

/// How a message is sent, beyond who and what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendOptions {
    /// When it is to be sent, where that is later.
    pub send_at: Option<Timestamp>,
    /// How many seconds it may wait for its carrier.
    pub validity_secs: Option<u32>,
    /// Which attempt at the same message it is, as its application counts.
    pub attempt: Option<u32>,
    /// Whether typographic characters give way to those of the alphabet of SMS; by default as its service says.
    pub is_smart_encoded: Option<bool>,
    /// Whether its application will say what became of it.
    pub provides_feedback: bool,
    /// Whether its text is forgotten as soon as its fate is known.
    pub discards_content: bool,
    /// Whether lists show its recipient without the last digits.
    pub obfuscates_address: bool,
    /// The template that it was made from, which networks that ask for templates are told.
    pub content: Option<MessageContent>,
}

/// A content template with the values of its placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageContent {
    /// The template.
    pub sid: ContentSid,
    /// The values, as a JSON object in text.
    pub variables: Option<String>,
}

/// What a word such as STOP says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OptOut {
    /// Write no more.
    Stop,
    /// Write again.
    Start,
    /// Who are you, and how do I stop this?
    Help,
}

impl OptOut {
    /// Returns what a whole text says by the words that everybody knows.
    pub fn by_default(text: &str) -> Option<Self> {
        match text.trim().to_ascii_uppercase().as_str() {
            "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "OPTOUT" | "REVOKE" => {
                Some(Self::Stop)
            }
            "START" | "YES" | "UNSTOP" => Some(Self::Start),
            "HELP" | "INFO" => Some(Self::Help),
            _ => None,
        }
    }

    /// Returns the published name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Start => "START",
            Self::Help => "HELP",
        }
    }
}

/// What an application says became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Whether its recipient did what it was for.
    pub is_confirmed: bool,
    /// When the application first said so.
    pub date_created: Timestamp,
    /// When it last said so.
    pub date_updated: Timestamp,
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
    /// The medium of ours that has its content, where that is kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<MediaSid>,
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
    /// Its messaging service has taken it.
    Accepted,
    /// It waits for its time.
    Scheduled,
    /// It was called off before its time.
    Canceled,
    /// It waits for its carrier.
    Queued,
    /// It is on its way to the carrier.
    Sending,
    /// The carrier has taken it.
    Sent,
    /// The network says that it arrived.
    Delivered,
    /// The recipient has read it.
    Read,
    /// The network says that it did not arrive.
    Undelivered,
    /// It could not be sent.
    Failed,
    /// The carrier's answer was lost in a crash: it may or may not have been sent.
    Unknown,
    /// It came in.
    Received,
}

impl Message {
    /// Tells whether it has waited for its carrier longer than it may.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let since = self.options.send_at.unwrap_or(self.date_created);
        let validity = self.options.validity_secs.map(|seconds| Duration::from_secs(u64::from(seconds)));
        validity.is_some_and(|validity| now > since + validity)
    }
}

impl MessageStatus {
    /// Tells whether a message has not been given to a carrier yet.
    pub fn is_waiting(self) -> bool {
        match self {
            Self::Accepted | Self::Scheduled | Self::Queued | Self::Sending => true,
            Self::Canceled
            | Self::Sent
            | Self::Delivered
            | Self::Read
            | Self::Undelivered
            | Self::Failed
            | Self::Unknown
            | Self::Received => false,
        }
    }

    /// Tells whether the fate of a message is known.
    pub fn is_final(self) -> bool {
        match self {
            Self::Canceled
            | Self::Delivered
            | Self::Read
            | Self::Undelivered
            | Self::Failed
            | Self::Received => true,
            Self::Accepted | Self::Scheduled | Self::Queued | Self::Sending | Self::Sent | Self::Unknown => {
                false
            }
        }
    }

    /// Returns the name that the API and the rows use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Scheduled => "scheduled",
            Self::Canceled => "canceled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Received => "received",
        }
    }
}
