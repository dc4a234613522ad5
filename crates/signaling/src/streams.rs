//! TCP and TLS: one task reads and writes each stream, opened by a peer or by us.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::config::Config;
use crate::flow::{Flow, Transport};
use crate::framing::{Frame, Frames};

/// How long connecting and shaking hands may take.
const CONNECT_SECS: u64 = 10;
/// How long a stream may be silent; devices that want to keep one send pings.
const IDLE_SECS: u64 = 900;
/// Names that are kept in mind; beyond that all are forgotten, and found again when needed.
const NAMES_MAX: usize = 10_000;
/// Messages that may wait for a slow peer.
const OUTGOING_MAX: usize = 1024;

/// What a socket has to tell.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// A datagram.
    Datagram(Vec<u8>, Flow),
    /// A message cut from a stream.
    Message(Vec<u8>, Flow),
    /// A peer connected.
    Opened(TcpStream, SocketAddr, Transport),
    /// Nothing more will come or go by that flow.
    Closed(Flow),
}

/// All streams.
pub(crate) struct Streams {
    config: Arc<Config>,
    arrivals: mpsc::Sender<Arrival>,
    outgoing: BTreeMap<u64, mpsc::Sender<Vec<u8>>>,
    by_peer: BTreeMap<(Transport, SocketAddr), u64>,
    /// The names by which addresses were found, which their certificates have to show.
    names: BTreeMap<SocketAddr, String>,
    last: u64,
}

impl Streams {
    /// No streams.
    pub(crate) fn new(config: Arc<Config>, arrivals: mpsc::Sender<Arrival>) -> Streams {
        let (outgoing, by_peer, names) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Streams { config, arrivals, outgoing, by_peer, names, last: 0 }
    }

    /// Sends by a stream: the one named, another to the same peer, or a new one.
    pub(crate) fn transmit(&mut self, flow: Flow, bytes: Vec<u8>) {
        let named = flow.socket.filter(|number| self.outgoing.contains_key(number));
        let number = named.or_else(|| self.by_peer.get(&(flow.transport, flow.peer)).copied());
        let number = number.unwrap_or_else(|| self.connect(flow));
        if let Some(outgoing) = self.outgoing.get(&number)
            && outgoing.try_send(bytes).is_err()
        {
            // A peer that takes nothing for so long is as good as gone.
            self.close(Flow { socket: Some(number), ..flow });
        }
    }

    /// Takes a stream that a peer opened.
    pub(crate) fn opened(&mut self, stream: TcpStream, peer: SocketAddr, transport: Transport) {
        if self.outgoing.len() >= self.config.connections_max {
            return;
        }
        let (flow, outgoing) = self.add(transport, peer);
        let (config, arrivals) = (self.config.clone(), self.arrivals.clone());
        tokio::spawn(async move {
            let shaken =
                tokio::time::timeout(Duration::from_secs(CONNECT_SECS), accept(stream, transport, &config));
            if let Ok(Ok(stream)) = shaken.await {
                run(stream, flow, outgoing, &arrivals).await;
            }
            arrivals.send(Arrival::Closed(flow)).await.ok();
        });
    }

    /// Keeps in mind by which name addresses were found.
    pub(crate) fn learn_name(&mut self, host: &str, addresses: impl Iterator<Item = SocketAddr>) {
        if self.names.len() >= NAMES_MAX {
            self.names.clear();
        }
        self.names.extend(addresses.map(|address| (address, host.to_owned())));
    }

    /// Forgets a stream.
    pub(crate) fn close(&mut self, flow: Flow) {
        let Some(number) = flow.socket else { return };
        self.outgoing.remove(&number);
        self.by_peer.retain(|_, known| *known != number);
    }

    fn connect(&mut self, flow: Flow) -> u64 {
        let (flow, outgoing) = self.add(flow.transport, flow.peer);
        let name = self.names.get(&flow.peer).cloned().unwrap_or_else(|| flow.peer.ip().to_string());
        let (config, arrivals) = (self.config.clone(), self.arrivals.clone());
        tokio::spawn(async move {
            let opened = tokio::time::timeout(Duration::from_secs(CONNECT_SECS), open(flow, name, &config));
            match opened.await {
                Ok(Ok(stream)) => run(stream, flow, outgoing, &arrivals).await,
                Ok(Err(error)) => tracing::info!(peer = %flow.peer, %error, "could not connect"),
                Err(_) => tracing::info!(peer = %flow.peer, "connecting took too long"),
            }
            arrivals.send(Arrival::Closed(flow)).await.ok();
        });
        flow.socket.unwrap_or_default()
    }

    fn add(&mut self, transport: Transport, peer: SocketAddr) -> (Flow, mpsc::Receiver<Vec<u8>>) {
        self.last += 1;
        let (sender, receiver) = mpsc::channel(OUTGOING_MAX);
        self.outgoing.insert(self.last, sender);
        self.by_peer.insert((transport, peer), self.last);
        (Flow { transport, peer, socket: Some(self.last) }, receiver)
    }
}

/// Tells of every stream that peers open.
pub(crate) async fn listen(listener: TcpListener, transport: Transport, arrivals: mpsc::Sender<Arrival>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if arrivals.send(Arrival::Opened(stream, peer, transport)).await.is_err() {
                    return;
                }
            }
            // Out of file descriptors, most likely: others have to close first.
            Err(error) => {
                tracing::warn!(%error, "no stream could be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

async fn accept(stream: TcpStream, transport: Transport, config: &Config) -> io::Result<Box<dyn Stream>> {
    stream.set_nodelay(true)?;
    match (transport, &config.tls) {
        (Transport::Tls, Some(tls)) => Ok(Box::new(TlsAcceptor::from(tls.clone()).accept(stream).await?)),
        (Transport::Tls, None) => Err(io::Error::other("no certificate is configured")),
        (Transport::Udp | Transport::Tcp, _) => Ok(Box::new(stream)),
    }
}

async fn open(flow: Flow, name: String, config: &Config) -> io::Result<Box<dyn Stream>> {
    let stream = TcpStream::connect(flow.peer).await?;
    stream.set_nodelay(true)?;
    match (flow.transport, &config.tls_client) {
        (Transport::Tls, Some(tls)) => {
            let name = ServerName::try_from(name).map_err(io::Error::other)?;
            Ok(Box::new(TlsConnector::from(tls.clone()).connect(name, stream).await?))
        }
        (Transport::Tls, None) => Err(io::Error::other("TLS to peers is not configured")),
        (Transport::Udp | Transport::Tcp, _) => Ok(Box::new(stream)),
    }
}

async fn run(
    stream: Box<dyn Stream>,
    flow: Flow,
    mut outgoing: mpsc::Receiver<Vec<u8>>,
    arrivals: &mpsc::Sender<Arrival>,
) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let (pongs, mut pings) = mpsc::channel(1);
    let reading = read(&mut reader, flow, arrivals, pongs);
    let writing = async {
        loop {
            let bytes = tokio::select! {
                Some(bytes) = outgoing.recv() => bytes,
                Some(()) = pings.recv() => b"\r\n".to_vec(),
                else => return,
            };
            if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = reading => {}
        () = writing => {}
    }
}

async fn read(
    reader: &mut (impl AsyncRead + Unpin),
    flow: Flow,
    arrivals: &mpsc::Sender<Arrival>,
    pongs: mpsc::Sender<()>,
) {
    let (mut frames, mut buffer) = (Frames::default(), vec![0; 4096]);
    loop {
        let read = tokio::time::timeout(Duration::from_secs(IDLE_SECS), reader.read(&mut buffer));
        let Ok(Ok(count @ 1..)) = read.await else { return };
        frames.feed(&buffer[..count]);
        loop {
            let message = match frames.next() {
                Ok(Some(Frame::Message(message))) => message,
                Ok(Some(Frame::Ping)) => {
                    pongs.try_send(()).ok();
                    continue;
                }
                Ok(None) => break,
                Err(lost) => {
                    arrivals.send(Arrival::Message(lost.0, flow)).await.ok();
                    return;
                }
            };
            if arrivals.send(Arrival::Message(message, flow)).await.is_err() {
                return;
            }
        }
    }
}
