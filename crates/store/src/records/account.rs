//! The account that an installation serves.

use domain::{AccountSid, Timestamp};
use serde::{Deserialize, Serialize};

use super::Record;

/// The account; its token is in the credentials file, never in the database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its SID.
    pub sid: AccountSid,
    /// Its name.
    pub friendly_name: String,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

impl Record for Account {
    const KIND: &'static str = "account";

    fn sid(&self) -> String {
        self.sid.to_string()
    }

    fn parent(&self) -> String {
        String::new()
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}
