//! What providers tell: messages that come in, and how far those that went out have got.

use serde::{Deserialize, Serialize};

/// Something that a provider tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A message came in.
    MessageReceived(InboundMessage),
    /// A message got further.
    ReceiptArrived(Receipt),
}

/// A message that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMessage {
    /// The provider's id, by which a repetition is known.
    pub provider_id: String,
    /// Who sends it.
    pub from: String,
    /// Which of our addresses it is for.
    pub to: String,
    /// Its text.
    pub body: String,
    /// Its media.
    pub media: Vec<InboundMedium>,
    /// The sender's name on networks that have one.
    pub profile_name: Option<String>,
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
