//! Connections of browsers whose network lets no UDP pass: ICE over TCP (RFC 6544), each datagram behind its length
//! (RFC 4571).
//!
//! Everybody may connect: who does not belong to a call soon is closed, and nobody makes us keep much.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

/// The longest datagram: no browser sends a longer one.
const DATAGRAM_MAX: usize = 2_000;
/// Bytes that wait for a slow browser; datagrams that would make them more are lost, as on a slow network.
const WAITING_MAX: usize = 32 * 1024;
/// Bytes taken from a connection before the others have their turn.
const TURN_MAX: usize = 64 * 1024;
/// After so long, who was not found to belong to a call is closed.
const STRANGER_AFTER: Duration = Duration::from_secs(10);
/// How many of those are kept; then the oldest goes.
const STRANGERS_MAX: usize = 256;

/// A datagram that came on a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Datagram {
    pub source: SocketAddr,
    /// The address to which the browser connected, as it knows it.
    pub destination: SocketAddr,
    pub bytes: Vec<u8>,
}

/// All connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    /// None before the doors are registered.
    registry: Option<Registry>,
    /// By the token under which the poll tells of them.
    connections: BTreeMap<usize, Connection>,
    tokens: BTreeMap<SocketAddr, usize>,
    next_token: usize,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    source: SocketAddr,
    destination: SocketAddr,
    since: Instant,
    /// Whether it belongs to a call.
    is_known: bool,
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
}

/// What a look at a connection found.
enum Taken {
    Nothing,
    /// There may be more.
    Some,
    /// It has ended, or its peer does not speak as it should.
    End,
}

impl Connections {
    pub(crate) fn new(registry: Registry) -> Self {
        Self { registry: Some(registry), ..Self::default() }
    }

    /// Tells whether nobody is connected.
    pub(crate) fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// Takes a connection in.
    pub(crate) fn add(
        &mut self,
        mut stream: TcpStream,
        source: SocketAddr,
        destination: SocketAddr,
        now: Instant,
    ) {
        let token = self.next_token;
        let Some(registry) = &self.registry else { return };
        // A leg's frames are small and due at once.
        let _ = stream.set_nodelay(true);
        if registry.register(&mut stream, Token(token), Interest::READABLE | Interest::WRITABLE).is_err() {
            return;
        }
        self.next_token += 1;
        let (incoming, outgoing) = (vec![], vec![]);
        let connection =
            Connection { stream, source, destination, since: now, is_known: false, incoming, outgoing };
        self.connections.insert(token, connection);
        self.tokens.insert(source, token);
        let mut strangers = self.connections.iter().filter(|(_, connection)| !connection.is_known);
        let oldest = strangers.next().map(|(token, _)| *token);
        if strangers.count() >= STRANGERS_MAX {
            self.close(oldest);
        }
    }

    /// Takes what has come on a connection; tells whether there may be more.
    pub(crate) fn take(&mut self, token: usize, datagrams: &mut Vec<Datagram>) -> bool {
        let Some(connection) = self.connections.get_mut(&token) else { return false };
        let taken = connection.flush().and_then(|()| connection.read()).unwrap_or(Taken::End);
        let is_fine = connection.cut(datagrams);
        match taken {
            Taken::Nothing if is_fine => false,
            Taken::Some if is_fine => true,
            Taken::Nothing | Taken::Some | Taken::End => {
                self.close(Some(token));
                false
            }
        }
    }

    /// Sends a datagram.
    pub(crate) fn send(&mut self, to: SocketAddr, bytes: &[u8]) {
        let Some(token) = self.tokens.get(&to).copied() else { return };
        let sent = self.connections.get_mut(&token).map(|connection| connection.send(bytes));
        if matches!(sent, Some(Err(_))) {
            self.close(Some(token));
        }
    }

    /// Notes that a connection belongs to a call.
    pub(crate) fn know(&mut self, source: SocketAddr) {
        let connection = self.tokens.get(&source).and_then(|token| self.connections.get_mut(token));
        connection.into_iter().for_each(|connection| connection.is_known = true);
    }

    /// Closes a connection.
    pub(crate) fn part(&mut self, source: SocketAddr) {
        let token = self.tokens.get(&source).copied();
        self.close(token);
    }

    /// Closes those who have not told for too long to whom they belong.
    pub(crate) fn part_with_strangers(&mut self, now: Instant) {
        let is_stranger = |connection: &Connection| {
            !connection.is_known && now.saturating_duration_since(connection.since) >= STRANGER_AFTER
        };
        let strangers = self.connections.iter().filter(|(_, connection)| is_stranger(connection));
        let strangers: Vec<usize> = strangers.map(|(token, _)| *token).collect();
        strangers.into_iter().for_each(|token| self.close(Some(token)));
    }

    fn close(&mut self, token: Option<usize>) {
        let Some(mut connection) = token.and_then(|token| self.connections.remove(&token)) else { return };
        if self.tokens.get(&connection.source) == token.as_ref() {
            self.tokens.remove(&connection.source);
        }
        // The end of the stream takes it off the poll as well.
        let _ = self.registry.as_ref().map(|registry| registry.deregister(&mut connection.stream));
    }
}

impl Connection {
    fn read(&mut self) -> std::io::Result<Taken> {
        let mut buffer = [0; 4_096];
        let mut taken = 0;
        while taken < TURN_MAX {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(Taken::End),
                Ok(len) => {
                    self.incoming.extend(&buffer[..len]);
                    taken += len;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Taken::Nothing),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Taken::Some)
    }

    /// Cuts what has come into datagrams; false when no browser would send that.
    fn cut(&mut self, datagrams: &mut Vec<Datagram>) -> bool {
        let mut rest = &self.incoming[..];
        while let [high, low, behind @ ..] = rest {
            let len = usize::from(u16::from_be_bytes([*high, *low]));
            if len == 0 || len > DATAGRAM_MAX {
                return false;
            }
            let Some((bytes, next)) = behind.split_at_checked(len) else { break };
            let (source, destination) = (self.source, self.destination);
            datagrams.push(Datagram { source, destination, bytes: bytes.to_vec() });
            rest = next;
        }
        let cut = self.incoming.len() - rest.len();
        self.incoming.drain(..cut);
        true
    }

    fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let Ok(len) = u16::try_from(bytes.len()) else { return Ok(()) };
        if self.outgoing.len() + bytes.len() > WAITING_MAX {
            return Ok(());
        }
        self.outgoing.extend(len.to_be_bytes());
        self.outgoing.extend(bytes);
        self.flush()
    }

    fn flush(&mut self) -> std::io::Result<()> {
        while !self.outgoing.is_empty() {
            match self.stream.write(&self.outgoing) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(len) => drop(self.outgoing.drain(..len)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
