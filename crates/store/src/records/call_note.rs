//! What is noted of a call's applications: what they were asked and answered, and what they did wrong.

use domain::{CallSid, NotificationSid, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A request to an application about a call, with what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRequest {
    /// The call.
    pub call: CallSid,
    /// The URL.
    pub url: String,
    /// The method.
    pub method: String,
    /// The parameters, by name.
    pub parameters: Map<String, Value>,
    /// The HTTP status of the answer; none where there was none.
    pub status: Option<u16>,
    /// The content type of the answer; empty where there was none.
    pub content_type: String,
    /// The beginning of the answer's body, as text.
    pub body: String,
    /// How long the answer took, in milliseconds.
    pub duration_ms: u64,
    /// When it was sent.
    pub date_created: Timestamp,
}

/// Something that went wrong with a call's application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// Its SID.
    pub sid: NotificationSid,
    /// The call.
    pub call: CallSid,
    /// How bad it is.
    pub log: LogLevel,
    /// The published code.
    pub error_code: u32,
    /// What was wrong, for people.
    pub message: String,
    /// The request that was not answered as it should be, where it was one.
    pub request: Option<CallRequest>,
    /// When it went wrong.
    pub date_created: Timestamp,
}

/// How bad something is, by its published number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogLevel {
    /// What was asked for could not be done.
    #[serde(rename = "0")]
    Error,
    /// Something was passed over.
    #[serde(rename = "1")]
    Warning,
}

impl LogLevel {
    /// Every level.
    pub const ALL: [Self; 2] = [Self::Error, Self::Warning];

    /// Returns the published number.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "0",
            Self::Warning => "1",
        }
    }
}
