//! `<Redirect>`: goes on with another document, of a call or of a message.

use serde::{Deserialize, Serialize};

use crate::schema::{Element, Method, Pass};

/// Goes on with the document at a URL; no verb behind it is performed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Redirect {
    /// The URL; empty for the document's own.
    pub url: String,
    /// How to request it.
    pub method: Option<Method>,
}

impl Redirect {
    /// Goes on with the document at a URL, requested by POST.
    pub fn new(url: impl Into<String>) -> Redirect {
        Redirect { url: url.into(), method: None }
    }

    /// Returns how to request the URL; POST unless written otherwise.
    pub fn method(&self) -> Method {
        self.method.unwrap_or(Method::Post)
    }
}

impl Element for Redirect {
    const NAME: &'static str = "Redirect";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.value("method", &mut self.method, 13710);
        pass.inner_text(&mut self.url);
    }
}
