//! What drives a call: a document at a URL, verbs that were handed in, or a flow.

use serde::{Deserialize, Serialize};
use twiml::{CallEvent, Method, Verb};

/// What drives a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Program {
    /// A document that is requested.
    Url(Application),
    /// Verbs that came along with the call; the base is the URL that their relative URLs are of, if any.
    Inline {
        /// The verbs.
        verbs: Vec<Verb>,
        /// Where relative URLs begin.
        base_url: Option<String>,
    },
    /// An execution of a flow: what would be requested is asked of it.
    Flow,
    /// Nothing: the leg only talks with who had it placed.
    Nothing,
}

impl Program {
    /// Returns a program of verbs without a document.
    pub fn inline(verbs: impl IntoIterator<Item = Verb>) -> Program {
        Program::Inline { verbs: verbs.into_iter().collect(), base_url: None }
    }
}

/// An application: where its document is, and where its fallback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The document, absolute.
    pub url: String,
    /// How it is requested.
    pub method: Method,
    /// What is requested when that fails.
    pub fallback: Option<Link>,
}

/// A URL and how it is requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The URL, absolute.
    pub url: String,
    /// How it is requested.
    pub method: Method,
}

impl Link {
    /// Returns a URL that is requested by POST.
    pub fn post(url: impl Into<String>) -> Link {
        Link { url: url.into(), method: Method::Post }
    }
}

/// Who is told how a call goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressCallback {
    /// The URL that is told.
    pub link: Link,
    /// Of which events.
    pub events: Vec<CallEvent>,
}

impl ProgressCallback {
    /// Returns a callback that is told of the end only.
    pub fn of_end(link: Link) -> ProgressCallback {
        ProgressCallback { link, events: vec![CallEvent::Completed] }
    }
}
