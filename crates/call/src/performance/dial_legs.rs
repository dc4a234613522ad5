//! `<Dial>` of numbers, clients and SIP addresses: at once or one after the other; the first to be ready is connected.

mod target;

pub(crate) use self::target::named;

use std::collections::VecDeque;
use std::time::Duration;

use domain::{CallSid, RecordingSid, Timestamp};
use twiml::{Callback, Dial, DialRecord, DialTarget, RingTone};

use super::{Cut, Heard, LegNews, Perform, Signal, Stage, Step, Told, WithoutAction};
use crate::exchange::{NewRecording, callback};
use crate::parameters::{add, pairs};
use crate::{CallStatus, LegAction, MediaAction, Parameters, Playback, RecordingSource, Source};

/// What a dialled side is given on top of the time that is written, in seconds.
const TIMEOUT_BUFFER_SECS: u32 = 5;

#[derive(Debug)]
pub(super) struct Performance {
    dial: Dial,
    /// Who is dialled when nobody before has answered.
    later: VecDeque<DialTarget>,
    ringing: Vec<CallSid>,
    talk: Option<Talk>,
    /// The leg whose audio is heard before its answer.
    early: Option<CallSid>,
    tone: Option<Playback>,
    recording: Option<RecordingSid>,
    /// The last leg that ended unanswered, and how.
    last: Option<(CallSid, CallStatus, Option<u16>)>,
}

#[derive(Debug, Clone, Copy)]
struct Talk {
    leg: CallSid,
    since: Timestamp,
}

impl Performance {
    /// Makes the performance.
    pub(super) fn new(dial: Dial) -> Performance {
        Performance {
            dial,
            later: VecDeque::new(),
            ringing: Vec::new(),
            talk: None,
            early: None,
            tone: None,
            recording: None,
            last: None,
        }
    }
}

impl Perform for Performance {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        self.later = std::mem::take(&mut self.dial.targets).into();
        if self.dial.answer_on_bridge() {
            stage.leg(LegAction::Ring { leg: stage.call });
        } else {
            stage.answer();
        }
        self.dial_next(stage)
    }

    fn on_signal(&mut self, stage: &mut Stage<'_>, signal: Signal) -> Step {
        match signal {
            Signal::Leg(leg, news) => self.leg_news(stage, leg, news),
            Signal::Caller(Heard::Digit('*')) if self.dial.hangup_on_star() && self.talk.is_some() => {
                self.end_talk(stage)
            }
            Signal::TimeReached => self.end_talk(stage),
            Signal::PlaybackEnded(_)
            | Signal::Caller(_)
            | Signal::Service(_)
            | Signal::Partner(_)
            | Signal::Queue(_) => Step::Continue,
        }
    }

    fn leave(&mut self, stage: &mut Stage<'_>, cut: Cut) -> Option<Told> {
        let told = self.told(stage);
        self.clear(stage);
        (cut != Cut::Redirected).then_some(told)
    }
}

impl Performance {
    /// Dials all at once, or the next; with nobody left to dial, it is over.
    fn dial_next(&mut self, stage: &mut Stage<'_>) -> Step {
        let count = if self.dial.sequential() { 1 } else { self.later.len() };
        for target in self.later.drain(..count.min(self.later.len())).collect::<Vec<_>>() {
            match target::leg(stage, &self.dial, target, self.dial.timeout_secs() + TIMEOUT_BUFFER_SECS) {
                Ok(leg) => self.ringing.push(stage.exchange.place(leg)),
                Err((code, reason)) => stage.report(code, reason),
            }
        }
        if self.ringing.is_empty() {
            return if self.later.is_empty() { self.finish(stage) } else { self.dial_next(stage) };
        }
        if self.tone.is_none() && !self.dial.answer_on_bridge() {
            let country = self.dial.ring_tone.unwrap_or(RingTone::Us);
            self.tone = Some(stage.play(Source::Ringing(country), 0));
        }
        Step::Continue
    }

    fn leg_news(&mut self, stage: &mut Stage<'_>, leg: CallSid, news: LegNews) -> Step {
        match news {
            LegNews::Rang => Step::Continue,
            LegNews::EarlyMedia => self.hear_early(stage, leg),
            LegNews::Ready if self.talk.is_none() && self.ringing.contains(&leg) => self.connect(stage, leg),
            LegNews::Ready => Step::Continue,
            LegNews::Refers(to) => self.refer(stage, leg, to),
            LegNews::Ended(..) if self.talk.is_some_and(|talk| talk.leg == leg) => self.finish(stage),
            LegNews::Ended(status, code) => self.lose_leg(stage, leg, status, code),
        }
    }

    /// Audio before the answer is heard where only one is dialled, and nothing is whispered to it first.
    fn hear_early(&mut self, stage: &mut Stage<'_>, leg: CallSid) -> Step {
        let is_whispered_to =
            stage.exchange.calls.get(&leg).is_some_and(|call| call.main.driver != crate::run::Driver::Nobody);
        if self.ringing == [leg] && self.early.is_none() && !is_whispered_to {
            self.early = Some(leg);
            self.stop_tone(stage);
            stage.media(MediaAction::Connect { a: stage.call, b: leg });
        }
        Step::Continue
    }

    fn connect(&mut self, stage: &mut Stage<'_>, leg: CallSid) -> Step {
        self.stop_tone(stage);
        for other in std::mem::take(&mut self.ringing).into_iter().filter(|other| *other != leg) {
            stage.exchange.hang_up(other);
        }
        stage.answer();
        if self.early != Some(leg) {
            stage.media(MediaAction::Connect { a: stage.call, b: leg });
        }
        self.talk = Some(Talk { leg, since: stage.exchange.now() });
        self.record(stage);
        stage.set_timer(Some(Duration::from_secs(u64::from(self.dial.time_limit_secs()))));
        Step::Continue
    }

    fn lose_leg(
        &mut self,
        stage: &mut Stage<'_>,
        leg: CallSid,
        status: CallStatus,
        code: Option<u16>,
    ) -> Step {
        if !self.ringing.contains(&leg) {
            return Step::Continue;
        }
        self.ringing.retain(|ringing| *ringing != leg);
        if self.early.take_if(|early| *early == leg).is_some() {
            stage.media(MediaAction::Disconnect { a: stage.call, b: leg });
        }
        // One that answered and refused by its whisper was not connected: nobody answered.
        let status = if status == CallStatus::Completed { CallStatus::NoAnswer } else { status };
        self.last = Some((leg, status, code));
        match (self.ringing.is_empty(), self.later.is_empty()) {
            (false, _) => Step::Continue,
            (true, false) => self.dial_next(stage),
            (true, true) => self.finish(stage),
        }
    }

    fn end_talk(&mut self, stage: &mut Stage<'_>) -> Step {
        let Some(talk) = self.talk else { return Step::Continue };
        let step = self.finish(stage);
        stage.exchange.hang_up(talk.leg);
        step
    }

    /// A dialled side that wants to be transferred leaves; where to is the application's to decide.
    fn refer(&mut self, stage: &mut Stage<'_>, leg: CallSid, to: String) -> Step {
        let written = self.dial.refer.url.clone().filter(|url| !url.is_empty());
        let (Some(url), Some(talk)) = (written, self.talk) else {
            stage.report(
                13241,
                format!("<Dial> has no referUrl: the wish to be transferred to {to} is passed over"),
            );
            stage.leg(LegAction::AnswerReferral { leg, is_taken: false });
            return Step::Continue;
        };
        stage.leg(LegAction::AnswerReferral { leg, is_taken: true });
        self.clear(stage);
        stage.exchange.hang_up(talk.leg);
        let action = Callback { url: Some(url), method: self.dial.refer.method };
        let mut parameters = pairs([("ReferTransferTarget", to)]);
        add(&mut parameters, "DialCallSid", Some(leg));
        Step::Ask(Told { action, parameters }, WithoutAction::NextVerb)
    }

    fn record(&mut self, stage: &mut Stage<'_>) {
        let is_dual = match self.dial.record() {
            DialRecord::DoNotRecord => return,
            DialRecord::FromAnswer | DialRecord::FromRinging => false,
            DialRecord::FromAnswerDual | DialRecord::FromRingingDual => true,
        };
        let recording = NewRecording {
            is_dual,
            track: self.dial.recording_track(),
            trim: self.dial.trim(),
            callback: callback(&self.dial.recording_status_callback, |url| stage.resolve(url)),
            ..NewRecording::of_call(stage.call, RecordingSource::DialVerb)
        };
        self.recording = Some(stage.exchange.record(recording));
    }

    fn finish(&mut self, stage: &mut Stage<'_>) -> Step {
        let told = self.told(stage);
        self.clear(stage);
        Step::Ask(told, WithoutAction::NextVerb)
    }

    fn told(&self, stage: &Stage<'_>) -> Told {
        let mut parameters = match (self.talk, self.last) {
            (Some(talk), _) => self.talk_parameters(stage, talk),
            (None, last) => {
                let status = last.map_or(CallStatus::Failed, |(_, status, _)| status);
                let status = if self.ringing.is_empty() { status } else { CallStatus::Canceled };
                pairs([("DialCallStatus", status.to_string()), ("DialBridged", "false".to_owned())])
            }
        };
        if let (None, Some((leg, _, code))) = (self.talk, self.last) {
            add(&mut parameters, "DialCallSid", Some(leg));
            add(&mut parameters, "DialSipResponseCode", code);
        }
        if let Some(recording) = self.recording {
            parameters.extend(stage.exchange.recording_parameters(recording));
        }
        Told { action: self.dial.action.clone(), parameters }
    }

    fn talk_parameters(&self, stage: &Stage<'_>, talk: Talk) -> Parameters {
        pairs([
            ("DialCallStatus", CallStatus::Completed.to_string()),
            ("DialCallSid", talk.leg.to_string()),
            ("DialCallDuration", stage.exchange.now().secs_since(talk.since).to_string()),
            ("DialBridged", "true".to_owned()),
        ])
    }

    /// Parts who talks, and ends what rings.
    fn clear(&mut self, stage: &mut Stage<'_>) {
        self.stop_tone(stage);
        if let Some(recording) = self.recording.take() {
            stage.exchange.stop_recording(recording);
        }
        let connected = self.talk.take().map(|talk| talk.leg);
        if let Some(leg) = connected.or(self.early.take()) {
            stage.media(MediaAction::Disconnect { a: stage.call, b: leg });
        }
        for leg in std::mem::take(&mut self.ringing).into_iter().chain(connected) {
            if stage.exchange.dialler_of(leg) == Some(stage.call) {
                stage.exchange.hang_up(leg);
            }
        }
    }

    fn stop_tone(&mut self, stage: &mut Stage<'_>) {
        if let Some(tone) = self.tone.take() {
            stage.stop(tone);
        }
    }
}
