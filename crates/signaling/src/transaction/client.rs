//! A request that went out, and the answers that came.

use std::time::Duration;

use super::set;
use crate::clock::{GIVE_UP, T1, T2, T4, doubled};
use crate::event::LegId;
use crate::flow::Flow;
use crate::message::{Headers, Method, Request, Response, Via};
use crate::world::{TransactionTimer, World};

/// Whose request it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The first INVITE of a leg.
    Invite(LegId),
    /// A later request of a leg.
    Within(LegId, Method),
    /// The question whether a peer is there.
    Probe(String),
    /// Nobody waits for the answer.
    Nobody,
}

/// A client transaction.
pub(crate) struct Client {
    /// The request.
    pub(crate) request: Request,
    /// Where it went.
    pub(crate) flow: Flow,
    /// Whose it is.
    pub(crate) owner: Owner,
    state: State,
    pause: Duration,
    /// The ACK of a failure, for its repetitions.
    ack: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing has come back.
    Calling,
    /// A provisional response has come.
    Proceeding,
    /// An INVITE was accepted; more 2xx may come, from other phones or because the ACK was lost.
    Accepted,
    /// A final response has come.
    Completed,
}

/// What a client transaction is told apart by.
pub(super) fn key_of(via: Option<Via>, method: &Method) -> Option<String> {
    Some(format!("{} {}", via?.branch()?, method.name()))
}

impl Client {
    pub(super) fn start(world: &mut World, id: u64, request: Request, flow: Flow, owner: Owner) -> Client {
        let client = Client { request, flow, owner, state: State::Calling, pause: T1, ack: None };
        world.transmit(flow, client.request.to_bytes());
        if !flow.transport.is_reliable() {
            set(world, id, T1, TransactionTimer::Repeat);
        }
        set(world, id, GIVE_UP, TransactionTimer::GiveUp);
        client
    }

    /// Takes a response. True: its owner is to see it.
    pub(super) fn receive(&mut self, world: &mut World, id: u64, response: &Response) -> bool {
        match self.state {
            State::Calling | State::Proceeding if response.is_provisional() => self.state = State::Proceeding,
            State::Calling | State::Proceeding => self.end(world, id, response),
            State::Accepted => return response.is_success(),
            State::Completed => {
                self.acknowledge(world);
                return false;
            }
        }
        true
    }

    /// Does what is due. The owner is returned where nobody answered.
    pub(super) fn due(&mut self, world: &mut World, id: u64, timer: TransactionTimer) -> Option<Owner> {
        let repeats = match self.state {
            State::Calling => true,
            State::Proceeding => !self.is_invite(),
            State::Accepted | State::Completed => false,
        };
        match timer {
            TransactionTimer::Repeat if repeats => self.send_again(world, id),
            TransactionTimer::GiveUp if repeats => return Some(self.owner.clone()),
            TransactionTimer::Repeat | TransactionTimer::GiveUp | TransactionTimer::Forget => {}
        }
        None
    }

    /// Whether it waits for an answer by that flow.
    pub(super) fn goes_by(&self, flow: Flow) -> bool {
        let is_same = self.flow.transport == flow.transport && self.flow.peer == flow.peer;
        is_same && matches!(self.state, State::Calling | State::Proceeding)
    }

    /// Whether a final response has come.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Accepted | State::Completed)
    }

    fn end(&mut self, world: &mut World, id: u64, response: &Response) {
        let is_failed_invite = self.is_invite() && !response.is_success();
        self.state =
            if self.is_invite() && response.is_success() { State::Accepted } else { State::Completed };
        let linger = match (self.is_invite(), self.flow.transport.is_reliable()) {
            (true, _) if response.is_success() => GIVE_UP,
            (_, true) => Duration::ZERO,
            (true, false) => GIVE_UP,
            (false, false) => T4,
        };
        if is_failed_invite {
            self.ack = Some(acknowledgement(&self.request, response).to_bytes());
            self.acknowledge(world);
        }
        set(world, id, linger, TransactionTimer::Forget);
    }

    fn acknowledge(&self, world: &mut World) {
        if let Some(ack) = &self.ack {
            world.transmit(self.flow, ack.clone());
        }
    }

    fn send_again(&mut self, world: &mut World, id: u64) {
        world.transmit(self.flow, self.request.to_bytes());
        self.pause = match (self.is_invite(), self.state) {
            // Timer A doubles without an end; timer B is the end.
            (true, _) => self.pause * 2,
            (false, State::Proceeding) => T2,
            (false, State::Calling | State::Accepted | State::Completed) => doubled(self.pause),
        };
        set(world, id, self.pause, TransactionTimer::Repeat);
    }

    fn is_invite(&self) -> bool {
        self.request.method == Method::Invite
    }
}

/// The request that goes the same way on the same branch: a CANCEL, or the ACK of a failure.
pub(crate) fn same_way(request: &Request, method: Method) -> Request {
    let mut headers = Headers::default();
    if let Some(via) = request.headers.get("Via") {
        headers.push("Via", via);
    }
    headers.push("Max-Forwards", "70");
    for name in ["Route", "From", "To", "Call-ID"] {
        request.headers.all(name).for_each(|value| headers.push(name, value));
    }
    headers.push("CSeq", format!("{} {}", request.sequence(), method.name()));
    Request { method, uri: request.uri.clone(), headers, body: Vec::new() }
}

fn acknowledgement(request: &Request, response: &Response) -> Request {
    let mut ack = same_way(request, Method::Ack);
    if let Some(to) = response.headers.get("To") {
        ack.headers.replace_first("To", to.to_owned());
    }
    ack
}
