//! Where the application wants to be asked or told: URLs with their methods and events.

use serde::{Deserialize, Serialize};

use super::choice;

/// The attributes of a status callback of a leg, a stream, a conference ….
pub(crate) const STATUS_CALLBACK: [&str; 3] =
    ["statusCallback", "statusCallbackMethod", "statusCallbackEvent"];

/// The attributes of a status callback of a recording.
pub(crate) const RECORDING_STATUS_CALLBACK: [&str; 3] =
    ["recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent"];

choice! {
    /// How a URL is requested.
    pub enum Method { Get = "GET", Post = "POST" }
}

/// A URL to request, relative to the document's own where it is not absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Callback {
    /// The URL, as written.
    pub url: Option<String>,
    /// How to request it.
    pub method: Option<Method>,
}

impl Callback {
    /// Returns how to request the URL; POST unless written otherwise.
    pub fn method(&self) -> Method {
        self.method.unwrap_or(Method::Post)
    }
}

/// A URL that is told of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusCallback<E> {
    /// The URL, as written.
    pub url: Option<String>,
    /// How to request it.
    pub method: Option<Method>,
    /// The events to tell, empty where none was written.
    pub events: Vec<E>,
}

impl<E> Default for StatusCallback<E> {
    fn default() -> StatusCallback<E> {
        StatusCallback { url: None, method: None, events: vec![] }
    }
}

impl<E> StatusCallback<E> {
    /// Returns how to request the URL; POST unless written otherwise.
    pub fn method(&self) -> Method {
        self.method.unwrap_or(Method::Post)
    }
}
