//! A flow that is ready to be rehearsed, with the transitions that rehearsals can take.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use flow::{Flow, Problem, Settings};
use serde_json::Value;

/// A compiled flow and the transitions that its author wired.
#[derive(Debug)]
pub struct RehearsedFlow {
    flow: Flow,
    first_widget: String,
    transitions: BTreeSet<Transition>,
}

/// A wired way from one widget to another; branches of one widget that lead to the same place count as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Transition {
    /// The widget that is left.
    pub from: String,
    /// The event.
    pub event: String,
    /// The widget that comes next.
    pub to: String,
}

impl RehearsedFlow {
    /// Compiles a definition, or says all that is wrong with it.
    pub fn parse(definition: &Value, settings: Settings) -> Result<Self, Vec<Problem>> {
        let flow = Flow::parse(definition, settings)?;
        let states = definition["states"].as_array().into_iter().flatten();
        Ok(Self {
            flow,
            first_widget: definition["initial_state"].as_str().unwrap_or_default().to_owned(),
            transitions: states.flat_map(transitions_of).collect(),
        })
    }

    /// Gives it the flows that it runs inside itself, by their SIDs and whichever revision its widgets name.
    pub fn with_subflows(self, definitions: &BTreeMap<String, Value>) -> Result<Self, Vec<Problem>> {
        let wanted = self.flow.subflows_wanted().into_iter().cloned();
        let known = wanted
            .filter_map(|reference| definitions.get(&reference.flow_sid).map(|found| (reference, found)));
        let settings = self.flow.settings();
        let compiled = known.map(|(reference, definition)| {
            Flow::parse(definition, settings.clone()).map(|flow| (reference, Arc::new(flow)))
        });
        let subflows: BTreeMap<_, _> = compiled.collect::<Result<_, _>>()?;
        Ok(Self { flow: self.flow.with_subflows(subflows), ..self })
    }

    /// Returns the flow as the engine runs it.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// Returns the widget at which executions begin.
    pub fn first_widget(&self) -> &str {
        &self.first_widget
    }

    /// Returns the transitions that are wired.
    pub fn transitions(&self) -> &BTreeSet<Transition> {
        &self.transitions
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} → {}", self.from, self.event, self.to)
    }
}

fn transitions_of(state: &Value) -> Vec<Transition> {
    let from = state["name"].as_str().unwrap_or_default();
    let transitions = state["transitions"].as_array().into_iter().flatten();
    let wired = transitions.filter_map(|transition| {
        let to = transition["next"].as_str().filter(|next| !next.is_empty())?;
        let event = transition["event"].as_str()?;
        Some(Transition { from: from.to_owned(), event: event.to_owned(), to: to.to_owned() })
    });
    wired.collect()
}
