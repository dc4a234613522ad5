//! The client: sends a request, follows redirects, tries again, keeps to the limits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Response as HttpResponse;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use rustls::RootCertStore;
use tokio::time::timeout;

use crate::hop::Hop;
use crate::plan::Plan;
use crate::resolver::{NameService, system_names};
use crate::shown::shown;
use crate::transport::{Transport, failure, system_authorities};
use crate::{Allowlist, Failure, Guard, Request, Response};

/// How many redirects are followed.
pub const REDIRECTS_MAX: usize = 10;

/// What a client is made of.
#[derive(Clone, Default)]
pub struct Options {
    /// The account's token, which signs requests.
    pub auth_token: String,
    /// The networks that may be reached beside public addresses: `webhook_allow`.
    pub allow: Allowlist,
    /// Whether loopback may be reached: development mode.
    pub is_development: bool,
}

/// Sends requests to the user's applications. Clones share their connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    auth_token: String,
    transport: Transport,
}

impl Client {
    /// Makes a client that trusts the certificate authorities of this machine, which are read once, here.
    pub fn new(options: Options) -> Self {
        Self::assemble(options, system_names(), system_authorities())
    }

    /// Sends a request and returns the answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let (first, overrides) = Hop::first(&request)?;
        let plan = Plan::new(&request, overrides);
        let attempts = self.try_repeatedly(&request, &first, &plan);
        let in_time = timeout(plan.total, attempts).await;
        in_time.unwrap_or_else(|_| Err(Failure::Timeout { target: first.target(), within: plan.total }))
    }

    /// Returns what signs requests.
    pub(crate) fn auth_token(&self) -> &str {
        &self.0.auth_token
    }

    /// Returns what makes connections.
    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    /// Makes a client from parts that tests replace.
    fn assemble(options: Options, names: NameService, authorities: RootCertStore) -> Self {
        let guard = Guard { allow: options.allow, is_development: options.is_development };
        let transport = Transport::new(guard, names, authorities);
        Self(Arc::new(Inner { auth_token: options.auth_token, transport }))
    }

    async fn try_repeatedly(
        &self,
        request: &Request,
        first: &Hop<'_>,
        plan: &Plan,
    ) -> Result<Response, Failure> {
        let mut retries_left = plan.retries;
        loop {
            let outcome = self.follow(request, first.clone(), plan).await;
            if retries_left == 0 || !plan.is_worth_another(&outcome) {
                return outcome;
            }
            retries_left -= 1;
        }
    }

    async fn follow(&self, request: &Request, first: Hop<'_>, plan: &Plan) -> Result<Response, Failure> {
        let mut hop = first;
        for _ in 0..=REDIRECTS_MAX {
            let http = self.exchange(&hop, request.is_signed, plan).await?;
            match next_hop(&hop, &http).filter(|_| request.follows_redirects) {
                Some(next) => hop = next?,
                None => return read(http, request.limit_bytes, plan).await,
            }
        }
        Err(Failure::TooManyRedirects { target: hop.target(), most: REDIRECTS_MAX })
    }

    /// The time to connect is part of what is waited for, since a kept connection takes none of it.
    async fn exchange(&self, hop: &Hop<'_>, is_signed: bool, plan: &Plan) -> Result<HttpResponse, Failure> {
        let token = is_signed.then_some(self.0.auth_token.as_str());
        let http = hop.clone().into_http(token)?;
        let within = plan.connect + plan.read;
        let answer = timeout(within, self.0.transport.send(http, plan.connect)).await;
        answer.unwrap_or_else(|_| Err(Failure::Timeout { target: hop.target(), within: plan.read }))
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { auth_token: _, allow, is_development } = self;
        formatter
            .debug_struct("Options")
            .field("allow", allow)
            .field("is_development", is_development)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Client")
    }
}

fn next_hop<'a>(hop: &Hop<'a>, http: &HttpResponse) -> Option<Result<Hop<'a>, Failure>> {
    let location = String::from_utf8_lossy(http.headers().get(LOCATION)?.as_bytes());
    hop.redirected(http.status(), &location)
}

async fn read(mut http: HttpResponse, limit_bytes: usize, plan: &Plan) -> Result<Response, Failure> {
    let target = shown(http.url().as_str());
    let too_large = || Failure::TooLarge { target: target.clone(), limit_bytes };
    if http.content_length().is_some_and(|length| length > limit_bytes as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = next_chunk(&mut http, plan.read).await? {
        if body.len() + chunk.len() > limit_bytes {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(response(&http, body))
}

async fn next_chunk(http: &mut HttpResponse, within: Duration) -> Result<Option<Bytes>, Failure> {
    let target = shown(http.url().as_str());
    match timeout(within, http.chunk()).await {
        Ok(chunk) => chunk.map_err(|error| failure(target, &error, within)),
        Err(_) => Err(Failure::Timeout { target, within }),
    }
}

fn response(http: &HttpResponse, body: Vec<u8>) -> Response {
    let headers = http.headers();
    let texts = headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Response {
        status: http.status().as_u16(),
        content_type: content_type.unwrap_or_default().to_owned(),
        headers: texts.collect(),
        body,
        url: http.url().to_string(),
    }
}

#[cfg(test)]
#[path = "../tests/client/server.rs"]
#[allow(dead_code, reason = "the tests outside use the rest")]
mod server;

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::server::{Server, ok};
    use super::*;

    #[tokio::test]
    async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
        let server = Server::start(|_| ok("reached")).await;
        let (client, lookups) = client(&[&["127.0.0.1"], &["127.0.0.2"]]);
        let url = format!("http://app.example:{}/", server.address.port());

        // The first answer is reached; the second would be, if it were checked once and looked up twice.
        assert_eq!(client.send(Request::get(&url)).await.unwrap().text(), "reached");
        assert_eq!(lookups.load(Ordering::Relaxed), 1);
        let failure = client.send(Request::get(&url)).await.unwrap_err();
        assert!(matches!(failure, Failure::NotAllowed { .. }), "{failure}");
        assert_eq!(server.received()[0].header("host"), Some(&url["http://".len()..url.len() - 1]));
    }

    #[tokio::test]
    async fn of_several_addresses_only_the_allowed_ones_are_tried() {
        let server = Server::start(|_| ok("reached")).await;
        let (client, _) = client(&[&["10.0.0.1", "169.254.169.254", "127.0.0.1"]]);
        let url = format!("http://app.example:{}/", server.address.port());
        assert_eq!(client.send(Request::get(url)).await.unwrap().text(), "reached");
    }

    #[tokio::test]
    async fn a_name_without_addresses_is_unknown() {
        let failure = client(&[&[]]).0.send(Request::get("http://app.example/")).await.unwrap_err();
        assert!(matches!(failure, Failure::UnknownHost { .. }), "{failure}");
        assert_eq!((failure.error_code(), failure.is_unsent()), (11210, true));
    }

    #[tokio::test]
    async fn a_connection_that_takes_too_long_is_unreachable_not_a_timeout() {
        let silent: NameService = Arc::new(|_| Box::pin(std::future::pending()));
        let client = Client::assemble(Options::default(), silent, RootCertStore::empty());
        let failure = client.send(Request::get("http://app.example/#ct=100")).await.unwrap_err();
        let (target, reason) = ("http://app.example/".to_owned(), "no connection within 100 ms".to_owned());
        assert_eq!(failure, Failure::Unreachable { target, reason });
    }

    /// Returns a client that may reach 127.0.0.1 and whose name service gives these answers in turn.
    fn client(answers: &'static [&'static [&'static str]]) -> (Client, Arc<AtomicUsize>) {
        let lookups = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&lookups);
        let names: NameService = Arc::new(move |_| {
            let answer = answers[count.fetch_add(1, Ordering::Relaxed)];
            let addresses: Vec<IpAddr> = answer.iter().map(|address| address.parse().unwrap()).collect();
            Box::pin(async move { Ok(addresses) })
        });
        let options = Options { allow: "127.0.0.1".parse().unwrap(), ..Options::default() };
        (Client::assemble(options, names, RootCertStore::empty()), lookups)
    }
}
