//! The call of an execution: which one it is, and whether the flow still has it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Trigger;

/// The statuses of a call that is over.
const ENDED: [&str; 5] = ["completed", "busy", "failed", "no-answer", "canceled"];

/// What becomes of a queued call when somebody else takes it over, or its caller goes.
const LEFT_THE_FLOW: [&str; 3] = ["hangup", "redirected", "redirected-from-bridged"];

/// The call of an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// The SID, as its parameters had it.
    pub(crate) sid: String,
    /// Whether the flow has it: it has not ended, and nobody else has taken it over.
    pub(crate) is_ours: bool,
}

impl Call {
    /// Returns the call that begins an execution.
    pub(crate) fn of(trigger: &Trigger) -> Option<Self> {
        match trigger {
            Trigger::IncomingCall { payload } => Some(Self::begun(payload)),
            Trigger::IncomingMessage { .. }
            | Trigger::IncomingConversationMessage { .. }
            | Trigger::IncomingRequest { .. }
            | Trigger::IncomingParent { .. } => None,
        }
    }

    /// Returns the call with these parameters, if anybody answered it.
    pub(crate) fn placed(parameters: &Map<String, Value>) -> Option<Self> {
        let was_answered = !has_ended(parameters) || text(parameters, "CallStatus") == "completed";
        was_answered.then(|| Self::begun(parameters))
    }

    fn begun(parameters: &Map<String, Value>) -> Self {
        Self { sid: text(parameters, "CallSid").to_owned(), is_ours: !has_ended(parameters) }
    }
}

/// Tells whether parameters say that the call is over.
pub(crate) fn has_ended(parameters: &Map<String, Value>) -> bool {
    ENDED.contains(&text(parameters, "CallStatus"))
}

/// Tells whether parameters say that the flow does not have the call any longer.
pub(crate) fn has_left(parameters: &Map<String, Value>) -> bool {
    has_ended(parameters) || LEFT_THE_FLOW.contains(&text(parameters, "QueueResult"))
}

/// Returns a parameter's text; empty where there is none.
pub(crate) fn text<'a>(parameters: &'a Map<String, Value>, name: &str) -> &'a str {
    parameters.get(name).and_then(Value::as_str).unwrap_or_default()
}
