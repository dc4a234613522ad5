//! API keys: a SID and a secret that stand for the account.

use domain::{AccountSid, KeySid, Timestamp};
use serde::{Deserialize, Serialize};

/// An API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// Its SID.
    pub sid: KeySid,
    /// The account it stands for.
    pub account: AccountSid,
    /// Its name.
    pub friendly_name: String,
    /// SHA-256 of the secret, in hexadecimal digits: the secret is random and long, so that no slow hash is needed.
    pub secret_digest: String,
    /// The secret itself, which checks the signature of access tokens; a key of an earlier version has only the digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(Key, "key", below account);
