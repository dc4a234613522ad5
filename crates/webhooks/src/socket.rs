//! WebSockets to the user's applications, under the same guard and signature as every other request.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use url::{Host, Url};

use crate::failure::TlsProblem;
use crate::shown::shown;
use crate::signature::{SIGNATURE_HEADER, sign};
use crate::transport::Transport;
use crate::{Client, Failure};

/// How long an application may take to accept the connection and the handshake, and later to read one message.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes read at once, and kept for as long as a stream is open: a frame of sound has a few hundred.
const READ_BYTES: usize = 4 * 1024;

/// The most bytes of one message of an application: a minute of sound has half a million.
const MESSAGE_BYTES_MAX: usize = 1024 * 1024;

/// A WebSocket to an application.
pub struct Socket {
    stream: WebSocketStream<Box<dyn Wire>>,
    target: String,
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Client {
    /// Opens a WebSocket with a signed handshake: `wss://`, in development mode `ws://` too.
    pub async fn open_socket(&self, url: &str) -> Result<Socket, Failure> {
        let target = shown(url);
        let opened = timeout(PATIENCE, self.connect_socket(url, &target)).await;
        opened.unwrap_or(Err(Failure::Timeout { target, within: PATIENCE }))
    }

    async fn connect_socket(&self, url: &str, target: &str) -> Result<Socket, Failure> {
        let parsed = self.socket_url(url)?;
        let broken = |error: &dyn fmt::Display| Failure::BrokenAnswer {
            target: target.to_owned(),
            reason: error.to_string(),
        };
        let mut handshake = parsed.as_str().into_client_request().map_err(|error| broken(&error))?;
        let signature = sign(self.auth_token(), parsed.as_str(), &[]);
        let signature = signature.parse().expect("base64 is a valid value of a header");
        handshake.headers_mut().insert(SIGNATURE_HEADER, signature);
        let wire = open_wire(self.transport(), &parsed, target).await?;
        let limits =
            WebSocketConfig::default().read_buffer_size(READ_BYTES).max_message_size(Some(MESSAGE_BYTES_MAX));
        let opened = client_async_with_config(handshake, wire, Some(limits)).await;
        let (stream, _) = opened.map_err(|error| broken(&error))?;
        Ok(Socket { stream, target: target.to_owned() })
    }

    fn socket_url(&self, url: &str) -> Result<Url, Failure> {
        let invalid = |problem: &str| Failure::InvalidUrl { url: shown(url), problem: problem.to_owned() };
        let mut parsed = Url::parse(url).map_err(|error| invalid(&error.to_string()))?;
        parsed.set_fragment(None);
        match parsed.scheme() {
            "wss" => Ok(parsed),
            "ws" if self.transport().is_development() => Ok(parsed),
            _ => Err(invalid("an address that begins with wss:// is expected")),
        }
    }
}

impl Socket {
    /// Sends a text; one that is not taken in time means that the application is gone.
    pub async fn send(&mut self, text: String) -> Result<(), Failure> {
        let sent = timeout(PATIENCE, self.stream.send(Message::Text(text.into()))).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.broken(&error)),
            Err(_) => Err(Failure::Timeout { target: self.target.clone(), within: PATIENCE }),
        }
    }

    /// Waits for the next text; nothing once the application has closed the socket. May be given up at any point.
    pub async fn receive(&mut self) -> Result<Option<String>, Failure> {
        while let Some(message) = self.stream.next().await {
            match message {
                Ok(Message::Text(text)) => return Ok(Some(text.to_string())),
                Ok(Message::Close(_)) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => {
                    return Ok(None);
                }
                Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
                Err(error) => return Err(self.broken(&error)),
            }
        }
        Ok(None)
    }

    /// Closes the socket.
    pub async fn close(&mut self) {
        // An application that has gone needs no farewell.
        let _ = timeout(PATIENCE, self.stream.close(None)).await;
    }

    fn broken(&self, error: &Error) -> Failure {
        Failure::BrokenAnswer { target: self.target.clone(), reason: error.to_string() }
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Socket").field("target", &self.target).finish_non_exhaustive()
    }
}

/// Connects to the first address of the URL's host that the guard allows and that answers.
async fn open_wire(transport: &Transport, url: &Url, target: &str) -> Result<Box<dyn Wire>, Failure> {
    let unreachable = |reason: String| Failure::Unreachable { target: target.to_owned(), reason };
    let port = url.port_or_known_default().unwrap_or(443);
    let mut reason = "its host has no address".to_owned();
    for address in transport.addresses(url, target).await? {
        let tcp = match TcpStream::connect(SocketAddr::new(address, port)).await {
            Ok(tcp) => tcp,
            Err(error) => {
                reason = error.to_string();
                continue;
            }
        };
        // Frames are small and wanted at once; where that can not be had they come later.
        let _ = tcp.set_nodelay(true);
        return if url.scheme() == "wss" {
            encrypt(transport, url, target, tcp).await
        } else {
            Ok(Box::new(tcp))
        };
    }
    Err(unreachable(reason))
}

async fn encrypt(
    transport: &Transport,
    url: &Url,
    target: &str,
    tcp: TcpStream,
) -> Result<Box<dyn Wire>, Failure> {
    let insecure =
        |reason: String| Failure::Tls { target: target.to_owned(), problem: TlsProblem::Handshake, reason };
    let name = match url.host() {
        Some(Host::Domain(name)) => {
            ServerName::try_from(name.to_owned()).map_err(|error| insecure(error.to_string()))?
        }
        Some(Host::Ipv4(address)) => ServerName::from(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => ServerName::from(IpAddr::V6(address)),
        None => return Err(insecure("the URL names no host".to_owned())),
    };
    let connector = TlsConnector::from(Arc::new(transport.tls().clone()));
    let stream = connector.connect(name, tcp).await.map_err(|error| insecure(error.to_string()))?;
    Ok(Box::new(stream))
}
