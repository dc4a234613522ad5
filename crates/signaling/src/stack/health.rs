//! Whether watched peers, such as trunks, are there: they are asked by OPTIONS from time to time.

use std::time::Duration;

use super::{Pending, Stack};
use crate::event::Event;
use crate::flow::{Flow, Transport};
use crate::locating::Place;
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
        match super::calling::place_of(&parsed) {
            Ok(place) => self.probe_at(uri, &[place]),
            Err(wanted) => self.ask(Pending::Peer { uri }, Question::Resolve(wanted)),
        }
    }

    pub(super) fn probe_at(&mut self, uri: String, found: &[Place]) {
        let Some((transport, peer)) = found.first().copied() else { return self.peer_answered(uri, 503) };
        let listener =
            self.places.listener(transport, peer.ip()).and_then(|number| u64::try_from(number).ok());
        let socket = listener.filter(|_| transport == Transport::Udp);
        let flow = Flow { transport, peer, socket };
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
