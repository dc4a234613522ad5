//! `<Dial><Queue>`: the caller who waits longest in a queue, or the one of a reservation, is connected to this call.

use std::time::Duration;

use domain::{CallSid, QueueSid, ReservationSid, Timestamp};
use twiml::{Dial, Queue};

use super::{Cut, Heard, PartnerNews, Perform, Signal, Stage, Step, Told, WithoutAction};
use crate::call::Role;
use crate::parameters::{add, pairs};
use crate::{AfterCall, Parameters};

#[derive(Debug)]
pub(super) struct Performance {
    dial: Dial,
    queue: Queue,
    sid: Option<QueueSid>,
    /// The caller who was picked, and hears a whisper.
    picked: Option<CallSid>,
    talk: Option<(CallSid, Timestamp)>,
}

impl Performance {
    /// Makes the performance.
    pub(super) fn new(dial: Dial, queue: Queue) -> Performance {
        Performance { dial, queue, sid: None, picked: None, talk: None }
    }
}

impl Perform for Performance {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.answer();
        if let Some(reservation) = self.reservation() {
            return self.pick_reserved(stage, reservation);
        }
        self.sid = stage.exchange.queue_named(&self.queue.name);
        if self.sid.is_none() {
            stage.report(13000, format!("there is no queue '{}'", self.queue.name));
            return self.finish("error");
        }
        stage.set_timer(Some(Duration::from_secs(u64::from(self.dial.timeout_secs()))));
        self.pick(stage)
    }

    fn on_signal(&mut self, stage: &mut Stage<'_>, signal: Signal) -> Step {
        match signal {
            Signal::Partner(PartnerNews::QueueJoined) if self.picked.is_none() && self.talk.is_none() => {
                self.pick(stage)
            }
            Signal::Partner(PartnerNews::Bridged(caller)) => {
                (self.picked, self.talk) = (None, Some((caller, stage.exchange.now())));
                stage.set_timer(Some(Duration::from_secs(u64::from(self.dial.time_limit_secs()))));
                Step::Continue
            }
            Signal::Partner(PartnerNews::Left(caller)) => self.lose(stage, caller),
            Signal::Caller(Heard::Digit('*')) if self.dial.hangup_on_star() && self.talk.is_some() => {
                self.part(stage)
            }
            Signal::TimeReached if self.talk.is_some() => self.part(stage),
            Signal::TimeReached if self.picked.is_none() => {
                self.stop_waiting(stage);
                self.finish("no-answer")
            }
            Signal::PlaybackEnded(_)
            | Signal::TimeReached
            | Signal::Caller(_)
            | Signal::Leg(..)
            | Signal::Service(_)
            | Signal::Partner(_)
            | Signal::Queue(_) => Step::Continue,
        }
    }

    fn leave(&mut self, stage: &mut Stage<'_>, cut: Cut) -> Option<Told> {
        self.stop_waiting(stage);
        for caller in self.picked.into_iter().chain(self.talk.map(|(caller, _)| caller)) {
            stage.tell(caller, Signal::Partner(PartnerNews::Left(stage.call)));
        }
        let status = if self.talk.is_some() { "completed" } else { "canceled" };
        let parameters = self.parameters(status);
        (cut != Cut::Redirected).then(|| Told { action: self.dial.action.clone(), parameters })
    }
}

impl Performance {
    fn reservation(&self) -> Option<ReservationSid> {
        self.queue.reservation_sid.as_deref()?.trim().parse().ok()
    }

    /// Picks the caller of the reservation for which this leg was placed, and accepts it.
    fn pick_reserved(&mut self, stage: &mut Stage<'_>, reservation: ReservationSid) -> Step {
        let assignment = match &stage.call().role {
            Role::Worker(leg) if leg.assignment.reservation == reservation => Some(leg.assignment.clone()),
            Role::Worker(_) | Role::Own | Role::Dialled(_) => None,
        };
        let task = assignment.map(|assignment| assignment.task);
        let caller = task.and_then(|task| stage.exchange.calls_by_task.get(&task)).copied();
        let Some(caller) = caller else {
            stage.report(13000, format!("reservation {reservation} has no waiting caller for this call"));
            return self.finish("error");
        };
        stage.exchange.accept(stage.call, reservation);
        self.name_activity(stage);
        self.sid = stage.exchange.queue_of(caller);
        self.take(stage, caller)
    }

    fn name_activity(&self, stage: &mut Stage<'_>) {
        let written = self.queue.post_work_activity_sid.clone();
        let role = stage.exchange.calls.get_mut(&stage.call).map(|call| &mut call.role);
        if let (Some(Role::Worker(leg)), Some(_)) = (role, &written) {
            leg.assignment.after_call = AfterCall::Complete { post_work_activity: written };
        }
    }

    fn pick(&mut self, stage: &mut Stage<'_>) -> Step {
        let sid = self.sid.filter(|sid| stage.exchange.queues.contains_key(sid));
        let Some(queue) = sid.and_then(|sid| stage.exchange.queues.get_mut(&sid)) else {
            return self.finish("error");
        };
        match queue.front() {
            Some(caller) => self.take(stage, caller),
            None => {
                queue.diallers.push_back(stage.call);
                Step::Continue
            }
        }
    }

    fn take(&mut self, stage: &mut Stage<'_>, caller: CallSid) -> Step {
        self.picked = Some(caller);
        let whisper = stage.link(&self.queue.whisper);
        stage.exchange.pick(caller, stage.call, whisper);
        Step::Continue
    }

    /// A caller who goes before being connected makes room for the next; one who was connected ends the dialling.
    fn lose(&mut self, stage: &mut Stage<'_>, caller: CallSid) -> Step {
        if self.talk.is_some_and(|(talking, _)| talking == caller) {
            return self.finish("completed");
        }
        if self.picked == Some(caller) {
            self.picked = None;
            return if self.reservation().is_some() { self.finish("no-answer") } else { self.pick(stage) };
        }
        Step::Continue
    }

    fn part(&mut self, stage: &mut Stage<'_>) -> Step {
        if let Some((caller, _)) = self.talk {
            stage.tell(caller, Signal::Partner(PartnerNews::Left(stage.call)));
        }
        self.finish("completed")
    }

    fn stop_waiting(&mut self, stage: &mut Stage<'_>) {
        if let Some(queue) = self.sid.and_then(|sid| stage.exchange.queues.get_mut(&sid)) {
            queue.diallers.retain(|dialler| *dialler != stage.call);
        }
    }

    fn finish(&self, status: &str) -> Step {
        let told = Told { action: self.dial.action.clone(), parameters: self.parameters(status) };
        Step::Ask(told, WithoutAction::NextVerb)
    }

    fn parameters(&self, status: &str) -> Parameters {
        let mut parameters = pairs([("DialCallStatus", status.to_owned())]);
        add(&mut parameters, "QueueSid", self.sid);
        add(&mut parameters, "DialCallSid", self.talk.map(|(caller, _)| caller));
        parameters
    }
}
