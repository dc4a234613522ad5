//! All browsers of the media thread, found by who sent a datagram.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use mio::Token;
use parking_lot::Mutex;
use str0m::Input;
use str0m::net::{Protocol, Receive};

use super::peer::{Peer, WebRtcTransport};
use super::tcp::Datagram;
use super::{Browser, Doors};

/// All browsers of the media thread, found by who sent a datagram.
pub(crate) struct Browsers {
    doors: Arc<Doors>,
    peers: BTreeMap<u64, Arc<Mutex<Peer>>>,
    legs_by_source: BTreeMap<Source, u64>,
    /// Connections of which the poll told, and of which there may be more to take.
    awake: BTreeSet<usize>,
}

/// Where datagrams come from: the same address is another one's by TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Udp(SocketAddr),
    Tcp(SocketAddr),
}

impl Browsers {
    pub(crate) fn new(doors: Doors) -> Self {
        Self {
            doors: Arc::new(doors),
            peers: BTreeMap::new(),
            legs_by_source: BTreeMap::new(),
            awake: BTreeSet::new(),
        }
    }

    /// Takes a browser in and returns the way to it.
    pub(crate) fn add(&mut self, leg: u64, browser: Browser, now: Instant) -> WebRtcTransport {
        let peer = Arc::new(Mutex::new(Peer::new(browser, Arc::clone(&self.doors), now)));
        self.peers.insert(leg, Arc::clone(&peer));
        WebRtcTransport(peer)
    }

    /// Lets a leg go on with another connection of its browser.
    pub(crate) fn replace(&mut self, leg: u64, browser: Browser, now: Instant) {
        if let Some(peer) = self.peers.get(&leg) {
            peer.lock().replace(browser, now);
        }
        self.forget_sources(leg);
    }

    /// Lets a browser go.
    pub(crate) fn remove(&mut self, leg: u64) {
        if let Some(peer) = self.peers.remove(&leg) {
            peer.lock().part();
        }
        self.forget_sources(leg);
    }

    /// Returns the browser of a leg.
    pub(crate) fn get(&self, leg: u64) -> Option<&Arc<Mutex<Peer>>> {
        self.peers.get(&leg)
    }

    /// Takes in who has connected.
    pub(crate) fn accept(&mut self, now: Instant) {
        self.doors.accept(now);
    }

    /// Notes that there is something to be taken from a connection, or room to send more on it.
    pub(crate) fn wake(&mut self, token: Token) {
        self.awake.insert(token.0);
    }

    /// Tells whether nobody is there, nor at the door.
    pub(crate) fn is_idle(&self) -> bool {
        self.peers.is_empty() && self.doors.connections.lock().is_empty()
    }

    /// Tells whether a connection has more to be taken than had its turn.
    pub(crate) fn is_awake(&self) -> bool {
        !self.awake.is_empty()
    }

    /// Takes all datagrams that have come.
    pub(crate) fn receive(&mut self, now: Instant) {
        let mut buffer = [0; 2_000];
        let doors = Arc::clone(&self.doors);
        for (socket, advertised) in &doors.udp {
            while let Ok((len, source)) = socket.recv_from(&mut buffer) {
                self.deliver(&buffer[..len], Source::Udp(source), *advertised, now);
            }
        }
        let mut datagrams = vec![];
        for token in std::mem::take(&mut self.awake) {
            if doors.connections.lock().take(token, &mut datagrams) {
                self.awake.insert(token);
            }
        }
        for Datagram { source, destination, bytes } in datagrams {
            // A browser may be quicker than its answer: who is a stranger yet is waited for.
            if self.deliver(&bytes, Source::Tcp(source), destination, now) {
                doors.connections.lock().know(source);
            }
        }
    }

    /// Lets time pass for every browser.
    pub(crate) fn handle_time(&mut self, now: Instant) {
        self.peers.values().for_each(|peer| peer.lock().handle_time(now));
        self.doors.connections.lock().part_with_strangers(now);
    }

    /// Hands a datagram to the browser's leg; false when it is nobody's.
    fn deliver(&mut self, bytes: &[u8], source: Source, destination: SocketAddr, now: Instant) -> bool {
        let Some(datagram) = source.receive(bytes, destination, now) else { return false };
        let known = self.legs_by_source.get(&source).and_then(|leg| Some((*leg, self.peers.get(leg)?)));
        let known = known.filter(|(_, peer)| peer.lock().accepts(&datagram));
        let found = known.or_else(|| {
            let mut peers = self.peers.iter();
            peers.find(|(_, peer)| peer.lock().accepts(&datagram)).map(|(leg, peer)| (*leg, peer))
        });
        let Some((leg, peer)) = found else { return false };
        peer.lock().handle(datagram);
        self.legs_by_source.insert(source, leg);
        true
    }

    fn forget_sources(&mut self, leg: u64) {
        let sources = self.legs_by_source.extract_if(.., |_, owner| *owner == leg);
        let mut connections = self.doors.connections.lock();
        for (source, _) in sources {
            match source {
                Source::Udp(_) => {}
                Source::Tcp(source) => connections.part(source),
            }
        }
    }
}

impl Source {
    fn receive(self, bytes: &[u8], destination: SocketAddr, now: Instant) -> Option<Input<'_>> {
        let (protocol, source) = match self {
            Self::Udp(source) => (Protocol::Udp, source),
            Self::Tcp(source) => (Protocol::Tcp, source),
        };
        Some(Input::Receive(now, Receive::new(protocol, source, destination, bytes).ok()?))
    }
}
