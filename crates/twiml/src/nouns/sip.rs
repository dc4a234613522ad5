//! `<Sip>`: a SIP address to dial.

use serde::{Deserialize, Serialize};

use super::{AnswerDetection, CallEvent, Header};
use crate::schema::{Callback, Element, Pass, STATUS_CALLBACK, StatusCallback};
use crate::warning::SCHEMA;

/// A SIP address to dial, or several of which the first that works is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sip {
    /// The address, with its headers as `?X-Name=value`; empty where `uris` hold it.
    pub uri: String,
    /// The user name for the peer's challenge.
    pub username: Option<String>,
    /// The password for the peer's challenge.
    pub password: Option<String>,
    /// TwiML that the answering side hears before it is connected.
    pub whisper: Callback,
    /// Who is told of the leg.
    pub status_callback: StatusCallback<CallEvent>,
    /// Whether a machine answered.
    pub answer_detection: AnswerDetection,
    /// Addresses with priority and weight.
    pub uris: Vec<SipUri>,
    /// Headers that the INVITE carries.
    pub headers: Vec<Header>,
}

impl Element for Sip {
    const NAME: &'static str = "Sip";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("username", &mut self.username);
        pass.text("password", &mut self.password);
        pass.callback(["url", "method"], &mut self.whisper, 13241);
        pass.status_callback(STATUS_CALLBACK, &mut self.status_callback, SCHEMA);
        self.answer_detection.describe(pass);
        pass.inner_text(&mut self.uri);
        pass.children(&mut self.uris);
        let headers = std::mem::take(&mut self.headers);
        let mut child = (!headers.is_empty()).then_some(Headers { headers });
        pass.child(&mut child);
        self.headers = child.unwrap_or_default().headers;
    }
}

/// One of several addresses of a peer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SipUri {
    /// The address.
    pub uri: String,
    /// Lower is tried first.
    pub priority: Option<u32>,
    /// The share among those of one priority.
    pub weight: Option<u32>,
    /// The user name for the peer's challenge.
    pub username: Option<String>,
    /// The password for the peer's challenge.
    pub password: Option<String>,
}

impl Element for SipUri {
    const NAME: &'static str = "Uri";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.number("priority", &mut self.priority, 0..=65535, SCHEMA);
        pass.number("weight", &mut self.weight, 0..=65535, SCHEMA);
        pass.text("username", &mut self.username);
        pass.text("password", &mut self.password);
        pass.inner_text(&mut self.uri);
    }
}

/// The element around headers.
#[derive(Clone, Default)]
struct Headers {
    headers: Vec<Header>,
}

impl Element for Headers {
    const NAME: &'static str = "Headers";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.children(&mut self.headers);
    }
}
