//! Whether watched peers, such as trunks, are there: they are asked by OPTIONS from time to time.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{Pending, Stack};
use crate::event::Event;
use crate::flow::{Flow, Transport};
use crate::message::{Headers, Method, Request, SDP, Uri};
use crate::transaction::Owner;
use crate::world::{Question, Timer};

impl Stack {
    /// Begins to watch a peer.
    pub(super) fn watch(&mut self, uri: String) {
        if self.peers.contains_key(&uri) {
            return;
        }
        self.peers.insert(uri.clone(), None);
        self.probe(uri);
    }

    /// Watches a peer no further.
    pub(super) fn unwatch(&mut self, uri: &str) {
        self.peers.remove(uri);
    }

    /// Asks a peer whether it is there.
    pub(super) fn probe(&mut self, uri: String) {
        if !self.peers.contains_key(&uri) {
            return;
        }
        let at = self.world.now + Duration::from_secs(self.config.probe_secs);
        self.world.timers.set(at, Timer::Probe(uri.clone()));
        let Ok(parsed) = Uri::parse(&uri) else { return self.peer_answered(uri, 503) };
        let (transport, port) = super::calling::carried_by(&parsed);
        let flow = Flow { transport, peer: ([0, 0, 0, 0], port).into(), socket: None };
        match parsed.host.parse::<IpAddr>() {
            Ok(ip) => self.probe_at(uri, flow, &[SocketAddr::new(ip, port)]),
            Err(_) => {
                let question = Question::Resolve { host: parsed.host, port };
                self.ask(Pending::Peer { uri, flow }, question);
            }
        }
    }

    pub(super) fn probe_at(&mut self, uri: String, flow: Flow, found: &[SocketAddr]) {
        let Some(peer) = found.first().copied() else { return self.peer_answered(uri, 503) };
        let listener =
            self.places.listener(flow.transport, peer.ip()).and_then(|number| u64::try_from(number).ok());
        let flow = Flow { peer, socket: listener.filter(|_| flow.transport == Transport::Udp), ..flow };
        let request = self.options(&uri, flow);
        self.transactions.send(&mut self.world, request, flow, Owner::Probe(uri));
    }

    /// A peer that answers is there, unless it says that it can not work.
    pub(super) fn peer_answered(&mut self, uri: String, status: u16) {
        if status < 200 {
            return;
        }
        let is_up = !matches!(status, 408 | 503);
        let Some(known) = self.peers.get_mut(&uri) else { return };
        if known.replace(is_up) != Some(is_up) {
            self.world.tell(Event::PeerChanged { uri, is_up });
        }
    }

    fn options(&mut self, uri: &str, flow: Flow) -> Request {
        let own = self.places.own(flow);
        let (branch, tag, call) = (self.world.branch(), self.world.token(), self.world.token());
        let mut headers = Headers::default();
        headers.push("Via", own.via(&branch));
        headers.push("Max-Forwards", "70");
        headers.push("From", format!("<sip:{}>;tag={tag}", own.address));
        headers.push("To", format!("<{uri}>"));
        headers.push("Call-ID", call);
        headers.push("CSeq", "1 OPTIONS");
        headers.push("Contact", own.contact());
        headers.push("Accept", SDP);
        headers.push("User-Agent", self.config.user_agent.as_str());
        Request { method: Method::Options, uri: uri.to_owned(), headers, body: Vec::new() }
    }
}
