//! What a visitor is told: JSON objects with a `type`; those of messages have an `id` to resume from.

use conversation::{Message, MessageMedia};
use serde_json::{Value, json};

/// A frame, on its way to a visitor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    /// The index of the message that it tells of.
    pub(super) id: Option<u64>,
    /// Its content.
    pub(super) body: Value,
}

/// Who wrote a message, as its visitor sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Author {
    /// `visitor`, `agent` or `system`.
    pub(super) role: &'static str,
    /// The name.
    pub(super) name: String,
}

/// A waiting visitor's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1.
    pub(super) position: usize,
    /// How many wait.
    pub(super) length: usize,
    /// How long it will probably take.
    pub(super) wait_secs: Option<u64>,
}

impl Frame {
    /// Makes the first frame: where the conversation stands.
    pub(super) fn ready(state: &str, agents: &[String], read: Option<u64>) -> Self {
        Self::of("ready", json!({ "state": state, "agents": agents, "read": read }))
    }

    /// Makes the frame of a message that was added or changed.
    pub(super) fn message(message: &Message, author: &Author) -> Self {
        let body = json!({ "type": "message", "message": shown(message, author) });
        Self { id: Some(message.index), body }
    }

    /// Makes the frame of messages that are gone.
    pub(super) fn removed(indexes: &[u64]) -> Self {
        Self::of("removed", json!({ "indexes": indexes }))
    }

    /// Makes the frame of somebody who types.
    pub(super) fn typing(name: &str) -> Self {
        Self::of("typing", json!({ "name": name }))
    }

    /// Makes the frame of what the other side has read.
    pub(super) fn read(index: u64) -> Self {
        Self::of("read", json!({ "index": index }))
    }

    /// Makes the frame of an agent who came.
    pub(super) fn agent_joined(name: &str) -> Self {
        Self::of("agent.joined", json!({ "name": name }))
    }

    /// Makes the frame of an agent who went.
    pub(super) fn agent_left(name: &str) -> Self {
        Self::of("agent.left", json!({ "name": name }))
    }

    /// Makes the frame of a place in the queue.
    pub(super) fn queue(place: Place) -> Self {
        let Place { position, length, wait_secs } = place;
        Self::of("queue", json!({ "position": position, "length": length, "wait_secs": wait_secs }))
    }

    /// Makes the frame of the conversation's end.
    pub(super) fn ended() -> Self {
        Self::of("ended", json!({}))
    }

    /// Makes the frame of a token that has expired.
    pub(super) fn expired() -> Self {
        Self::of("expired", json!({}))
    }

    /// Makes a sign of life.
    pub(super) fn ping() -> Self {
        Self::of("ping", json!({}))
    }

    /// Writes the frame.
    pub(super) fn text(&self) -> String {
        self.body.to_string()
    }

    fn of(kind: &str, mut body: Value) -> Self {
        body["type"] = kind.into();
        Self { id: None, body }
    }
}

/// Presents a message to its visitor.
pub(super) fn shown(message: &Message, author: &Author) -> Value {
    json!({
        "sid": message.sid,
        "index": message.index,
        "role": author.role,
        "author": author.name,
        "body": message.body,
        "media": message.media.iter().map(medium).collect::<Vec<Value>>(),
        "date": message.date_created.to_iso8601(),
        "is_edited": message.date_updated > message.date_created,
    })
}

/// Presents a medium to the visitor.
pub(super) fn medium(medium: &MessageMedia) -> Value {
    json!({
        "sid": medium.sid,
        "filename": medium.filename,
        "content_type": medium.content_type,
        "size": medium.size,
    })
}
