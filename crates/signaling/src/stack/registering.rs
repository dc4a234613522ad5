//! REGISTER: what devices want, and what they get (RFC 3261 §10.3).

use std::time::Duration;

use super::Stack;
use crate::directory::Admission;
use crate::event::Event;
use crate::flow::Flow;
use crate::message::{Address, Request, Response};
use crate::registrar::{Change, Contact, Wish};
use crate::world::Timer;

/// How long a device stays registered that does not say.
const EXPIRES_SECS: u64 = 3600;

impl Stack {
    /// Does what a device wants that may register.
    pub(super) fn register(&mut self, transaction: u64, admission: &Admission) {
        let Some(server) = self.transactions.server(transaction) else { return };
        let (request, source) = (server.request.clone(), server.source);
        let Some(address) = request.to().and_then(|to| to.sip()).map(|to| to.address_of_record()) else {
            return self.transactions.refuse(&mut self.world, transaction, 400);
        };
        match self.wish_of(&request, source, admission.needs_encryption) {
            Ok(wish) => self.fulfil(transaction, &address, wish),
            Err(423) => {
                let response = self.transactions.response(transaction, 423);
                let least = self.config.registration_secs_min.to_string();
                response
                    .into_iter()
                    .for_each(|response| self.respond(transaction, &response.with("Min-Expires", &*least)));
            }
            Err(status) => self.transactions.refuse(&mut self.world, transaction, status),
        }
    }

    /// Takes contacts out that have run out.
    pub(super) fn expire_contacts(&mut self) {
        let gone = self.registrar.lock().expire(self.world.now);
        self.tell_gone(gone);
    }

    /// Takes contacts out whose stream broke: there is no way back to them.
    pub(super) fn forget_contacts_of(&mut self, flow: Flow) {
        if flow.transport.is_reliable() && flow.socket.is_some() {
            let gone = self.registrar.lock().broken(flow);
            self.tell_gone(gone);
        }
    }

    fn fulfil(&mut self, transaction: u64, address: &str, wish: Wish) {
        let applied = self.registrar.lock().apply(self.world.now, address, wish);
        let Some(changes) = applied else {
            return self.transactions.refuse(&mut self.world, transaction, 500);
        };
        let Some(response) = self.transactions.response(transaction, 200) else { return };
        let response = self.with_contacts(response, address);
        self.respond(transaction, &response);
        for change in changes {
            self.tell_change(address, change);
        }
    }

    fn with_contacts(&self, mut response: Response, address: &str) -> Response {
        for contact in self.registrar.lock().contacts(address) {
            let left = contact.expires_at.saturating_sub(self.world.now).as_secs();
            response.headers.push("Contact", format!("<{}>;expires={left}", contact.uri));
        }
        response
    }

    fn tell_change(&mut self, address: &str, change: Change) {
        match change {
            Change::Added(contact) => {
                self.world.timers.set(contact.expires_at, Timer::Bindings);
                let expires_secs = contact.expires_at.saturating_sub(self.world.now).as_secs();
                let (address, contact) = (address.to_owned(), contact.uri);
                self.world.tell(Event::Registered { address, contact, expires_secs });
            }
            Change::Removed(contact) => self.tell_gone(vec![(address.to_owned(), contact)]),
        }
    }

    fn tell_gone(&mut self, gone: Vec<(String, Contact)>) {
        for (address, contact) in gone {
            self.world.tell(Event::Unregistered { address, contact: contact.uri });
        }
    }

    /// What a REGISTER wants, or the status that refuses it.
    fn wish_of(&self, request: &Request, source: Flow, needs_encryption: bool) -> Result<Wish, u16> {
        let (call_id, sequence) = (request.call_id().to_owned(), request.sequence());
        let members = request.headers.members("Contact");
        if members.is_empty() {
            return Ok(Wish::Query);
        }
        let expires = request.headers.get("Expires").map(expires_of);
        if members.contains(&"*") {
            let is_removal = members.len() == 1 && expires == Some(0);
            return if is_removal { Ok(Wish::RemoveAll { call_id, sequence }) } else { Err(400) };
        }
        let path: Vec<String> = request.headers.members("Path").into_iter().map(str::to_owned).collect();
        let contacts = members.into_iter().map(|member| {
            let address = Address::parse(member).ok_or(400_u16)?;
            let secs = address.parameter("expires").map(expires_of).or(expires).unwrap_or(EXPIRES_SECS);
            let expires_at = self.world.now + Duration::from_secs(self.granted(secs)?);
            let preference = address.parameter("q").map_or(1000, preference_of);
            let (flow, path, call_id) = (source, path.clone(), call_id.clone());
            Ok(Contact {
                uri: address.uri,
                preference,
                needs_encryption,
                flow,
                path,
                call_id,
                sequence,
                expires_at,
            })
        });
        contacts.collect::<Result<Vec<_>, u16>>().map(Wish::Update)
    }

    fn granted(&self, secs: u64) -> Result<u64, u16> {
        match secs {
            0 => Ok(0),
            secs if secs < self.config.registration_secs_min => Err(423),
            secs => Ok(secs.min(self.config.registration_secs_max)),
        }
    }
}

/// RFC 3261 §20.19: what can not be read counts as an hour.
fn expires_of(value: &str) -> u64 {
    value.trim().parse().unwrap_or(EXPIRES_SECS)
}

/// A `q` of 0 to 1, in thousandths.
fn preference_of(value: &str) -> u16 {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = format!("{fraction:0<3}");
    let thousandths: u16 = digits.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    if whole == "1" { 1000 } else { thousandths.min(1000) }
}
