//! A request that came in, and the answers given to it.

use std::time::Duration;

use super::set;
use crate::clock::{GIVE_UP, T1, T2, T4, doubled};
use crate::flow::Flow;
use crate::message::{self, Method, Request, Response, Via};
use crate::world::{TransactionTimer, World};

/// A server transaction.
pub(crate) struct Server {
    /// The request.
    pub(crate) request: Request,
    /// Where it came from.
    pub(crate) source: Flow,
    /// Where the answer goes.
    flow: Flow,
    /// The tag that all its responses have in To.
    pub(crate) tag: String,
    pub(super) key: String,
    pub(super) original: Option<String>,
    state: State,
    /// The last response, for repetitions of the request.
    last: Option<Vec<u8>>,
    pause: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No final response was given.
    Open,
    /// An INVITE was accepted: the 2xx is repeated on every transport until it is confirmed.
    Accepted,
    /// A final response was given; that of an INVITE waits for its ACK.
    Completed,
    /// The ACK came.
    Confirmed,
}

/// What a server transaction is told apart by. An ACK and a CANCEL have their INVITE's.
pub(super) fn key(request: &Request, method: &Method) -> String {
    let method = if *method == Method::Ack { &Method::Invite } else { method };
    let via = request.via();
    let sent_by =
        via.as_ref().map(|via| format!("{}:{}", via.host, via.port.unwrap_or(5060))).unwrap_or_default();
    match via.as_ref().and_then(|via| via.branch()) {
        Some(branch) => format!("{branch} {sent_by} {}", method.name()),
        // Senders from before RFC 3261 are told apart by what the request says.
        None => {
            let tag = request.from().and_then(|from| from.tag().map(str::to_owned)).unwrap_or_default();
            let parts = (request.call_id(), request.sequence(), &request.uri, tag, sent_by);
            format!("{parts:?} {}", method.name())
        }
    }
}

/// What is the same in a request that was forked and has come by two ways.
pub(super) fn original(request: &Request) -> Option<String> {
    request.via()?.branch()?;
    let tag = request.from()?.tag()?.to_owned();
    let is_alone = matches!(request.method, Method::Cancel | Method::Ack);
    (!is_alone)
        .then(|| format!("{} {tag} {} {}", request.call_id(), request.sequence(), request.method.name()))
}

impl Server {
    pub(super) fn new(
        request: &mut Request,
        source: Flow,
        (key, original): (String, Option<String>),
        tag: String,
    ) -> Server {
        let flow = stamp(request, source);
        let request = request.clone();
        Server { request, source, flow, tag, key, original, state: State::Open, last: None, pause: T1 }
    }

    /// Whether no final response was given.
    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Takes the same request again, or the ACK of a failure. False: an ACK that is not for a failure.
    pub(super) fn repeat(&mut self, world: &mut World, id: u64, method: &Method) -> bool {
        if *method != Method::Ack {
            self.transmit(world);
            return true;
        }
        if self.state == State::Completed && self.is_invite() {
            self.state = State::Confirmed;
            set(world, id, self.unless_reliable(T4), TransactionTimer::Forget);
        }
        matches!(self.state, State::Completed | State::Confirmed)
    }

    pub(super) fn respond(&mut self, world: &mut World, id: u64, response: &Response) {
        if self.state != State::Open {
            return;
        }
        self.last = Some(response.to_bytes());
        self.transmit(world);
        if response.is_provisional() {
            return;
        }
        match (self.is_invite(), response.is_success()) {
            (false, _) => self.complete(world, id),
            (true, true) => self.accept(world, id),
            (true, false) => self.await_ack(world, id),
        }
    }

    /// The 2xx was confirmed: it is not repeated any more.
    pub(super) fn confirm(&mut self) {
        if self.state == State::Accepted {
            self.state = State::Confirmed;
        }
    }

    /// Does what is due. True: a 2xx was never confirmed.
    pub(super) fn due(&mut self, world: &mut World, id: u64, timer: TransactionTimer) -> bool {
        let waits = matches!(self.state, State::Accepted | State::Completed) && self.is_invite();
        match timer {
            TransactionTimer::Repeat if waits => self.repeat_response(world, id),
            TransactionTimer::GiveUp if waits => set(world, id, Duration::ZERO, TransactionTimer::Forget),
            TransactionTimer::Repeat | TransactionTimer::GiveUp | TransactionTimer::Forget => {}
        }
        timer == TransactionTimer::GiveUp && self.state == State::Accepted
    }

    fn complete(&mut self, world: &mut World, id: u64) {
        self.state = State::Completed;
        set(world, id, self.unless_reliable(GIVE_UP), TransactionTimer::Forget);
    }

    /// RFC 3261 §13.3.1.4: the 2xx goes end to end, where a stream on one hop proves nothing.
    fn accept(&mut self, world: &mut World, id: u64) {
        self.state = State::Accepted;
        set(world, id, self.pause, TransactionTimer::Repeat);
        set(world, id, GIVE_UP, TransactionTimer::GiveUp);
        set(world, id, GIVE_UP + T2, TransactionTimer::Forget);
    }

    fn await_ack(&mut self, world: &mut World, id: u64) {
        self.state = State::Completed;
        if !self.flow.transport.is_reliable() {
            set(world, id, self.pause, TransactionTimer::Repeat);
        }
        set(world, id, GIVE_UP, TransactionTimer::GiveUp);
    }

    fn repeat_response(&mut self, world: &mut World, id: u64) {
        self.transmit(world);
        self.pause = doubled(self.pause);
        set(world, id, self.pause, TransactionTimer::Repeat);
    }

    fn transmit(&self, world: &mut World) {
        if let Some(bytes) = &self.last {
            world.transmit(self.flow, bytes.clone());
        }
    }

    fn is_invite(&self) -> bool {
        self.request.method == Method::Invite
    }

    fn unless_reliable(&self, time: Duration) -> Duration {
        if self.flow.transport.is_reliable() { Duration::ZERO } else { time }
    }
}

/// Writes the sender's address as it was seen into the first Via, and says where the answer is to go.
fn stamp(request: &mut Request, source: Flow) -> Flow {
    let first = request.headers.get("Via").unwrap_or_default().to_owned();
    let members = message::text::split(&first, ',').unwrap_or_default();
    let Some(via) = members.first().and_then(|member| Via::parse(member)) else { return source };
    let stamped =
        std::iter::once(via.stamped(source.peer)).chain(members[1..].iter().map(|one| (*one).to_owned()));
    request.headers.replace_first("Via", stamped.collect::<Vec<_>>().join(", "));
    let mut flow = source;
    // RFC 3261 §18.2.2: without rport the answer goes to the port that the sender gave. Where the sender gave another
    // address than it has, a NAT is in between, and only the port that it was seen with leads back.
    let is_direct = via.host == source.peer.ip().to_string();
    if !flow.transport.is_reliable() && via.parameter("rport").is_none() && is_direct {
        flow.peer.set_port(via.port.unwrap_or(flow.transport.default_port()));
    }
    flow
}
