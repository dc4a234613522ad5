//! How a request is read: the form in its body, and the SIDs in its path.

pub(crate) mod idempotency;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path as AxumPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::parameters::Parameters;

/// The most bytes that a body may have.
pub(crate) const BODY_MAX: usize = 1024 * 1024;

/// The parameters in a request's body: a form, or a JSON object with the same names.
pub(crate) struct Form(pub(crate) Parameters);

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let is_json = is_json(request.headers())?;
        let body = read_body(request.into_body()).await?;
        if !is_json {
            return Parameters::parse(&body).map(Self).map_err(|reason| malformed(&reason));
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(object)) => Ok(Self(Parameters::from_object(&object))),
            Ok(_) => Err(malformed("a JSON object is expected")),
            Err(error) => Err(malformed(&format!("it is not valid JSON: {error}"))),
        }
    }
}

/// The variables of a request's path; one that can not be read leads to nothing.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = AxumPath::<T>::from_request_parts(parts, state).await;
        path.map(|AxumPath(variables)| Self(variables)).map_err(|_| ApiError::not_found())
    }
}

/// A path variable of the 2010 API, which may end in `.json`.
pub(crate) struct Document<T>(pub(crate) T);

impl<'de, T: std::str::FromStr<Err: std::fmt::Display>> Deserialize<'de> for Document<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let name = text.strip_suffix(".json").unwrap_or(&text);
        name.parse().map(Self).map_err(de::Error::custom)
    }
}

/// The version in `If-Match`, quoted or not; `*` asks for none.
pub(crate) struct IfMatch(pub(crate) Option<u64>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(given) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = given.to_str().unwrap_or_default().trim();
        let version = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
        match (version, version.parse()) {
            ("*", _) => Ok(Self(None)),
            (_, Ok(version)) => Ok(Self(Some(version))),
            // What is not one of our versions can not be the one at hand.
            (_, Err(_)) => Err(ApiError::new(
                catalog::PRECONDITION_FAILED,
                format!("If-Match is '{text}': the number in the ETag of the resource is expected"),
            )),
        }
    }
}

impl<T: std::str::FromStr> Document<T> {
    /// Reads a path variable.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.strip_suffix(".json").unwrap_or(text).parse().ok().map(Self)
    }
}

/// Reads a body of at most [`BODY_MAX`] bytes.
pub(crate) async fn read_body(body: Body) -> Result<Bytes, ApiError> {
    to_bytes(body, BODY_MAX).await.map_err(|error| unreadable(&error))
}

/// Makes the error of a body that is not what it must be.
pub(crate) fn malformed(reason: &str) -> ApiError {
    ApiError::new(catalog::INVALID, format!("The request body can not be read: {reason}"))
}

/// Writes pairs as `application/x-www-form-urlencoded` text.
pub fn encode_form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Tells a JSON body from a form; a body that says nothing of itself is a form.
fn is_json(headers: &HeaderMap) -> Result<bool, ApiError> {
    let given = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let essence = given.map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match essence.as_deref() {
        None | Some("" | "application/x-www-form-urlencoded") => Ok(false),
        Some("application/json") => Ok(true),
        Some(other) => Err(malformed(&format!(
            "its Content-Type is {other}: application/x-www-form-urlencoded or application/json is expected"
        ))),
    }
}

fn unreadable(error: &axum::Error) -> ApiError {
    let is_too_large =
        std::error::Error::source(error).is_some_and(|source| source.to_string().contains("length limit"));
    match is_too_large {
        true => ApiError::new(catalog::TOO_LARGE, format!("The request body has more than {BODY_MAX} bytes")),
        false => malformed("it ended early"),
    }
}
