//! Messaging services: what holds for all messages of a purpose, and the numbers that send them.

use domain::{AccountSid, Address, ContentSid, MessagingServiceSid, PhoneNumberSid, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{OptOutWords, Record, Webhook};

/// A messaging service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessagingService {
    /// Its SID.
    pub sid: MessagingServiceSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Its name.
    pub friendly_name: String,
    /// What is asked about messages to its numbers.
    pub inbound: Webhook,
    /// Whether each number's own webhook is asked in place of `inbound`.
    pub uses_number_webhooks: bool,
    /// Who is told what becomes of its messages, where they name nobody themselves.
    pub status_callback: Option<String>,
    /// Whether a contact is written to from the same number again.
    pub is_sticky: bool,
    /// Whether a number of the contact's area is preferred.
    pub matches_area_code: bool,
    /// Whether typographic characters give way to those of the alphabet of SMS.
    pub encodes_smartly: bool,
    /// How many seconds a message may wait for its carrier.
    pub validity_secs: u32,
    /// Its own words for STOP, START and HELP.
    #[serde(default)]
    pub opt_out_words: OptOutWords,
    /// What applications set and read back; nothing here depends on it.
    pub labels: ServiceLabels,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(MessagingService, "messaging_service", below account);

/// Published properties of a messaging service that are kept for its applications only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLabels {
    /// Whether pictures that a recipient can not show become links.
    pub converts_mms: bool,
    /// `inherit`, `enable` or `disable`.
    pub scan_message_content: String,
    /// Whether a long number stands in for a short code.
    pub falls_back_to_long_code: bool,
    /// Whether messages are checked before they are accepted; they always are.
    pub is_synchronous_validation: bool,
    /// What it is for.
    pub usecase: String,
}

/// A number in the pool of a messaging service; an address sends for one service at most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoolSender {
    /// The number.
    pub number: PhoneNumberSid,
    /// The service.
    pub service: MessagingServiceSid,
    /// The account of both.
    pub account: AccountSid,
    /// The number's address.
    pub address: Address,
    /// When it came into the pool.
    pub date_created: Timestamp,
    /// The same.
    pub date_updated: Timestamp,
}

impl PoolSender {
    /// Returns the key of a number's place in a pool.
    pub fn key(number: PhoneNumberSid) -> String {
        format!("pool:{number}")
    }
}

impl Record for PoolSender {
    const KIND: &'static str = "pool_sender";

    fn sid(&self) -> String {
        Self::key(self.number)
    }

    fn parent(&self) -> String {
        self.account.to_string()
    }

    fn name(&self) -> Option<String> {
        Some(self.address.to_string())
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}

/// From which number of a pool a contact was last written to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StickySender {
    /// The service.
    pub service: MessagingServiceSid,
    /// The contact.
    pub contact: Address,
    /// The number.
    pub sender: Address,
    /// When the contact was last written to.
    pub date_updated: Timestamp,
}

impl Record for StickySender {
    const KIND: &'static str = "sticky_sender";

    fn sid(&self) -> String {
        format!("sticky:{}:{}", self.service, self.contact)
    }

    fn parent(&self) -> String {
        self.service.to_string()
    }

    fn name(&self) -> Option<String> {
        Some(self.contact.to_string())
    }

    fn date_created(&self) -> Timestamp {
        self.date_updated
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}

/// A contact who does not want to be written to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptedOut {
    /// The messaging service, or the number outside of any, that does not write.
    pub scope: String,
    /// The contact.
    pub contact: Address,
    /// When the contact said so.
    pub date_created: Timestamp,
}

impl OptedOut {
    /// Returns the key of a contact's wish.
    pub fn key(scope: &str, contact: &Address) -> String {
        format!("opted-out:{scope}:{contact}")
    }
}

impl Record for OptedOut {
    const KIND: &'static str = "opted_out";

    fn sid(&self) -> String {
        Self::key(&self.scope, &self.contact)
    }

    fn parent(&self) -> String {
        self.scope.clone()
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_created
    }
}

/// A content template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// Its SID.
    pub sid: ContentSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Its name.
    pub friendly_name: String,
    /// Its language, such as `en`.
    pub language: String,
    /// What stands for a placeholder that a message gives no value.
    pub variables: Map<String, Value>,
    /// How it looks, by published type such as `twilio/text`.
    pub types: Map<String, Value>,
    /// The name and category under which it was handed in to WhatsApp.
    pub approval: Option<Approval>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(Content, "content", below account);

/// What WhatsApp is asked to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The template's name at WhatsApp.
    pub name: String,
    /// `UTILITY`, `MARKETING` or `AUTHENTICATION`.
    pub category: String,
}
