//! What begins a rehearsal, and what the contact says in it, with all that a scenario leaves out filled in.

use domain::{CallSid, MessageSid, Tick};
use flow::Trigger;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{TextOr, world};

/// The contact's address unless a scenario names another.
pub const CONTACT: &str = "+15555550111";

/// The flow's address unless a scenario names another: the number that a new installation has.
pub const OURS: &str = "+15555550100";

/// The conversation unless a scenario names another.
const CONVERSATION: &str = "CH00000000000000000000000000000001";

/// The conversation's service.
const CHAT_SERVICE: &str = "IS00000000000000000000000000000001";

/// What begins an execution.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriggerSource {
    /// A message from the contact.
    Message(TextOr<MessageSource>),
    /// A request by REST.
    Request(RequestSource),
    /// A call from the contact.
    Call(CallSource),
    /// A message from the contact in a conversation.
    Conversation(TextOr<ConversationSource>),
    /// A parent flow that runs this one as a subflow.
    Parent(ParentSource),
}

/// A message from the contact.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageSource {
    /// The contact's address.
    #[serde(default = "contact")]
    pub from: String,
    /// The flow's address.
    #[serde(default = "ours")]
    pub to: String,
    /// The text.
    #[serde(default)]
    pub body: String,
    /// Links of media.
    #[serde(default)]
    pub media: Vec<String>,
    /// Further webhook parameters, such as `ProfileName`.
    #[serde(default)]
    pub parameters: Map<String, Value>,
}

/// A request by REST.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestSource {
    /// The flow's address.
    #[serde(default = "ours")]
    pub from: String,
    /// The contact's address.
    #[serde(default = "contact")]
    pub to: String,
    /// What becomes `flow.data`.
    #[serde(default)]
    pub parameters: Map<String, Value>,
}

/// A call from the contact.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallSource {
    /// The caller's address.
    #[serde(default = "contact")]
    pub from: String,
    /// The flow's address.
    #[serde(default = "ours")]
    pub to: String,
    /// Further webhook parameters, such as `CallerName`.
    #[serde(default)]
    pub parameters: Map<String, Value>,
}

/// A message from the contact in a conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationSource {
    /// The contact's address or identity.
    #[serde(default = "contact")]
    pub from: String,
    /// The conversation's SID.
    #[serde(default = "conversation")]
    pub sid: String,
    /// The text.
    #[serde(default)]
    pub body: String,
    /// The conversation's attributes, which templates read as `trigger.conversation.ChannelAttributes`.
    #[serde(default)]
    pub attributes: Map<String, Value>,
    /// Further webhook parameters, such as `Source`.
    #[serde(default)]
    pub parameters: Map<String, Value>,
}

/// A parent flow that runs this one as a subflow.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParentSource {
    /// What the parent passes.
    pub parameters: Map<String, Value>,
    /// The parent's own trigger, such as `{message: {Body: Hello}}`.
    pub trigger: Map<String, Value>,
}

/// What the contact says while the flow runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The text.
    #[serde(default)]
    pub body: String,
    /// Links of media.
    #[serde(default)]
    pub media: Vec<String>,
    /// Further webhook parameters.
    #[serde(default)]
    pub parameters: Map<String, Value>,
}

impl TryFrom<String> for MessageSource {
    type Error = String;

    fn try_from(body: String) -> Result<Self, String> {
        Ok(Self { from: contact(), to: ours(), body, media: Vec::new(), parameters: Map::new() })
    }
}

impl TryFrom<String> for ConversationSource {
    type Error = String;

    fn try_from(body: String) -> Result<Self, String> {
        Ok(Self::writing(body))
    }
}

impl TryFrom<String> for Said {
    type Error = String;

    fn try_from(body: String) -> Result<Self, String> {
        Ok(Self { body, media: Vec::new(), parameters: Map::new() })
    }
}

impl Said {
    /// Returns the message that says this between two addresses.
    pub fn between(&self, from: &str, to: &str) -> MessageSource {
        let Self { body, media, parameters } = self.clone();
        MessageSource { from: from.to_owned(), to: to.to_owned(), body, media, parameters }
    }
}

impl MessageSource {
    /// Returns the webhook parameters of the message.
    pub fn payload(&self, tick: &mut Tick) -> Map<String, Value> {
        let sid: MessageSid = tick.sid();
        let mut payload = Map::new();
        for name in ["MessageSid", "SmsSid", "SmsMessageSid"] {
            payload.insert(name.to_owned(), json!(sid));
        }
        for (name, value) in [
            ("SmsStatus", json!("received")),
            ("From", json!(self.from)),
            ("To", json!(self.to)),
            ("Body", json!(self.body)),
            ("NumMedia", json!(self.media.len().to_string())),
        ] {
            payload.insert(name.to_owned(), value);
        }
        for (place, link) in self.media.iter().enumerate() {
            payload.insert(format!("MediaUrl{place}"), json!(link));
        }
        payload.extend(self.parameters.clone());
        payload
    }
}

impl CallSource {
    fn payload(&self, tick: &mut Tick) -> Map<String, Value> {
        let sid: CallSid = tick.sid();
        let mut payload = Map::new();
        for (name, value) in [
            ("CallSid", json!(sid)),
            ("From", json!(self.from)),
            ("Caller", json!(self.from)),
            ("To", json!(self.to)),
            ("Called", json!(self.to)),
            ("Direction", json!("inbound")),
            ("CallStatus", json!("ringing")),
        ] {
            payload.insert(name.to_owned(), value);
        }
        payload.extend(self.parameters.clone());
        payload
    }
}

impl ConversationSource {
    /// Makes a message with this text, and all else as usual.
    pub fn writing(body: String) -> Self {
        let (from, sid) = (contact(), conversation());
        Self { from, sid, body, attributes: Map::new(), parameters: Map::new() }
    }

    /// Returns the webhook parameters of a message in the conversation.
    pub(super) fn payload(&self, tick: &mut Tick) -> Map<String, Value> {
        let mut payload = Map::new();
        for (name, value) in [
            ("EventType", json!("onMessageAdded")),
            ("ConversationSid", json!(self.sid)),
            ("ChatServiceSid", json!(CHAT_SERVICE)),
            ("MessageSid", json!(world::sid_text("IM", tick))),
            ("Author", json!(self.from)),
            ("Body", json!(self.body)),
            ("Source", json!("SMS")),
            ("ChannelAttributes", json!(self.attributes)),
        ] {
            payload.insert(name.to_owned(), value);
        }
        payload.extend(self.parameters.clone());
        payload
    }
}

impl TriggerSource {
    /// Returns the trigger as the engine takes it.
    pub fn trigger(&self, tick: &mut Tick) -> Trigger {
        match self {
            Self::Message(TextOr(message)) => Trigger::IncomingMessage { payload: message.payload(tick) },
            Self::Call(call) => Trigger::IncomingCall { payload: call.payload(tick) },
            Self::Conversation(TextOr(message)) => {
                Trigger::IncomingConversationMessage { payload: message.payload(tick) }
            }
            Self::Parent(ParentSource { parameters, trigger }) => Trigger::IncomingParent {
                parameters: parameters.clone(),
                parent: Map::new(),
                trigger: trigger.clone(),
            },
            Self::Request(RequestSource { from, to, parameters }) => Trigger::IncomingRequest {
                to: to.clone(),
                from: from.clone(),
                parameters: parameters.clone(),
            },
        }
    }
}

fn conversation() -> String {
    CONVERSATION.to_owned()
}

fn contact() -> String {
    CONTACT.to_owned()
}

fn ours() -> String {
    OURS.to_owned()
}
