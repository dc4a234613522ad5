//! The life of calls: how they come, are placed, answered and ended.

use std::time::Duration;

use domain::CallSid;
use twiml::CallEvent;

use super::Exchange;
use crate::call::{Call, Progress, Role, Screening, TIME_LIMIT_SECS, Wishes};
use crate::performance::{Cut, LegNews, Signal};
use crate::run::{Driver, Lane, Purpose, Run};
use crate::timer::Timer;
use crate::{
    Action, Arrival, CallRecord, CallStatus, Direction, LegAction, Parameters, Placement, Program,
    ProgressCallback, Record, Target,
};

/// A leg to place, and why.
pub(crate) struct NewLeg {
    pub(crate) target: Target,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) caller_name: String,
    pub(crate) parent: Option<CallSid>,
    pub(crate) role: Role,
    pub(crate) program: Program,
    pub(crate) progress: Option<ProgressCallback>,
    pub(crate) timeout_secs: u32,
    pub(crate) wishes: Wishes,
    pub(crate) parameters: Parameters,
}

impl Exchange {
    /// Places a leg.
    pub(crate) fn place(&mut self, leg: NewLeg) -> CallSid {
        let sid: CallSid = self.sid();
        let direction = if leg.parent.is_some() { Direction::OutboundDial } else { Direction::OutboundApi };
        let facts = CallRecord {
            parent: leg.parent,
            ..self.new_facts(sid, leg.from.clone(), leg.to, direction, CallStatus::Queued)
        };
        let mut call = new_call(facts, leg.role, leg.progress, leg.parameters);
        call.wishes = leg.wishes;
        call.has_flow = leg.program == Program::Flow;
        call.main = waiting(leg.program, self.now());
        self.calls.insert(sid, call);
        let rings_until = self.now() + Duration::from_secs(u64::from(leg.timeout_secs));
        self.timers.set(Timer::Ringing(sid), Some(rings_until));
        self.change(sid);
        self.tell_progress(sid, CallEvent::Initiated);
        self.act(Action::Leg(LegAction::Place(Box::new(Placement {
            leg: sid,
            target: leg.target,
            from: leg.from,
            caller_name: leg.caller_name,
            wants_early_media: leg.parent.is_some(),
        }))));
        sid
    }

    /// Answers a caller, unless that was done.
    pub(crate) fn answer(&mut self, call: CallSid) {
        let is_ringing = self.calls.get(&call).is_some_and(|call| {
            call.facts.direction == Direction::Inbound && call.facts.status == CallStatus::Ringing
        });
        if is_ringing {
            self.act(Action::Leg(LegAction::Answer { leg: call }));
            self.begin_talk(call);
        }
    }

    /// Ends a call from our side.
    pub(crate) fn hang_up(&mut self, call: CallSid) {
        let Some(live) = self.calls.get(&call) else { return };
        let ending = match (live.is_answered(), live.facts.direction) {
            (true, _) => CallStatus::Completed,
            (false, Direction::Inbound) => CallStatus::NoAnswer,
            (false, Direction::OutboundApi | Direction::OutboundDial) => CallStatus::Canceled,
        };
        self.act(Action::Leg(LegAction::HangUp { leg: call }));
        self.end_call(call, ending, Cut::HungUp);
    }

    /// Takes note that a call is over: what it did is cut short, everybody concerned is told, and it is gone.
    pub(crate) fn end_call(&mut self, call: CallSid, ending: CallStatus, cut: Cut) {
        let now = self.now();
        let Some(live) = self.calls.get_mut(&call) else { return };
        live.facts.status = ending;
        live.facts.ended_at = Some(now);
        live.facts.date_updated = now;
        self.cut_short(call, cut);
        self.close_streams(call);
        self.stop_recordings_of(call);
        for timer in [Timer::Ringing(call), Timer::TimeLimit(call)] {
            self.timers.set(timer, None);
        }
        self.invited_fails(call);
        self.tell_progress(call, CallEvent::Completed);
        self.bury(call, ending);
    }

    pub(super) fn arrive(&mut self, arrival: Arrival) {
        let sid = arrival.call;
        if self.calls.contains_key(&sid) {
            return;
        }
        let facts = CallRecord {
            caller_name: arrival.caller_name,
            forwarded_from: arrival.forwarded_from,
            phone_number_sid: arrival.phone_number_sid,
            ..self.new_facts(sid, arrival.from, arrival.to, Direction::Inbound, CallStatus::Ringing)
        };
        self.calls.insert(sid, new_call(facts, Role::Own, arrival.progress, arrival.parameters));
        self.change(sid);
        self.act(Action::Leg(LegAction::Ring { leg: sid }));
        self.drive(sid, arrival.program);
    }

    pub(super) fn leg_rings(&mut self, call: CallSid) {
        let Some(live) = self.calls.get_mut(&call) else { return };
        if live.facts.status == CallStatus::Queued {
            live.facts.status = CallStatus::Ringing;
            self.change(call);
            self.tell_progress(call, CallEvent::Ringing);
            self.tell_dialler(call, LegNews::Rang);
            self.invited_rings(call);
        }
    }

    pub(super) fn leg_answers(&mut self, call: CallSid) {
        let Some(live) = self.calls.get_mut(&call) else { return };
        if live.facts.direction == Direction::Inbound || live.is_answered() {
            return;
        }
        let digits = std::mem::take(&mut live.wishes.send_digits);
        let recording = live.wishes.recording.take();
        let role = live.role.clone();
        self.timers.set(Timer::Ringing(call), None);
        self.begin_talk(call);
        if !digits.is_empty() {
            self.act(Action::Leg(LegAction::SendDigits { leg: call, digits }));
        }
        if let Some(wish) = recording {
            self.record_call(call, wish);
        }
        let waits = self.screen(call);
        match role {
            Role::Own if waits => {}
            Role::Own | Role::Dialled(_) => self.begin_waiting(call),
            Role::Worker(leg) => self.worker_answers(call, *leg),
        }
    }

    pub(super) fn leg_fails(&mut self, call: CallSid, status: Option<u16>, reason: String) {
        let Some(live) = self.calls.get_mut(&call) else { return };
        if live.is_answered() {
            return self.leg_hangs_up(call);
        }
        live.facts.sip_status = status;
        let ending = match status {
            Some(486 | 600) => CallStatus::Busy,
            Some(480 | 408 | 487) => CallStatus::NoAnswer,
            Some(_) | None => CallStatus::Failed,
        };
        if ending == CallStatus::Failed {
            self.report(call, 13224, format!("the leg could not be placed: {reason}"));
        }
        self.end_call(call, ending, Cut::HungUp);
    }

    /// A caller who gives up before the answer has not been answered; the published word for it is no-answer.
    pub(super) fn leg_hangs_up(&mut self, call: CallSid) {
        let Some(live) = self.calls.get(&call) else { return };
        let ending = if live.is_answered() { CallStatus::Completed } else { CallStatus::NoAnswer };
        self.end_call(call, ending, Cut::HungUp);
    }

    pub(super) fn lose_media(&mut self, call: CallSid) {
        if self.calls.contains_key(&call) {
            self.report(call, 53405, "no audio comes in any longer: the call is hung up");
            self.act(Action::Leg(LegAction::HangUp { leg: call }));
            self.end_call(call, CallStatus::Completed, Cut::MediaLost);
        }
    }

    pub(super) fn leg_refers(&mut self, call: CallSid, to: String) {
        match self.dialler_of(call) {
            Some(parent) => self.tell(parent, Lane::Main, Signal::Leg(call, LegNews::Refers(to))),
            None => {
                self.report(call, 13241, format!("the wish to be transferred to {to} is passed over"));
                self.act(Action::Leg(LegAction::AnswerReferral { leg: call, is_taken: false }));
            }
        }
    }

    pub(super) fn stop_ringing(&mut self, call: CallSid) {
        if self.calls.get(&call).is_some_and(|call| !call.is_answered()) {
            self.act(Action::Leg(LegAction::HangUp { leg: call }));
            self.end_call(call, CallStatus::NoAnswer, Cut::HungUp);
        }
    }

    /// Returns the call that dials this leg.
    pub(crate) fn dialler_of(&self, leg: CallSid) -> Option<CallSid> {
        match self.calls.get(&leg)?.role {
            Role::Dialled(parent) => Some(parent),
            Role::Own | Role::Worker(_) => None,
        }
    }

    /// Starts what waited for the answer: a program, or nothing before a dialled leg is connected.
    pub(super) fn begin_waiting(&mut self, call: CallSid) {
        let Some(live) = self.calls.get_mut(&call) else { return };
        let program = match (&live.main.driver, live.main.verbs.is_empty()) {
            (Driver::Flow, true) => Program::Flow,
            (Driver::Flow, false) => {
                let verbs = live.main.verbs.drain(..).collect();
                return self.go_on_with(call, Lane::Main, verbs);
            }
            (Driver::Document { url: Some(url), method, fallback }, true) => {
                let (url, method, fallback) = (url.clone(), *method, fallback.clone());
                Program::Url(crate::Application { url, method, fallback })
            }
            (Driver::Document { url, .. }, _) => {
                let verbs = live.main.verbs.drain(..).collect();
                Program::Inline { verbs, base_url: url.clone() }
            }
            (Driver::Nobody, _) => Program::Nothing,
        };
        match (&live.role, &program) {
            (Role::Dialled(_), Program::Nothing) => self.tell_dialler(call, LegNews::Ready),
            (Role::Dialled(parent), _) => {
                let purpose = Purpose::Whisper(*parent);
                self.begin(call, Lane::Main, program, purpose);
            }
            (Role::Own | Role::Worker(_), _) => self.begin(call, Lane::Main, program, Purpose::Drive),
        }
    }

    /// A dialled leg that gets a program of its own is lost to who dialled it.
    pub(super) fn take_from_dialler(&mut self, leg: CallSid) {
        let Some(parent) = self.dialler_of(leg) else { return };
        if let Some(live) = self.calls.get_mut(&leg) {
            live.role = Role::Own;
        }
        self.tell(parent, Lane::Main, Signal::Leg(leg, LegNews::Ended(CallStatus::Completed, None)));
    }

    /// Keeps a program for when the leg is answered.
    pub(super) fn hold_until_answered(&mut self, call: CallSid, program: Program) {
        let now = self.now();
        if let Some(live) = self.calls.get_mut(&call) {
            live.has_flow |= program == Program::Flow;
            live.main = waiting(program, now);
        }
    }

    fn begin_talk(&mut self, call: CallSid) {
        let now = self.now();
        let Some(live) = self.change(call) else { return };
        live.facts.status = CallStatus::InProgress;
        live.facts.answered_at = Some(now);
        let limit = live.wishes.time_limit_secs.unwrap_or(TIME_LIMIT_SECS);
        self.timers.set(Timer::TimeLimit(call), Some(now + Duration::from_secs(u64::from(limit))));
        self.tell_progress(call, CallEvent::Answered);
    }

    fn bury(&mut self, sid: CallSid, ending: CallStatus) {
        let Some(call) = self.calls.remove(&sid) else { return };
        match &call.role {
            Role::Own => {}
            Role::Dialled(parent) => {
                let news = LegNews::Ended(ending, call.facts.sip_status);
                self.tell(*parent, Lane::Main, Signal::Leg(sid, news));
            }
            Role::Worker(leg) => self.worker_leaves(sid, leg, ending),
        }
        if call.has_flow {
            let mut parameters = crate::parameters::standard(&call, &self.settings);
            crate::parameters::add(
                &mut parameters,
                "CallDuration",
                Some(call.facts.duration_secs(self.now())),
            );
            self.act(Action::TellCallEnded { call: sid, parameters });
        }
        self.changed_calls.remove(&sid);
        self.act(Action::Changed(Record::Call(Box::new(call.facts))));
    }

    fn new_facts(
        &self,
        sid: CallSid,
        from: String,
        to: String,
        direction: Direction,
        status: CallStatus,
    ) -> CallRecord {
        CallRecord {
            sid,
            parent: None,
            from,
            to,
            caller_name: None,
            forwarded_from: None,
            direction,
            status,
            answered_by: None,
            phone_number_sid: None,
            sip_status: None,
            date_created: self.now(),
            date_updated: self.now(),
            answered_at: None,
            ended_at: None,
            queue_time_ms: 0,
        }
    }
}

fn new_call(
    facts: CallRecord,
    role: Role,
    progress: Option<ProgressCallback>,
    parameters: Parameters,
) -> Call {
    let main = waiting(Program::Nothing, facts.date_created);
    Call {
        facts,
        role,
        parameters,
        main,
        aside: None,
        has_flow: false,
        progress: Progress::of(progress),
        wishes: Wishes::default(),
        screening: Screening::default(),
        streams: std::collections::BTreeMap::new(),
    }
}

/// Holds a program until the leg is answered.
fn waiting(program: Program, now: domain::Timestamp) -> Run {
    let (driver, verbs) = match program {
        Program::Url(application) => (Driver::of(&application), vec![]),
        Program::Inline { verbs, base_url } => {
            (Driver::Document { url: base_url, method: twiml::Method::Post, fallback: None }, verbs)
        }
        Program::Flow => (Driver::Flow, vec![]),
        Program::Nothing => (Driver::Nobody, vec![]),
    };
    Run { verbs: verbs.into(), ..Run::new(Purpose::Drive, driver, now) }
}
