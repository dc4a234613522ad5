//! The people who log in.

use domain::{AccountSid, Timestamp, UserSid, WorkerSid, WorkspaceSid};
use serde::{Deserialize, Serialize};

use super::Record;

/// A person with a login; a person with the role agent is tied to one worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Its SID.
    pub sid: UserSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// The name typed at login; unique in the account without regard to case.
    pub login: String,
    /// The name shown to others.
    pub friendly_name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
    /// The argon2 hash of the password.
    pub password_hash: String,
    /// Whether the login is shut.
    pub is_disabled: bool,
    /// The workspace of the person's worker.
    pub workspace: Option<WorkspaceSid>,
    /// The person's worker.
    pub worker: Option<WorkerSid>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Answers calls and messages.
    Agent,
    /// Watches and helps agents.
    Supervisor,
    /// Changes everything.
    Admin,
    /// Draws flows.
    Author,
}

impl Record for User {
    const KIND: &'static str = "user";

    fn sid(&self) -> String {
        self.sid.to_string()
    }

    fn parent(&self) -> String {
        self.account.to_string()
    }

    fn name(&self) -> Option<String> {
        Some(self.login.to_lowercase())
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}
