//! The stack without its sockets: bytes, answers, commands and time go in; bytes, questions and events come out.

mod admission;
mod answering;
mod asking;
mod calling;
mod ending;
mod health;
mod offering;
mod registering;
#[cfg(test)]
mod tests;
mod within;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::clock::Moment;
use crate::config::Config;
use crate::digest::Secret;
use crate::directory::Verdict;
use crate::door::{self, Framing, Rejected};
use crate::event::LegId;
use crate::flow::Flow;
use crate::gatekeeper::Gatekeeper;
use crate::invitation::Command;
use crate::leg::Leg;
use crate::locating::Place;
use crate::message::{ALLOW, Message, Method, Request, Response, SDP, SUPPORTED};
use crate::places::Places;
use crate::registrar::Registrar;
use crate::transaction::{Arrival, Outcome, Owner, Transactions};
use crate::world::{Output, Question, Timer, World};

/// The whole state of SIP.
pub(crate) struct Stack {
    config: Arc<Config>,
    places: Places,
    world: World,
    transactions: Transactions,
    legs: BTreeMap<LegId, Leg>,
    /// Legs by Call-ID and our tag.
    legs_by_dialog: BTreeMap<(String, String), LegId>,
    gatekeeper: Gatekeeper,
    registrar: Arc<Mutex<Registrar>>,
    /// What to do with the answers to our questions, by their number.
    pending: BTreeMap<u64, Pending>,
    questions: u64,
    inbound_legs: u64,
    /// The peers watched, and whether they answered; by their URI.
    peers: BTreeMap<String, Option<bool>>,
    is_draining: bool,
}

/// What a question was asked for.
#[derive(Clone, Debug)]
enum Pending {
    /// A request wants in.
    Admission { transaction: u64, is_proven: bool },
    /// A request brought an answer to a challenge.
    Proof { transaction: u64, realm: String, user: String },
    /// An outbound call needs an address.
    Target { leg: LegId },
    /// A watched peer needs an address.
    Peer { uri: String },
}

/// What came of a question.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Verdict(Verdict),
    Secret(Option<Secret>),
    /// Where a host of that name is to be called.
    Addresses(String, Vec<Place>),
}

impl Stack {
    /// A stack at its start; the seed is where its chance comes from.
    pub(crate) fn new(
        config: Arc<Config>,
        places: Places,
        registrar: Arc<Mutex<Registrar>>,
        seed: [u8; 32],
    ) -> Stack {
        let mut key = seed;
        key.reverse();
        Stack {
            config,
            places,
            world: World::new(seed),
            transactions: Transactions::default(),
            legs: BTreeMap::new(),
            legs_by_dialog: BTreeMap::new(),
            gatekeeper: Gatekeeper::new(key),
            registrar,
            pending: BTreeMap::new(),
            questions: 0,
            inbound_legs: 0,
            peers: BTreeMap::new(),
            is_draining: false,
        }
    }

    /// Takes a message as it arrived.
    pub(crate) fn receive(&mut self, now: Moment, bytes: &[u8], framing: Framing, source: Flow) {
        self.world.now = now;
        match door::admit(bytes, framing) {
            Ok(Message::Request(request)) => self.take_request(request, source),
            Ok(Message::Response(response)) => self.take_response(&response, source),
            Err(Rejected::Answered(response)) => self.world.transmit(source, response.to_bytes()),
            Err(Rejected::Dropped(why)) => tracing::debug!(peer = %source.peer, why, "message dropped"),
        }
    }

    /// Takes the answer to a question.
    pub(crate) fn answered(&mut self, now: Moment, question: u64, answer: Answer) {
        self.world.now = now;
        match (self.pending.remove(&question), answer) {
            (Some(Pending::Admission { transaction, is_proven }), Answer::Verdict(verdict)) => {
                self.take_verdict(transaction, is_proven, verdict);
            }
            (Some(Pending::Proof { transaction, realm, user }), Answer::Secret(secret)) => {
                self.take_proof(transaction, realm, user, secret);
            }
            (Some(Pending::Target { leg }), Answer::Addresses(_, found)) => self.take_hops(leg, found),
            (Some(Pending::Peer { uri }), Answer::Addresses(_, found)) => self.probe_at(uri, &found),
            (_, Answer::Verdict(_) | Answer::Secret(_) | Answer::Addresses(..)) => {}
        }
    }

    /// Does what the application wants.
    pub(crate) fn command(&mut self, now: Moment, command: Command) {
        self.world.now = now;
        match command {
            Command::Ring { leg, sdp } => self.ring(leg, sdp),
            Command::Answer { leg, sdp } => self.answer(leg, sdp),
            Command::Reject { leg, status, reason } => self.reject(leg, status, &reason),
            Command::HangUp { leg } => self.hang_up(leg),
            Command::Invite { leg, invitation } => self.invite(leg, *invitation),
            Command::AnswerReoffer { leg, sdp } => self.answer_reoffer(leg, sdp),
            Command::RefuseReoffer { leg, status } => self.refuse_reoffer(leg, status),
            Command::Reoffer { leg, sdp } => self.reoffer(leg, sdp),
            Command::Refer { leg, to } => self.refer(leg, &to),
            Command::ReportReferral { leg, status } => self.report_referral(leg, status),
            Command::SendInfoDigit { leg, digit } => self.send_info_digit(leg, digit),
            Command::Watch { uri } => self.watch(uri),
            Command::Unwatch { uri } => self.unwatch(&uri),
            Command::Drain => self.is_draining = true,
        }
    }

    /// Does all that is due.
    pub(crate) fn advance(&mut self, now: Moment) {
        self.world.now = now;
        while let Some(timer) = self.world.timers.pop(now) {
            match timer {
                Timer::Transaction(id, timer) => self.transaction_due(id, timer),
                Timer::Leg(leg, timer) => self.leg_due(leg, timer),
                Timer::Bindings => self.expire_contacts(),
                Timer::Probe(uri) => self.probe(uri),
            }
        }
    }

    /// Learns that nothing gets through by a flow any more.
    pub(crate) fn broken(&mut self, now: Moment, flow: Flow) {
        self.world.now = now;
        for owner in self.transactions.broken(flow) {
            self.unanswered(owner, 503);
        }
        self.forget_contacts_of(flow);
    }

    /// When the next thing is due.
    pub(crate) fn next_timeout(&self) -> Option<Moment> {
        self.world.timers.next()
    }

    /// The wishes since the last time.
    pub(crate) fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.world.outputs)
    }

    /// How many legs and transactions there are.
    pub(crate) fn load(&self) -> (usize, usize) {
        (self.legs.len(), self.transactions.len())
    }

    fn take_request(&mut self, mut request: Request, source: Flow) {
        match self.transactions.arrive(&mut self.world, &mut request, source) {
            Arrival::New(id) => self.dispatch(id, &request, source),
            Arrival::Ack => self.acknowledged(&request),
            Arrival::Merged(id) => self.transactions.refuse(&mut self.world, id, 482),
            Arrival::Absorbed => {}
        }
    }

    fn dispatch(&mut self, id: u64, request: &Request, source: Flow) {
        if request.method == Method::Cancel {
            return self.cancelled(id, request);
        }
        if let Some(refusal) = self.unacceptable(id, request) {
            return self.transactions.respond(&mut self.world, id, &refusal);
        }
        match (&request.method, request.to_tag()) {
            (Method::Register, _) => self.ask_admission(id, None),
            (_, Some(tag)) => self.take_within(id, request, (source, &tag)),
            (Method::Invite, None) => self.invited(id),
            (Method::Options, None) => self.tell_options(id),
            (_, None) => self.transactions.refuse(&mut self.world, id, 481),
        }
    }

    /// What no request may have: a demand that is not known, or a body that is not understood.
    fn unacceptable(&self, id: u64, request: &Request) -> Option<Response> {
        let demands =
            request.headers.members("Require").into_iter().chain(request.headers.members("Proxy-Require"));
        let is_known =
            |demand: &str| SUPPORTED.contains(&demand) || (demand == "path" && is_register(request));
        let unknown: Vec<&str> = demands.filter(|demand| !is_known(demand)).collect();
        if !unknown.is_empty() {
            return Some(self.transactions.response(id, 420)?.with("Unsupported", unknown.join(", ")));
        }
        let offers = matches!(request.method, Method::Invite | Method::Update);
        if offers && !request.body.is_empty() && request.sdp().is_none() {
            return Some(self.transactions.response(id, 415)?.with("Accept", SDP));
        }
        let accepts = request.headers.members("Accept");
        let takes_sdp = |range: &&str| {
            let range = range.split(';').next().unwrap_or_default().trim();
            [SDP, "application/*", "*/*"].iter().any(|known| known.eq_ignore_ascii_case(range))
        };
        if offers && !accepts.is_empty() && !accepts.iter().any(takes_sdp) {
            return self.transactions.response(id, 406);
        }
        None
    }

    fn tell_options(&mut self, id: u64) {
        let status = if self.is_draining { 503 } else { 200 };
        let Some(response) = self.transactions.response(id, status) else { return };
        let response =
            response.with("Allow", ALLOW).with("Accept", SDP).with("Supported", SUPPORTED.join(", "));
        self.transactions.respond(&mut self.world, id, &response);
    }

    fn take_response(&mut self, response: &Response, source: Flow) {
        match self.transactions.answered(&mut self.world, response) {
            Some((id, Owner::Invite(leg))) => self.take_invite_response(leg, id, response, source),
            Some((id, Owner::Within(leg, method))) => self.take_response_within((leg, id), &method, response),
            Some((_, Owner::Probe(uri))) => self.peer_answered(uri, response.status),
            Some((_, Owner::Nobody)) | None => {}
        }
    }

    fn transaction_due(&mut self, id: u64, timer: crate::world::TransactionTimer) {
        match self.transactions.due(&mut self.world, id, timer) {
            Some(Outcome::Unanswered(owner)) => self.unanswered(owner, 408),
            Some(Outcome::Unconfirmed(server)) => self.unconfirmed(server),
            None => {}
        }
    }

    fn unanswered(&mut self, owner: Owner, status: u16) {
        match owner {
            Owner::Invite(leg) => self.attempt_failed(leg, status, ""),
            Owner::Within(leg, method) => self.unanswered_within(leg, &method),
            Owner::Probe(uri) => self.peer_answered(uri, status),
            Owner::Nobody => {}
        }
    }

    fn ask(&mut self, pending: Pending, question: Question) {
        self.questions += 1;
        self.pending.insert(self.questions, pending);
        self.world.outputs.push(Output::Ask(self.questions, question));
    }

    fn keep(&mut self, leg: Leg) {
        self.legs_by_dialog.insert(leg.key(), leg.id);
        self.legs.insert(leg.id, leg);
    }

    fn forget(&mut self, leg: LegId) -> Option<Leg> {
        let leg = self.legs.remove(&leg)?;
        self.legs_by_dialog.remove(&leg.key());
        Some(leg)
    }

    /// A response within a leg's dialog: with what the peer needs to send requests to us.
    fn dialog_response(&self, leg: &Leg, transaction: u64, status: u16) -> Option<Response> {
        let mut response = self.transactions.response(transaction, status)?;
        let request = &self.transactions.server(transaction)?.request;
        for route in request.headers.all("Record-Route") {
            response.headers.push("Record-Route", route);
        }
        let response = response.with("Contact", self.places.own(leg.dialog.flow).contact());
        Some(response.with("Allow", ALLOW).with("Supported", SUPPORTED.join(", ")))
    }
}

fn is_register(request: &Request) -> bool {
    request.method == Method::Register
}
