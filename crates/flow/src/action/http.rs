//! A request to another system and its answer, and the published limits that the shell keeps.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long a request may take where its author says nothing, in seconds.
pub const HTTP_TIMEOUT_SECS: u32 = 10;

/// The longest that an author may let a request take, in seconds.
pub const HTTP_TIMEOUT_SECS_MAX: u32 = 60;

/// The most bytes that an answer's body may have; a longer one is a failure.
pub const HTTP_BODY_BYTES_MAX: usize = 64 * 1024;

/// A request as a widget wrote it, with all templates rendered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// How it is requested.
    pub method: HttpMethod,
    /// Where; it may hold a user name and a password.
    pub url: String,
    /// What the body is; `None` for a GET without one.
    pub content_type: Option<String>,
    /// The body; empty where the parameters are the body.
    pub body: String,
    /// Go into the query of a GET, into the form of a POST without a body, else into the query.
    pub parameters: Vec<(String, String)>,
    /// How long it may take, in seconds.
    pub timeout_secs: u32,
    /// What is called, and with whose authority.
    pub kind: HttpKind,
}

/// How a URL is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    /// Reads.
    Get,
    /// Sends a body.
    Post,
}

/// What a request calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum HttpKind {
    /// Any system.
    Http {
        /// Whether the account's SID and token go along as Basic authentication.
        add_twilio_auth: bool,
    },
    /// A function of the account: the request is signed as a webhook is.
    Function {
        /// The service that holds it, as the author named it; may be empty.
        service: String,
        /// The environment, as the author named it; may be empty.
        environment: String,
        /// The function, as the author named it; may be empty where the URL is known.
        function: String,
    },
}

/// An answer of another system, redirects followed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// The status.
    pub status_code: u16,
    /// The `Content-Type`; empty where there was none.
    pub content_type: String,
    /// The body as text.
    pub body: String,
    /// Headers that templates may read, their names in small letters.
    pub headers: Map<String, Value>,
}

impl HttpMethod {
    /// Returns the method's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl HttpResponse {
    /// Tells whether the request did what it was to do.
    pub fn is_success(&self) -> bool {
        (200..400).contains(&self.status_code)
    }

    /// Reads the body if it says that it is JSON and is.
    pub(crate) fn json(&self) -> Option<Value> {
        let media_type = self.content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return None;
        }
        serde_json::from_str(&self.body).ok()
    }
}
