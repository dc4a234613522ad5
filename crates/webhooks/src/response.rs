//! What an application answered, whatever its status.

use std::fmt;

use crate::shown::shown;

/// The answer of an application.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The content type as sent; empty when there was none.
    pub content_type: String,
    /// The headers that are text, with names in lower case; a name may come more than once.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The URL that answered, after redirects: relative URLs in the body start from it.
    pub url: String,
}

impl Response {
    /// Tells whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns the published code for an answer that is no success: 11200, HTTP retrieval failure.
    pub fn error_code(&self) -> Option<u32> {
        (!self.is_success()).then_some(11200)
    }

    /// Returns the first header of this name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the body as text; what is not UTF-8 becomes replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Headers, the body and parts of the URL may be secret, so they are left out.
impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, content_type, body, url, .. } = self;
        write!(formatter, "Response({status} {content_type:?} {} bytes from {})", body.len(), shown(url))
    }
}
