//! Other systems, as a scenario plays them: which answer a request gets, and what it is expected to be.

use std::fmt;
use std::time::Duration;

use flow::{HttpKind, HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::duration::duration;
use super::{TextOr, TextPattern};

/// The answer of another system, for the requests that it fits.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpAnswer {
    /// The URL, or the function's name where there is none; any unless given.
    #[serde(default)]
    url: Option<TextOr<TextPattern>>,
    /// `GET` or `POST`; either unless given.
    method: Option<String>,
    /// The status.
    #[serde(default = "ok")]
    status: u16,
    /// The body, as JSON.
    json: Option<Value>,
    /// The body, as text.
    body: Option<String>,
    /// The headers.
    #[serde(default)]
    headers: Map<String, Value>,
    /// Why there is no answer at all.
    fails: Option<String>,
    /// How long it takes.
    #[serde(default, deserialize_with = "duration")]
    after: Option<Duration>,
}

/// What a request is expected to be; every part that is given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRequest {
    /// The URL, or the function's name where there is none.
    pub url: Option<TextOr<TextPattern>>,
    /// `GET` or `POST`.
    pub method: Option<String>,
    /// The body.
    pub body: Option<TextOr<TextPattern>>,
    /// Parameters; others may be there too.
    #[serde(default)]
    pub parameters: Map<String, Value>,
}

impl TryFrom<String> for ExpectedRequest {
    type Error = String;

    fn try_from(url: String) -> Result<Self, String> {
        Ok(Self { url: Some(TextOr(url.try_into()?)), ..Self::default() })
    }
}

impl HttpAnswer {
    /// Makes an answer with a status and a body, which is JSON where it reads as such.
    pub fn of(status: u16, body: &str) -> Self {
        let json: Option<Value> = serde_json::from_str(body).ok();
        Self { status, body: json.is_none().then(|| body.to_owned()), json, ..Self::default() }
    }

    /// Makes an answer that does not come.
    pub fn failing(reason: &str) -> Self {
        Self { fails: Some(reason.to_owned()), ..Self::default() }
    }

    /// Gives the answer only to requests whose URL holds this text.
    pub fn at(self, url: &str) -> Self {
        let pattern = TextPattern { contains: Some(url.to_owned()), ..TextPattern::default() };
        Self { url: Some(TextOr(pattern)), ..self }
    }

    /// Returns the first answer that fits a request.
    pub(super) fn to<'a>(request: &HttpRequest, answers: &'a [Self]) -> Option<&'a Self> {
        answers.iter().find(|answer| answer.fits(request))
    }

    /// Returns how long a request lasts, and what comes of it.
    pub(super) fn outcome(&self, request: &HttpRequest) -> (Duration, Result<HttpResponse, String>) {
        let longest = Duration::from_secs(request.timeout_secs.into());
        let after = self.after.unwrap_or_default();
        if after > longest {
            let reason = format!("there was no answer within {} seconds", request.timeout_secs);
            return (longest, Err(reason));
        }
        (after, self.fails.clone().map_or_else(|| Ok(self.response()), Err))
    }

    fn fits(&self, request: &HttpRequest) -> bool {
        is_met(self.url.as_ref(), address(request)) && has_method(self.method.as_ref(), request)
    }

    fn response(&self) -> HttpResponse {
        let json = self.json.as_ref().map(|json| ("application/json", json.to_string()));
        let text = self.body.as_ref().map(|text| ("text/plain", text.clone()));
        let (content_type, body) = json.or(text).unwrap_or_default();
        let headers = self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        HttpResponse {
            status_code: self.status,
            content_type: content_type.to_owned(),
            body,
            headers: headers.collect(),
        }
    }
}

impl ExpectedRequest {
    /// Tells whether the request is as expected.
    pub fn is_met_by(&self, request: &HttpRequest) -> bool {
        let has = |(name, expected): (&String, &Value)| {
            let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
            request.parameters.contains(&(name.clone(), expected))
        };
        is_met(self.url.as_ref(), address(request))
            && has_method(self.method.as_ref(), request)
            && is_met(self.body.as_ref(), &request.body)
            && self.parameters.iter().all(has)
    }
}

impl fmt::Display for ExpectedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            |pattern: &Option<TextOr<TextPattern>>| pattern.as_ref().map(|TextOr(text)| text.to_string());
        let body = text(&self.body).map(|body| format!("body {body}"));
        let parameters = self.parameters.iter().map(|(name, value)| format!("{name}={value}"));
        let parts: Vec<String> =
            self.method.clone().into_iter().chain(text(&self.url)).chain(parameters).chain(body).collect();
        f.write_str(&if parts.is_empty() { "any request".to_owned() } else { parts.join(" ") })
    }
}

/// Writes a request for people.
pub(super) fn shown(request: &HttpRequest) -> String {
    let mut text = format!("{} {}", request.method.as_str(), address(request));
    for (name, value) in &request.parameters {
        text += &format!(" {name}={value}");
    }
    if !request.body.is_empty() {
        text += &format!(" {}", request.body);
    }
    text
}

/// Returns the URL, or the function's name where the flow knows no URL.
fn address(request: &HttpRequest) -> &str {
    match &request.kind {
        HttpKind::Function { function, .. } if request.url.is_empty() => function,
        HttpKind::Function { .. } | HttpKind::Http { .. } => &request.url,
    }
}

fn is_met(pattern: Option<&TextOr<TextPattern>>, text: &str) -> bool {
    pattern.is_none_or(|TextOr(pattern)| pattern.is_met_by(text))
}

fn has_method(method: Option<&String>, request: &HttpRequest) -> bool {
    method.is_none_or(|method| method.eq_ignore_ascii_case(request.method.as_str()))
}

fn ok() -> u16 {
    200
}
