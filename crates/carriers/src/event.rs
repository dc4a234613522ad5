//! What providers tell: messages that come in, and how far those that went out have got.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that a provider tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A message came in.
    MessageReceived(InboundMessage),
    /// A part of a message came in.
    PartReceived(MessagePart),
    /// A message got further.
    ReceiptArrived(Receipt),
}

/// A message that came in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboundMessage {
    /// The provider's id, by which a repetition is known.
    pub provider_id: String,
    /// Who sends it.
    pub from: String,
    /// Which of our addresses it is for.
    pub to: String,
    /// Its text.
    pub body: String,
    /// Its media that anybody can fetch.
    pub media: Vec<InboundMedium>,
    /// Its media that only the carrier has.
    pub attachments: Vec<Attachment>,
    /// The sender's name on networks that have one.
    pub profile_name: Option<String>,
    /// Where it stands in a correspondence, on networks that have those.
    pub thread: Option<Thread>,
}

/// A medium that only the carrier has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its MIME type, as the sender says.
    pub content_type: String,
    /// The name of its file, as the sender says.
    pub filename: Option<String>,
    /// Its content.
    pub content: Content,
}

/// The content of a medium.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// It came with the message.
    Held(Vec<u8>),
    /// The carrier fetches it by this key.
    AtProvider(String),
}

impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(bytes) => write!(formatter, "Held({} bytes)", bytes.len()),
            Self::AtProvider(key) => write!(formatter, "AtProvider({key})"),
        }
    }
}

/// A correspondence, as far as it has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// What it is about.
    pub subject: String,
    /// The ids of its messages, oldest first; an answer refers to all of them.
    pub references: Vec<String>,
}

/// A part of a message, on networks that bring long ones so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePart {
    /// What all parts of the message have in common.
    pub whole: String,
    /// The place among the parts, from 1.
    pub index: u8,
    /// How many parts there are.
    pub total: u8,
    /// The text as UTF-16, which may begin or end within a character.
    pub units: Vec<u16>,
    /// The message as it would be without the other parts.
    pub message: InboundMessage,
}

/// A medium of a message that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboundMedium {
    /// Where it is.
    pub url: String,
    /// Its MIME type, where known.
    #[serde(default)]
    pub content_type: Option<String>,
}

/// How far a message has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The provider's id for the message.
    pub provider_id: String,
    /// The message's SID, from providers that give back what they were given.
    pub message: Option<String>,
    /// How far it has got.
    pub status: ReceiptStatus,
    /// The published error code.
    pub code: Option<u32>,
    /// The provider's reason.
    pub reason: Option<String>,
}

/// How far a provider has got with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptStatus {
    /// It left the provider.
    Sent,
    /// It arrived.
    Delivered,
    /// It arrived and was opened.
    Read,
    /// It did not arrive.
    Undelivered,
    /// It could not be sent.
    Failed,
}

impl ReceiptStatus {
    /// Returns the name that providers and rows use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
        }
    }

    /// Reads that name.
    pub(crate) fn read(name: &str) -> Option<Self> {
        [Self::Sent, Self::Delivered, Self::Read, Self::Undelivered, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}
