//! How programs run: verbs in their order, signals to the one that is performed, and what follows the last.

use std::time::Duration;

use domain::CallSid;
use twiml::Verb;

use super::Exchange;
use crate::call::Call;
use crate::performance::{self, Cut, LegNews, PartnerNews, Perform, QueueNews, Signal, Stage, Step};
use crate::run::{Driver, Lane, Purpose, Run};
use crate::timer::Timer;
use crate::{Action, Application, LegAction, Program};

/// How long a waiting caller hears nothing before a document without anything to hear is asked for again.
const PAUSE: Duration = Duration::from_secs(1);

impl Exchange {
    /// Lets a program drive a call from here on; what it did before is cut short.
    ///
    /// One that we placed and that nobody answered yet keeps it until then.
    pub(crate) fn drive(&mut self, call: CallSid, program: Program) {
        self.cut_short(call, Cut::Redirected);
        self.take_from_dialler(call);
        if self.calls.get(&call).is_some_and(Call::awaits_answer) {
            return self.hold_until_answered(call, program);
        }
        self.begin(call, Lane::Main, program, Purpose::Drive);
    }

    /// Lets a flow drive a call by these verbs from here on.
    pub(super) fn drive_by_flow(&mut self, call: CallSid, verbs: Vec<Verb>) {
        self.cut_short(call, Cut::Redirected);
        self.take_from_dialler(call);
        let Some(live) = self.calls.get_mut(&call) else { return };
        live.has_flow = true;
        live.main.driver = Driver::Flow;
        live.main.purpose = Purpose::Drive;
        if live.awaits_answer() {
            live.main.verbs = verbs.into();
        } else {
            self.go_on_with(call, Lane::Main, verbs);
        }
    }

    /// Lets a program be heard while the main one's verb goes on.
    pub(crate) fn begin_aside(&mut self, call: CallSid, program: Program, purpose: Purpose) {
        self.end_aside(call);
        self.begin(call, Lane::Aside, program, purpose);
    }

    /// Ends what is heard beside the main program.
    pub(crate) fn end_aside(&mut self, call: CallSid) {
        self.cut_lane(call, Lane::Aside, Cut::Redirected);
        if let Some(call) = self.calls.get_mut(&call) {
            call.aside = None;
        }
    }

    /// Cuts short what both programs are doing; their actions are told what they are to be told.
    pub(crate) fn cut_short(&mut self, call: CallSid, cut: Cut) {
        self.cut_lane(call, Lane::Aside, cut);
        if let Some(call) = self.calls.get_mut(&call) {
            call.aside = None;
        }
        self.cut_lane(call, Lane::Main, cut);
    }

    /// Hands a signal to the verb that is performed.
    pub(super) fn deliver(&mut self, call: CallSid, lane: Lane, signal: Signal) {
        let run = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane));
        match run.and_then(|run| run.performing.take()) {
            Some(mut performance) => {
                let step = performance.on_signal(&mut Stage { exchange: self, call, lane }, signal);
                self.step(call, lane, performance, step);
            }
            None => self.deliver_to_nobody(call, signal),
        }
    }

    /// A worker's leg that runs no program ends with the caller it was bridged to.
    fn deliver_to_nobody(&mut self, call: CallSid, signal: Signal) {
        let left = matches!(signal, Signal::Partner(PartnerNews::Left(_)));
        let runs_nothing = self.calls.get(&call).is_some_and(|call| call.main.driver == Driver::Nobody);
        if left && runs_nothing {
            self.hang_up(call);
        }
    }

    /// Gives a program the verbs that it goes on with.
    pub(crate) fn go_on_with(&mut self, call: CallSid, lane: Lane, verbs: Vec<Verb>) {
        let now = self.now();
        if let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) {
            run.verbs = verbs.into();
            run.begun_at = now;
            self.advance(call, lane);
        }
    }

    pub(super) fn begin(&mut self, call: CallSid, lane: Lane, program: Program, purpose: Purpose) {
        let driver = match &program {
            Program::Url(application) => Driver::of(application),
            Program::Inline { base_url, .. } => {
                Driver::Document { url: base_url.clone(), method: twiml::Method::Post, fallback: None }
            }
            Program::Flow => Driver::Flow,
            Program::Nothing => Driver::Nobody,
        };
        let run = Run::new(purpose, driver, self.now());
        let Some(live) = self.calls.get_mut(&call) else { return };
        live.has_flow |= program == Program::Flow;
        match lane {
            Lane::Main => live.main = run,
            Lane::Aside => live.aside = Some(run),
        }
        match program {
            Program::Url(application) => self.ask_document(call, lane, &application),
            Program::Inline { verbs, .. } => self.go_on_with(call, lane, verbs),
            Program::Flow => self.ask_flow(call, lane, None),
            Program::Nothing => {}
        }
    }

    /// Performs verbs until one takes time, or all are done.
    fn advance(&mut self, call: CallSid, lane: Lane) {
        let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) else { return };
        let Some(verb) = run.verbs.pop_front() else { return self.verbs_done(call, lane) };
        if !run.allows(&verb) {
            return self.refuse_verb(call, lane, &verb);
        }
        let mut performance = performance::of(verb);
        let step = performance.enter(&mut Stage { exchange: self, call, lane });
        self.step(call, lane, performance, step);
    }

    fn step(&mut self, call: CallSid, lane: Lane, performance: Box<dyn Perform>, step: Step) {
        if !matches!(step, Step::Continue) {
            self.timers.set(Timer::Verb(call, lane), None);
        }
        match step {
            Step::Continue => {
                if let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) {
                    run.performing = Some(performance);
                }
            }
            Step::Next => self.advance(call, lane),
            Step::Ask(told, without) => self.ask_action(call, lane, told, without),
            Step::GoTo { url, method } => {
                let fallback = self.fallback(call, lane);
                self.redirect(call, lane, Application { url, method, fallback });
            }
            Step::HangUp => self.hang_up(call),
            Step::Reject(status) => self.reject(call, status),
            Step::LeaveQueue if lane == Lane::Main => self.advance(call, lane),
            Step::LeaveQueue => {
                self.end_aside(call);
                self.tell(call, Lane::Main, Signal::Queue(QueueNews::Leave));
            }
        }
    }

    /// Continues with another document in place of the one at hand, or of a flow.
    fn redirect(&mut self, call: CallSid, lane: Lane, application: Application) {
        if let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) {
            run.verbs.clear();
            run.driver = Driver::of(&application);
            self.ask_document(call, lane, &application);
        }
    }

    /// Goes on where a verb has no action: with the next one.
    pub(super) fn next_verb(&mut self, call: CallSid, lane: Lane) {
        self.advance(call, lane);
    }

    fn verbs_done(&mut self, call: CallSid, lane: Lane) {
        let Some(run) = self.calls.get(&call).and_then(|call| call.run(lane)) else { return };
        match run.purpose {
            Purpose::Drive if run.driver == Driver::Flow => self.ask_flow(call, lane, None),
            Purpose::Drive => self.hang_up(call),
            Purpose::Whisper(parent) => self.tell(parent, Lane::Main, Signal::Leg(call, LegNews::Ready)),
            Purpose::QueueWait if run.begun_at + PAUSE > self.now() => {
                let at = self.now() + PAUSE;
                self.timers.set(Timer::Again(call), Some(at));
            }
            Purpose::QueueWait => self.begin_again(call),
            Purpose::QueueWhisper(by) => {
                self.end_aside(call);
                self.tell(call, Lane::Main, Signal::Partner(PartnerNews::Picked { by, is_recorded: false }));
            }
            Purpose::ConferenceWait => {}
            Purpose::Announcement => self.end_announcement(call),
        }
    }

    /// Asks for a waiting caller's document again, with how things stand in the queue.
    pub(super) fn begin_again(&mut self, call: CallSid) {
        let run = self.calls.get(&call).and_then(|call| call.aside.as_ref());
        let is_waiting = run.is_some_and(|run| run.purpose == Purpose::QueueWait);
        if let (true, Some(application)) = (is_waiting, self.document_of(call, Lane::Aside)) {
            self.ask_document(call, Lane::Aside, &application);
        }
    }

    /// A verb stands where it may not: a waiting caller's document is wrong then, others go on without it.
    fn refuse_verb(&mut self, call: CallSid, lane: Lane, verb: &Verb) {
        let message = format!("<{}> may not stand in this document: it is passed over", verb.name());
        self.report(call, 12200, message);
        let purpose = self.calls.get(&call).and_then(|call| call.run(lane)).map(|run| run.purpose);
        if purpose == Some(Purpose::QueueWait) {
            self.end_aside(call);
            self.tell(call, Lane::Main, Signal::Queue(QueueNews::WaitFailed));
        } else {
            self.advance(call, lane);
        }
    }

    fn cut_lane(&mut self, call: CallSid, lane: Lane, cut: Cut) {
        self.timers.set(Timer::Verb(call, lane), None);
        self.timers.set(Timer::Again(call), None);
        self.timers.set(Timer::Ask(call, lane), None);
        let Some(run) = self.calls.get_mut(&call).and_then(|call| call.run_mut(lane)) else { return };
        run.verbs.clear();
        run.held = None;
        let asking = run.asking.take();
        let performance = run.performing.take();
        if let Some(request) = asking {
            self.asking.remove(&request);
        }
        if let Some(mut performance) = performance {
            let told = performance.leave(&mut Stage { exchange: self, call, lane }, cut);
            if let Some(told) = told {
                self.ask_in_vain(call, lane, told);
            }
        }
    }

    /// Turns a caller away who was not answered; one who was is hung up.
    fn reject(&mut self, call: CallSid, status: u16) {
        let is_answered = self.calls.get(&call).is_none_or(crate::call::Call::is_answered);
        if is_answered {
            return self.hang_up(call);
        }
        self.act(Action::Leg(LegAction::Reject { leg: call, status }));
        let ending = if status == 486 { crate::CallStatus::Busy } else { crate::CallStatus::Failed };
        self.end_call(call, ending, Cut::HungUp);
    }
}
