//! Browsers' connections where UDP is blocked (RFC 6544, passive): datagrams in frames, and a bound to everything.
//!
//! Who connects is a stranger until a datagram of theirs is some leg's; which leg's is not decided here.

mod connection;
mod framing;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use parking_lot::Mutex;

use connection::Connection;

/// Connections that no datagram has made known yet; one more takes the place of the oldest.
const STRANGERS_MAX: usize = 256;
/// Connections of one leg: a browser has one for each pair of addresses. One more takes the place of the oldest.
const LEG_CONNECTIONS_MAX: usize = 16;
/// Connections altogether; who comes then is not let in.
const CONNECTIONS_MAX: usize = 4_096;
/// Connections that are let in between two looks at the media, which must not wait for a flood.
const ACCEPTS_PER_ROUND: usize = 64;
/// How long a stranger may stay one.
const INTRODUCTION: Duration = Duration::from_secs(5);
/// How long a known one may say nothing: browsers check their connection every few seconds.
const IDLE: Duration = Duration::from_secs(30);
/// How long a connection may take nothing of what waits for it.
const STALLED: Duration = Duration::from_secs(10);

/// What tells connections apart: our address as browsers know it, and theirs.
pub(crate) type Ends = (SocketAddr, SocketAddr);

/// A connection's number; never given twice.
pub(crate) type Id = usize;

/// The listeners and all connections through them.
#[derive(Debug, Default)]
pub(crate) struct TcpDoors {
    listeners: Vec<(TcpListener, SocketAddr)>,
    connections: Mutex<Connections>,
}

#[derive(Debug, Default)]
struct Connections {
    by_id: BTreeMap<Id, Connection>,
    ids_by_ends: BTreeMap<Ends, Id>,
    /// Which have something to be read or can take more.
    ready: BTreeSet<Id>,
    registry: Option<Registry>,
    next: Id,
}

impl TcpDoors {
    pub(crate) fn new(listeners: Vec<(TcpListener, SocketAddr)>) -> Self {
        Self { listeners, connections: Mutex::default() }
    }

    /// Has a poll wake up for listeners and connections; its events are told by [`TcpDoors::wake`].
    pub(crate) fn register(&mut self, registry: &Registry, door: Token) -> io::Result<()> {
        for (listener, _) in &mut self.listeners {
            registry.register(listener, door, Interest::READABLE)?;
        }
        self.connections.get_mut().registry = Some(registry.try_clone()?);
        Ok(())
    }

    /// Notes that a connection can be read or written.
    pub(crate) fn wake(&self, token: Token) {
        let mut connections = self.connections.lock();
        if connections.by_id.contains_key(&token.0) {
            connections.ready.insert(token.0);
        }
    }

    /// Lets in who has knocked.
    pub(crate) fn accept(&self, now: Instant) {
        for (listener, advertised) in &self.listeners {
            for _ in 0..ACCEPTS_PER_ROUND {
                // Nobody is there, or there are no more file handles: the next round asks again.
                let Ok((stream, peer)) = listener.accept() else { break };
                self.connections.lock().admit(stream, (*advertised, peer), now);
            }
        }
    }

    /// Returns which connections have something to be read.
    pub(crate) fn ready(&self) -> Vec<Id> {
        self.connections.lock().ready.iter().copied().collect()
    }

    /// Takes the datagrams that a connection has brought, and sends on what waits for it.
    pub(crate) fn receive(&self, id: Id, now: Instant) -> Option<(Ends, Vec<Vec<u8>>)> {
        let mut connections = self.connections.lock();
        let connection = connections.by_id.get_mut(&id)?;
        let ends = connection.ends;
        let exchanged = connection.flush(now).and_then(|()| connection.receive(now));
        match exchanged {
            Ok((datagrams, is_drained)) => {
                if is_drained {
                    connections.ready.remove(&id);
                }
                Some((ends, datagrams))
            }
            Err(_) => {
                connections.close(id);
                None
            }
        }
    }

    /// Notes whose connection it is by one of its datagrams; a stranger whose datagram is nobody's is turned away.
    pub(crate) fn introduce(&self, id: Id, leg: Option<u64>) {
        let mut connections = self.connections.lock();
        let Some(connection) = connections.by_id.get_mut(&id) else { return };
        match leg {
            Some(leg) if connection.leg != Some(leg) => {
                connection.leg = Some(leg);
                connections.limit(LEG_CONNECTIONS_MAX, |one| one.leg == Some(leg));
            }
            None if connection.leg.is_none() => connections.close(id),
            Some(_) | None => {}
        }
    }

    /// Sends a datagram over the connection between two addresses, if it is still there and keeps up.
    pub(crate) fn send(&self, ends: Ends, datagram: &[u8]) {
        let mut connections = self.connections.lock();
        let Some(id) = connections.ids_by_ends.get(&ends).copied() else { return };
        let Some(connection) = connections.by_id.get_mut(&id) else { return };
        if connection.send(datagram, crate::clock::now()).is_err() {
            connections.close(id);
        }
    }

    /// Closes the connections of a leg that has ended.
    pub(crate) fn close_of(&self, leg: u64) {
        self.connections.lock().close_where(|one| one.leg == Some(leg));
    }

    /// Closes who has not said who they are, says nothing any longer, or does not keep up.
    pub(crate) fn look_after(&self, now: Instant) {
        self.connections.lock().close_where(|one| {
            let patience = if one.leg.is_some() { IDLE } else { INTRODUCTION };
            let is_silent = now.saturating_duration_since(one.heard) > patience;
            is_silent || one.is_stalled(now, STALLED)
        });
    }
}

impl Connections {
    fn admit(&mut self, mut stream: TcpStream, ends: Ends, now: Instant) {
        if self.by_id.len() >= CONNECTIONS_MAX {
            return;
        }
        let id = self.next;
        self.next += 1;
        let both = Interest::READABLE | Interest::WRITABLE;
        let watched = self.registry.as_ref().map(|registry| registry.register(&mut stream, Token(id), both));
        if !matches!(watched, Some(Ok(()))) {
            return;
        }
        // A voice that waits for more to fill a segment comes late; without the option it only comes later.
        let _ = stream.set_nodelay(true);
        if let Some(old) = self.ids_by_ends.insert(ends, id) {
            self.close(old);
            self.ids_by_ends.insert(ends, id);
        }
        self.by_id.insert(id, Connection::new(stream, ends, now));
        self.ready.insert(id);
        self.limit(STRANGERS_MAX, |one| one.leg.is_none());
    }

    /// Closes the oldest of a kind that has become too many.
    fn limit(&mut self, max: usize, is_of_kind: impl Fn(&Connection) -> bool) {
        let kind: Vec<Id> = self.by_id.iter().filter(|(_, one)| is_of_kind(one)).map(|(id, _)| *id).collect();
        kind.iter().take(kind.len().saturating_sub(max)).for_each(|id| self.close(*id));
    }

    fn close_where(&mut self, is_due: impl Fn(&Connection) -> bool) {
        let due: Vec<Id> = self.by_id.iter().filter(|(_, one)| is_due(one)).map(|(id, _)| *id).collect();
        due.into_iter().for_each(|id| self.close(id));
    }

    /// Dropping a stream closes it and takes it out of the poll.
    fn close(&mut self, id: Id) {
        self.ready.remove(&id);
        if let Some(closed) = self.by_id.remove(&id) {
            self.ids_by_ends.remove(&closed.ends);
        }
    }
}
