//! Attended transfer: a phone leaves two calls to each other, or one phone takes a call over from another (RFC 3891).
//!
//! The exchange knows nothing of it: its legs stay as they are, and their audio goes elsewhere.

use domain::CallSid;
use media::{Kind, SdpError, Wishes};
use signaling::{Invited, LegId};

use super::sip::Heard;
use super::{Line, Lines, Way};

/// What a phone is told that names a dialog which is not there.
const NO_SUCH_DIALOG: u16 = 481;
const UNUSABLE_OFFER: u16 = 488;
const TRANSFERRED: u16 = 200;
const DECLINED: u16 = 603;

impl Lines {
    /// Gives a call to the phone that asks for it in the place of the one that has it.
    pub(super) fn take_over(&mut self, invited: &Invited) -> Heard {
        let refusal = match (self.replaced_call(invited), &invited.offer) {
            (Some((call, audio)), Some(offer)) => match self.media.renegotiate(audio, offer) {
                Ok(answer) => return self.move_call(call, invited.leg, answer),
                Err(error) => (UNUSABLE_OFFER, error.to_string()),
            },
            // The phone answers our offer with its ACK (RFC 3261 §13.2.1).
            (Some((call, audio)), None) => match self.media.offer(audio, Kind::Rtp, &Wishes::default()) {
                Ok(offer) => return self.move_call(call, invited.leg, offer),
                Err(error) => (UNUSABLE_OFFER, error.to_string()),
            },
            (None, _) => (NO_SUCH_DIALOG, "there is no such call to take over".to_owned()),
        };
        if let Some(signaling) = &self.signaling {
            signaling.reject(invited.leg, refusal.0, &refusal.1);
        }
        Heard::Nothing
    }

    /// Lets the far ends of a phone's two calls hear each other, and lets the phone go.
    pub(super) fn join(&mut self, leg: LegId, other: LegId) -> Heard {
        let found = self.sip_call(leg).zip(self.sip_call(other)).filter(|(one, two)| one != two);
        let joined = found.map(|(one, two)| self.connect_audio(one.1, two.1).map(|()| (one.0, two.0)));
        let Some(signaling) = &self.signaling else { return Heard::Nothing };
        match joined {
            Some(Ok((one, two))) => {
                signaling.report_referral(leg, TRANSFERRED);
                for (call, with, leg) in [(one, two, leg), (two, one, other)] {
                    signaling.hang_up(leg);
                    self.by_session.remove(&leg);
                    if let Some(line) = self.lines.get_mut(&call) {
                        line.way = Way::Joined(with);
                    }
                }
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "two calls of a phone can not be joined");
                signaling.report_referral(leg, DECLINED);
            }
            None => signaling.report_referral(leg, DECLINED),
        }
        Heard::Nothing
    }

    /// Sends what either of two audio legs would send to its phone to the other one.
    fn connect_audio(&self, one: u64, other: u64) -> Result<(), SdpError> {
        let offer = self.media.offer(one, Kind::Rtp, &Wishes::default())?;
        let answer = self.media.renegotiate(other, &offer)?;
        self.media.accept(one, &answer)
    }

    fn move_call(&mut self, call: CallSid, leg: LegId, description: String) -> Heard {
        if let Some(signaling) = &self.signaling {
            signaling.answer(leg, description);
        }
        self.by_session.insert(leg, call);
        self.settle_on(call, leg);
        Heard::Nothing
    }

    fn replaced_call(&self, invited: &Invited) -> Option<(CallSid, u64)> {
        self.sip_call(invited.replaced?)
    }

    /// Returns the call of a SIP leg with its audio; a leg without any is not answered.
    fn sip_call(&self, leg: LegId) -> Option<(CallSid, u64)> {
        let call = *self.by_session.get(&leg)?;
        match self.lines.get(&call)? {
            Line { audio: Some(audio), way: Way::Sip(_) } => Some((call, *audio)),
            Line { way: Way::Sip(_) | Way::Browser(_) | Way::Joined(_), .. } => None,
        }
    }
}
