//! Documents that applications answer with, and the published codes of what can be wrong with them.

use twiml::{Document, Verb};
use webhooks::{Failure, Response};

/// An answer that is an error.
pub(crate) const RETRIEVAL_FAILED: u32 = 11200;
/// An answer of a type that calls can not use.
pub(crate) const WRONG_CONTENT_TYPE: u32 = 12300;
const UNREADABLE: u32 = 12100;

/// Why an answer can not be used: the published code, and the reason for people.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// The code.
    pub(crate) code: u32,
    /// The reason.
    pub(crate) reason: String,
}

/// Returns what an application answered with success.
pub(crate) fn success(answer: Result<Response, Failure>) -> Result<Response, Problem> {
    let response =
        answer.map_err(|failure| Problem { code: failure.error_code(), reason: failure.to_string() })?;
    if !response.is_success() {
        let reason = format!("{} answers HTTP {}", response.url, response.status);
        return Err(Problem { code: RETRIEVAL_FAILED, reason });
    }
    Ok(response)
}

/// Returns the content type without its parameters, in small letters.
pub(crate) fn content_type(response: &Response) -> String {
    response.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Tells whether a document of this type is TwiML.
pub(crate) fn is_twiml(content_type: &str) -> bool {
    matches!(content_type, "text/xml" | "application/xml" | "text/html" | "application/twiml+xml")
}

/// Reads TwiML; what is left out of it is noted.
pub(crate) fn parse(text: &str) -> Result<Vec<Verb>, Problem> {
    let parsed =
        Document::parse(text).map_err(|error| Problem { code: UNREADABLE, reason: error.to_string() })?;
    for warning in &parsed.warnings {
        tracing::warn!(%warning, "a document has something that is left out");
    }
    Ok(parsed.document.verbs)
}

/// Says that nothing can be made of a document of this type.
pub(crate) fn wrong_content_type(content_type: &str) -> Problem {
    let reason = format!("the document's content type is '{content_type}': text/xml is expected");
    Problem { code: WRONG_CONTENT_TYPE, reason }
}
