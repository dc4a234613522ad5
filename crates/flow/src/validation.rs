//! The check of a definition: every problem at once, with the place where it is.
//!
//! It reads as leniently as an import must (unknown keys, missing events, numbers written as text); what a widget's
//! properties may hold comes from the catalogue.

mod problem;
mod property_check;
mod strict;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::condition::{Test, whole_text_regex};
use crate::template::is_literal;
use crate::{WidgetKind, catalogue, widget_kind};
pub use problem::{Findings, Problem};
use property_check::{check_properties, check_template, enumeration, type_name};
pub use strict::validate_strictly;

/// The most widgets of a flow, those of its subflows among them.
pub(crate) const WIDGETS_MAX: usize = 2_000;

/// The most widgets of a flow that runs inside another one.
pub(crate) const SUBFLOW_WIDGETS_MAX: usize = 150;

/// The most other flows that a flow may run inside itself.
const SUBFLOWS_MAX: usize = 50;

/// The event that branches take.
const MATCH: &str = "match";

/// An event that one description of Send to Flex names and no flow uses: taken, never fired.
const TOLERATED_EVENT: (&str, &str) = ("send-to-flex", "composerStarted");

/// What is said of a value that has to be there.
pub(crate) const MISSING: &str = "is missing but it is required";

/// Checks a definition and returns all that is wrong with it.
pub fn validate(definition: &Value) -> Findings {
    let mut findings = Findings::default();
    let Some(definition) = definition.as_object() else {
        findings.error("#", format!("{} found, object expected", type_name(definition)));
        return findings;
    };
    check_head(definition, &mut findings);
    match definition.get("states") {
        None => findings.error("#/states", MISSING),
        Some(Value::Array(states)) => check_states(definition, states, &mut findings),
        Some(other) => findings.error("#/states", format!("{} found, array expected", type_name(other))),
    }
    findings
}

fn check_head(definition: &Map<String, Value>, findings: &mut Findings) {
    if let Some(other) = definition.get("description").filter(|text| !text.is_string() && !text.is_null()) {
        findings.error("#/description", format!("{} found, string expected", type_name(other)));
    }
    let Some(flags) = definition.get("flags").filter(|flags| !flags.is_null()) else { return };
    let Some(flags) = flags.as_object() else {
        return findings.error("#/flags", format!("{} found, object expected", type_name(flags)));
    };
    if let Some(other) = flags.get("allow_concurrent_calls").filter(|flag| !flag.is_boolean()) {
        let message = format!("{} found, boolean expected", type_name(other));
        findings.error("#/flags/allow_concurrent_calls", message);
    }
}

fn check_states(definition: &Map<String, Value>, states: &[Value], findings: &mut Findings) {
    if states.len() > WIDGETS_MAX {
        let message = format!("{} widgets found, at most {WIDGETS_MAX} are allowed", states.len());
        findings.error("#/states", message);
    }
    let subflows: BTreeSet<&str> = states.iter().filter_map(subflow).collect();
    if subflows.len() > SUBFLOWS_MAX {
        let message =
            format!("{} different subflows found, at most {SUBFLOWS_MAX} are allowed", subflows.len());
        findings.error("#/states", message);
    }
    let types_by_name: BTreeMap<&str, &str> = states.iter().filter_map(name_and_type).collect();
    check_names(states, findings);
    check_initial_state(definition, &types_by_name, findings);
    check_trigger(states, findings);
    for (place, state) in states.iter().enumerate() {
        check_state(&format!("#/states/{place}"), state, &types_by_name, findings);
    }
}

fn subflow(state: &Value) -> Option<&str> {
    let is_subflow = state["type"] == "run-subflow";
    is_subflow.then(|| state["properties"]["flow_sid"].as_str()).flatten()
}

fn name_and_type(state: &Value) -> Option<(&str, &str)> {
    Some((state["name"].as_str()?, state["type"].as_str().unwrap_or_default()))
}

fn check_names(states: &[Value], findings: &mut Findings) {
    let mut places_by_name = BTreeMap::new();
    for (place, state) in states.iter().enumerate() {
        let path = format!("#/states/{place}/name");
        let name = match state.get("name") {
            None if !state.is_object() => continue,
            None => {
                findings.error(&path, MISSING);
                continue;
            }
            Some(Value::String(name)) => name,
            Some(other) => {
                findings.error(&path, format!("{} found, string expected", type_name(other)));
                continue;
            }
        };
        if !is_widget_name(name) {
            findings.error(
                &path,
                format!("'{name}' is not a name: a letter first, then no spaces and no periods are expected"),
            );
        }
        if let Some(first) = places_by_name.insert(name, place) {
            findings.error(
                &path,
                format!("the name '{name}' is used by #/states/{first} already: it must be unique"),
            );
        }
    }
}

fn is_widget_name(name: &str) -> bool {
    name.starts_with(char::is_alphabetic)
        && !name.contains(|c: char| c == '.' || c.is_whitespace() || c.is_control())
}

fn check_initial_state(
    definition: &Map<String, Value>,
    types: &BTreeMap<&str, &str>,
    findings: &mut Findings,
) {
    const PATH: &str = "#/initial_state";
    let name = match definition.get("initial_state") {
        None => return findings.error(PATH, MISSING),
        Some(Value::String(name)) => name,
        Some(other) => return findings.error(PATH, format!("{} found, string expected", type_name(other))),
    };
    match types.get(name.as_str()) {
        None => findings.error(PATH, format!("'{name}' is not the name of a widget")),
        Some(&"trigger") => {}
        Some(other) => findings.error(PATH, format!("'{name}' is a {other} widget, trigger expected")),
    }
}

fn check_trigger(states: &[Value], findings: &mut Findings) {
    let mut triggers = states.iter().enumerate().filter(|(_, state)| state["type"] == "trigger");
    if triggers.next().is_none() {
        findings.error("#/states", "a widget of type trigger is missing but it is required");
    }
    for (place, _) in triggers {
        findings.error(&format!("#/states/{place}/type"), "a second trigger found, exactly one is expected");
    }
}

fn check_state(path: &str, state: &Value, types: &BTreeMap<&str, &str>, findings: &mut Findings) {
    let Some(object) = state.as_object() else {
        return findings.error(path, format!("{} found, object expected", type_name(state)));
    };
    let kind = check_type(path, object, findings);
    if let Some(kind) = kind {
        check_properties(&format!("{path}/properties"), object.get("properties"), kind, findings);
    }
    match object.get("transitions") {
        None | Some(Value::Null) => {}
        Some(Value::Array(transitions)) => check_transitions(path, transitions, kind, types, findings),
        Some(other) => {
            let message = format!("{} found, array expected", type_name(other));
            findings.error(&format!("{path}/transitions"), message);
        }
    }
}

fn check_type(
    path: &str,
    state: &Map<String, Value>,
    findings: &mut Findings,
) -> Option<&'static WidgetKind> {
    let path = format!("{path}/type");
    let name = match state.get("type") {
        Some(Value::String(name)) => name,
        None => {
            findings.error(&path, MISSING);
            return None;
        }
        Some(other) => {
            findings.error(&path, format!("{} found, string expected", type_name(other)));
            return None;
        }
    };
    let kind = widget_kind(name);
    match kind {
        None => findings.error(&path, enumeration(name, catalogue().iter().map(|kind| kind.type_name))),
        Some(kind) if !kind.is_run() => findings.warning(
            &path,
            format!(
                "widgets of type '{name}' are not run by this version: their failure transition is taken"
            ),
        ),
        Some(_) => {}
    }
    kind
}

fn check_transitions(
    path: &str,
    transitions: &[Value],
    kind: Option<&WidgetKind>,
    types: &BTreeMap<&str, &str>,
    findings: &mut Findings,
) {
    let mut seen = Vec::new();
    for (place, transition) in transitions.iter().enumerate() {
        let path = format!("{path}/transitions/{place}");
        let Some(object) = transition.as_object() else {
            findings.error(&path, format!("{} found, object expected", type_name(transition)));
            continue;
        };
        check_next(&path, object, types, findings);
        let Some(event) = check_event(&path, object, kind, findings) else { continue };
        if event == MATCH {
            check_conditions(&path, object, findings);
        } else if seen.contains(&event) {
            findings.warning(&path, format!("a second transition for '{event}': only the first is taken"));
        }
        seen.push(event);
    }
}

fn check_next(
    path: &str,
    transition: &Map<String, Value>,
    types: &BTreeMap<&str, &str>,
    findings: &mut Findings,
) {
    let path = format!("{path}/next");
    match transition.get("next") {
        None | Some(Value::Null) => {}
        Some(Value::String(next)) if next.is_empty() || types.contains_key(next.as_str()) => {}
        Some(Value::String(next)) => findings.error(&path, format!("'{next}' is not the name of a widget")),
        Some(other) => findings.error(&path, format!("{} found, string expected", type_name(other))),
    }
}

fn check_event<'a>(
    path: &str,
    transition: &'a Map<String, Value>,
    kind: Option<&WidgetKind>,
    findings: &mut Findings,
) -> Option<&'a str> {
    let path = format!("{path}/event");
    let event = match transition.get("event") {
        Some(Value::String(event)) => event.as_str(),
        None => {
            findings.error(&path, MISSING);
            return None;
        }
        Some(other) => {
            findings.error(&path, format!("{} found, string expected", type_name(other)));
            return None;
        }
    };
    let kind = kind?;
    let is_known = kind.events.iter().any(|known| known.event == event);
    if !is_known && (kind.type_name, event) != TOLERATED_EVENT {
        let events: Vec<_> = kind.events.iter().map(|known| known.event).collect();
        let message = format!("must be a constant value {}: '{event}' found", events.join(", "));
        findings.error(&path, message);
    }
    Some(event)
}

fn check_conditions(path: &str, transition: &Map<String, Value>, findings: &mut Findings) {
    let path = format!("{path}/conditions");
    match transition.get("conditions") {
        None | Some(Value::Null) => findings.error(&path, MISSING),
        Some(Value::Array(conditions)) if conditions.is_empty() => {
            findings.error(&path, "there must be a minimum of 1 items in the array");
        }
        Some(Value::Array(conditions)) => {
            for (place, condition) in conditions.iter().enumerate() {
                check_condition(&format!("{path}/{place}"), condition, findings);
            }
        }
        Some(other) => findings.error(&path, format!("{} found, array expected", type_name(other))),
    }
}

fn check_condition(path: &str, condition: &Value, findings: &mut Findings) {
    let Some(object) = condition.as_object() else {
        return findings.error(path, format!("{} found, object expected", type_name(condition)));
    };
    match object.get("type") {
        None => findings.error(&format!("{path}/type"), MISSING),
        Some(Value::String(name)) if Test::named(name).is_some() => {}
        Some(Value::String(name)) => {
            findings.error(&format!("{path}/type"), enumeration(name, Test::NAMES.iter().copied()));
        }
        Some(other) => {
            findings.error(&format!("{path}/type"), format!("{} found, string expected", type_name(other)));
        }
    }
    check_condition_value(&format!("{path}/value"), object, findings);
    check_arguments(&format!("{path}/arguments"), object.get("arguments"), findings);
}

fn check_condition_value(path: &str, condition: &Map<String, Value>, findings: &mut Findings) {
    match condition.get("value") {
        None | Some(Value::Null | Value::Number(_) | Value::Bool(_)) => {}
        Some(Value::String(value)) => {
            check_template(path, value, findings);
            let is_regex = condition.get("type").is_some_and(|kind| kind == "regex");
            if let (true, true, Err(error)) = (is_regex, is_literal(value), whole_text_regex(value)) {
                findings.warning(path, format!("never matches: {error}"));
            }
        }
        Some(other) => findings.error(path, format!("{} found, string expected", type_name(other))),
    }
}

fn check_arguments(path: &str, arguments: Option<&Value>, findings: &mut Findings) {
    match arguments {
        None | Some(Value::Null) => {}
        Some(Value::Array(arguments)) => {
            for (place, argument) in arguments.iter().enumerate() {
                let path = format!("{path}/{place}");
                match argument.as_str() {
                    Some(text) => check_template(&path, text, findings),
                    None => {
                        findings.error(&path, format!("{} found, string expected", type_name(argument)));
                    }
                }
            }
        }
        Some(other) => findings.error(path, format!("{} found, array expected", type_name(other))),
    }
}
