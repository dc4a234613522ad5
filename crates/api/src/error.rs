//! What a request is answered with when it fails: an entry of the catalogue, with the reason for people.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use crate::app::Shared;
use crate::error_catalog::{self as catalog, Entry};
use crate::platform::Failure;

/// How long a client waits before it repeats a request that was one too many, in seconds.
const RETRY_AFTER_SECS: u32 = 1;

/// A request's failure, on its way to the client.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    entry: &'static Entry,
    /// Empty for an error that the path says all about.
    message: String,
    details: Option<Box<Value>>,
}

impl ApiError {
    /// Makes an error with its reason.
    pub(crate) fn new(entry: &'static Entry, message: impl Into<String>) -> Self {
        Self { entry, message: message.into(), details: None }
    }

    /// Makes the error of a path that leads to nothing.
    pub(crate) fn not_found() -> Self {
        Self::new(catalog::NOT_FOUND, "")
    }

    /// Makes the error of a parameter: its name, and what was given and is expected.
    pub(crate) fn invalid(parameter: &str, reason: impl std::fmt::Display) -> Self {
        Self::new(catalog::INVALID, format!("{parameter}: {reason}"))
    }

    /// Makes the error of a parameter that must be given.
    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new(catalog::INVALID, format!("Missing required parameter {parameter} in the post body"))
    }

    /// Returns its reason.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Adds facts for programs.
    pub(crate) fn with_details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// Returns its entry of the catalogue.
    pub(crate) fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn body(&self, public_url: &str, path: &str) -> Value {
        let message = match self.message.is_empty() {
            true => format!("The requested resource {path} was not found"),
            false => self.message.clone(),
        };
        let mut body = json!({
            "code": self.entry.code,
            "message": message,
            "more_info": format!("{public_url}/docs/errors/{}", self.entry.code),
            "status": self.entry.status,
        });
        if let Some(details) = &self.details {
            body["details"] = (**details).clone();
        }
        body
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let message = failure.to_string();
        match failure {
            Failure::Refused(refusal) => Self::new(catalog::of_refusal(&refusal), message),
            Failure::Conversation(refusal) => {
                let entry = catalog::of_conversation(&refusal);
                match conflict_of(&refusal) {
                    Some(details) => Self::new(entry, message).with_details(details),
                    None => Self::new(entry, message),
                }
            }
            Failure::NotFound => Self::not_found(),
            Failure::ExecutionRuns(execution) => Self::new(catalog::CONFLICT, message)
                .with_details(json!({ "conflicting_execution_sid": execution })),
            Failure::WrongState(_) => Self::new(catalog::CALL_STATE, message),
            Failure::Taken(_) => Self::new(catalog::CONFLICT, message),
            Failure::Busy => Self::new(catalog::TOO_MANY_REQUESTS, message),
            Failure::NotPublished => Self::new(
                catalog::INVALID,
                "The flow has no published revision: publish it with Status=published first",
            ),
            Failure::Invalid { .. } => Self::new(catalog::INVALID, message),
            Failure::Message { code, .. } => {
                Self::new(catalog::by_code(code).unwrap_or(catalog::INVALID), message)
            }
            Failure::Store(error) => error.into(),
        }
    }
}

/// Names what stands in the way, for programs.
fn conflict_of(refusal: &conversation::Refusal) -> Option<Value> {
    use conversation::Refusal;
    match refusal {
        Refusal::PairTaken { holder, .. } => Some(json!({ "conversation_sid": holder })),
        Refusal::IdentityTaken { holder, .. } => Some(json!({ "participant_sid": holder })),
        Refusal::NotFound { .. }
        | Refusal::Invalid { .. }
        | Refusal::Closed(_)
        | Refusal::WrongState { .. }
        | Refusal::TooManyParticipants { .. }
        | Refusal::NotAllowed { .. }
        | Refusal::Rejected
        | Refusal::InviteOver(_) => None,
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        let entry = catalog::of_store(&error);
        match entry.status {
            // What a person can do something about is told; the rest is for the log.
            409 => Self::new(entry, error.to_string()),
            _ => {
                tracing::error!(%error, "the database failed a request");
                Self::new(entry, entry.title)
            }
        }
    }
}

impl IntoResponse for ApiError {
    /// Leaves the body to [`present`], which knows the URL of the pages behind `more_info`.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.entry.status).expect("the catalogue holds HTTP statuses");
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of every failure, in the published shape.
pub(crate) async fn present(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<ApiError>() else { return response };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    // An access token can not be typed in: no challenge for one, which browsers would make a window of.
    if error.entry == catalog::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"Patchboard API\", charset=\"UTF-8\"");
        parts.headers.insert(header::WWW_AUTHENTICATE, challenge);
    } else if error.entry == catalog::TOO_MANY_REQUESTS {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECS));
    }
    let body = Json(error.body(&app.public_url, &path)).into_response();
    let content_type = header::CONTENT_TYPE;
    if let Some(value) = body.headers().get(&content_type) {
        parts.headers.insert(content_type, value.clone());
    }
    Response::from_parts(parts, body.into_body())
}

/// Answers a request for a path that leads to nothing.
pub(crate) async fn unknown_path() -> ApiError {
    ApiError::not_found()
}

/// Answers a request whose method the path does not take.
pub(crate) async fn wrong_method(request: Request) -> ApiError {
    let (method, path) = (request.method(), request.uri().path());
    ApiError::new(catalog::METHOD_NOT_ALLOWED, format!("{path} does not take the method {method}"))
}

/// Turns a panic of a handler into an answer; the panic itself is in the log.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request's handler panicked");
    ApiError::new(catalog::INTERNAL, catalog::INTERNAL.title).into_response()
}
