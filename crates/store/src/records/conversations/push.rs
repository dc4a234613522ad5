//! Credentials and bindings for pushes to devices: kept for applications that set them up, and never used.

use domain::{AccountSid, BindingSid, ConversationServiceSid, CredentialSid, Timestamp};
use serde::{Deserialize, Serialize};

/// A credential of a push service; its secrets are not kept, since nothing is pushed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PushCredential {
    /// Its SID.
    pub sid: CredentialSid,
    /// The account.
    pub account_sid: AccountSid,
    /// What people call it.
    pub friendly_name: Option<String>,
    /// The push service: `apn`, `gcm` or `fcm`.
    pub push_type: String,
    /// Whether it is for the push service's test network.
    pub is_sandbox: bool,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// A device of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PushBinding {
    /// Its SID.
    pub sid: BindingSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub service_sid: ConversationServiceSid,
    /// The credential by which it is reached.
    pub credential_sid: Option<CredentialSid>,
    /// The device.
    pub endpoint: String,
    /// The user's identity.
    pub identity: String,
    /// The push service: `apn`, `gcm`, `fcm` or `twilsock`.
    pub binding_type: String,
    /// What the device is told of.
    pub message_types: Vec<String>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

record!(PushCredential, "push_credential", below account_sid);

record!(PushBinding, "push_binding", below service_sid);
