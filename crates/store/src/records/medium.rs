//! Media of conversations: what is known of a file beside its content.

use domain::{AccountSid, ConversationServiceSid, MediaSid, Timestamp};
use serde::{Deserialize, Serialize};

/// A medium that messages of conversations can have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Medium {
    /// Its SID, under which its content is kept.
    pub sid: MediaSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// The service of the conversations that may use it.
    pub service: ConversationServiceSid,
    /// Its size in bytes; 0 where a network keeps it.
    pub size: u64,
    /// Its MIME type.
    pub content_type: String,
    /// The name of its file, without any folder.
    pub filename: Option<String>,
    /// Where a network keeps it that brought it.
    pub source_url: Option<String>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(Medium, "medium", below account);
