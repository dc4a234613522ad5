//! Conversations and interactions that a widget asks for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::TaskRequest;

/// A conversation that is to begin, with all templates rendered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ConversationRequest {
    /// The conversation service, as the author named it.
    pub service: String,
    /// The name that people see; empty for none.
    pub friendly_name: String,
    /// Attributes, as JSON text.
    pub attributes: Option<String>,
    /// The messaging service; `None` for the installation's own.
    pub messaging_service: Option<String>,
    /// The chat service; `None` for the installation's own.
    pub chat_service: Option<String>,
    /// When it becomes inactive and closed, as the author wrote it.
    pub timers: Map<String, Value>,
    /// Who takes part.
    pub participant: ParticipantRequest,
}

/// Who takes part in a conversation: somebody on a chat, or behind a messaging address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ParticipantRequest {
    /// The identity on a chat; empty for a messaging address.
    pub identity: String,
    /// The participant's messaging address; empty for a chat.
    pub address: String,
    /// Our address, from which the participant is written to; empty for a chat.
    pub proxy_address: String,
}

/// A conversation that is to go on, with all templates rendered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResumeRequest {
    /// The conversation service, as the author named it.
    pub service: String,
    /// The conversation.
    pub conversation: String,
    /// The events that the execution hears of; empty for messages.
    pub webhook_filters: Vec<String>,
    /// New attributes, as JSON text; `None` leaves them as they are.
    pub attributes: Option<String>,
}

/// An interaction as Send to Flex asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InteractionRequest {
    /// The conversation that is handed over.
    pub conversation: String,
    /// The kind of channel: `sms`, `whatsapp`, `web` …
    pub channel_type: String,
    /// The task; its attributes hold what the widget adds too.
    pub task: TaskRequest,
}
