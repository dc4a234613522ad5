//! Changes of a session while the call lasts: hold and back, by either side; refreshes; the session's interval.

use std::time::Duration;

use super::Stack;
use crate::event::{EndCause, Event, LegId};
use crate::leg::State;
use crate::message::{Method, Request, Response, SDP};
use crate::session_timer::{INTERVAL_SECS_MIN, Interval};
use crate::world::{LegTimer, Timer};

impl Stack {
    /// Takes a re-INVITE or UPDATE.
    pub(super) fn take_offer(&mut self, id: LegId, transaction: u64, request: &Request) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let asked = Interval::asked(&request.headers);
        let is_refresh = request.method == Method::Update && request.sdp().is_none();
        if asked.is_err() {
            let response = self.transactions.response(transaction, 422);
            let response = response.map(|response| response.with("Min-SE", INTERVAL_SECS_MIN.to_string()));
            return response.into_iter().for_each(|response| self.respond(transaction, &response));
        }
        // A request that says nothing about the interval leaves it as it is.
        let says = request.headers.get("Session-Expires").is_some() || leg.interval.is_none();
        if let Some(interval) = asked.ok().flatten().filter(|_| says) {
            leg.interval = Some(interval);
        }
        if is_refresh {
            self.grant(id, transaction, None);
            return;
        }
        // RFC 3261 §14.2: two offers at a time can not be told apart.
        let clash = match (&leg.state, leg.offer_in, &leg.offer_out) {
            (State::Talking, None, None) => None,
            (State::Talking, _, Some(_)) | (State::Invited { .. } | State::Calling(_), _, _) => Some(491),
            (State::Talking | State::Answered { .. } | State::Leaving, _, _) => Some(500),
        };
        if let Some(status) = clash {
            return self.transactions.refuse(&mut self.world, transaction, status);
        }
        leg.offer_in = Some(transaction);
        self.transactions.refuse(&mut self.world, transaction, 100);
        self.world.tell(Event::Reoffered { leg: id, sdp: request.sdp() });
    }

    /// Answers the other side's change.
    pub(super) fn answer_reoffer(&mut self, id: LegId, sdp: String) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(transaction) = leg.offer_in.take() else { return };
        leg.sdp.clone_from(&sdp);
        let server = self.transactions.server(transaction);
        if server.is_some_and(|server| server.request.method == Method::Invite) {
            leg.offer_answered = Some(transaction);
        }
        self.grant(id, transaction, Some(&sdp));
    }

    /// Refuses the other side's change; the session stays as it was.
    pub(super) fn refuse_reoffer(&mut self, id: LegId, status: u16) {
        let transaction = self.legs.get_mut(&id).and_then(|leg| leg.offer_in.take());
        if let Some(transaction) = transaction {
            let status = if (300..700).contains(&status) { status } else { 488 };
            self.transactions.refuse(&mut self.world, transaction, status);
        }
    }

    /// Asks the other side for a change.
    pub(super) fn reoffer(&mut self, id: LegId, sdp: String) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_talking()) else { return };
        let is_busy = leg.offer_in.is_some() || leg.offer_out.is_some();
        if is_busy || matches!(leg.state, State::Answered { .. }) {
            return self.try_again_later(id, sdp);
        }
        leg.offer_out = Some(sdp.clone());
        let interval = leg.interval;
        self.request_within(id, Method::Invite, |request| {
            if let Some(interval) = interval {
                request.headers.push("Supported", "timer");
                let refresher = if interval.is_ours { "uac" } else { "uas" };
                request.headers.push("Session-Expires", format!("{};refresher={refresher}", interval.secs));
            }
            request.headers.push("Content-Type", SDP);
            request.body = sdp.into_bytes();
        });
    }

    /// Takes the other side's answer to our change.
    pub(super) fn reoffer_answered(&mut self, (id, client): (LegId, u64), response: &Response) {
        if response.is_success() {
            self.confirm_accepted(id, client);
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(offer) = leg.offer_out.take() else { return };
        match response.status {
            491 => return self.try_again_later(id, offer),
            408 | 481 => return self.lose(id, EndCause::Lost),
            _ => {}
        }
        let is_refresh = offer == leg.sdp;
        if response.is_success() {
            leg.sdp = offer;
            self.start_interval(id);
        }
        match (is_refresh, response.is_success()) {
            (true, _) => {}
            (false, true) => self.world.tell(Event::Reaccepted { leg: id, sdp: response.sdp() }),
            (false, false) => self.world.tell(Event::ReofferRefused { leg: id, status: response.status }),
        }
    }

    /// Sends the ACK of a 2xx, and keeps it for repetitions of the 2xx.
    pub(super) fn confirm_accepted(&mut self, id: LegId, client: u64) {
        let branch = self.world.branch();
        let Some(request) = self.transactions.client(client).map(|client| &client.request) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let flow = leg.dialog.next_hop();
        let mut ack = leg.dialog.numbered(Method::Ack, request.sequence(), self.places.own(flow), &branch);
        for name in ["Authorization", "Proxy-Authorization"] {
            request.headers.all(name).for_each(|value| ack.headers.push(name, value));
        }
        let bytes = ack.to_bytes();
        leg.ack = Some((request.sequence(), bytes.clone()));
        self.world.transmit(flow, bytes);
    }

    /// Starts the session's interval from its beginning.
    pub(super) fn start_interval(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(interval) = leg.interval else { return };
        leg.interval_number += 1;
        let number = leg.interval_number;
        let now = self.world.now;
        if interval.is_ours {
            let refresh = Timer::Leg(id, LegTimer::Refresh(number));
            self.world.timers.set(now + interval.refresh_after(), refresh);
        }
        self.world.timers.set(now + interval.give_up_after(), Timer::Leg(id, LegTimer::Expire(number)));
    }

    /// Takes the answer to a refresh of ours.
    pub(super) fn refreshed(&mut self, id: LegId, response: &Response) {
        match response.status {
            200..300 => self.start_interval(id),
            408 | 481 => self.lose(id, EndCause::Lost),
            _ => {}
        }
    }

    /// Does what is due for a leg.
    pub(super) fn leg_due(&mut self, id: LegId, timer: LegTimer) {
        let current = self.legs.get(&id).map(|leg| leg.interval_number).filter(|_| self.is_answered(id));
        match timer {
            LegTimer::Repeat(number, pause) => self.repeat_provisional(id, number, pause),
            LegTimer::Refresh(number) if current == Some(number) => self.refresh(id),
            LegTimer::Expire(number) if current == Some(number) => self.lose(id, EndCause::Lost),
            LegTimer::Refresh(_) | LegTimer::Expire(_) => {}
            LegTimer::RingTimeout => self.give_up(id, 408),
            LegTimer::NextHop(client) => self.hop_is_silent(id, client),
            LegTimer::TryAgain => self.try_again(id),
        }
    }

    fn is_answered(&self, id: LegId) -> bool {
        self.legs.get(&id).is_some_and(|leg| leg.is_talking() && leg.interval.is_some())
    }

    fn refresh(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (takes_update, sdp, interval) = (leg.takes_update, leg.sdp.clone(), leg.interval);
        if !takes_update {
            return if leg.offer_out.is_none() {
                self.reoffer(id, sdp)
            };
        }
        self.request_within(id, Method::Update, |request| {
            let secs = interval.map_or(INTERVAL_SECS_MIN, |interval| interval.secs);
            request.headers.push("Supported", "timer");
            request.headers.push("Session-Expires", format!("{secs};refresher=uac"));
        });
    }

    fn grant(&mut self, id: LegId, transaction: u64, sdp: Option<&str>) {
        let Some(leg) = self.legs.get(&id) else { return };
        let Some(mut response) = self.dialog_response(leg, transaction, 200) else { return };
        if let Some(interval) = leg.interval {
            response.headers.push("Session-Expires", interval.header_of_answer());
        }
        if let Some(sdp) = sdp {
            response = response.describing(sdp);
        }
        self.respond(transaction, &response);
        self.start_interval(id);
    }

    /// RFC 3261 §14.1: whoever began the call waits longer, so that one of the two goes first.
    fn try_again_later(&mut self, id: LegId, offer: String) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.offer_waiting = Some(offer);
        let pause = if id & crate::event::INBOUND_LEG == 0 { 2500 } else { 1000 };
        let at = self.world.now + Duration::from_millis(pause);
        self.world.timers.set(at, Timer::Leg(id, LegTimer::TryAgain));
    }

    fn try_again(&mut self, id: LegId) {
        let offer = self.legs.get_mut(&id).and_then(|leg| leg.offer_waiting.take());
        if let Some(sdp) = offer {
            self.reoffer(id, sdp);
        }
    }
}
