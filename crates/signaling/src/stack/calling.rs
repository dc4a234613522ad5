//! Outbound calls until they are answered: targets one after another, challenges, progress, giving up.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use super::{Pending, Stack};
use crate::clock::T4;
use crate::dialog::Dialog;
use crate::digest;
use crate::event::{Event, LegId};
use crate::flow::{Flow, Transport};
use crate::invitation::{Invitation, Target};
use crate::leg::{Attempt, Leg, State};
use crate::locating::{Place, Wanted};
use crate::message::{ALLOW, Address, Headers, Method, Request, Response, SDP, Uri, reason_of, text};
use crate::session_timer::{INTERVAL_SECS, Interval};
use crate::transaction::{Owner, same_way};
use crate::world::{LegTimer, Question, Timer};

/// What our INVITEs can do.
const SUPPORTED: &str = "100rel, timer, replaces, norefersub";

impl Stack {
    /// Starts an outbound call.
    pub(super) fn invite(&mut self, id: LegId, invitation: Invitation) {
        if self.legs.contains_key(&id) {
            return;
        }
        if self.legs.len() >= self.config.legs_max {
            self.world.tell(failed(id, 503, "too many calls"));
            return;
        }
        let dialog = self.dialog_to_be(&invitation);
        let credentials = invitation.credentials.clone();
        let at = self.world.now + invitation.ring_timeout;
        let attempt = Attempt {
            targets: invitation.targets.iter().cloned().collect(),
            invitation,
            hops: VecDeque::new(),
            uri: String::new(),
            client: None,
            is_proceeding: false,
            given_up: None,
            last: (480, "no target could be reached".to_owned()),
        };
        let mut leg = Leg::new(id, State::Calling(Box::new(attempt)), dialog);
        leg.credentials = credentials;
        self.keep(leg);
        self.world.timers.set(at, Timer::Leg(id, LegTimer::RingTimeout));
        self.try_target(id);
    }

    /// Goes on with the addresses that a target's host has.
    pub(super) fn take_hops(&mut self, id: LegId, found: Vec<Place>) {
        let Some(attempt) = self.legs.get_mut(&id).and_then(Leg::attempt) else { return };
        attempt.hops =
            found.into_iter().map(|(transport, peer)| Flow { transport, peer, socket: None }).collect();
        self.try_hop(id);
    }

    /// Gives an outbound call up: with a CANCEL as soon as one is allowed (RFC 3261 §9.1).
    pub(super) fn give_up(&mut self, id: LegId, status: u16) {
        let Some(attempt) = self.legs.get_mut(&id).and_then(Leg::attempt) else { return };
        if attempt.given_up.replace(status).is_some() {
            return;
        }
        let (client, is_proceeding) = (attempt.client, attempt.is_proceeding);
        self.world.tell(failed(id, status, ""));
        match client {
            None => drop(self.forget(id)),
            Some(client) if is_proceeding => self.cancel(client),
            Some(_) => {}
        }
    }

    /// Goes on after a target that did not answer, or said no.
    pub(super) fn attempt_failed(&mut self, id: LegId, status: u16, reason: &str) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let State::Calling(attempt) = &mut leg.state else { return };
        if attempt.given_up.is_some() {
            self.forget(id);
            return;
        }
        attempt.last = (status, reason.to_owned());
        attempt.client = None;
        let is_over = !(status == 408 || (500..600).contains(&status));
        if is_over {
            return self.fail(id);
        }
        self.try_hop(id);
    }

    /// Takes what the other side says to the first INVITE.
    pub(super) fn take_invite_response(&mut self, id: LegId, client: u64, response: &Response, source: Flow) {
        let is_current =
            self.legs.get_mut(&id).and_then(Leg::attempt).is_some_and(|one| one.client == Some(client));
        match response.status {
            100..200 if is_current => self.progressed(id, client, response),
            200..300 if is_current => self.accepted(id, client, response),
            200..300 => self.accepted_again(id, client, response, source),
            401 | 407 | 422 if is_current && self.invite_again(id, client, response) => {}
            300..700 if is_current => self.attempt_failed(id, response.status, &response.reason),
            _ => {}
        }
    }

    /// The next address is tried where the last says nothing at all.
    pub(super) fn hop_is_silent(&mut self, id: LegId, client: u64) {
        let Some(attempt) = self.legs.get_mut(&id).and_then(Leg::attempt) else { return };
        let is_waiting =
            attempt.client == Some(client) && !attempt.is_proceeding && attempt.given_up.is_none();
        if is_waiting && !(attempt.hops.is_empty() && attempt.targets.is_empty()) {
            self.attempt_failed(id, 408, "");
        }
    }

    fn dialog_to_be(&mut self, invitation: &Invitation) -> Dialog {
        let local_tag = self.world.token();
        let name = match invitation.display_name.as_str() {
            "" => String::new(),
            name => format!("{} ", text::quote(name)),
        };
        Dialog {
            call_id: format!("{}@{}", self.world.token(), self.places.own_ip),
            local: format!("{name}<{}>;tag={local_tag}", self.places.uri_of_caller(&invitation.from)),
            local_tag,
            remote: String::new(),
            remote_tag: None,
            target: String::new(),
            routes: Vec::new(),
            sequence: 0,
            remote_sequence: 0,
            flow: Flow { transport: Transport::Udp, peer: ([0, 0, 0, 0], 0).into(), socket: None },
            is_pinned: false,
        }
    }

    fn try_target(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let State::Calling(attempt) = &mut leg.state else { return };
        let Some(target) = attempt.targets.pop_front() else { return self.fail(id) };
        match target {
            Target::Contact(contact) => {
                attempt.uri.clone_from(&contact.uri);
                leg.dialog.routes = contact.path;
                leg.dialog.is_pinned = true;
                attempt.hops = VecDeque::from([contact.flow]);
                self.try_hop(id);
            }
            Target::Uri { uri, via } => {
                leg.dialog.routes.clear();
                leg.dialog.is_pinned = false;
                let place = via.unwrap_or_else(|| uri.clone());
                attempt.uri = uri;
                self.locate(id, &place);
            }
        }
    }

    fn locate(&mut self, id: LegId, place: &str) {
        let Ok(uri) = Uri::parse(place) else {
            let reason = format!("'{place}' is not a SIP URI that can be called");
            return self.attempt_failed(id, 503, &reason);
        };
        match place_of(&uri) {
            Ok(place) => self.take_hops(id, vec![place]),
            Err(wanted) => self.ask(Pending::Target { leg: id }, Question::Resolve(wanted)),
        }
    }

    fn try_hop(&mut self, id: LegId) {
        let Some(attempt) = self.legs.get_mut(&id).and_then(Leg::attempt) else { return };
        match attempt.hops.pop_front() {
            Some(flow) => self.send_invite(id, flow),
            None => self.try_target(id),
        }
    }

    fn send_invite(&mut self, id: LegId, mut flow: Flow) {
        if flow.transport == Transport::Udp && flow.socket.is_none() {
            let listener = self.places.listener(Transport::Udp, flow.peer.ip());
            flow.socket = listener.and_then(|number| u64::try_from(number).ok());
        }
        let (own, branch) = (self.places.own(flow), self.world.branch());
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let State::Calling(attempt) = &mut leg.state else { return };
        leg.dialog.flow = flow;
        leg.dialog.target.clone_from(&attempt.uri);
        let to = if attempt.invitation.to.is_empty() { &attempt.uri } else { &attempt.invitation.to };
        leg.dialog.remote = format!("<{to}>");
        leg.sdp.clone_from(&attempt.invitation.sdp);
        let mut request = leg.dialog.request(Method::Invite, own, &branch);
        fill(&mut request, &attempt.invitation, &self.config.user_agent);
        leg.has_retried = false;
        self.send_first(id, request, flow);
    }

    fn send_first(&mut self, id: LegId, request: Request, flow: Flow) {
        let client = self.transactions.send(&mut self.world, request, flow, Owner::Invite(id));
        let at = self.world.now + T4;
        self.world.timers.set(at, Timer::Leg(id, LegTimer::NextHop(client)));
        if let Some(attempt) = self.legs.get_mut(&id).and_then(Leg::attempt) {
            attempt.client = Some(client);
            attempt.is_proceeding = false;
        }
    }

    fn progressed(&mut self, id: LegId, client: u64, response: &Response) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let State::Calling(attempt) = &mut leg.state else { return };
        let is_first = !std::mem::replace(&mut attempt.is_proceeding, true);
        if attempt.given_up.is_some() {
            return if is_first {
                self.cancel(client)
            };
        }
        if response.status == 100 {
            return;
        }
        if !self.acknowledge_provisional(id, response) {
            return;
        }
        self.world.tell(Event::Progressed { leg: id, status: response.status, sdp: response.sdp() });
    }

    /// Sends the PRACK that a reliable response asks for. False: it has come before.
    fn acknowledge_provisional(&mut self, id: LegId, response: &Response) -> bool {
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        let number = response.headers.get("RSeq").and_then(|number| number.parse::<u32>().ok());
        let Some(number) = number.filter(|_| response.headers.lists("Require", "100rel")) else {
            return true;
        };
        if number <= leg.reliable_sequence && leg.dialog.remote_tag == response.to_tag() {
            return false;
        }
        leg.reliable_sequence = number;
        leg.dialog.learn(response);
        let invite = response.sequence().map_or(0, |(sequence, _)| sequence);
        self.request_within(id, Method::Prack, |request| {
            request.headers.push("RAck", format!("{number} {invite} INVITE"));
        });
        true
    }

    fn accepted(&mut self, id: LegId, client: u64, response: &Response) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.dialog.learn(response);
        leg.interval = Interval::agreed(&response.headers);
        leg.takes_update = response.headers.lists("Allow", "UPDATE");
        let given_up = leg.attempt().and_then(|attempt| attempt.given_up);
        leg.state = State::Talking;
        self.confirm_accepted(id, client);
        if given_up.is_some() {
            return self.bye(id);
        }
        self.start_interval(id);
        self.world.tell(Event::Answered { leg: id, sdp: response.sdp() });
    }

    /// A 2xx that came before, or one of another phone behind a proxy that forked: that one is let go.
    fn accepted_again(&mut self, id: LegId, client: u64, response: &Response, source: Flow) {
        let known = self.legs.get(&id).filter(|leg| leg.dialog.remote_tag == response.to_tag());
        match known.map(|leg| (leg.ack.clone(), leg.dialog.next_hop())) {
            Some((Some((_, ack)), flow)) => self.world.transmit(flow, ack),
            Some((None, _)) => {}
            None => self.let_go(client, response, source),
        }
    }

    fn let_go(&mut self, client: u64, response: &Response, source: Flow) {
        let Some(client) = self.transactions.client(client) else { return };
        let Some(from) = client.request.from() else { return };
        let flow = Flow { socket: client.flow.socket, ..source };
        let mut dialog = Dialog {
            call_id: client.request.call_id().to_owned(),
            local: client.request.headers.get("From").unwrap_or_default().to_owned(),
            local_tag: from.tag().unwrap_or_default().to_owned(),
            remote: String::new(),
            remote_tag: None,
            target: client.request.uri.clone(),
            routes: Vec::new(),
            sequence: client.request.sequence(),
            remote_sequence: 0,
            flow,
            is_pinned: false,
        };
        dialog.learn(response);
        let (own, branch) = (self.places.own(flow), self.world.branch());
        let ack = dialog.numbered(Method::Ack, dialog.sequence, own, &branch);
        self.world.transmit(dialog.next_hop(), ack.to_bytes());
        let branch = self.world.branch();
        let bye = dialog.request(Method::Bye, own, &branch);
        self.transactions.send(&mut self.world, bye, dialog.next_hop(), Owner::Nobody);
    }

    /// Tries the same target again with what its refusal asks for. False: there is nothing more to offer.
    fn invite_again(&mut self, id: LegId, client: u64, response: &Response) -> bool {
        let Some(sent) = self.transactions.client(client).map(|sent| (sent.request.clone(), sent.flow))
        else {
            return false;
        };
        let (mut request, flow) = sent;
        if !self.satisfy(id, &mut request, response) {
            return false;
        }
        self.send_first(id, request, flow);
        true
    }

    /// Puts into a request what its refusal asks for, with a number and branch of its own. Once only.
    pub(super) fn satisfy(&mut self, id: LegId, request: &mut Request, response: &Response) -> bool {
        let (branch, cnonce) = (self.world.branch(), self.world.token());
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| !leg.has_retried) else { return false };
        let own = self.places.own(leg.dialog.flow);
        let (asks, answers) = match response.status {
            401 => ("WWW-Authenticate", "Authorization"),
            407 => ("Proxy-Authenticate", "Proxy-Authorization"),
            _ => ("Min-SE", "Session-Expires"),
        };
        let line = (request.method.name(), request.uri.as_str());
        let value = match (&leg.credentials, response.status) {
            (_, 422) => response.headers.get(asks).map(str::to_owned),
            (Some(with), _) => digest::authorization(response.headers.all(asks), with, line, &cnonce),
            (None, _) => None,
        };
        let Some(value) = value else { return false };
        leg.has_retried = response.status != 422;
        leg.dialog.sequence += 1;
        request.headers.remove(answers);
        request.headers.push(answers, value);
        request.headers.replace_first("CSeq", format!("{} {}", leg.dialog.sequence, request.method.name()));
        request.headers.replace_first("Via", own.via(&branch));
        true
    }

    fn cancel(&mut self, client: u64) {
        let Some(client) = self.transactions.client(client).filter(|client| !client.is_over()) else {
            return;
        };
        let (request, flow) = (same_way(&client.request, Method::Cancel), client.flow);
        self.transactions.send(&mut self.world, request, flow, Owner::Nobody);
    }

    fn fail(&mut self, id: LegId) {
        let Some(mut leg) = self.forget(id) else { return };
        if let Some(attempt) = leg.attempt() {
            let (status, reason) = attempt.last.clone();
            self.world.tell(failed(id, status, &reason));
        }
    }
}

/// What carries requests to a URI, and its port.
/// Returns where a URI leads by itself, or else what is to be looked up.
pub(super) fn place_of(uri: &Uri) -> Result<Place, Wanted> {
    let (transport, port) = carried_by(uri);
    let is_open = !uri.is_secure && uri.parameter("transport").is_none();
    let wanted = || Wanted { host: uri.host.clone(), port: uri.port, transport, is_open };
    uri.host.parse::<IpAddr>().map(|ip| (transport, SocketAddr::new(ip, port))).map_err(|_| wanted())
}

pub(super) fn carried_by(uri: &Uri) -> (Transport, u16) {
    let named = uri.parameter("transport").and_then(Transport::named);
    let transport = match named {
        Some(Transport::Tcp) if uri.is_secure => Transport::Tls,
        Some(transport) => transport,
        None if uri.is_secure => Transport::Tls,
        None => Transport::Udp,
    };
    (transport, uri.port.unwrap_or(transport.default_port()))
}

fn failed(leg: LegId, status: u16, reason: &str) -> Event {
    let reason = if reason.is_empty() { reason_of(status) } else { reason };
    Event::Failed { leg, status, reason: reason.to_owned() }
}

fn fill(request: &mut Request, invitation: &Invitation, user_agent: &str) {
    let headers: &mut Headers = &mut request.headers;
    headers.push("User-Agent", user_agent);
    headers.push("Allow", ALLOW);
    headers.push("Supported", SUPPORTED);
    headers.push("Session-Expires", INTERVAL_SECS.to_string());
    let ours =
        invitation.headers.iter().filter(|(name, value)| text::is_token(name) && !is_ours(name, value));
    ours.for_each(|(name, value)| headers.push(name, value.as_str()));
    headers.push("Content-Type", SDP);
    request.body = invitation.sdp.as_bytes().to_vec();
}

/// Fields that the stack writes itself.
fn is_ours(name: &str, value: &str) -> bool {
    const OURS: [&str; 10] = [
        "Via",
        "From",
        "To",
        "Call-ID",
        "CSeq",
        "Contact",
        "Content-Length",
        "Content-Type",
        "Max-Forwards",
        "Session-Expires",
    ];
    let is_broken = name.eq_ignore_ascii_case("Route") && Address::parse(value).is_none();
    is_broken || OURS.iter().any(|one| one.eq_ignore_ascii_case(name))
}
