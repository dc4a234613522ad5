//! TwiML applications: what a browser's call or a number runs, under a name.

use domain::{AccountSid, ApplicationSid, Timestamp};
use serde::{Deserialize, Serialize};

use super::Webhook;

/// A TwiML application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TwimlApplication {
    /// Its SID.
    pub sid: ApplicationSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Its name.
    pub friendly_name: String,
    /// What runs for a call.
    pub voice: Webhook,
    /// What runs for a message.
    pub sms: Webhook,
    /// Where call progress is told.
    pub status_callback: Option<String>,
    /// The method of the status callback.
    pub status_callback_method: String,
    /// Where the fate of messages is told.
    pub sms_status_callback: Option<String>,
    /// Where the fate of messages is told, by the newer name.
    pub message_status_callback: Option<String>,
    /// Whether a caller's name is looked up.
    pub voice_caller_id_lookup: bool,
    /// Whether other accounts may call it.
    pub public_application_connect_enabled: bool,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(TwimlApplication, "application", below account);
