//! Transactions (RFC 3261 §17 with RFC 6026): repeating what may be lost, taking repetitions out of what comes in.

mod client;
mod server;

use std::collections::BTreeMap;

pub(crate) use client::{Client, Owner, same_way};
pub(crate) use server::Server;

use crate::flow::Flow;
use crate::message::{Method, Request, Response};
use crate::world::{Timer, TransactionTimer, World};

/// All transactions, from both sides.
#[derive(Default)]
pub(crate) struct Transactions {
    servers: BTreeMap<u64, Server>,
    clients: BTreeMap<u64, Client>,
    /// Server transactions by what RFC 3261 §17.2.3 tells them apart by.
    servers_by_key: BTreeMap<String, u64>,
    /// Client transactions by branch and method.
    clients_by_key: BTreeMap<String, u64>,
    /// Initial requests by Call-ID, From tag and CSeq: the same by another way is a merged one (§8.2.2.2).
    originals: BTreeMap<String, u64>,
    last: u64,
}

/// What a request turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The first of its transaction.
    New(u64),
    /// A repetition, or an ACK that ends an INVITE which failed: dealt with.
    Absorbed,
    /// An ACK that belongs to no INVITE that failed: it confirms a leg, or nothing.
    Ack,
    /// A request that has come by another way already.
    Merged(u64),
}

/// What came of a transaction without anything coming in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nobody answered the request.
    Unanswered(Owner),
    /// Nobody confirmed the 2xx of that server transaction.
    Unconfirmed(u64),
}

impl Transactions {
    /// Takes a request in, and writes where it was seen to come from into its Via.
    pub(crate) fn arrive(&mut self, world: &mut World, request: &mut Request, source: Flow) -> Arrival {
        let key = server::key(request, &request.method);
        if let Some(id) = self.servers_by_key.get(&key) {
            let repeated = self.servers.get_mut(id).map(|server| server.repeat(world, *id, &request.method));
            return if repeated == Some(false) { Arrival::Ack } else { Arrival::Absorbed };
        }
        if request.method == Method::Ack {
            return Arrival::Ack;
        }
        let id = self.fresh();
        let original = request.to_tag().is_none().then(|| server::original(request)).flatten();
        let is_merged = original.as_ref().is_some_and(|original| self.originals.contains_key(original));
        self.servers_by_key.insert(key.clone(), id);
        if let Some(original) = original.clone().filter(|_| !is_merged) {
            self.originals.insert(original, id);
        }
        self.servers.insert(id, Server::new(request, source, (key, original), world.token()));
        if is_merged { Arrival::Merged(id) } else { Arrival::New(id) }
    }

    /// The server transaction of that number.
    pub(crate) fn server(&self, id: u64) -> Option<&Server> {
        self.servers.get(&id)
    }

    /// The INVITE that a CANCEL means.
    pub(crate) fn cancelled_by(&self, cancel: &Request) -> Option<u64> {
        self.servers_by_key.get(&server::key(cancel, &Method::Invite)).copied()
    }

    /// Answers a request.
    pub(crate) fn respond(&mut self, world: &mut World, id: u64, response: &Response) {
        if let Some(server) = self.servers.get_mut(&id) {
            server.respond(world, id, response);
        }
    }

    /// Answers a request with a status alone.
    pub(crate) fn refuse(&mut self, world: &mut World, id: u64, status: u16) {
        if let Some(response) = self.response(id, status) {
            self.respond(world, id, &response);
        }
    }

    /// A response to the request of that transaction, to be filled.
    pub(crate) fn response(&self, id: u64, status: u16) -> Option<Response> {
        let server = self.servers.get(&id)?;
        Some(Response::to(&server.request.headers, status, &server.tag))
    }

    /// Notes that the 2xx of an INVITE was confirmed.
    pub(crate) fn confirm(&mut self, id: u64) {
        if let Some(server) = self.servers.get_mut(&id) {
            server.confirm();
        }
    }

    /// Sends a request, whose first Via has the branch.
    pub(crate) fn send(&mut self, world: &mut World, request: Request, flow: Flow, owner: Owner) -> u64 {
        let id = self.fresh();
        if let Some(key) = client::key_of(request.via(), &request.method) {
            self.clients_by_key.insert(key, id);
        }
        self.clients.insert(id, Client::start(world, id, request, flow, owner));
        id
    }

    /// The client transaction of that number.
    pub(crate) fn client(&self, id: u64) -> Option<&Client> {
        self.clients.get(&id)
    }

    /// Takes a response in, and says whose it is. None: it is a repetition, or nobody asked.
    pub(crate) fn answered(&mut self, world: &mut World, response: &Response) -> Option<(u64, Owner)> {
        let (_, method) = response.sequence()?;
        let id = *self.clients_by_key.get(&client::key_of(response.via(), &method)?)?;
        let client = self.clients.get_mut(&id)?;
        client.receive(world, id, response).then(|| (id, client.owner.clone()))
    }

    /// Does what is due for a transaction.
    pub(crate) fn due(&mut self, world: &mut World, id: u64, timer: TransactionTimer) -> Option<Outcome> {
        let outcome = match (self.servers.get_mut(&id), self.clients.get_mut(&id)) {
            (Some(server), _) => server.due(world, id, timer).then_some(Outcome::Unconfirmed(id)),
            (None, Some(client)) => client.due(world, id, timer).map(Outcome::Unanswered),
            (None, None) => None,
        };
        if timer == TransactionTimer::Forget || matches!(outcome, Some(Outcome::Unanswered(_))) {
            self.forget(id);
        }
        outcome
    }

    /// Ends the requests that wait for an answer by a flow that broke, and says whose they were.
    pub(crate) fn broken(&mut self, flow: Flow) -> Vec<Owner> {
        let hit = self.clients.iter().filter(|(_, client)| client.goes_by(flow));
        let hit: Vec<(u64, Owner)> = hit.map(|(id, client)| (*id, client.owner.clone())).collect();
        for (id, _) in &hit {
            self.forget(*id);
        }
        hit.into_iter().map(|(_, owner)| owner).collect()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.servers.len() + self.clients.len()
    }

    fn fresh(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn forget(&mut self, id: u64) {
        if let Some(server) = self.servers.remove(&id) {
            self.servers_by_key.remove(&server.key);
            if let Some(original) = server.original.filter(|key| self.originals.get(key) == Some(&id)) {
                self.originals.remove(&original);
            }
        }
        if let Some(client) = self.clients.remove(&id) {
            let key = client::key_of(client.request.via(), &client.request.method);
            key.and_then(|key| self.clients_by_key.remove(&key));
        }
    }
}

fn set(world: &mut World, id: u64, after: std::time::Duration, timer: TransactionTimer) {
    let at = world.now + after;
    world.timers.set(at, Timer::Transaction(id, timer));
}
