//! Connections: the HTTP client underneath, TLS, and what its errors mean.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Request as HttpRequest, Response as HttpResponse};
use rustls::crypto::aws_lc_rs;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use url::{Host, Url};

use crate::Failure;
use crate::failure::TlsProblem;
use crate::guard::{Guard, Refused};
use crate::resolver::{GuardedResolver, NameService, UnknownName};
use crate::shown::shown;

/// Keeps connections open, a pool for each connect timeout, and makes none that the guard refuses.
pub(crate) struct Transport {
    guard: Arc<Guard>,
    resolver: Arc<GuardedResolver>,
    tls: ClientConfig,
    pools: Mutex<BTreeMap<Duration, reqwest::Client>>,
}

impl Transport {
    /// Makes a transport that trusts the certificate authorities given.
    pub(crate) fn new(guard: Guard, names: NameService, authorities: RootCertStore) -> Self {
        let guard = Arc::new(guard);
        let resolver = Arc::new(GuardedResolver::new(Arc::clone(&guard), names));
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("aws-lc-rs knows the usual versions of TLS")
            .with_root_certificates(authorities)
            .with_no_client_auth();
        Self { guard, resolver, tls, pools: Mutex::default() }
    }

    /// Sends one request and returns the head of its answer; redirects are the caller's.
    pub(crate) async fn send(
        &self,
        request: HttpRequest,
        connect_timeout: Duration,
    ) -> Result<HttpResponse, Failure> {
        let target = shown(request.url().as_str());
        self.check_literal(request.url())
            .map_err(|refused| Failure::NotAllowed { target: target.clone(), refused })?;
        let pool = self.pool(connect_timeout);
        pool.execute(request).await.map_err(|error| failure(target, &error, connect_timeout))
    }

    /// An address in the URL needs no name service, so the resolver is not asked about it.
    fn check_literal(&self, url: &Url) -> Result<(), Refused> {
        match url.host() {
            Some(Host::Ipv4(address)) => self.guard.check(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => self.guard.check(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => Ok(()),
        }
    }

    fn pool(&self, connect_timeout: Duration) -> reqwest::Client {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        pools.entry(connect_timeout).or_insert_with(|| self.open_pool(connect_timeout)).clone()
    }

    fn open_pool(&self, connect_timeout: Duration) -> reqwest::Client {
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(Arc::clone(&self.resolver))
            .connect_timeout(connect_timeout)
            .redirect(Policy::none())
            .referer(false)
            // A proxy would connect where the guard can not see it.
            .no_proxy()
            .build()
            .expect("a client whose TLS is ready has nothing left that can fail")
    }
}

/// Returns the certificate authorities that this machine trusts; where there are none, no https target is trusted.
pub(crate) fn system_authorities() -> RootCertStore {
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    authorities
}

/// Tells what an error of the HTTP client means for the caller.
pub(crate) fn failure(target: String, error: &reqwest::Error, connect_timeout: Duration) -> Failure {
    if let Some(refused) = cause::<Refused>(error) {
        return Failure::NotAllowed { target, refused: *refused };
    }
    if let Some(unknown) = cause::<UnknownName>(error) {
        return Failure::UnknownHost { target, reason: unknown.to_string() };
    }
    if let Some(tls) = cause::<rustls::Error>(error) {
        return Failure::Tls { target, problem: tls_problem(tls), reason: tls.to_string() };
    }
    if error.is_timeout() {
        let reason = format!("no connection within {} ms", connect_timeout.as_millis());
        return Failure::Unreachable { target, reason };
    }
    let reason = causes(error).last().map(ToString::to_string).unwrap_or_default();
    if !error.is_connect() {
        return Failure::BrokenAnswer { target, reason };
    }
    if causes(error).any(is_early_end) {
        return Failure::Tls { target, problem: TlsProblem::Handshake, reason };
    }
    Failure::Unreachable { target, reason }
}

fn tls_problem(error: &rustls::Error) -> TlsProblem {
    use CertificateError::*;
    let rustls::Error::InvalidCertificate(problem) = error else { return TlsProblem::Handshake };
    if matches!(problem, NotValidForName | NotValidForNameContext { .. }) {
        TlsProblem::WrongName
    } else if matches!(problem, Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }) {
        TlsProblem::Expired
    } else {
        TlsProblem::Untrusted
    }
}

/// While connecting, only a handshake can end early: TCP has nothing to read until then.
fn is_early_end(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}

fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// An I/O error does not count what it wraps among its sources, so it is asked on its own.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}
