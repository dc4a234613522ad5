//! One turn of an execution: from an event on, widget after widget, until it waits or ends.

mod calls;
mod subflow;

use domain::{StepSid, Tick};
use serde_json::{Map, Value};

use crate::definition::Widget;
use crate::execution::{Execution, Status, Visit, WaitsFor};
use crate::widget::{Exit, Outcome, Resume, Scope};
use crate::{Action, Flow, Step, TriggerKind};

/// How many steps an execution may take.
const STEPS_MAX: u32 = 1_000;

/// How often in a row an execution may enter the same widget.
const VISITS_IN_A_ROW_MAX: u32 = 10;

/// How many messages may wait for a widget that asks for one.
const QUEUED_MESSAGES_MAX: usize = 1_000;

/// A widget that was just entered or told something, and how it answered.
type Arrival = (Visit, Outcome);

/// A transition on its way into a step.
struct Taken {
    name: String,
    to: String,
    outputs: Map<String, Value>,
}

impl Taken {
    /// Ends the execution in front of all transitions.
    fn stop() -> Self {
        Self { name: Step::STOPPED.to_owned(), to: Step::ENDED.to_owned(), outputs: Map::new() }
    }
}

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
        let (visit, outcome) = self.arrive_at(self.flow.trigger());
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
        self.execution.queued_messages.clear();
        if let Some(visit) = self.execution.visit.take() {
            // What the call performs may be a talk with an agent: that goes on to its end.
            if visit.waits_for == WaitsFor::Call {
                self.lose_call();
            }
            self.stop_at(visit, reason);
        }
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
            let arrival = match outcome {
                Outcome::Leave(exit) => self.leave(visit, exit),
                Outcome::RunSubflow(start) => Some(self.enter_subflow(visit, start)),
                Outcome::Stop(reason) => return self.stop_at(visit, &reason),
                Outcome::Wait { actions, waits_for, until } => {
                    visit.inputs.extend(actions.iter().filter_map(Action::input));
                    self.actions.extend(actions);
                    self.stay(Visit { waits_for, until, ..visit })
                }
                Outcome::KeepWaiting => self.stay(visit),
            };
            let Some(arrived) = arrival else { return };
            (visit, outcome) = arrived;
        }
    }

    /// Waits, unless what the widget waits for is there already.
    fn stay(&mut self, mut visit: Visit) -> Option<Arrival> {
        let Some(message) = self.queued_message_for(&visit) else {
            self.execution.visit = Some(visit);
            return None;
        };
        let outcome = self.tell(&mut visit, Resume::Reply(message));
        Some((visit, outcome))
    }

    fn queued_message_for(&mut self, visit: &Visit) -> Option<Map<String, Value>> {
        match visit.waits_for {
            WaitsFor::Reply => self.execution.queued_messages.pop_front(),
            WaitsFor::Answer | WaitsFor::Call => None,
        }
    }

    fn arrive_at(&mut self, widget: &Widget) -> Arrival {
        let mut visit = Visit {
            widget: widget.name.clone(),
            step_sid: self.tick.sid(),
            entered_at: self.tick.now,
            waits_for: WaitsFor::Answer,
            until: None,
            outputs: Map::new(),
            warnings: Vec::new(),
            inputs: Map::new(),
            reason: None,
        };
        let outcome = match &widget.behaviour {
            Some(behaviour) => behaviour.enter(&mut self.scope(widget, &mut visit)),
            None => Outcome::Leave(not_run(widget)),
        };
        (visit, outcome)
    }

    fn tell(&mut self, visit: &mut Visit, resume: Resume) -> Outcome {
        visit.reason = Some(resume.reason());
        let widget = self.flow_at_hand().and_then(|flow| flow.widget(&visit.widget));
        match widget.and_then(|widget| Some((widget, widget.behaviour.as_ref()?))) {
            Some((widget, behaviour)) => behaviour.resume(&mut self.scope(widget, visit), resume),
            // Only another revision, of the flow or of a subflow, could lack the widget.
            None => Outcome::Stop(format!("the widget '{}' is gone", visit.widget)),
        }
    }

    /// Returns the flow in which the execution stands: its own or a subflow.
    fn flow_at_hand(&self) -> Option<&'a Flow> {
        match &self.execution.parent {
            Some(parent) => self.flow.subflow(&parent.subflow),
            None => Some(self.flow),
        }
    }

    fn scope<'b>(&'b self, widget: &Widget, visit: &'b mut Visit) -> Scope<'b> {
        Scope {
            context: &self.execution.context,
            settings: self.flow_at_hand().unwrap_or(self.flow).settings(),
            trigger: self.execution.trigger,
            entry: match self.execution.parent {
                Some(_) => TriggerKind::IncomingParent,
                None => self.execution.trigger,
            },
            call: self.execution.call.as_ref(),
            conversation: self.execution.conversation_sid(),
            failure_event: failure_event(widget),
            contact_address: &self.execution.contact_address,
            now: self.tick.now,
            visit,
        }
    }

    /// Records the exit and arrives at what comes next: a widget, or the parent of a subflow that ended.
    fn leave(&mut self, visit: Visit, exit: Exit) -> Option<Arrival> {
        let flow = self.flow_at_hand().unwrap_or(self.flow);
        let (event, next) = flow.transition(&visit.widget, exit.way);
        for (key, value) in exit.variables {
            self.execution.context.set_variable(&key, value);
        }
        if !exit.outputs.is_empty() {
            self.execution.context.set_outputs(&visit.widget, exit.outputs.clone());
        }
        self.execution.context.extend_channel(exit.channel);
        self.execution.conversation = exit.conversation.or(self.execution.conversation.take());
        if exit.gives_call_away {
            self.lose_call();
        }
        let (next, limit) = self.allow(&visit.widget, next);
        let to = next.map_or(Step::ENDED, |widget| &widget.name);
        let step = visit.step_sid;
        let taken = Taken { name: event.to_owned(), to: to.to_owned(), outputs: exit.outputs };
        self.record(visit, taken, limit.clone().or(exit.error));
        match (next, limit) {
            (Some(widget), _) => return Some(self.arrive_at(widget)),
            (None, None) if self.execution.parent.is_some() => return self.leave_subflow(),
            (None, None) => self.end(step),
            (None, Some(limit)) => self.end_all(step, &limit),
        }
        None
    }

    /// Ends the execution at this visit, in front of all transitions.
    fn stop_at(&mut self, visit: Visit, reason: &str) {
        let step = visit.step_sid;
        self.record(visit, Taken::stop(), Some(reason.to_owned()));
        self.end_all(step, reason);
    }

    /// Ends the execution, with the parent where that waits for a subflow.
    fn end_all(&mut self, step: StepSid, reason: &str) {
        if let Some((visit, _)) = self.take_up_parent() {
            self.record(visit, Taken::stop(), Some(reason.to_owned()));
        }
        self.end(step);
    }

    /// Ends the execution; what the contact wrote meanwhile is not lost with it.
    fn end(&mut self, step: StepSid) {
        self.execution.status = Status::Ended;
        let messages = self.execution.queued_messages.drain(..);
        self.actions.extend(messages.map(|payload| Action::PassOnMessage { payload }));
        self.release_call(step);
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
        // The parent of a subflow needs a step of its own to end with.
        let steps_owed = 1 + u32::from(self.execution.parent.is_some());
        if self.execution.steps_taken + steps_owed >= STEPS_MAX {
            return (None, Some(format!("the execution took {STEPS_MAX} steps, which is the limit")));
        }
        (next, None)
    }

    fn record(&mut self, visit: Visit, taken: Taken, error: Option<String>) {
        self.execution.steps_taken += 1;
        let at_once = || "the widget needs nobody's answer".to_owned();
        self.actions.push(Action::RecordStep(Box::new(Step {
            sid: visit.step_sid,
            name: taken.name,
            transitioned_from: visit.widget,
            transitioned_to: taken.to,
            parent_step_sid: self.execution.parent.as_ref().map(|parent| parent.visit.step_sid),
            context: step_context(self.execution.context(), error.as_deref(), &visit.warnings),
            reason: error.clone().or(visit.reason).unwrap_or_else(at_once),
            error,
            warnings: visit.warnings,
            inputs: visit.inputs,
            outputs: taken.outputs,
            entered_at: Some(visit.entered_at),
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
    Exit::failed(failure_event(widget), error)
}

/// Returns the event for failures; a widget that has none ends the execution by it.
fn failure_event(widget: &Widget) -> &'static str {
    widget.kind.failure_event.unwrap_or("failed")
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
