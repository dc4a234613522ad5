//! Variables that no path sets before they are read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{Model, Widget};
use super::reading::{Reading, readings};
use super::{Report, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "unset-variable",
    severity: Severity::Warning,
    reason: "A variable that is set on none of the paths that lead to its reader is always empty.",
    hint: "set it on a path that leads here, or read what is set there",
    example: r#""body": "{{ widgets.ask.inbound.Body }}" on the path of "ask" that begins with "timeout""#,
    run,
};

/// Outputs that are there only after some of a widget's events.
const OUTPUTS_OF_EVENTS: &[(&str, &str, &[&str])] = &[
    ("gather-input-on-call", "Digits", &["keypress"]),
    ("gather-input-on-call", "SpeechResult", &["speech"]),
    ("gather-input-on-call", "Confidence", &["speech"]),
    ("send-and-wait-for-reply", "inbound", &["incomingMessage"]),
    ("run-conversation-relay", "HandoffData", &["success"]),
];

/// What the trigger leaves, by the event with which it began.
const TRIGGER_PARTS: &[(&str, &str)] = &[
    ("call", "incomingCall"),
    ("message", "incomingMessage"),
    ("conversation", "incomingConversationMessage"),
    ("request", "incomingRequest"),
    ("parent", "incomingParent"),
];

/// What the published editor writes into every widget that sends messages, whatever begins the flow.
const EDITOR_DEFAULTS: &[&str] = &["{{trigger.message.InstanceSid}}", "{{trigger.message.ChannelSid}}"];

/// A parent flow hands on what it began with, and what it has set.
const PARENT: &str = "incomingParent";

/// Places of widgets, by the variable that they set.
type Setters<'a> = BTreeMap<&'a str, Vec<usize>>;

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    let is_default = |reading: &Reading<'_>| EDITOR_DEFAULTS.contains(&reading.text.source);
    let setters = setters(model);
    for Reading { widget, text, variable } in readings(model).filter(|reading| !is_default(reading)) {
        if let Some(why) = fault(model, &setters, widget, &variable) {
            report.add(&text.path, format!("'{}' is always empty here: {why}", variable.join(".")));
        }
    }
}

/// Returns the widgets that set each of `flow.variables`.
fn setters<'a>(model: &Model<'a>) -> Setters<'a> {
    let mut setters = Setters::new();
    for (place, widget) in model.widgets.iter().enumerate() {
        for key in keys(widget) {
            setters.entry(key).or_default().push(place);
        }
    }
    setters
}

fn fault(model: &Model<'_>, setters: &Setters<'_>, reader: usize, variable: &[&str]) -> Option<String> {
    match *variable {
        ["widgets", name, ..] => output_fault(model, reader, name, variable.get(2).copied()),
        ["trigger", part, ..] => trigger_fault(model, reader, part),
        ["flow", "variables", key, ..] => variable_fault(model, setters.get(key), reader),
        ["flow", "data", ..] if !model.can_begin(reader, &["incomingRequest", PARENT]) => {
            Some("no path from a REST request or a parent flow leads here".to_owned())
        }
        _ => None,
    }
}

fn output_fault(model: &Model<'_>, reader: usize, name: &str, output: Option<&str>) -> Option<String> {
    let (place, widget) = model.widget(name)?;
    if !model.can_follow(reader, place, |_| true) {
        return Some(format!("no path leads over '{name}' to this widget"));
    }
    let of_kind = |row: &&(&str, &str, &[&str])| row.0 == widget.kind.type_name && Some(row.1) == output;
    let (_, output, events) = OUTPUTS_OF_EVENTS.iter().find(of_kind)?;
    let is_left = model.can_follow(reader, place, |event| events.contains(&event));
    (!is_left).then(|| format!("'{name}' sets {output} only when it is left by '{}'", events.join("', '")))
}

fn trigger_fault(model: &Model<'_>, reader: usize, part: &str) -> Option<String> {
    let (_, event) = TRIGGER_PARTS.iter().find(|(known, _)| *known == part)?;
    let is_begun = model.can_begin(reader, &[event, PARENT]);
    (!is_begun).then(|| format!("no path from the trigger's '{event}' leads here"))
}

fn variable_fault(model: &Model<'_>, setters: Option<&Vec<usize>>, reader: usize) -> Option<String> {
    if model.can_begin(reader, &[PARENT]) {
        return None;
    }
    let Some(setters) = setters else { return Some("no widget sets it".to_owned()) };
    let is_set = setters.iter().any(|place| model.can_follow(reader, *place, |_| true));
    (!is_set).then(|| "no path leads over a widget that sets it".to_owned())
}

fn keys<'a>(widget: &Widget<'a>) -> impl Iterator<Item = &'a str> {
    let variables = widget.properties.filter(|_| widget.kind.type_name == "set-variables");
    let variables = variables.and_then(|it| it.get("variables")).and_then(Value::as_array);
    variables.into_iter().flatten().filter_map(|item| item["key"].as_str())
}
