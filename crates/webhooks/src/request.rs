//! What is asked of an application: method, URL, body and the limits of the answer.

use std::fmt;
use std::time::Duration;

use crate::shown::shown;

/// A request to one of the user's applications. Make it with [`Request::get`] or [`Request::post`], then change
/// the fields that differ.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The URL as configured: user information becomes Basic authentication, the fragment overrides timeouts.
    pub url: String,
    /// The body; for GET, a form goes into the query and nothing else is sent.
    pub body: Body,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Whether the request carries `X-Twilio-Signature`.
    pub is_signed: bool,
    /// What tells the application that it has seen this request before.
    pub idempotency_token: Option<String>,
    /// How long all of it may take, redirects, further attempts and the body included.
    pub timeout: Duration,
    /// The largest body that is taken.
    pub limit_bytes: usize,
    /// Whether redirects are followed.
    pub follows_redirects: bool,
    /// How often it is sent again at once when no connection comes about; the URL's `#rc=` wins.
    pub retries: u8,
}

/// The methods that applications are called with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// What a request carries.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// Names and values, in order; a name may come more than once.
    Form(Vec<(String, String)>),
    /// A JSON document as text.
    Json(String),
    /// Any text; with the content type of a form it is signed like one.
    Text {
        /// The content type, sent as it is.
        content_type: String,
        /// The text.
        text: String,
    },
    /// Anything else, such as a form with a file; it is never signed like a form.
    Bytes {
        /// The content type, sent as it is.
        content_type: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

impl Request {
    /// The published limit of a webhook: 15 s.
    pub const TIMEOUT: Duration = Duration::from_secs(15);
    /// The published limit of an answer: 64 kB.
    pub const LIMIT_BYTES: usize = 64 * 1024;

    /// Returns a signed GET with the published limits.
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: Method::Get,
            url: url.into(),
            body: Body::Empty,
            headers: Vec::new(),
            is_signed: true,
            idempotency_token: None,
            timeout: Self::TIMEOUT,
            limit_bytes: Self::LIMIT_BYTES,
            follows_redirects: true,
            retries: 0,
        }
    }

    /// Returns a signed POST with the published limits.
    pub fn post(url: impl Into<String>, body: Body) -> Self {
        Self { method: Method::Post, body, ..Self::get(url) }
    }

    /// Returns the same request for the fallback URL, which is told what went wrong at which URL.
    pub fn fallback(&self, url: impl Into<String>, error_code: u32) -> Self {
        let mut fallback = Self { url: url.into(), ..self.clone() };
        let told = [("ErrorCode", error_code.to_string()), ("ErrorUrl", self.url.clone())];
        let told = told.map(|(name, value)| (name.to_owned(), value));
        match &mut fallback.body {
            Body::Form(pairs) => pairs.extend(told),
            body @ Body::Empty => *body = Body::Form(told.into()),
            // There is no published place for these in another body.
            Body::Json(_) | Body::Text { .. } | Body::Bytes { .. } => {}
        }
        fallback
    }
}

impl Body {
    /// Returns the content type and the bytes; `None` for no body.
    pub(crate) fn encoded(&self) -> Option<(&str, Vec<u8>)> {
        match self {
            Self::Empty => None,
            Self::Form(pairs) => Some((FORM, encoded_pairs(pairs).into_bytes())),
            Self::Json(text) => Some(("application/json", text.clone().into_bytes())),
            Self::Text { content_type, text } => Some((content_type, text.clone().into_bytes())),
            Self::Bytes { content_type, bytes } => Some((content_type, bytes.clone())),
        }
    }

    /// Returns the pairs that a signature covers; `None` when the body is vouched for by its hash.
    pub(crate) fn signed_pairs(&self) -> Option<Vec<(String, String)>> {
        match self {
            Self::Empty => Some(Vec::new()),
            Self::Form(pairs) => Some(pairs.clone()),
            Self::Json(_) | Self::Bytes { .. } => None,
            Self::Text { content_type, text } => {
                let essence = content_type.split(';').next().unwrap_or_default().trim();
                let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
                is_form.then(|| form_urlencoded::parse(text.as_bytes()).into_owned().collect())
            }
        }
    }
}

/// Values may be secret, so only the names of a form are shown.
impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("Empty"),
            Self::Form(pairs) => {
                let names: Vec<_> = pairs.iter().map(|(name, _)| name).collect();
                formatter.debug_tuple("Form").field(&names).finish()
            }
            Self::Json(text) => write!(formatter, "Json({} bytes)", text.len()),
            Self::Text { content_type, text } => write!(formatter, "{content_type:?} ({} bytes)", text.len()),
            Self::Bytes { content_type, bytes } => {
                write!(formatter, "{content_type:?} ({} bytes)", bytes.len())
            }
        }
    }
}

/// Headers and parts of the URL may be secret, so they are left out.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, url, body, .. } = self;
        write!(formatter, "Request({method:?} {} {body:?})", shown(url))
    }
}

/// Encodes names and values as a form does.
pub(crate) fn encoded_pairs(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fallback_is_told_what_went_wrong_and_where() {
        let form = |pairs: &[(&str, &str)]| {
            Body::Form(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let request = Request::post("https://a.example/voice", form(&[("CallSid", "CA1")]));
        let told = [("ErrorCode", "11205"), ("ErrorUrl", "https://a.example/voice")];
        let fallback = request.fallback("https://b.example/", 11205);
        assert_eq!(fallback.body, form(&[("CallSid", "CA1"), told[0], told[1]]));
        let bare = Request::get("https://a.example/voice").fallback("https://b.example/", 11205);
        assert_eq!(bare.body, form(&told));
    }

    #[test]
    fn debug_output_holds_no_secrets() {
        let mut request = Request::post(
            "https://user:secret@a.example/voice?token=secret",
            Body::Form(vec![("Body".to_owned(), "secret".to_owned())]),
        );
        request.headers.push(("Authorization".to_owned(), "secret".to_owned()));
        assert_eq!(format!("{request:?}"), r#"Request(Post https://a.example/voice Form(["Body"]))"#);
        request.body = Body::Json("secret".to_owned());
        assert!(!format!("{request:?}").contains("secret"));
    }
}
