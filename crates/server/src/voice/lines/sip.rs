//! Lines by SIP: phones that are registered here, and trunks.

use std::time::Duration;

use call::{Event, Placement, SipTarget};
use domain::CallSid;
use media::{Kind, Wishes};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use signaling::{Credentials, Invitation, Invited, LegId, Secret, Target};

use super::{Line, Lines, Unreachable, Way};
use crate::clock;

/// How long a leg may ring at most; the exchange gives it up before.
const RING_MAX: Duration = Duration::from_secs(660);

/// What a transfer comes to that nobody sees to.
const DECLINED: u16 = 603;

/// The phones of one address that ring at once, at most.
const PHONES_MAX: usize = 10;

/// From here on a refusal speaks for everybody who rings (RFC 3261 §16.7).
const DECLINED_BY_ALL: u16 = 600;

/// What stands escaped in the user of a SIP address.
const USER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'+').remove(b'-').remove(b'.').remove(b'_').remove(b'*');

/// A line by SIP.
pub(super) struct SipLine {
    pub(super) leg: LegId,
    /// Further phones of the same address, which ring until one of them answers.
    pub(super) rivals: Vec<LegId>,
    /// What the caller offered, until it is answered; an empty offer asks for ours.
    offer: Option<Option<String>>,
    needs_encryption: bool,
}

/// Who is called, and how.
struct Callee {
    /// Places that are tried one after the other.
    targets: Vec<Target>,
    /// Phones that ring at once with the first target.
    rivals: Vec<Target>,
    credentials: Option<Credentials>,
    headers: Vec<(String, String)>,
    needs_encryption: bool,
}

/// What an event of signaling comes to.
pub(in crate::voice) enum Heard {
    /// Nothing that concerns the exchange.
    Nothing,
    /// A fact of the exchange.
    Fact(Event),
    /// A call that is to be given a program.
    Call(CallSid, Box<Invited>),
}

impl Lines {
    /// Takes what signaling says.
    pub(in crate::voice) fn take_signal(&mut self, event: signaling::Event) -> Heard {
        use signaling::Event as Signal;
        match event {
            Signal::Invited(invited) if invited.replaces.is_some() => self.take_over(&invited),
            Signal::Invited(invited) => self.invited(invited),
            Signal::Progressed { leg, sdp, .. } => self.progressed(leg, sdp),
            Signal::Answered { leg, sdp } => self.sip_answered(leg, sdp),
            Signal::Failed { leg, status, reason } => self.sip_failed(leg, status, reason),
            Signal::Confirmed { leg, sdp } => self.confirmed(leg, sdp),
            Signal::Cancelled { leg } | Signal::Ended { leg, .. } => {
                self.lost(leg, |call| Event::LegHungUp { call })
            }
            Signal::Reoffered { leg, sdp } => self.reoffered_by_sip(leg, sdp),
            Signal::Reaccepted { leg, sdp } => self.confirmed(leg, sdp),
            Signal::InfoDigit { leg, digit } => self.fact(leg, |call| Event::DigitPressed { call, digit }),
            Signal::Referred { leg, replaced: Some(other), .. } => self.join(leg, other),
            Signal::Referred { leg, to, .. } => self.fact(leg, |call| Event::LegReferred { call, to }),
            Signal::ReferProgressed { leg, status } => {
                let notified = (status != 202).then_some(status);
                self.fact(leg, |call| Event::ReferAnswered { call, status: 202, notified })
            }
            Signal::PeerChanged { uri, is_up } => {
                self.trunks.note(uri, is_up);
                Heard::Nothing
            }
            Signal::ReofferRefused { .. } | Signal::Registered { .. } | Signal::Unregistered { .. } => {
                Heard::Nothing
            }
        }
    }

    /// Turns a call away that no program was found for.
    pub(in crate::voice) fn refuse_sip(&mut self, call: CallSid, status: u16, reason: &str) {
        if let Some(Line { way: Way::Sip(line), .. }) = self.forget(call)
            && let Some(signaling) = &self.signaling
        {
            signaling.reject(line.leg, status, reason);
        }
    }

    /// Calls a number by a trunk.
    pub(super) fn call_number(
        &mut self,
        placement: &Placement,
        number: &str,
        trunk: Option<&str>,
    ) -> Result<Option<Event>, Unreachable> {
        let found = {
            let trunks = self.trunks.read();
            let mut usable = trunks.iter().filter(|it| !it.outbound.is_empty());
            usable.find(|it| trunk.is_none_or(|name| it.sid.to_string() == name || it.name == name)).cloned()
        };
        let Some(trunk) = found else {
            let hint = "add one with POST /v1/trunks";
            return Err(Unreachable { status: None, reason: format!("no trunk leads to {number}: {hint}") });
        };
        let mut places = trunk.targets(number);
        // A place that did not answer lately is worth a try only when the others fail.
        places.sort_by_key(|(_, via)| self.trunks.answers(via) == Some(false));
        // One offer goes to all places: where one asks for encryption, none is called without.
        let needs_encryption = places.iter().any(|(uri, via)| wants_encryption(uri) || wants_encryption(via));
        let targets = places.into_iter().map(|(uri, via)| Target::Uri { uri, via: Some(via) }).collect();
        let credentials = trunk.username.as_ref().map(|user| Credentials {
            user: user.clone(),
            secret: Secret::Password(trunk.password.clone().unwrap_or_default()),
        });
        self.invite_sip(
            placement,
            Callee { targets, rivals: Vec::new(), credentials, headers: Vec::new(), needs_encryption },
        )
    }

    /// Calls SIP addresses: registered phones by the way they registered, others directly.
    ///
    /// The phones of an only address ring at once; of several addresses, the next is tried where one fails.
    pub(super) fn call_sip(
        &mut self,
        placement: &Placement,
        wished: &[SipTarget],
    ) -> Result<Option<Event>, Unreachable> {
        let Some(signaling) = &self.signaling else {
            return Err(Unreachable { status: None, reason: "the SIP listener is off".to_owned() });
        };
        let mut targets = Vec::new();
        for target in wished {
            let uri = target.uri.split('?').next().unwrap_or_default();
            let contacts = signaling.contacts(address_of(uri));
            if contacts.is_empty() {
                targets.push(Target::Uri { uri: uri.to_owned(), via: None });
            }
            targets.extend(contacts.into_iter().map(Target::Contact));
        }
        let is_one_address = wished.len() == 1 && !targets.is_empty();
        let mut rivals = if is_one_address { targets.split_off(1) } else { Vec::new() };
        rivals.truncate(PHONES_MAX - 1);
        let first = wished.first();
        let credentials = first.filter(|target| !target.username.is_empty()).map(|target| Credentials {
            user: target.username.clone(),
            secret: Secret::Password(target.password.clone()),
        });
        let headers = first.map(headers_of).unwrap_or_default();
        let needs_encryption = wished.iter().any(|target| wants_encryption(&target.uri));
        self.invite_sip(placement, Callee { targets, rivals, credentials, headers, needs_encryption })
    }

    pub(super) fn ring_sip(&self, leg: LegId) {
        if let Some(signaling) = &self.signaling {
            signaling.ring(leg, None);
        }
    }

    /// Answers a caller with what they offered, or offers where they asked for that.
    pub(super) fn answer_sip(&mut self, call: CallSid) -> Result<(), String> {
        let Some(Line { way: Way::Sip(line), .. }) = self.lines.get_mut(&call) else { return Ok(()) };
        let leg = line.leg;
        let wishes = Wishes { needs_encryption: line.needs_encryption, ..Wishes::default() };
        let Some(offer) = line.offer.take() else { return Ok(()) };
        let answered = match offer {
            Some(offer) => self.answer_offer(call, (Kind::Rtp, &wishes), &offer),
            None => self.offer(call, Kind::Rtp, &wishes).map_err(|unreachable| unreachable.reason),
        };
        match answered {
            Ok((audio, sdp)) => {
                if let Some(line) = self.lines.get_mut(&call) {
                    line.audio = Some(audio);
                }
                if let Some(signaling) = &self.signaling {
                    signaling.answer(leg, sdp);
                }
                Ok(())
            }
            Err(reason) => {
                self.refuse_sip(call, 488, &reason);
                Err(reason)
            }
        }
    }

    pub(super) fn reject_sip(&self, leg: LegId, status: u16) {
        if let Some(signaling) = &self.signaling {
            signaling.reject(leg, status, "");
        }
    }

    /// Ends a line, with all phones that ring for it.
    pub(super) fn hang_up_sip(&self, line: &SipLine) {
        if let Some(signaling) = &self.signaling {
            line.legs().for_each(|leg| signaling.hang_up(leg));
        }
    }

    /// Asks the other side to call somebody else; browsers can not.
    pub(super) fn refer(&mut self, call: CallSid, to: String) -> Option<Event> {
        match (self.lines.get(&call).map(|line| &line.way), &self.signaling) {
            (Some(Way::Sip(line)), Some(signaling)) => {
                signaling.refer(line.leg, to);
                None
            }
            _ => Some(Event::ReferAnswered { call, status: 405, notified: None }),
        }
    }

    /// Tells who asked to be transferred how that went.
    pub(super) fn answer_referral(&self, call: CallSid, is_taken: bool) {
        let line = self.lines.get(&call).map(|line| &line.way);
        if let (Some(Way::Sip(line)), Some(signaling)) = (line, &self.signaling) {
            signaling.report_referral(line.leg, if is_taken { 200 } else { DECLINED });
        }
    }

    fn invited(&mut self, invited: Box<Invited>) -> Heard {
        let call = clock::tick().sid();
        let line = SipLine {
            leg: invited.leg,
            rivals: Vec::new(),
            offer: Some(invited.offer.clone()),
            needs_encryption: invited.admission.needs_encryption,
        };
        self.by_session.insert(invited.leg, call);
        self.lines.insert(call, Line { audio: None, way: Way::Sip(line) });
        Heard::Call(call, invited)
    }

    /// Calls with one offer; the audio is that of whoever answers first.
    fn invite_sip(&mut self, placement: &Placement, callee: Callee) -> Result<Option<Event>, Unreachable> {
        let call = placement.leg;
        let wishes = Wishes { needs_encryption: callee.needs_encryption, ..Wishes::default() };
        let (audio, sdp) = self.offer(call, Kind::Rtp, &wishes)?;
        let rivals: Vec<LegId> = callee.rivals.iter().map(|_| self.next_id()).collect();
        let Some(signaling) = &self.signaling else {
            self.close_audio(audio);
            return Err(Unreachable { status: None, reason: "the SIP listener is off".to_owned() });
        };
        let mut headers = callee.headers;
        headers.push(("X-Twilio-CallSid".to_owned(), call.to_string()));
        let invitation = Invitation {
            from: from_uri(&placement.from, &callee.targets),
            display_name: placement.caller_name.clone(),
            to: String::new(),
            headers,
            credentials: callee.credentials,
            sdp,
            targets: Vec::new(),
            ring_timeout: RING_MAX,
        };
        for (leg, rival) in rivals.iter().zip(callee.rivals) {
            signaling.invite(*leg, Invitation { targets: vec![rival], ..invitation.clone() });
        }
        signaling.invite(audio, Invitation { targets: callee.targets, ..invitation });
        let line = SipLine { leg: audio, rivals, offer: None, needs_encryption: callee.needs_encryption };
        self.by_session.extend(line.legs().map(|leg| (leg, call)));
        self.lines.insert(call, Line { audio: Some(audio), way: Way::Sip(line) });
        Ok(None)
    }

    fn progressed(&mut self, leg: LegId, sdp: Option<String>) -> Heard {
        let Some(call) = self.by_session.get(&leg).copied() else { return Heard::Nothing };
        // Of several phones that ring, none is heard before one is chosen.
        let sdp = sdp.filter(|_| !self.has_rivals(call));
        match sdp {
            Some(sdp) if self.accept(call, &sdp) => Heard::Fact(Event::EarlyMediaBegan { call }),
            Some(_) | None => Heard::Fact(Event::LegRang { call }),
        }
    }

    fn sip_answered(&mut self, leg: LegId, sdp: Option<String>) -> Heard {
        let Some(call) = self.by_session.get(&leg).copied() else { return Heard::Nothing };
        self.settle_on(call, leg);
        if sdp.is_some_and(|sdp| !self.accept(call, &sdp)) {
            self.hang_up(call);
            let reason = "the other side's answer can not be used".to_owned();
            return Heard::Fact(Event::LegFailed { call, status: Some(488), reason });
        }
        Heard::Fact(Event::LegAnswered { call })
    }

    /// Gives a call to the phone that answered, and lets the others cease to ring.
    pub(super) fn settle_on(&mut self, call: CallSid, leg: LegId) {
        let Some(Line { way: Way::Sip(line), .. }) = self.lines.get_mut(&call) else { return };
        let legs = [std::mem::take(&mut line.rivals), vec![line.leg]].concat();
        line.leg = leg;
        for lost in legs.into_iter().filter(|one| *one != leg) {
            self.by_session.remove(&lost);
            if let Some(signaling) = &self.signaling {
                signaling.hang_up(lost);
            }
        }
    }

    /// Takes the refusal of one phone; the call has failed once nobody rings any longer, or one declined for all.
    fn sip_failed(&mut self, leg: LegId, status: u16, reason: String) -> Heard {
        let Some(call) = self.by_session.get(&leg).copied() else { return Heard::Nothing };
        if status >= DECLINED_BY_ALL {
            self.settle_on(call, leg);
        }
        if let Some(Line { way: Way::Sip(line), .. }) = self.lines.get_mut(&call)
            && line.goes_on_without(leg)
        {
            self.by_session.remove(&leg);
            return Heard::Nothing;
        }
        self.lost(leg, |call| Event::LegFailed { call, status: Some(status), reason })
    }

    fn has_rivals(&self, call: CallSid) -> bool {
        let way = self.lines.get(&call).map(|line| &line.way);
        matches!(way, Some(Way::Sip(line)) if !line.rivals.is_empty())
    }

    fn confirmed(&mut self, leg: LegId, sdp: Option<String>) -> Heard {
        if let (Some(call), Some(sdp)) = (self.by_session.get(&leg).copied(), sdp) {
            self.accept(call, &sdp);
        }
        Heard::Nothing
    }

    /// Takes the answer to an offer of ours, and tells whether it could be used.
    fn accept(&mut self, call: CallSid, sdp: &str) -> bool {
        let Some(audio) = self.audio_of(call) else { return false };
        let accepted = self.media.accept(audio, sdp);
        if let Err(error) = &accepted {
            tracing::warn!(%call, %error, "an answer can not be used");
        }
        accepted.is_ok()
    }

    /// Answers a change of the session, such as hold.
    fn reoffered_by_sip(&mut self, leg: LegId, sdp: Option<String>) -> Heard {
        let audio = self.by_session.get(&leg).and_then(|call| self.audio_of(*call));
        let (Some(audio), Some(signaling)) = (audio, &self.signaling) else { return Heard::Nothing };
        let answered = match sdp {
            Some(sdp) => self.media.renegotiate(audio, &sdp),
            None => self.media.offer(audio, Kind::Rtp, &Wishes::default()),
        };
        match answered {
            Ok(sdp) => signaling.answer_reoffer(leg, sdp),
            Err(error) => {
                tracing::warn!(%error, "a change of a session can not be used");
                signaling.refuse_reoffer(leg, 488);
            }
        }
        Heard::Nothing
    }

    fn lost(&mut self, leg: LegId, event: impl FnOnce(CallSid) -> Event) -> Heard {
        let Some(call) = self.by_session.get(&leg).copied() else { return Heard::Nothing };
        self.forget(call);
        Heard::Fact(event(call))
    }

    fn fact(&self, leg: LegId, event: impl FnOnce(CallSid) -> Event) -> Heard {
        self.by_session.get(&leg).map_or(Heard::Nothing, |call| Heard::Fact(event(*call)))
    }
}

impl SipLine {
    /// Returns the legs of all phones that belong to this line.
    pub(super) fn legs(&self) -> impl Iterator<Item = LegId> {
        [self.leg].into_iter().chain(self.rivals.iter().copied())
    }

    /// Takes out one of several phones that ring; false: it is the only one.
    fn goes_on_without(&mut self, leg: LegId) -> bool {
        if let Some(at) = self.rivals.iter().position(|rival| *rival == leg) {
            self.rivals.swap_remove(at);
            return true;
        }
        let next = self.rivals.pop();
        self.leg = next.unwrap_or(self.leg);
        next.is_some()
    }
}

/// Returns user and host of a SIP URI: the address under which a phone registers.
fn address_of(uri: &str) -> &str {
    let rest = uri.strip_prefix("sips:").or_else(|| uri.strip_prefix("sip:")).unwrap_or(uri);
    rest.split([';', '?', '>']).next().unwrap_or(rest)
}

/// Tells whether the audio of calls to a SIP URI is to be encrypted: `sips:`, or the parameter `secure=true`.
fn wants_encryption(uri: &str) -> bool {
    let address = uri.split('?').next().unwrap_or_default();
    address.starts_with("sips:") || address.split(';').skip(1).any(|parameter| parameter == "secure=true")
}

/// Writes who calls as a SIP address; a number or a browser's identity is a user where the call goes.
fn from_uri(from: &str, targets: &[Target]) -> String {
    if from.starts_with("sip:") || from.starts_with("sips:") {
        return from.to_owned();
    }
    let host = targets.iter().find_map(|target| match target {
        Target::Uri { uri, via } => address_of(via.as_ref().unwrap_or(uri)).rsplit('@').next(),
        Target::Contact(_) => None,
    });
    let user = from.strip_prefix("client:").unwrap_or(from);
    let user = percent_encoding::utf8_percent_encode(user, USER);
    format!("sip:{user}@{}", host.unwrap_or("anonymous.invalid"))
}

/// Returns the headers of a target, those of its URI among them.
fn headers_of(target: &SipTarget) -> Vec<(String, String)> {
    let query = target.uri.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let written = query.split('&').filter_map(|pair| pair.split_once('='));
    let written = written.map(|(name, value)| {
        (name.to_owned(), percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
    });
    written.chain(target.headers.iter().map(|header| (header.name.clone(), header.value.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_looked_up_by_user_and_host() {
        for (uri, address) in [
            ("sip:alice@example.com", "alice@example.com"),
            ("sips:alice@example.com:5061;transport=tls", "alice@example.com:5061"),
            ("sip:bob@10.0.0.1?X-A=1", "bob@10.0.0.1"),
        ] {
            assert_eq!(address_of(uri), address);
        }
    }

    #[test]
    fn the_address_says_whether_its_calls_are_encrypted() {
        for (uri, expected) in [
            ("sip:alice@example.com", false),
            ("sips:alice@example.com", true),
            ("sip:alice@example.com;transport=tls;secure=true?X-A=1", true),
            ("sip:alice@example.com;secure=false?X-A=;secure=true", false),
        ] {
            assert_eq!(wants_encryption(uri), expected, "{uri}");
        }
    }

    #[test]
    fn who_calls_is_a_sip_address_whatever_the_network() {
        let uri = "sip:+15551230001@gw.example.com:5080;transport=tcp".to_owned();
        let to = [Target::Uri { uri, via: None }];
        for (from, expected) in [
            ("+15555550100", "sip:+15555550100@gw.example.com:5080"),
            ("client:ann lee", "sip:ann%20lee@gw.example.com:5080"),
            ("sip:bob@10.0.0.1", "sip:bob@10.0.0.1"),
        ] {
            assert_eq!(from_uri(from, &to), expected);
        }
        assert_eq!(from_uri("anonymous", &[]), "sip:anonymous@anonymous.invalid");
    }

    #[test]
    fn headers_of_the_uri_come_before_those_of_the_document() {
        let target = SipTarget {
            uri: "sip:bob@10.0.0.1?X-A=1%202&X-B=3".to_owned(),
            username: String::new(),
            password: String::new(),
            headers: vec![call::Header { name: "X-C".to_owned(), value: "4".to_owned() }],
        };
        let names: Vec<(String, String)> = headers_of(&target);
        let expected = [("X-A", "1 2"), ("X-B", "3"), ("X-C", "4")];
        assert_eq!(names, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
