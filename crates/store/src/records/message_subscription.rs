//! Who is told of the messages that a browser sends in a call.

use domain::{CallSid, MessageSubscriptionSid, Timestamp};
use serde::{Deserialize, Serialize};

/// A subscription to a call's messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageSubscription {
    /// Its SID.
    pub sid: MessageSubscriptionSid,
    /// The call.
    pub call: CallSid,
    /// Where each message is sent.
    pub callback: String,
    /// The method of those requests.
    pub method: String,
    /// What tells a repeated request from a new one, unique in the call; the SID where none was given.
    pub idempotency_key: String,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(MessageSubscription, "message_subscription", below call, named idempotency_key);
