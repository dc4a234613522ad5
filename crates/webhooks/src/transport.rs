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

    /// Returns what connections are secured with.
    pub(crate) fn tls(&self) -> &ClientConfig {
        &self.tls
    }

    /// Tells whether loopback may be reached.
    pub(crate) fn is_development(&self) -> bool {
        self.guard.is_development
    }

    /// Returns the addresses of a URL's host that may be connected to.
    pub(crate) async fn addresses(&self, url: &Url, target: &str) -> Result<Vec<IpAddr>, Failure> {
        let target = || target.to_owned();
        self.check_literal(url).map_err(|refused| Failure::NotAllowed { target: target(), refused })?;
        let name = match url.host() {
            Some(Host::Ipv4(address)) => return Ok(vec![address.into()]),
            Some(Host::Ipv6(address)) => return Ok(vec![address.into()]),
            Some(Host::Domain(name)) => name.to_owned(),
            None => return Ok(Vec::new()),
        };
        self.resolver.addresses(name).await.map_err(|error| match error.downcast::<Refused>() {
            Ok(refused) => Failure::NotAllowed { target: target(), refused: *refused },
            Err(unknown) => Failure::UnknownHost { target: target(), reason: unknown.to_string() },
        })
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

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    type Authority = CertifiedIssuer<'static, KeyPair>;

    #[tokio::test]
    async fn the_certificate_must_be_of_a_trusted_authority_in_date_and_for_the_name_in_the_url() {
        use TlsProblem::*;
        let (trusted, stranger) = (authority(), authority());
        let cases = [
            ("app.example", "app.example", 4000, &trusted, None),
            ("app.example", "other.example", 4000, &trusted, Some((WrongName, 11235))),
            ("app.example", "127.0.0.1", 4000, &trusted, Some((WrongName, 11235))),
            ("app.example", "app.example", 2001, &trusted, Some((Expired, 11236))),
            ("app.example", "app.example", 4000, &stranger, Some((Untrusted, 11237))),
        ];
        for (certified, requested, until, issuer, expected) in cases {
            let address = serve(certificate(certified, until, issuer)).await;
            let outcome = transport(&trusted).send(get(requested, address), Duration::from_secs(5)).await;
            let problem = outcome.as_ref().err().map(|failure| {
                let Failure::Tls { problem, .. } = failure else { panic!("{requested}: {failure}") };
                (*problem, failure.error_code())
            });
            assert_eq!(problem, expected, "{requested} until {until}");
            assert!(outcome.is_err() || outcome.is_ok_and(|answer| answer.status() == 204));
        }
    }

    /// A transport for which every name is 127.0.0.1.
    fn transport(trusted: &Authority) -> Transport {
        let mut authorities = RootCertStore::empty();
        authorities.add(trusted.der().clone()).unwrap();
        let names: NameService = Arc::new(|_| Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap()]) }));
        Transport::new(Guard { is_development: true, ..Guard::default() }, names, authorities)
    }

    fn get(host: &str, address: SocketAddr) -> HttpRequest {
        let url = format!("https://{host}:{}/", address.port());
        HttpRequest::new(reqwest::Method::GET, url.parse().unwrap())
    }

    fn authority() -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn certificate(name: &str, until_year: i32, issuer: &Authority) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(until_year, 1, 1);
        let certificate = params.signed_by(&key, issuer).unwrap().der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap()
    }

    /// Answers one request with 204, if the client accepts the certificate.
    async fn serve(config: ServerConfig) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(stream).await else { return };
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await;
            let _ = stream.shutdown().await;
        });
        address
    }
}
