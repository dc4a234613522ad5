//! API keys: a SID and a secret that stand for the account.

use domain::{AccountSid, KeySid, Timestamp};
use serde::{Deserialize, Serialize};

use super::Record;

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

impl Record for Key {
    const KIND: &'static str = "key";

    fn sid(&self) -> String {
        self.sid.to_string()
    }

    fn parent(&self) -> String {
        self.account.to_string()
    }

    fn name(&self) -> Option<String> {
        None
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}
