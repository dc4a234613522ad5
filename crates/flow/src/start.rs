//! How an execution begins: who starts it, and with what.

use domain::{AccountSid, FlowSid};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// All that is needed to begin an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// The account that owns the flow.
    pub account_sid: AccountSid,
    /// The flow.
    pub flow_sid: FlowSid,
    /// The revision to which the execution is pinned.
    pub flow_revision: u32,
    /// The SID of the call, message or request that began it.
    pub initiated_by: String,
    /// What came in.
    pub trigger: Trigger,
}

/// What came in, by the trigger's event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Trigger {
    /// A message; the raw webhook parameters.
    IncomingMessage {
        /// The parameters: `Body`, `From`, `To`, `MessageSid` …
        payload: Map<String, Value>,
    },
    /// A call; the raw webhook parameters.
    IncomingCall {
        /// The parameters: `CallSid`, `From`, `To` …
        payload: Map<String, Value>,
    },
    /// A message in a conversation; the raw webhook parameters.
    IncomingConversationMessage {
        /// The parameters: `ConversationSid`, `Author`, `Body` …
        payload: Map<String, Value>,
    },
    /// A request by REST.
    IncomingRequest {
        /// The contact's address.
        to: String,
        /// Our address.
        from: String,
        /// The request's `Parameters`, parsed.
        parameters: Map<String, Value>,
    },
    /// A parent flow.
    IncomingParent {
        /// The parameters that the parent passes.
        parameters: Map<String, Value>,
        /// The rest of `trigger.parent`: `step_sid`, `execution_sid`, `flow_sid`, `trigger_type`.
        parent: Map<String, Value>,
        /// The parent's own trigger, copied in: `{"message": {…}}`.
        trigger: Map<String, Value>,
    },
}

/// The trigger's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TriggerKind {
    /// A message.
    IncomingMessage,
    /// A call.
    IncomingCall,
    /// A message in a conversation.
    IncomingConversationMessage,
    /// A request by REST.
    IncomingRequest,
    /// A parent flow.
    IncomingParent,
}

impl Trigger {
    /// Returns the event with which the trigger widget is left.
    pub fn kind(&self) -> TriggerKind {
        match self {
            Self::IncomingMessage { .. } => TriggerKind::IncomingMessage,
            Self::IncomingCall { .. } => TriggerKind::IncomingCall,
            Self::IncomingConversationMessage { .. } => TriggerKind::IncomingConversationMessage,
            Self::IncomingRequest { .. } => TriggerKind::IncomingRequest,
            Self::IncomingParent { .. } => TriggerKind::IncomingParent,
        }
    }
}

impl TriggerKind {
    /// Returns the event's name in definitions and steps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IncomingMessage => "incomingMessage",
            Self::IncomingCall => "incomingCall",
            Self::IncomingConversationMessage => "incomingConversationMessage",
            Self::IncomingRequest => "incomingRequest",
            Self::IncomingParent => "incomingParent",
        }
    }
}
