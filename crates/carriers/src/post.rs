//! What a provider posts, and what it is answered.

use crate::Event;

/// A request of a provider.
#[derive(Clone)]
pub struct Post {
    /// Whether it asks (GET) and does not tell (POST).
    pub is_get: bool,
    /// The query, without its question mark.
    pub query: String,
    /// The headers that are text, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What a post tells, and the answer once that is written down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// What it tells.
    pub events: Vec<Event>,
    /// The content type of the answer.
    pub content_type: &'static str,
    /// The answer.
    pub body: String,
}

/// Why a post is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// This carrier's provider posts nothing.
    NotExpected,
    /// The signature is not the provider's, or too old.
    Forged,
    /// The body is not what the provider's posts look like.
    Malformed(&'static str),
}

impl Post {
    /// Returns the first header of this name, given in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the first parameter of the query with this name.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

impl Reply {
    /// Makes the empty answer to a post that tells this.
    pub(crate) fn to(events: Vec<Event>) -> Self {
        Self { events, content_type: "text/plain", body: String::new() }
    }
}
