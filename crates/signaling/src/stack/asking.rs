//! Our requests within a call, and what the other side says to them.

use super::Stack;
use crate::event::{EndCause, Event, LegId};
use crate::message::{Method, Request, Response, reason_of};
use crate::transaction::Owner;

impl Stack {
    /// Sends a request within a call.
    pub(super) fn request_within(&mut self, id: LegId, method: Method, fill: impl FnOnce(&mut Request)) {
        let branch = self.world.branch();
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let flow = leg.dialog.next_hop();
        let mut request = leg.dialog.request(method.clone(), self.places.own(flow), &branch);
        leg.has_retried = false;
        fill(&mut request);
        request.headers.push("User-Agent", self.config.user_agent.as_str());
        self.transactions.send(&mut self.world, request, flow, Owner::Within(id, method));
    }

    /// Asks the other side to call somebody else.
    pub(super) fn refer(&mut self, id: LegId, to: &str) {
        let Some(leg) = self.legs.get(&id).filter(|leg| leg.is_talking()) else { return };
        let local = leg.dialog.local.split(";tag=").next().unwrap_or_default().to_owned();
        self.request_within(id, Method::Refer, |request| {
            request.headers.push("Refer-To", format!("<{to}>"));
            request.headers.push("Referred-By", local);
        });
    }

    /// Tells the side that asked for a transfer how it goes (RFC 3515 §2.4.5).
    pub(super) fn report_referral(&mut self, id: LegId, status: u16) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(number) = leg.referral else { return };
        let is_over = status >= 200;
        if is_over {
            leg.referral = None;
        }
        self.request_within(id, Method::Notify, |request| {
            let state = if is_over { "terminated;reason=noresource" } else { "active;expires=60" };
            request.headers.push("Event", format!("refer;id={number}"));
            request.headers.push("Subscription-State", state);
            request.headers.push("Content-Type", "message/sipfrag;version=2.0");
            request.body = format!("SIP/2.0 {status} {}\r\n", reason_of(status)).into_bytes();
        });
    }

    /// Sends a key by INFO.
    pub(super) fn send_info_digit(&mut self, id: LegId, digit: char) {
        if !self.legs.get(&id).is_some_and(crate::leg::Leg::is_talking) {
            return;
        }
        self.request_within(id, Method::Info, |request| {
            request.headers.push("Content-Type", "application/dtmf-relay");
            request.body = format!("Signal={digit}\r\nDuration=160\r\n").into_bytes();
        });
    }

    pub(super) fn take_response_within(
        &mut self,
        (id, client): (LegId, u64),
        method: &Method,
        response: &Response,
    ) {
        if response.is_provisional() {
            return;
        }
        if matches!(response.status, 401 | 407 | 422) && self.ask_again((id, client), method, response) {
            return;
        }
        match method {
            Method::Bye => drop(self.forget(id)),
            Method::Invite => self.reoffer_answered((id, client), response),
            Method::Update => self.refreshed(id, response),
            Method::Refer => {
                self.world.tell(Event::ReferProgressed { leg: id, status: response.status });
            }
            Method::Prack | Method::Info | Method::Notify => {}
            Method::Ack | Method::Cancel | Method::Options | Method::Register | Method::Other(_) => {}
        }
    }

    pub(super) fn unanswered_within(&mut self, id: LegId, method: &Method) {
        match method {
            Method::Bye => drop(self.forget(id)),
            Method::Invite | Method::Update => self.lose(id, EndCause::Lost),
            Method::Refer => self.world.tell(Event::ReferProgressed { leg: id, status: 408 }),
            Method::Prack | Method::Info | Method::Notify => {}
            Method::Ack | Method::Cancel | Method::Options | Method::Register | Method::Other(_) => {}
        }
    }

    fn ask_again(&mut self, (id, client): (LegId, u64), method: &Method, response: &Response) -> bool {
        let Some(sent) = self.transactions.client(client) else { return false };
        let (mut request, flow) = (sent.request.clone(), sent.flow);
        if !self.satisfy(id, &mut request, response) {
            return false;
        }
        self.transactions.send(&mut self.world, request, flow, Owner::Within(id, method.clone()));
        true
    }
}
