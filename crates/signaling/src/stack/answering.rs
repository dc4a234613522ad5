//! Inbound calls until they are answered, refused or given up.

use std::time::Duration;

use super::Stack;
use crate::clock::{GIVE_UP, T1};
use crate::dialog::Dialog;
use crate::directory::Admission;
use crate::event::{Event, INBOUND_LEG, Invited, LegId};
use crate::leg::{Leg, Reliable, State};
use crate::message::{Request, Response, reason_of};
use crate::session_timer::{INTERVAL_SECS_MIN, Interval};
use crate::transaction::Server;
use crate::world::{LegTimer, Timer};

/// Fields that the application has in other forms, or that mean nothing to it.
const NOT_TOLD: [&str; 22] = [
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Contact",
    "Max-Forwards",
    "Content-Length",
    "Content-Type",
    "Route",
    "Record-Route",
    "Authorization",
    "Proxy-Authorization",
    "Allow",
    "Supported",
    "Require",
    "Accept",
    "Session-Expires",
    "Min-SE",
    "Expires",
    "Replaces",
    "Allow-Events",
];

impl Stack {
    pub(super) fn invited(&mut self, transaction: u64) {
        let Some(server) = self.transactions.server(transaction) else { return };
        let is_too_short = Interval::asked(&server.request.headers).is_err();
        let is_full = self.legs.len() + self.pending.len() >= self.config.legs_max;
        let refusal = if self.is_draining || is_full {
            self.transactions.response(transaction, 503).map(|response| response.with("Retry-After", "5"))
        } else if is_too_short {
            let response = self.transactions.response(transaction, 422);
            response.map(|response| response.with("Min-SE", INTERVAL_SECS_MIN.to_string()))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return self.transactions.respond(&mut self.world, transaction, &refusal);
        }
        self.transactions.refuse(&mut self.world, transaction, 100);
        self.ask_admission(transaction, None);
    }

    /// Tells the application of a call that may come in.
    pub(super) fn announce(&mut self, transaction: u64, admission: Admission) {
        let Some(server) = self.transactions.server(transaction) else { return };
        self.inbound_legs += 1;
        let id = INBOUND_LEG | self.inbound_legs;
        let mut leg = Leg::new(id, State::Invited { transaction }, dialog_of(server));
        leg.interval = Interval::asked(&server.request.headers).ok().flatten();
        leg.takes_update = server.request.headers.lists("Allow", "UPDATE");
        let mut invited = invitation_of(server, id, admission);
        invited.replaced = invited.replaces.as_deref().and_then(|dialog| self.replaced(dialog));
        self.keep(leg);
        self.world.tell(Event::Invited(Box::new(invited)));
    }

    /// Lets the caller know that it rings, or hear something before the answer.
    pub(super) fn ring(&mut self, id: LegId, sdp: Option<String>) {
        let Some((leg, transaction)) = self.invited_leg(id) else { return };
        let status = if sdp.is_some() { 183 } else { 180 };
        let Some(mut response) = self.dialog_response(leg, transaction, status) else { return };
        if let Some(sdp) = &sdp {
            response = response.describing(sdp);
        }
        let is_reliable = self.wants_reliability(transaction, sdp.is_some()) && leg.reliable.is_none();
        if is_reliable { self.respond_reliably(id, response) } else { self.respond(transaction, &response) }
    }

    /// Answers the call; an answer waits for the acknowledgement of what was said before it.
    pub(super) fn answer(&mut self, id: LegId, sdp: String) {
        let Some((_, transaction)) = self.invited_leg(id) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let Some(reliable) = &mut leg.reliable {
            reliable.answer = Some(sdp);
            return;
        }
        leg.sdp.clone_from(&sdp);
        leg.state = State::Answered { transaction, hangs_up: false };
        let (leg, interval) = (&self.legs[&id], self.legs[&id].interval);
        let Some(mut response) = self.dialog_response(leg, transaction, 200) else { return };
        if let Some(interval) = interval {
            response.headers.push("Session-Expires", interval.header_of_answer());
        }
        self.respond(transaction, &response.describing(&sdp));
        self.start_interval(id);
    }

    pub(super) fn reject(&mut self, id: LegId, status: u16, reason: &str) {
        let Some((_, transaction)) = self.invited_leg(id) else { return };
        let status = if (300..700).contains(&status) { status } else { 603 };
        let phrase = if reason.is_empty() { reason_of(status) } else { reason };
        if let Some(response) = self.transactions.response(transaction, status) {
            self.respond(transaction, &response.because(phrase));
        }
        self.forget(id);
    }

    /// The caller gives up.
    pub(super) fn cancelled(&mut self, cancel: u64, request: &Request) {
        let Some(invite) = self.transactions.cancelled_by(request) else {
            return self.transactions.refuse(&mut self.world, cancel, 481);
        };
        self.transactions.refuse(&mut self.world, cancel, 200);
        let Some(server) = self.transactions.server(invite).filter(|server| server.is_open()) else { return };
        let key = (server.request.call_id().to_owned(), server.tag.clone());
        self.transactions.refuse(&mut self.world, invite, 487);
        if let Some(leg) = self.legs_by_dialog.get(&key).copied() {
            self.forget(leg);
            self.world.tell(Event::Cancelled { leg });
        }
    }

    /// The other side has our 2xx.
    pub(super) fn acknowledged(&mut self, ack: &Request) {
        let key = (ack.call_id().to_owned(), ack.to_tag().unwrap_or_default());
        let Some(id) = self.legs_by_dialog.get(&key).copied() else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let (transaction, hangs_up) = match leg.state {
            State::Answered { transaction, hangs_up } => (Some(transaction), hangs_up),
            State::Talking | State::Leaving => (leg.offer_answered, false),
            State::Invited { .. } | State::Calling(_) => (None, false),
        };
        let Some(transaction) = transaction else { return };
        let server = self.transactions.server(transaction);
        if server.is_some_and(|server| server.request.sequence() != ack.sequence()) {
            return;
        }
        self.transactions.confirm(transaction);
        leg.offer_answered = None;
        if matches!(leg.state, State::Answered { .. }) {
            leg.state = State::Talking;
        }
        self.world.tell(Event::Confirmed { leg: id, sdp: ack.sdp() });
        if hangs_up {
            self.bye(id);
        }
    }

    /// A reliable provisional response was acknowledged (RFC 3262 §3). False: not by that request.
    pub(super) fn provisionally_acknowledged(&mut self, id: LegId, prack: &Request) -> bool {
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        let number = prack.headers.get("RAck").and_then(|rack| rack.split_whitespace().next()?.parse().ok());
        if leg.reliable.as_ref().map(|reliable| reliable.number) != number || number.is_none() {
            return false;
        }
        if let Some(answer) = leg.reliable.take().and_then(|reliable| reliable.answer) {
            self.answer(id, answer);
        }
        true
    }

    /// Sends an unacknowledged provisional response again, or gives the call up.
    pub(super) fn repeat_provisional(&mut self, id: LegId, number: u32, pause: Duration) {
        let Some((leg, transaction)) = self.invited_leg(id) else { return };
        let Some(reliable) = leg.reliable.as_ref().filter(|reliable| reliable.number == number) else {
            return;
        };
        if reliable.waited >= GIVE_UP {
            self.reject(id, 504, "");
            self.world.tell(Event::Cancelled { leg: id });
            return;
        }
        let response = reliable.response.clone();
        self.respond(transaction, &response);
        self.repeat_after(id, number, pause * 2);
    }

    fn respond_reliably(&mut self, id: LegId, response: Response) {
        let Some((_, transaction)) = self.invited_leg(id) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.reliable_sequence += 1;
        let number = leg.reliable_sequence;
        let response = response.with("Require", "100rel").with("RSeq", number.to_string());
        let kept = Reliable { number, response: response.clone(), waited: Duration::ZERO, answer: None };
        leg.reliable = Some(kept);
        self.respond(transaction, &response);
        self.repeat_after(id, number, T1);
    }

    fn repeat_after(&mut self, id: LegId, number: u32, pause: Duration) {
        if let Some(reliable) = self.legs.get_mut(&id).and_then(|leg| leg.reliable.as_mut()) {
            reliable.waited += pause;
        }
        let at = self.world.now + pause;
        self.world.timers.set(at, Timer::Leg(id, LegTimer::Repeat(number, pause)));
    }

    fn invited_leg(&self, id: LegId) -> Option<(&Leg, u64)> {
        let leg = self.legs.get(&id)?;
        match leg.state {
            State::Invited { transaction } => Some((leg, transaction)),
            State::Answered { .. } | State::Calling(_) | State::Talking | State::Leaving => None,
        }
    }

    fn wants_reliability(&self, transaction: u64, describes: bool) -> bool {
        let Some(server) = self.transactions.server(transaction) else { return false };
        let headers = &server.request.headers;
        headers.lists("Require", "100rel") || (describes && headers.lists("Supported", "100rel"))
    }

    pub(super) fn respond(&mut self, transaction: u64, response: &Response) {
        self.transactions.respond(&mut self.world, transaction, response);
    }
}

fn dialog_of(server: &Server) -> Dialog {
    Dialog::called(&server.request, &server.tag, server.source)
}

fn invitation_of(server: &Server, leg: LegId, admission: Admission) -> Invited {
    let request = &server.request;
    let (from, to) = (request.from(), request.to());
    let told =
        request.headers.iter().filter(|(name, _)| !NOT_TOLD.iter().any(|one| one.eq_ignore_ascii_case(name)));
    Invited {
        leg,
        from: from.as_ref().map_or_else(String::new, |from| from.uri.clone()),
        display_name: from.map_or_else(String::new, |from| from.display),
        to: to.map_or_else(String::new, |to| to.uri),
        request_uri: request.uri.clone(),
        call_id: request.call_id().to_owned(),
        headers: told.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        source: server.source.peer,
        transport: server.source.transport,
        admission,
        replaces: request.headers.get("Replaces").map(str::to_owned),
        replaced: None,
        offer: request.sdp(),
    }
}
