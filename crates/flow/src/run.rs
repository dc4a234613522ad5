//! One turn of an execution: from an event on, widget after widget, until it waits or ends.

use domain::{StepSid, Tick};
use serde_json::{Map, Value};

use crate::definition::Widget;
use crate::execution::{Execution, Status, Visit, WaitsFor};
use crate::widget::{Exit, Outcome, Resume, Scope, Way};
use crate::{Action, Flow, Step};

/// How many steps an execution may take.
const STEPS_MAX: u32 = 1_000;

/// How often in a row an execution may enter the same widget.
const VISITS_IN_A_ROW_MAX: u32 = 10;

/// How many messages may wait for a widget that asks for one.
const QUEUED_MESSAGES_MAX: usize = 1_000;

/// One turn: the execution, what it runs, and the actions so far.
pub(crate) struct Run<'a> {
    execution: &'a mut Execution,
    flow: &'a Flow,
    tick: &'a mut Tick,
    actions: Vec<Action>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(execution: &'a mut Execution, flow: &'a Flow, tick: &'a mut Tick) -> Self {
        Self { execution, flow, tick, actions: Vec::new() }
    }

    /// Enters the trigger.
    pub(crate) fn begin(mut self) -> Vec<Action> {
        let flow = self.flow;
        let mut visit = self.arrive_at(flow.trigger());
        let outcome = self.enter(flow.trigger(), &mut visit);
        self.settle(visit, outcome);
        self.finish()
    }

    /// Queues the message and, where the widget waits for one, hands it the oldest.
    pub(crate) fn receive(mut self, payload: Map<String, Value>) -> Vec<Action> {
        if self.execution.queued_messages.len() < QUEUED_MESSAGES_MAX {
            self.execution.queued_messages.push_back(payload);
        }
        if let Some(visit) = self.execution.visit.take() {
            self.settle(visit, Outcome::KeepWaiting);
        }
        self.finish()
    }

    /// Hands the current widget the answer to its request.
    pub(crate) fn answer(mut self, request: StepSid, answer: Resume) -> Vec<Action> {
        match self.execution.visit.take_if(|visit| visit.step_sid == request) {
            Some(visit) => self.resume(visit, answer),
            // The widget was left meanwhile, say by its timeout: the answer comes too late to count.
            None => return Vec::new(),
        }
        self.finish()
    }

    /// Ends what has lived its time, and wakes a widget whose time has come.
    pub(crate) fn reach_time(mut self) -> Vec<Action> {
        let now = self.tick.now;
        if now >= self.execution.lives_until() {
            return self.stop("an execution may last for 30 days");
        }
        let is_due = |visit: &mut Visit| visit.until.is_some_and(|until| now >= until);
        match self.execution.visit.take_if(is_due) {
            // The time is used up: a widget that takes no notice of it is not woken again and again.
            Some(visit) => self.resume(Visit { until: None, ..visit }, Resume::TimedOut),
            // Timers are woken early or twice by a restart; what is not due changes nothing.
            None => return Vec::new(),
        }
        self.finish()
    }

    /// Ends the execution where it stands; messages that it had not asked for yet go with it.
    pub(crate) fn stop(mut self, reason: &str) -> Vec<Action> {
        if let Some(visit) = self.execution.visit.take() {
            self.record(visit, Step::STOPPED.to_owned(), Step::ENDED.to_owned(), Some(reason.to_owned()));
        }
        self.execution.status = Status::Ended;
        self.execution.queued_messages.clear();
        self.finish()
    }

    fn finish(self) -> Vec<Action> {
        self.execution.version += 1;
        self.execution.date_updated = self.tick.now;
        self.actions
    }

    fn resume(&mut self, mut visit: Visit, resume: Resume) {
        let outcome = self.tell(&mut visit, resume);
        self.settle(visit, outcome);
    }

    /// Goes from widget to widget until one waits for what is not there yet, or the flow has no more.
    fn settle(&mut self, mut visit: Visit, mut outcome: Outcome) {
        loop {
            if let Outcome::Leave(exit) = outcome {
                let Some(next) = self.leave(visit, exit) else { return };
                visit = self.arrive_at(next);
                outcome = self.enter(next, &mut visit);
                continue;
            }
            self.wait(&mut visit, outcome);
            let Some(message) = self.queued_message_for(&visit) else {
                self.execution.visit = Some(visit);
                return;
            };
            outcome = self.tell(&mut visit, Resume::Reply(message));
        }
    }

    fn wait(&mut self, visit: &mut Visit, outcome: Outcome) {
        match outcome {
            Outcome::Wait { actions, waits_for, until } => {
                self.actions.extend(actions);
                visit.waits_for = waits_for;
                visit.until = until;
            }
            Outcome::KeepWaiting | Outcome::Leave(_) => {}
        }
    }

    fn queued_message_for(&mut self, visit: &Visit) -> Option<Map<String, Value>> {
        match visit.waits_for {
            WaitsFor::Reply => self.execution.queued_messages.pop_front(),
            WaitsFor::Answer => None,
        }
    }

    fn arrive_at(&mut self, widget: &Widget) -> Visit {
        Visit {
            widget: widget.name.clone(),
            step_sid: self.tick.sid(),
            entered_at: self.tick.now,
            waits_for: WaitsFor::Answer,
            until: None,
            outputs: Map::new(),
            warnings: Vec::new(),
        }
    }

    fn enter(&mut self, widget: &Widget, visit: &mut Visit) -> Outcome {
        match &widget.behaviour {
            Some(behaviour) => behaviour.enter(&mut self.scope(visit)),
            None => Outcome::Leave(not_run(widget)),
        }
    }

    fn tell(&mut self, visit: &mut Visit, resume: Resume) -> Outcome {
        let flow = self.flow;
        match flow.widget(&visit.widget).and_then(|widget| widget.behaviour.as_ref()) {
            Some(behaviour) => behaviour.resume(&mut self.scope(visit), resume),
            // Only another revision could lack the widget at which the execution stands.
            None => Outcome::KeepWaiting,
        }
    }

    fn scope<'b>(&'b self, visit: &'b mut Visit) -> Scope<'b> {
        Scope {
            context: &self.execution.context,
            settings: self.flow.settings(),
            trigger: self.execution.trigger,
            contact_address: &self.execution.contact_address,
            now: self.tick.now,
            visit,
        }
    }

    /// Records the exit and returns the widget that comes next.
    fn leave(&mut self, visit: Visit, exit: Exit) -> Option<&'a Widget> {
        let flow = self.flow;
        let (event, next) = flow.transition(&visit.widget, exit.way);
        for (key, value) in exit.variables {
            self.execution.context.set_variable(&key, value);
        }
        if !exit.outputs.is_empty() {
            self.execution.context.set_outputs(&visit.widget, exit.outputs);
        }
        let (next, limit) = self.allow(&visit.widget, next);
        let to = next.map_or(Step::ENDED, |widget| &widget.name);
        self.record(visit, event.to_owned(), to.to_owned(), limit.or(exit.error));
        if next.is_none() {
            self.end();
        }
        next
    }

    /// Ends the execution; what the contact wrote meanwhile is not lost with it.
    fn end(&mut self) {
        self.execution.status = Status::Ended;
        let messages = self.execution.queued_messages.drain(..);
        self.actions.extend(messages.map(|payload| Action::PassOnMessage { payload }));
    }

    /// Ends the way where an execution runs in circles, and says so.
    fn allow(&mut self, from: &str, next: Option<&'a Widget>) -> (Option<&'a Widget>, Option<String>) {
        let Some(widget) = next else { return (None, None) };
        let is_same = widget.name == from;
        self.execution.visits_in_a_row = if is_same { self.execution.visits_in_a_row.max(1) + 1 } else { 1 };
        if self.execution.visits_in_a_row > VISITS_IN_A_ROW_MAX {
            let limit =
                format!("the widget '{from}' ran {VISITS_IN_A_ROW_MAX} times in a row, which is the limit");
            return (None, Some(limit));
        }
        if self.execution.steps_taken + 1 >= STEPS_MAX {
            return (None, Some(format!("the execution took {STEPS_MAX} steps, which is the limit")));
        }
        (next, None)
    }

    fn record(&mut self, visit: Visit, name: String, to: String, error: Option<String>) {
        self.execution.steps_taken += 1;
        self.actions.push(Action::RecordStep(Box::new(Step {
            sid: visit.step_sid,
            name,
            transitioned_from: visit.widget,
            transitioned_to: to,
            parent_step_sid: None,
            context: step_context(self.execution.context(), error.as_deref(), &visit.warnings),
            error,
            warnings: visit.warnings,
            date_created: self.tick.now,
        })));
    }
}

/// Leaves a widget that this version does not run by its failure transition.
fn not_run(widget: &Widget) -> Exit {
    let error = format!(
        "this version does not run widgets of type '{}'; wire a transition for the failure or replace the widget",
        widget.kind.type_name
    );
    let event = widget.kind.failure_event.unwrap_or("failed");
    Exit { error: Some(error), ..Exit::way(Way::Event(event)) }
}

/// Copies the context and adds what went wrong in this step.
fn step_context(context: &Value, error: Option<&str>, warnings: &[String]) -> Value {
    let mut context = context.clone();
    if let Some(error) = error {
        context["error"] = Value::from(error);
    }
    if !warnings.is_empty() {
        context["warnings"] = Value::from(warnings);
    }
    context
}
