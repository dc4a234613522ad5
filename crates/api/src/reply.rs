//! What a request is answered with when it succeeds.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::Value;

use crate::error::ApiError;

/// What a handler returns.
pub(crate) type Answer = Result<Reply, ApiError>;

/// An answer that says yes.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    version: Option<u64>,
    body: Option<Value>,
}

impl Reply {
    /// Answers with a resource.
    pub(crate) fn ok(body: Value) -> Self {
        Self::with_status(StatusCode::OK, body)
    }

    /// Answers with a resource that was just made.
    pub(crate) fn created(body: Value) -> Self {
        Self::with_status(StatusCode::CREATED, body)
    }

    /// Answers with a resource and a status.
    pub(crate) fn with_status(status: StatusCode, body: Value) -> Self {
        Self { status, version: None, body: Some(body) }
    }

    /// Answers that a resource is gone.
    pub(crate) fn deleted() -> Self {
        Self { status: StatusCode::NO_CONTENT, version: None, body: None }
    }

    /// Adds the version for `If-Match`, as `ETag`.
    pub(crate) fn version(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => (self.status, Json(body)).into_response(),
            None => self.status.into_response(),
        };
        if let Some(version) = self.version {
            let etag = HeaderValue::try_from(format!("\"{version}\""))
                .expect("a number in quotes is a header value");
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}
