//! What applications and flows are asked and told.

use twiml::Method;

use crate::{Link, Parameters};

/// What is asked about a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// An application's document is requested.
    Document {
        /// The document, absolute.
        url: String,
        /// How it is requested.
        method: Method,
        /// What is requested when that fails, with `ErrorCode` and `ErrorUrl`.
        fallback: Option<Link>,
        /// What the request carries.
        parameters: Parameters,
    },
    /// The flow that drives the call is asked for its next verbs.
    Flow {
        /// What the action's request would have carried.
        parameters: Parameters,
    },
}

/// What an application is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// What it is about: the call or the conference whose notices keep their order.
    pub about: String,
    /// Who is told, absolute.
    pub link: Link,
    /// What is told.
    pub parameters: Parameters,
}
