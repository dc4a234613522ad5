//! How a run goes down into a subflow and comes up again; there is one level.

use serde_json::{Map, Value, json};

use super::{Arrival, Run};
use crate::execution::Visit;
use crate::execution::subflow::{Parent, SubflowStart};
use crate::widget::{Exit, Outcome};

impl<'a> Run<'a> {
    /// Enters the subflow's trigger, or fails the visit that asked for it.
    pub(super) fn enter_subflow(&mut self, visit: Visit, start: SubflowStart) -> Arrival {
        if self.execution.parent.is_some() {
            return (visit, failed("a subflow can not run another one: there is one level"));
        }
        let subflow = match self.flow.subflow_to_run(&start.reference) {
            Ok(subflow) => subflow,
            Err(reason) => return (visit, failed(reason)),
        };
        let context = self.context_for(&visit, &start);
        let mut visit = visit;
        visit.inputs.insert("parameters".to_owned(), Value::Object(start.parameters));
        visit.reason = Some("the subflow came to its end".to_owned());
        self.execution.parent = Some(Box::new(Parent {
            subflow: start.reference,
            visit,
            context: std::mem::replace(&mut self.execution.context, context),
            visits_in_a_row: std::mem::take(&mut self.execution.visits_in_a_row),
        }));
        self.arrive_at(subflow.trigger())
    }

    /// Takes up the parent again; it leaves with the variables of the subflow.
    pub(super) fn leave_subflow(&mut self) -> Option<Arrival> {
        let (visit, variables) = self.take_up_parent()?;
        Some((visit, Outcome::Leave(Exit::by("completed").with_outputs(variables))))
    }

    /// Returns to the parent's visit, with the variables of the subflow.
    pub(super) fn take_up_parent(&mut self) -> Option<(Visit, Map<String, Value>)> {
        let mut parent = self.execution.parent.take()?;
        let variables = self.execution.context.variables();
        // The execution has one conversation, whichever flow began it.
        parent.context.keep_channel_of(&self.execution.context);
        self.execution.context = parent.context;
        self.execution.visits_in_a_row = parent.visits_in_a_row;
        Some((parent.visit, variables))
    }

    fn context_for(&self, visit: &Visit, start: &SubflowStart) -> crate::Context {
        let parent = json!({
            "parameters": start.parameters,
            "step_sid": visit.step_sid,
            "execution_sid": self.execution.sid,
            "flow_sid": self.execution.flow_sid,
            "trigger_type": self.execution.trigger.as_str(),
        });
        self.execution.context.for_subflow(&start.reference.flow_sid, parent)
    }
}

fn failed(error: impl Into<String>) -> Outcome {
    Outcome::Leave(Exit::failed("failed", error))
}
