//! SIP credentials: lists of users and their passwords.

use domain::{AccountSid, CredentialListSid, CredentialSid, Timestamp};
use serde::{Deserialize, Serialize};

/// A list of SIP users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CredentialList {
    /// Its SID.
    pub sid: CredentialListSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Its name.
    pub friendly_name: String,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

/// A SIP user. Digest answers are computed from the password with whatever realm was asked for, so it is kept.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    /// Its SID.
    pub sid: CredentialSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// The list.
    pub list: CredentialListSid,
    /// The user's name; unique in the list.
    pub username: String,
    /// The password.
    pub password: String,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credential({}, {})", self.sid, self.username)
    }
}

record!(CredentialList, "credential_list", below account);

record!(Credential, "credential", below list, named username);
