//! What templates can read: the object `{flow, trigger, widgets, contact}`, exactly as REST shows it.

use domain::ExecutionSid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Start, Trigger};

/// The parameters that hold JSON as text and are parsed.
const PARSED_PARAMETERS: [&str; 2] = ["ChannelAttributes", "AddOns"];

/// What the parameters of a conversation's message are called, and what a chat's or a phone's message calls them.
const CONVERSATION_NAMES: [(&str, &str); 4] = [
    ("ConversationSid", "ChannelSid"),
    ("ChatServiceSid", "InstanceSid"),
    ("Author", "From"),
    ("From", "Author"),
];

/// The values that templates can read, kept in the published shape so that rendering copies nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Context(Value);

impl Context {
    /// Builds the context with which an execution begins.
    pub(crate) fn begin(sid: ExecutionSid, start: &Start) -> Self {
        let trigger = trigger_part(&start.trigger);
        let add_ons = trigger.values().find_map(|payload| payload.get("AddOns").cloned());
        let mut flow = json!({
            "sid": sid,
            "flow_sid": start.flow_sid,
            "channel": { "address": start.trigger.flow_address() },
            "data": start.trigger.parameters(),
            "variables": {},
        });
        if let Some(add_ons) = add_ons.filter(Value::is_object) {
            flow["add_ons"] = add_ons;
        }
        let contact = json!({ "channel": { "address": start.trigger.contact_address() } });
        Self(json!({ "flow": flow, "trigger": trigger, "widgets": {}, "contact": contact }))
    }

    /// Returns the whole object.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// Builds what a subflow can read: its parent's trigger and channel, and what the parent passes.
    pub(crate) fn for_subflow(&self, flow_sid: &str, parent: Value) -> Self {
        let mut context = Self(self.0.clone());
        let flow = json!({ "flow_sid": flow_sid, "data": parent["parameters"], "variables": {} });
        let Value::Object(flow) = flow else { unreachable!("the literal is an object") };
        context.part("flow").extend(flow);
        context.part("trigger").insert("parent".to_owned(), parent);
        context.part("widgets").clear();
        context
    }

    /// Returns `flow.variables`.
    pub(crate) fn variables(&self) -> Map<String, Value> {
        self.0["flow"]["variables"].as_object().cloned().unwrap_or_default()
    }

    /// Adds to `flow.channel`.
    pub(crate) fn extend_channel(&mut self, channel: Map<String, Value>) {
        if !channel.is_empty() {
            object_at(&mut self.0["flow"]["channel"]).extend(channel);
        }
    }

    /// Takes over `flow.channel` of another context.
    pub(crate) fn keep_channel_of(&mut self, other: &Self) {
        self.part("flow").insert("channel".to_owned(), other.0["flow"]["channel"].clone());
    }

    /// Sets `flow.variables.<key>`.
    pub(crate) fn set_variable(&mut self, key: &str, value: Value) {
        object_at(&mut self.0["flow"]["variables"]).insert(key.to_owned(), value);
    }

    /// Replaces what `widgets.<name>` holds.
    pub(crate) fn set_outputs(&mut self, widget: &str, outputs: Map<String, Value>) {
        self.0["widgets"][widget] = Value::Object(outputs);
    }

    fn part(&mut self, name: &str) -> &mut Map<String, Value> {
        object_at(&mut self.0[name])
    }
}

impl Trigger {
    /// Returns the address of the person at the other end.
    pub fn contact_address(&self) -> &str {
        match self {
            Self::IncomingMessage { payload } | Self::IncomingCall { payload } => text_of(payload, "From"),
            Self::IncomingConversationMessage { payload } => first_text_of(payload, &["Author", "From"]),
            Self::IncomingRequest { to, .. } => to,
            Self::IncomingParent { trigger, .. } => inherited_text_of(trigger, &["From", "to"]),
        }
    }

    /// Returns our own address; in a conversation that is the conversation's SID.
    pub fn flow_address(&self) -> &str {
        match self {
            Self::IncomingMessage { payload } | Self::IncomingCall { payload } => text_of(payload, "To"),
            Self::IncomingConversationMessage { payload } => {
                first_text_of(payload, &["ConversationSid", "ChannelSid"])
            }
            Self::IncomingRequest { from, .. } => from,
            Self::IncomingParent { trigger, .. } => inherited_text_of(trigger, &["To", "from"]),
        }
    }

    /// Returns what becomes `flow.data`.
    fn parameters(&self) -> Map<String, Value> {
        match self {
            Self::IncomingRequest { parameters, .. } | Self::IncomingParent { parameters, .. } => {
                parameters.clone()
            }
            Self::IncomingMessage { .. }
            | Self::IncomingCall { .. }
            | Self::IncomingConversationMessage { .. } => Map::new(),
        }
    }
}

/// Builds the `trigger` part: one key that names the kind.
fn trigger_part(trigger: &Trigger) -> Map<String, Value> {
    let (kind, value) = match trigger {
        Trigger::IncomingMessage { payload } => ("message", message_part(payload)),
        Trigger::IncomingCall { payload } => ("call", with_parsed_parameters(payload)),
        Trigger::IncomingConversationMessage { payload } => return conversation_part(payload),
        Trigger::IncomingRequest { to, from, parameters } => return request_part(to, from, parameters),
        Trigger::IncomingParent { parameters, parent, trigger } => {
            return parent_part(parameters, parent, trigger);
        }
    };
    Map::from_iter([(kind.to_owned(), Value::Object(value))])
}

/// A plain SMS or WhatsApp message has no chat channel: the attributes and the SID that templates read are filled in.
fn message_part(payload: &Map<String, Value>) -> Map<String, Value> {
    let mut message = with_parsed_parameters(payload);
    let from = text_of(payload, "From");
    let channel_type = from.split_once(':').map_or("sms", |(network, _)| network);
    if !message.get("ChannelAttributes").is_some_and(Value::is_object) {
        message.insert("ChannelAttributes".to_owned(), json!({ "from": from, "channel_type": channel_type }));
    }
    message.entry("ChannelSid").or_insert_with(|| json!(""));
    message
}

/// Flows for conversations read either name, whichever their author began with.
fn conversation_part(payload: &Map<String, Value>) -> Map<String, Value> {
    let part = Value::Object(with_parsed_parameters(payload));
    Map::from_iter([("conversation".to_owned(), part.clone()), ("message".to_owned(), part)])
}

fn request_part(to: &str, from: &str, parameters: &Map<String, Value>) -> Map<String, Value> {
    Map::from_iter([("request".to_owned(), json!({ "to": to, "from": from, "parameters": parameters }))])
}

fn parent_part(
    parameters: &Map<String, Value>,
    parent: &Map<String, Value>,
    trigger: &Map<String, Value>,
) -> Map<String, Value> {
    let mut part = trigger.clone();
    let mut parent = parent.clone();
    parent.insert("parameters".to_owned(), Value::Object(parameters.clone()));
    part.insert("parent".to_owned(), Value::Object(parent));
    part
}

/// Parses the parameters that are documented to be parsed; text that is not JSON stays text.
///
/// A message of a conversation has its parameters under both of their names.
pub(crate) fn with_parsed_parameters(payload: &Map<String, Value>) -> Map<String, Value> {
    let mut payload = payload.clone();
    if payload.contains_key("ConversationSid") {
        for (name, other) in CONVERSATION_NAMES {
            if let (Some(value), false) = (payload.get(name).cloned(), payload.contains_key(other)) {
                payload.insert(other.to_owned(), value);
            }
        }
    }
    for name in PARSED_PARAMETERS {
        if let Some(Value::String(text)) = payload.get(name)
            && let Ok(parsed @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text)
        {
            payload.insert(name.to_owned(), parsed);
        }
    }
    payload
}

fn object_at(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut().expect("it was just made an object")
}

fn text_of<'a>(payload: &'a Map<String, Value>, name: &str) -> &'a str {
    payload.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn first_text_of<'a>(payload: &'a Map<String, Value>, names: &[&str]) -> &'a str {
    names.iter().map(|name| text_of(payload, name)).find(|text| !text.is_empty()).unwrap_or_default()
}

fn inherited_text_of<'a>(trigger: &'a Map<String, Value>, names: &[&str]) -> &'a str {
    let parts = trigger.values().filter_map(Value::as_object);
    parts.map(|part| first_text_of(part, names)).find(|text| !text.is_empty()).unwrap_or_default()
}
