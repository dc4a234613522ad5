//! What a run does about its call: it hears what became of verbs, and hangs up when the flow has ended.

use domain::StepSid;
use serde_json::{Map, Value};

use super::Run;
use crate::Action;
use crate::execution::WaitsFor;
use crate::execution::call::{self, Call};
use crate::widget::{Answer, Resume};

impl Run<'_> {
    /// Hands the widget that performs verbs what came of them.
    pub(crate) fn perform(mut self, request: StepSid, answer: Answer) -> Vec<Action> {
        if answer.as_ref().is_ok_and(call::has_left) && self.stands_at(request) {
            self.lose_call();
        }
        self.answer(request, Resume::Verbs(answer))
    }

    /// Hands the widget that calls the contact what came of the call; an answered one is the execution's own.
    pub(crate) fn place(self, request: StepSid, parameters: Map<String, Value>) -> Vec<Action> {
        if self.stands_at(request) && self.execution.call.is_none() {
            self.execution.call = Call::placed(&parameters);
        }
        self.answer(request, Resume::Call(Ok(parameters)))
    }

    /// Lets the call end; what needs none goes on.
    pub(crate) fn hang_up(mut self, parameters: Map<String, Value>) -> Vec<Action> {
        if self.execution.call.is_none() {
            return Vec::new();
        }
        self.lose_call();
        if let Some(visit) = self.execution.visit.take_if(|visit| visit.waits_for == WaitsFor::Call) {
            self.resume(visit, Resume::HungUp(parameters));
        }
        self.finish()
    }

    /// Notes that verbs do not reach the call any longer.
    pub(super) fn lose_call(&mut self) {
        if let Some(call) = &mut self.execution.call {
            call.is_ours = false;
        }
    }

    /// Hangs up, where the flow ends and still has the call.
    pub(super) fn release_call(&mut self, request: StepSid) {
        if self.execution.call.as_ref().is_some_and(|call| call.is_ours) {
            self.actions.push(Action::PerformVerbs { request, verbs: Vec::new() });
            self.lose_call();
        }
    }

    fn stands_at(&self, request: StepSid) -> bool {
        self.execution.visit.as_ref().is_some_and(|visit| visit.step_sid == request)
    }
}
