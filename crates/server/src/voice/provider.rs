//! A service that does for calls what this machine can not: speak, or put speech into words.

use webhooks::{Body, Request};

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provider {
    /// The URL that takes what it is to work on.
    pub(crate) url: String,
    /// What is shown there as a bearer token.
    pub(crate) token: Option<String>,
}

impl Provider {
    /// Returns a request to the service.
    pub(super) fn request(&self, body: Body) -> Request {
        let token = self.token.iter().map(|token| ("Authorization".to_owned(), format!("Bearer {token}")));
        Request { headers: token.collect(), is_signed: false, ..Request::post(&self.url, body) }
    }
}
