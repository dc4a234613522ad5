//! All browsers of the media thread: whose datagram came in, by UDP or by TCP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use mio::Events;
use parking_lot::Mutex;
use str0m::Input;
use str0m::net::{Protocol, Receive};

use super::{Browser, Peer, WebRtcTransport};
use crate::transport::doors::Doors;
use crate::transport::tcp;

/// All browsers of the media thread, found by who sent a datagram.
pub(crate) struct Browsers {
    doors: Arc<Doors>,
    peers: BTreeMap<u64, Arc<Mutex<Peer>>>,
    legs_by_source: BTreeMap<SocketAddr, u64>,
}

impl Browsers {
    pub(crate) fn new(doors: Doors) -> Self {
        Self { doors: Arc::new(doors), peers: Default::default(), legs_by_source: Default::default() }
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
        self.legs_by_source.retain(|_, owner| *owner != leg);
    }

    /// Lets a browser go.
    pub(crate) fn remove(&mut self, leg: u64) {
        if let Some(peer) = self.peers.remove(&leg) {
            let mut peer = peer.lock();
            peer.rtc.disconnect();
            peer.drain();
        }
        self.doors.tcp.close_of(leg);
        self.legs_by_source.retain(|_, owner| *owner != leg);
    }

    /// Returns the browser of a leg.
    pub(crate) fn get(&self, leg: u64) -> Option<&Arc<Mutex<Peer>>> {
        self.peers.get(&leg)
    }

    /// Notes which connections a poll has told of.
    pub(crate) fn wake(&self, woken: &Events) {
        woken.iter().for_each(|event| self.doors.tcp.wake(event.token()));
    }

    /// Takes all datagrams that have come.
    pub(crate) fn receive(&mut self, now: Instant) {
        let mut buffer = [0; 2_000];
        let doors = Arc::clone(&self.doors);
        for (socket, advertised) in &doors.udp {
            while let Ok((len, source)) = socket.recv_from(&mut buffer) {
                let receive = Receive::new(Protocol::Udp, source, *advertised, &buffer[..len]);
                receive.ok().and_then(|receive| self.deliver(receive, now));
            }
        }
        doors.tcp.accept(now);
        doors.tcp.ready().into_iter().for_each(|connection| self.receive_from(connection, now));
    }

    /// Lets time pass for every browser.
    pub(crate) fn handle_time(&mut self, now: Instant) {
        self.peers.values().for_each(|peer| peer.lock().handle_time(now));
        self.doors.tcp.look_after(now);
    }

    fn receive_from(&mut self, connection: tcp::Id, now: Instant) {
        let Some(((advertised, source), datagrams)) = self.doors.tcp.receive(connection, now) else { return };
        for datagram in datagrams {
            let receive = Receive::new(Protocol::Tcp, source, advertised, &datagram);
            let leg = receive.ok().and_then(|receive| self.deliver(receive, now));
            self.doors.tcp.introduce(connection, leg);
        }
    }

    /// Hands a datagram to the browser that it is of, and returns the leg.
    fn deliver(&mut self, receive: Receive<'_>, now: Instant) -> Option<u64> {
        let source = receive.source;
        let datagram = Input::Receive(now, receive);
        let known = self.legs_by_source.get(&source).and_then(|leg| Some((*leg, self.peers.get(leg)?)));
        let known = known.filter(|(_, peer)| peer.lock().accepts(&datagram));
        let (leg, peer) = known.or_else(|| {
            let mut peers = self.peers.iter();
            peers.find(|(_, peer)| peer.lock().accepts(&datagram)).map(|(leg, peer)| (*leg, peer))
        })?;
        peer.lock().handle(datagram);
        self.legs_by_source.insert(source, leg);
        Some(leg)
    }
}
