//! Published hosts as path prefixes: `studio.twilio.com/v2/Flows` is `/studio/v2/Flows` here.

use axum::http::uri::PathAndQuery;
use axum::http::{Request, Uri, header};

/// The first labels of published hosts.
const LABELS: [&str; 12] = [
    "api",
    "studio",
    "taskrouter",
    "conversations",
    "flex-api",
    "messaging",
    "content",
    "mcs",
    "voice",
    "iam",
    "event-bridge",
    "webhooks",
];

/// Which hosts are mapped.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    /// Never mapped: a label of the public URL's own host means nothing.
    public_host: String,
    api_domain: Option<String>,
}

impl Hosts {
    /// Makes the mapping of an installation.
    pub(crate) fn new(public_url: &str, api_domain: Option<&str>) -> Self {
        let authority = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        Self {
            public_host: without_port(authority).to_ascii_lowercase(),
            api_domain: api_domain.map(str::to_ascii_lowercase),
        }
    }

    /// Puts the prefix of the request's host in front of its path, where the host is a published one.
    pub(crate) fn map<B>(&self, mut request: Request<B>) -> Request<B> {
        let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let host = named.or_else(|| request.uri().host()).unwrap_or_default();
        if let Some(label) = self.label(host) {
            let prefixed = prefixed(label, request.uri());
            *request.uri_mut() = prefixed;
        }
        request
    }

    fn label(&self, host: &str) -> Option<&'static str> {
        let host = without_port(host).to_ascii_lowercase();
        if host == self.public_host {
            return None;
        }
        let (first, domain) = host.split_once('.')?;
        let is_ours = domain == "twilio.com"
            || domain.ends_with(".twilio.com")
            || domain == "localhost"
            || self.api_domain.as_deref() == Some(domain);
        LABELS.into_iter().find(|label| is_ours && *label == first)
    }
}

fn without_port(authority: &str) -> &str {
    authority.split_once(':').map_or(authority, |(host, _)| host)
}

/// The API of 2010 has its host's paths as they are; so do our own pages, which any host shows.
fn prefixed(label: &str, uri: &Uri) -> Uri {
    let path = uri.path();
    let is_own = path == "/health" || path == "/metrics" || path.starts_with("/docs/");
    let is_prefixed = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(label))
        .is_some_and(|rest| rest.starts_with('/'));
    if label == "api" || is_own || is_prefixed {
        return uri.clone();
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mapped: Result<PathAndQuery, _> = format!("/{label}{path}{query}").parse();
    mapped.map_or_else(|_| uri.clone(), Uri::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_hosts_become_prefixes_and_others_stay() {
        for (host, path, expected) in [
            ("studio.twilio.com", "/v2/Flows?PageSize=1", "/studio/v2/Flows?PageSize=1"),
            ("taskrouter.localhost:8080", "/v1/Workspaces", "/taskrouter/v1/Workspaces"),
            ("Flex-API.calls.example", "/v1/x", "/flex-api/v1/x"),
            ("api.twilio.com", "/2010-04-01/Accounts", "/2010-04-01/Accounts"),
            ("api.dublin.ie1.twilio.com", "/2010-04-01/Accounts", "/2010-04-01/Accounts"),
            ("webhooks.twilio.com", "/v1/Accounts/AC/Flows/FW", "/webhooks/v1/Accounts/AC/Flows/FW"),
            ("mcs.us1.twilio.com", "/v1/Services/IS/Media", "/mcs/v1/Services/IS/Media"),
            ("studio.twilio.com", "/studio/v2/Flows", "/studio/v2/Flows"),
            ("studio.twilio.com", "/docs/errors/20404", "/docs/errors/20404"),
            ("taskrouter.twilio.com", "//x", "/taskrouter//x"),
            ("studio.example.org", "/v2/Flows", "/v2/Flows"),
            ("voice.public.example", "/v2/Flows", "/v2/Flows"),
            ("nothing.twilio.com", "/v1", "/v1"),
            ("localhost:8080", "/v1", "/v1"),
        ] {
            let hosts = Hosts::new("https://voice.public.example:8443/x", Some("calls.example"));
            let request = Request::builder().uri(path).header("Host", host).body(()).unwrap();
            assert_eq!(hosts.map(request).uri().to_string(), expected, "{host}");
        }
        let hosts = Hosts::new("http://studio.localhost:8080", None);
        let request = Request::builder().uri("/v2").header("Host", "studio.localhost:8080").body(()).unwrap();
        assert_eq!(hosts.map(request).uri().path(), "/v2");
    }
}
