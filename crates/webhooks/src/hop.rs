//! One stop on the way to an answer: the first request, or what a redirect makes of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION, USER_AGENT,
};
use reqwest::{Request as HttpRequest, StatusCode};
use url::Url;

use crate::overrides::Overrides;
use crate::request::encoded_pairs;
use crate::shown::shown;
use crate::signature::{BODY_HASH_PARAMETER, SIGNATURE_HEADER, body_hash, sign};
use crate::{Body, Failure, Method, Request};

/// Applications know their caller by this name.
const AGENT: &str = "TwilioProxy/1.1";
const IDEMPOTENCY_HEADER: &str = "I-Twilio-Idempotency-Token";
/// What may be meant for one host only.
const CREDENTIALS: [HeaderName; 3] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION];

/// A request that is ready to be sent, once signed.
#[derive(Debug, Clone)]
pub(crate) struct Hop<'a> {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: &'a Body,
}

impl<'a> Hop<'a> {
    /// Returns the first stop of a request, and what the URL's fragment overrides.
    pub(crate) fn first(request: &'a Request) -> Result<(Self, Overrides), Failure> {
        let mut url = Url::parse(&request.url).map_err(|error| invalid(&request.url, &error.to_string()))?;
        let overrides = Overrides::parse(url.fragment().unwrap_or_default());
        let mut hop = Self {
            method: request.method,
            headers: headers(request)?,
            body: &request.body,
            url: url.clone(),
        };
        if let (Method::Get, Body::Form(pairs)) = (request.method, &request.body) {
            append_query(&mut url, &encoded_pairs(pairs));
        }
        hop.visit(url)?;
        Ok((hop, overrides))
    }

    /// Returns where it goes, without secrets.
    pub(crate) fn target(&self) -> String {
        shown(self.url.as_str())
    }

    /// Returns the stop that a redirect leads to; `None` when the status is no redirect to follow.
    ///
    /// 301, 302 and 303 turn a POST into a GET without a body, as everywhere on the web; 307 and 308 keep both.
    /// Another scheme, host or port does not get to see credentials.
    pub(crate) fn redirected(&self, status: StatusCode, location: &str) -> Option<Result<Self, Failure>> {
        let (method, body) = match status.as_u16() {
            301..=303 => (Method::Get, &Body::Empty),
            307 | 308 => (self.method, self.body),
            _ => return None,
        };
        Some(Self { method, body, ..self.clone() }.moved_to(location))
    }

    /// Returns the HTTP request, signed when there is a token to sign with.
    pub(crate) fn into_http(self, auth_token: Option<&str>) -> Result<HttpRequest, Failure> {
        let Self { method, mut url, mut headers, body } = self;
        let body = if method == Method::Get { &Body::Empty } else { body };
        let encoded = body.encoded();
        if let Some(token) = auth_token {
            let pairs = body.signed_pairs();
            if let (None, Some((_, bytes))) = (&pairs, &encoded) {
                append_body_hash(&mut url, bytes);
            }
            let signature = sign(token, url.as_str(), &pairs.unwrap_or_default());
            put(&mut headers, SIGNATURE_HEADER, &signature)?;
        }
        if let Some((content_type, _)) = &encoded {
            put(&mut headers, CONTENT_TYPE.as_str(), content_type)?;
        }
        let mut http = HttpRequest::new(http_method(method), url);
        *http.headers_mut() = headers;
        *http.body_mut() = encoded.map(|(_, bytes)| bytes.into());
        Ok(http)
    }

    fn moved_to(mut self, location: &str) -> Result<Self, Failure> {
        let url = self.url.join(location).map_err(|error| invalid(location, &error.to_string()))?;
        if url.origin() != self.url.origin() {
            for name in CREDENTIALS {
                self.headers.remove(name);
            }
        }
        self.visit(url)?;
        Ok(self)
    }

    /// Goes to a URL: its user information becomes a header, its fragment stays here.
    fn visit(&mut self, mut url: Url) -> Result<(), Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid(url.as_str(), "only http and https are requested"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let user = percent_decode_str(url.username()).decode_utf8_lossy();
            let password = percent_decode_str(url.password().unwrap_or_default()).decode_utf8_lossy();
            let credentials = STANDARD.encode(format!("{user}:{password}"));
            put(&mut self.headers, AUTHORIZATION.as_str(), &format!("Basic {credentials}"))?;
            url.set_username("").and_then(|()| url.set_password(None)).expect("an http URL has a host");
        }
        url.set_fragment(None);
        self.url = url;
        Ok(())
    }
}

fn headers(request: &Request) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    put(&mut headers, USER_AGENT.as_str(), AGENT)?;
    for (name, value) in &request.headers {
        put(&mut headers, name, value)?;
    }
    if let Some(token) = &request.idempotency_token {
        put(&mut headers, IDEMPOTENCY_HEADER, token)?;
    }
    Ok(headers)
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Failure> {
    let refused = || Failure::InvalidHeader { name: name.to_owned() };
    let header = HeaderName::try_from(name).map_err(|_| refused())?;
    let value = HeaderValue::from_str(value).map_err(|_| refused())?;
    headers.insert(header, value);
    Ok(())
}

fn append_body_hash(url: &mut Url, bytes: &[u8]) {
    // A redirect may carry the query along, and validators look at the first value.
    if url.query_pairs().all(|(name, _)| name != BODY_HASH_PARAMETER) {
        append_query(url, &format!("{BODY_HASH_PARAMETER}={}", body_hash(bytes)));
    }
}

/// What stands in the query already is kept byte by byte: the application signs what it sees.
fn append_query(url: &mut Url, addition: &str) {
    if addition.is_empty() {
        return;
    }
    let query = match url.query() {
        Some(query) if !query.is_empty() => format!("{query}&{addition}"),
        _ => addition.to_owned(),
    };
    url.set_query(Some(&query));
}

fn http_method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    }
}

fn invalid(url: &str, problem: &str) -> Failure {
    Failure::InvalidUrl { url: shown(url), problem: problem.to_owned() }
}
