//! TLS for the HTTPS listener: a certificate from files, or one of our own making under the data folder.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::serve::Listener;
use domain::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use x509_cert::der::Decode;

/// How long a client may take to shake hands.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// How many connections that have shaken hands may wait to be served.
const WAITING_MAX: usize = 1024;

/// How long a pause is made after a connection could not be accepted, as when files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where the certificate of a TLS listener comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Identity {
    /// PEM files: the certificate with its chain, and its key.
    Files(PathBuf, PathBuf),
    /// Our own: an authority and a certificate for these names, made at first use under this folder.
    SelfSigned(PathBuf, Vec<String>),
}

/// A listener that shakes hands before it hands a connection on; slow ones hold nobody up.
pub(crate) struct TlsListener {
    address: SocketAddr,
    connections: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl Identity {
    /// Reads or makes the certificate, and the configuration that shows it.
    pub(crate) fn server_config(&self) -> anyhow::Result<Arc<ServerConfig>> {
        let (certificate, key) = match self {
            Self::Files(certificate, key) => (certificate.clone(), key.clone()),
            Self::SelfSigned(folder, names) => ensure_self_signed(folder, names)?,
        };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&certificate)
            .and_then(Iterator::collect)
            .with_context(|| format!("the certificate {} can not be read", certificate.display()))?;
        if chain.is_empty() {
            bail!("{} holds no certificate\n  hint: PEM is expected", certificate.display());
        }
        let key = PrivateKeyDer::from_pem_file(&key)
            .with_context(|| format!("the key {} can not be read", key.display()))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .context("the certificate and the key do not go together")?;
        // WebSockets are opened by HTTP/1.1.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// Returns until when the first certificate of a file is good; nothing where it can not be read.
pub(crate) fn not_after(file: &Path) -> Option<Timestamp> {
    let first = CertificateDer::pem_file_iter(file).ok()?.next()?.ok()?;
    let certificate = x509_cert::Certificate::from_der(&first).ok()?;
    let since_1970 = certificate.tbs_certificate.validity.not_after.to_unix_duration();
    Some(Timestamp::default() + since_1970)
}

impl TlsListener {
    /// Listens at an address with this configuration.
    pub(crate) async fn bind(address: SocketAddr, config: Arc<ServerConfig>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("the HTTPS address {address} can not be used"))?;
        let address = listener.local_addr()?;
        let (ready, connections) = mpsc::channel(WAITING_MAX);
        tokio::spawn(accept(listener, TlsAcceptor::from(config), ready));
        Ok(Self { address, connections })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    while !ready.is_closed() {
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Small answers and events leave at once; a stream that can not be told so has failed already.
        let _ = stream.set_nodelay(true);
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_MAX, acceptor.accept(stream)).await {
                // The server may stop meanwhile.
                let _ = ready.send((stream, peer)).await;
            }
        });
    }
}

/// Returns the files of our own certificate, made where they are missing.
fn ensure_self_signed(folder: &Path, names: &[String]) -> anyhow::Result<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    if !certificate.exists() || !key.exists() {
        make_self_signed(folder, names).with_context(|| {
            format!("a certificate can not be made in {}: is the folder writable?", folder.display())
        })?;
        tracing::info!(
            authority = %folder.join("ca.pem").display(),
            "made an own authority and certificate: import the authority where browsers are to trust this server"
        );
    }
    Ok((certificate, key))
}

fn make_self_signed(folder: &Path, names: &[String]) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.distinguished_name.push(DnType::CommonName, "Patchboard, this installation");
    let authority_certificate = authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name.push(DnType::CommonName, "Patchboard");
    let certificate = params.signed_by(&key, &issuer)?;
    fs::write(folder.join("ca.pem"), authority_certificate.pem())?;
    write_secret(&folder.join("server.key"), &key.serialize_pem())?;
    fs::write(folder.join("server.pem"), certificate.pem() + &authority_certificate.pem())?;
    Ok(())
}

fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_certificate_is_made_once_and_shown_again() {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::SelfSigned(folder.path().join("tls"), vec!["localhost".to_owned()]);
        identity.server_config().unwrap();
        let first = fs::read(folder.path().join("tls/server.pem")).unwrap();
        identity.server_config().unwrap();
        assert_eq!(fs::read(folder.path().join("tls/server.pem")).unwrap(), first);
    }

    #[test]
    fn a_file_that_is_no_certificate_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no.pem");
        fs::write(&path, "hello").unwrap();
        let error = Identity::Files(path.clone(), path.clone()).server_config().unwrap_err().to_string();
        assert!(error.contains("holds no certificate"), "{error}");
    }
}
