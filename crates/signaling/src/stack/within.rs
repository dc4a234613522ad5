//! Requests of the other side within a call.

use super::Stack;
use crate::event::{Event, LegId};
use crate::flow::Flow;
use crate::message::{Address, Method, Request, uri};

impl Stack {
    pub(super) fn take_within(&mut self, transaction: u64, request: &Request, (source, tag): (Flow, &str)) {
        let key = (request.call_id().to_owned(), tag.to_owned());
        let id = self.legs_by_dialog.get(&key).copied();
        let Some(id) = id.filter(|id| self.is_of_peer(*id, request)) else {
            return self.transactions.refuse(&mut self.world, transaction, 481);
        };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        // RFC 3261 §12.2.2: what is older than the last request is out of order.
        if request.sequence() < leg.dialog.remote_sequence {
            return self.transactions.refuse(&mut self.world, transaction, 500);
        }
        leg.dialog.refresh(request, source);
        match &request.method {
            Method::Bye => self.hung_up(id, transaction),
            Method::Invite | Method::Update => self.take_offer(id, transaction, request),
            Method::Prack => self.take_prack(id, transaction, request),
            Method::Info => self.take_info(id, transaction, request),
            Method::Refer => self.take_refer(id, transaction, request),
            Method::Notify => self.take_notify(id, transaction, request),
            Method::Options => self.tell_options(transaction),
            Method::Ack | Method::Cancel | Method::Register | Method::Other(_) => {
                self.transactions.refuse(&mut self.world, transaction, 405);
            }
        }
    }

    fn is_of_peer(&self, id: LegId, request: &Request) -> bool {
        let Some(leg) = self.legs.get(&id) else { return false };
        let tag = request.from().and_then(|from| from.tag().map(str::to_owned));
        leg.dialog.remote_tag.is_none() || leg.dialog.remote_tag == tag
    }

    fn take_prack(&mut self, id: LegId, transaction: u64, request: &Request) {
        // The 200 goes first: the answer that waits for it must not overtake it.
        let number =
            request.headers.get("RAck").and_then(|rack| rack.split_whitespace().next()?.parse::<u32>().ok());
        let expected =
            self.legs.get(&id).and_then(|leg| leg.reliable.as_ref()).map(|reliable| reliable.number);
        let status = if number.is_some() && number == expected { 200 } else { 481 };
        self.transactions.refuse(&mut self.world, transaction, status);
        self.provisionally_acknowledged(id, request);
    }

    fn take_info(&mut self, id: LegId, transaction: u64, request: &Request) {
        self.transactions.refuse(&mut self.world, transaction, 200);
        if let Some(digit) = digit_of(request) {
            self.world.tell(Event::InfoDigit { leg: id, digit });
        }
    }

    fn take_refer(&mut self, id: LegId, transaction: u64, request: &Request) {
        let is_talking = self.legs.get(&id).is_some_and(crate::leg::Leg::is_talking);
        let target = request.headers.get("Refer-To").and_then(Address::parse);
        let Some(target) = target.filter(|_| is_talking) else {
            let status = if is_talking { 400 } else { 403 };
            return self.transactions.refuse(&mut self.world, transaction, status);
        };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let is_silent =
            request.headers.get("Refer-Sub").is_some_and(|value| value.eq_ignore_ascii_case("false"));
        leg.referral = (!is_silent).then(|| request.sequence());
        let Some(response) = self.dialog_response(&self.legs[&id], transaction, 202) else { return };
        self.respond(transaction, &response);
        self.report_referral(id, 100);
        let (to, embedded) = target.uri.split_once('?').unwrap_or((&target.uri, ""));
        let replaces =
            embedded.split('&').find_map(|field| field.strip_prefix("Replaces=")).map(uri::unescape);
        let referred_by = request.headers.get("Referred-By").map(str::to_owned);
        let replaced = replaces.as_deref().and_then(|dialog| self.replaced(dialog));
        self.world.tell(Event::Referred { leg: id, to: to.to_owned(), replaces, replaced, referred_by });
    }

    /// The leg of ours that a `Replaces` means (RFC 3891): one of its two tags is ours.
    pub(super) fn replaced(&self, dialog: &str) -> Option<LegId> {
        let (call_id, tags) = dialog.split_once(';')?;
        let tag = |part: &str| part.trim().split_once('=').map(|(_, tag)| tag.to_owned());
        let mut keys = tags.split(';').filter_map(tag).map(|tag| (call_id.trim().to_owned(), tag));
        keys.find_map(|key| self.legs_by_dialog.get(&key).copied())
    }

    fn take_notify(&mut self, id: LegId, transaction: u64, request: &Request) {
        let event = request.headers.get("Event").unwrap_or_default();
        if !event.trim_start().to_ascii_lowercase().starts_with("refer") {
            return self.transactions.refuse(&mut self.world, transaction, 489);
        }
        self.transactions.refuse(&mut self.world, transaction, 200);
        let text = String::from_utf8_lossy(&request.body);
        let status = text.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)?.parse().ok());
        if let Some(status) = status {
            self.world.tell(Event::ReferProgressed { leg: id, status });
        }
    }
}

/// The key that an INFO tells of: `application/dtmf-relay` names it, `application/dtmf` is it.
fn digit_of(request: &Request) -> Option<char> {
    let kind = request.headers.get("Content-Type")?.split(';').next()?.trim().to_ascii_lowercase();
    let body = String::from_utf8_lossy(&request.body);
    let key = match kind.as_str() {
        "application/dtmf-relay" => {
            let named = |line: &str| {
                let (name, value) = line.split_once('=')?;
                name.trim().eq_ignore_ascii_case("Signal").then(|| value.trim().to_owned())
            };
            body.lines().find_map(named)?
        }
        "application/dtmf" => body.trim().to_owned(),
        _ => return None,
    };
    match key.as_str() {
        "10" => Some('*'),
        "11" => Some('#'),
        key => key.chars().next().map(|c| c.to_ascii_uppercase()).filter(|c| "0123456789*#ABCD".contains(*c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Headers;

    #[test]
    fn keys_come_in_two_forms() {
        let info = |kind: &str, body: &str| {
            let mut headers = Headers::default();
            headers.push("Content-Type", kind);
            let body = body.as_bytes().to_vec();
            digit_of(&Request { method: Method::Info, uri: String::new(), headers, body })
        };
        assert_eq!(info("application/dtmf-relay", "Signal= 5\r\nDuration= 160\r\n"), Some('5'));
        assert_eq!(info("application/dtmf-relay", "Signal=11\r\n"), Some('#'));
        assert_eq!(info("application/dtmf", "d"), Some('D'));
        assert_eq!(info("text/plain", "5"), None);
    }
}
