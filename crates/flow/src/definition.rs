//! A flow: a definition compiled once per revision, with templates parsed and transitions resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::validation::{SUBFLOW_WIDGETS_MAX, WIDGETS_MAX};
use crate::widget::{Behaviour, Way, WidgetSource};
use crate::{Findings, Problem, Settings, SubflowReference, WidgetKind, validate, widget_kind};

/// A definition that can run.
#[derive(Debug)]
pub struct Flow {
    settings: Settings,
    findings: Findings,
    allows_concurrent_calls: bool,
    trigger: usize,
    widgets: Vec<Widget>,
    /// Places in `widgets`, as executions and transitions name them.
    places_by_name: BTreeMap<String, usize>,
    /// The flows that widgets run, by how they name them.
    subflows: BTreeMap<SubflowReference, Arc<Flow>>,
}

/// One widget of a flow.
#[derive(Debug)]
pub(crate) struct Widget {
    pub(crate) name: String,
    pub(crate) kind: &'static WidgetKind,
    pub(crate) transitions: Vec<Transition>,
    /// `None` for what this version does not run.
    pub(crate) behaviour: Option<Box<dyn Behaviour>>,
}

/// One way on from a widget.
#[derive(Debug)]
pub(crate) struct Transition {
    event: String,
    next: Option<String>,
}

impl Flow {
    /// Compiles a definition, or says all that is wrong with it.
    pub fn parse(definition: &Value, settings: Settings) -> Result<Self, Vec<Problem>> {
        let findings = validate(definition);
        if !findings.is_valid() {
            return Err(findings.errors);
        }
        let states = definition["states"].as_array().map(Vec::as_slice).unwrap_or_default();
        let widgets: Vec<Widget> = states.iter().filter_map(compile).collect();
        let places_by_name: BTreeMap<String, usize> =
            widgets.iter().enumerate().map(|(place, widget)| (widget.name.clone(), place)).collect();
        let trigger = definition["initial_state"].as_str().and_then(|name| places_by_name.get(name)).copied();
        Ok(Self {
            settings,
            findings,
            allows_concurrent_calls: definition["flags"]["allow_concurrent_calls"] == true,
            trigger: trigger.expect("validation found the initial state"),
            widgets,
            places_by_name,
            subflows: BTreeMap::new(),
        })
    }

    /// Returns the other flows that its widgets run, each once.
    pub fn subflows_wanted(&self) -> BTreeSet<&SubflowReference> {
        let behaviours = self.widgets.iter().filter_map(|widget| widget.behaviour.as_ref());
        behaviours.filter_map(|behaviour| behaviour.subflow()).collect()
    }

    /// Gives it the other flows; the widget that runs one which is not given takes its failure transition.
    pub fn with_subflows(self, subflows: BTreeMap<SubflowReference, Arc<Self>>) -> Self {
        Self { subflows, ..self }
    }

    /// Returns how the flow runs.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns what its author should know although it runs.
    pub fn warnings(&self) -> &[Problem] {
        &self.findings.warnings
    }

    /// Tells whether a caller may have more than one call in this flow at a time.
    pub fn allows_concurrent_calls(&self) -> bool {
        self.allows_concurrent_calls
    }

    /// Returns the other flow that is named so.
    pub(crate) fn subflow(&self, reference: &SubflowReference) -> Option<&Self> {
        self.subflows.get(reference).map(Arc::as_ref)
    }

    /// Returns the other flow that is named so, or says why it can not run inside this one.
    pub(crate) fn subflow_to_run(&self, reference: &SubflowReference) -> Result<&Self, String> {
        let SubflowReference { flow_sid, revision } = reference;
        let subflow = self.subflow(reference).ok_or_else(|| {
            format!("there is no flow '{flow_sid}' with the revision '{revision}' that can run")
        })?;
        let (own, all) = (subflow.widgets.len(), self.widgets_with_subflows());
        if own > SUBFLOW_WIDGETS_MAX {
            return Err(format!(
                "the flow '{flow_sid}' has {own} widgets, at most {SUBFLOW_WIDGETS_MAX} can run inside another flow"
            ));
        }
        if all > WIDGETS_MAX {
            return Err(format!(
                "this flow and those that it runs have {all} widgets, at most {WIDGETS_MAX} are allowed"
            ));
        }
        Ok(subflow)
    }

    fn widgets_with_subflows(&self) -> usize {
        self.widgets.len() + self.subflows.values().map(|subflow| subflow.widgets.len()).sum::<usize>()
    }

    /// Returns the widget where executions begin.
    pub(crate) fn trigger(&self) -> &Widget {
        &self.widgets[self.trigger]
    }

    /// Returns the widget with this name.
    pub(crate) fn widget(&self, name: &str) -> Option<&Widget> {
        self.places_by_name.get(name).map(|place| &self.widgets[*place])
    }

    /// Returns the event's name and the widget to which this way out of `from` leads, if to any.
    pub(crate) fn transition<'a>(&'a self, from: &str, way: Way) -> (&'a str, Option<&'a Widget>) {
        let transitions = self.widget(from).map(|widget| widget.transitions.as_slice()).unwrap_or_default();
        let taken = match way {
            Way::Event(event) => transitions.iter().find(|transition| transition.event == event),
            Way::Place(place) => transitions.get(place),
        };
        let next = taken.and_then(|transition| transition.next.as_deref()).and_then(|name| self.widget(name));
        match (taken, way) {
            (Some(transition), _) => (&transition.event, next),
            (None, Way::Event(event)) => (event, None),
            (None, Way::Place(_)) => ("match", None),
        }
    }
}

/// Compiles one state; validation has seen to its shape.
fn compile(state: &Value) -> Option<Widget> {
    let kind = widget_kind(state["type"].as_str()?)?;
    let transitions = state["transitions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let no_properties = Map::new();
    let properties = state["properties"].as_object().unwrap_or(&no_properties);
    let behaviour = kind.compile.map(|compile| compile(&WidgetSource { kind, properties, transitions }));
    Some(Widget {
        name: state["name"].as_str()?.to_owned(),
        kind,
        transitions: transitions.iter().map(transition).collect(),
        behaviour,
    })
}

/// Reads one transition; an empty `next` is as good as none.
fn transition(transition: &Value) -> Transition {
    Transition {
        event: transition["event"].as_str().unwrap_or_default().to_owned(),
        next: transition["next"].as_str().filter(|next| !next.is_empty()).map(str::to_owned),
    }
}
