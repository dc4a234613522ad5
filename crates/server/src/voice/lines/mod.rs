//! Lines: how the exchange's legs reach the world, by SIP or a browser's device, and which audio is theirs.
//!
//! A line is named by its call. What the exchange wants done with a leg is done here; what the world says about a
//! line becomes a fact of the exchange. Where several devices of one identity ring, they are one line until one of
//! them answers.

mod browser;
mod sip;
mod transfer;

use std::collections::BTreeMap;

use call::{Event, LegAction, Placement, Target};
use domain::CallSid;
use media::{Kind, Media, Wishes};
use signaling::{LegId, Signaling};

use self::browser::{BrowserLine, Phone};
pub(super) use self::browser::{DeviceCall, Said};
pub(super) use self::sip::Heard;
use self::sip::SipLine;
use super::devices::DeviceId;
use super::trunks::Trunks;

/// The SIP status of somebody who can not be reached at the moment.
const UNAVAILABLE: u16 = 480;

/// All lines, with the sockets behind them.
pub(super) struct Lines {
    media: Media,
    signaling: Option<Signaling>,
    trunks: Trunks,
    lines: BTreeMap<CallSid, Line>,
    by_session: BTreeMap<LegId, CallSid>,
    by_audio: BTreeMap<u64, CallSid>,
    phones: BTreeMap<DeviceId, Phone>,
    next_id: u64,
}

/// One leg's way to the world.
struct Line {
    /// Its audio, once it is known.
    audio: Option<u64>,
    way: Way,
}

enum Way {
    Sip(SipLine),
    Browser(BrowserLine),
    /// The phone has left and joined this call with another of its own.
    Joined(CallSid),
}

impl Lines {
    /// Makes lines on these sockets; without signaling there are browsers only.
    pub(super) fn new(media: Media, signaling: Option<Signaling>, trunks: Trunks) -> Self {
        Self {
            media,
            signaling,
            trunks,
            lines: BTreeMap::new(),
            by_session: BTreeMap::new(),
            by_audio: BTreeMap::new(),
            phones: BTreeMap::new(),
            next_id: 0,
        }
    }

    /// Returns the SIP side, where there is one.
    pub(super) fn signaling(&self) -> Option<&Signaling> {
        self.signaling.as_ref()
    }

    /// Tells whether a leg is still there.
    pub(super) fn has(&self, call: CallSid) -> bool {
        self.lines.contains_key(&call)
    }

    /// Returns the audio of a leg that has been answered or brought an offer.
    pub(super) fn audio_of(&self, call: CallSid) -> Option<u64> {
        self.lines.get(&call)?.audio
    }

    /// Returns whose audio this is.
    pub(super) fn call_of_audio(&self, audio: u64) -> Option<CallSid> {
        self.by_audio.get(&audio).copied()
    }

    /// Does what the exchange wants done with a leg; returns what is known of it at once.
    pub(super) fn perform(&mut self, action: LegAction) -> Option<Event> {
        match action {
            LegAction::Ring { leg } => self.ring(leg),
            LegAction::Answer { leg } => return self.answer(leg),
            LegAction::Reject { leg, status } => self.reject(leg, status),
            LegAction::HangUp { leg } => return self.hang_up(leg),
            LegAction::Place(placement) => return self.place(&placement),
            LegAction::SendDigits { leg, digits } => {
                if let Some(audio) = self.audio_of(leg) {
                    self.media.send_digits(audio, &digits);
                }
            }
            LegAction::Refer { leg, to } => return self.refer(leg, to),
            LegAction::AnswerReferral { leg, is_taken } => self.answer_referral(leg, is_taken),
        }
        None
    }

    /// Calls somebody; nothing is known at once of who is called by SIP.
    fn place(&mut self, placement: &Placement) -> Option<Event> {
        let call = placement.leg;
        let placed = match &placement.target {
            Target::Client { identity, parameters } => self.call_client(placement, identity, parameters),
            Target::Number { number, trunk } => self.call_number(placement, number, trunk.as_deref()),
            Target::Sip(targets) => self.call_sip(placement, targets),
        };
        placed
            .unwrap_or_else(|Unreachable { status, reason }| Some(Event::LegFailed { call, status, reason }))
    }

    /// Tells the caller that it rings.
    fn ring(&mut self, call: CallSid) {
        match self.lines.get(&call).map(|line| &line.way) {
            Some(Way::Sip(line)) => self.ring_sip(line.leg),
            Some(Way::Browser(line)) => self.ring_browser(call, line),
            Some(Way::Joined(_)) | None => {}
        }
    }

    /// Answers the caller; one whose description can not be used hangs up in the exchange's eyes.
    fn answer(&mut self, call: CallSid) -> Option<Event> {
        let answered = match self.lines.get(&call).map(|line| &line.way)? {
            Way::Sip(_) => self.answer_sip(call),
            Way::Browser(_) => self.answer_browser(call),
            Way::Joined(_) => Ok(()),
        };
        answered.err().map(|reason| {
            tracing::warn!(%call, %reason, "a caller's media can not be answered");
            Event::LegHungUp { call }
        })
    }

    fn reject(&mut self, call: CallSid, status: u16) {
        match self.forget(call).map(|line| line.way) {
            Some(Way::Sip(line)) => self.reject_sip(line.leg, status),
            Some(Way::Browser(line)) => self.end_browser(call, line, Some(status)),
            Some(Way::Joined(_)) | None => {}
        }
    }

    /// Ends a line; whom it was joined with has been hung up on.
    fn hang_up(&mut self, call: CallSid) -> Option<Event> {
        match self.forget(call).map(|line| line.way) {
            Some(Way::Sip(line)) => self.hang_up_sip(&line),
            Some(Way::Browser(line)) => self.end_browser(call, line, None),
            Some(Way::Joined(other)) => {
                self.forget(other);
                return Some(Event::LegHungUp { call: other });
            }
            None => {}
        }
        None
    }

    /// Forgets a line and closes its audio.
    fn forget(&mut self, call: CallSid) -> Option<Line> {
        let line = self.lines.remove(&call)?;
        if let Some(audio) = line.audio {
            self.close_audio(audio);
        }
        match &line.way {
            Way::Sip(sip) => {
                sip.legs().for_each(|leg| {
                    self.by_session.remove(&leg);
                });
            }
            Way::Browser(browser) => {
                for ring in &browser.rings {
                    self.close_audio(ring.audio);
                }
            }
            Way::Joined(_) => {}
        }
        Some(line)
    }

    fn close_audio(&mut self, audio: u64) {
        self.by_audio.remove(&audio);
        self.media.close(audio);
    }

    /// Offers audio of a kind; returns its id with the offer.
    fn offer(&mut self, call: CallSid, kind: Kind, wishes: &Wishes) -> Result<(u64, String), Unreachable> {
        let audio = self.next_id();
        let offer = self.media.offer(audio, kind, wishes);
        let offer = offer.map_err(|error| Unreachable { status: None, reason: error.to_string() })?;
        self.by_audio.insert(audio, call);
        Ok((audio, offer))
    }

    /// Answers an offer with audio of a kind; returns its id with the answer.
    fn answer_offer(
        &mut self,
        call: CallSid,
        (kind, wishes): (Kind, &Wishes),
        offer: &str,
    ) -> Result<(u64, String), String> {
        let audio = self.next_id();
        let answer = self.media.answer(audio, kind, offer, wishes);
        let answer = answer.map_err(|error| error.to_string())?;
        self.by_audio.insert(audio, call);
        Ok((audio, answer))
    }

    fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

/// Why somebody can not be called.
struct Unreachable {
    status: Option<u16>,
    reason: String,
}

impl Unreachable {
    fn unavailable(reason: impl Into<String>) -> Self {
        Self { status: Some(UNAVAILABLE), reason: reason.into() }
    }
}
