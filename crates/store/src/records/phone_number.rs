//! The numbers and other addresses that are ours.

use domain::{AccountSid, Address, PhoneNumberSid, Timestamp};
use serde::{Deserialize, Serialize};

/// An address of ours and what runs when somebody calls or writes to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhoneNumber {
    /// Its SID.
    pub sid: PhoneNumberSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// The address itself; unique in the account.
    pub address: Address,
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
    /// Whether incoming calls are `voice` or `fax`.
    pub voice_receive_mode: String,
    /// Whether a caller's name is looked up.
    pub voice_caller_id_lookup: bool,
    /// Whether an open conversation takes its messages before anything else; by default where an address configuration exists.
    pub conversations_exclusive: Option<bool>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

/// What a number runs for one kind of contact: a URL with its method, a fallback, or an application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// The URL; a flow's webhook URL runs the flow in this process.
    pub url: Option<String>,
    /// GET or POST.
    pub method: Option<String>,
    /// The URL that is asked when the first one fails.
    pub fallback_url: Option<String>,
    /// GET or POST.
    pub fallback_method: Option<String>,
    /// The application whose URLs count in place of these.
    pub application_sid: Option<String>,
}

record!(PhoneNumber, "phone_number", below account, named address);
