//! From which pages a web chat is used. No authentication: what is no browser writes any origin into its requests.

use axum::http::{HeaderMap, header};
use store::WebchatDeployment;

use crate::error::ApiError;
use crate::error_catalog as catalog;

/// The most origins of one deployment.
pub(super) const ORIGINS_MAX: usize = 10;

/// Refuses a page whose origin is neither ours nor allowed; what sends none is no page of another origin.
pub(super) fn check(
    deployment: &WebchatDeployment,
    headers: &HeaderMap,
    public_url: &str,
) -> Result<(), ApiError> {
    let Some(given) = headers.get(header::ORIGIN) else { return Ok(()) };
    let given = given.to_str().unwrap_or_default();
    let is_allowed = deployment.allowed_origins.iter().any(|origin| origin == "*" || origin == given);
    if is_allowed || is_ours(given, headers, public_url) {
        return Ok(());
    }
    let reason = format!("Pages of the origin '{given}' may not use this web chat: see its allowed origins");
    Err(ApiError::new(catalog::FORBIDDEN, reason))
}

/// Reads an origin as browsers send it: scheme, host and a port that is not the scheme's own.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_host = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '*']);
    match text == "*" || host.is_some_and(is_host) {
        true => Ok(text),
        false => {
            Err(format!("'{text}' is not an origin: one such as https://www.example.com, or *, is expected"))
        }
    }
}

/// The page came from this very host, by whichever name it was reached, or from the public one.
fn is_ours(origin: &str, headers: &HeaderMap, public_url: &str) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let (_, authority) = origin.split_once("://").unwrap_or_default();
    host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
        || parse(public_url).as_deref() == Ok(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        assert_eq!(parse("https://Shop.example/").as_deref(), Ok("https://shop.example"));
        for text in
            ["shop.example", "https://shop.example/path", "https://*.example", "javascript:alert(1)", ""]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_page_is_ours_by_the_name_under_which_it_was_reached() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "localhost:8080".parse().unwrap());
        for (origin, expected) in [
            ("http://localhost:8080", true),
            ("https://calls.example", true),
            ("https://evil.example", false),
            ("null", false),
        ] {
            assert_eq!(is_ours(origin, &headers, "https://calls.example"), expected, "{origin}");
        }
    }
}
