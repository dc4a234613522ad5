//! The key by which a request that is sent again is known: what it asks for is done once.

use axum::http::HeaderMap;

use crate::error::ApiError;

const HEADER: &str = "idempotency-key";

/// The most characters of a key.
const KEY_MAX: usize = 128;

/// Reads the header of a request; none where there is no such header.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    headers.get(HEADER).and_then(|value| value.to_str().ok()).map(|key| checked(key.to_owned())).transpose()
}

/// Refuses a key that is too long.
pub(crate) fn checked(key: String) -> Result<String, ApiError> {
    if key.chars().count() > KEY_MAX {
        return Err(ApiError::invalid(
            "Idempotency-Key",
            format!("at most {KEY_MAX} characters are expected"),
        ));
    }
    Ok(key)
}
