//! What is to be drawn of a flow: a box for each widget, a port for each of its events, a line for each transition.

use std::collections::BTreeMap;

use flow::{Group, WidgetKind, widget_kind};
use serde_json::Value;

/// The longest text in a box, in characters.
const TEXT_MAX: usize = 34;

/// A flow as boxes and lines.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) title: String,
    pub(super) boxes: Vec<WidgetBox>,
    pub(super) lines: Vec<Line>,
}

/// One widget.
#[derive(Debug)]
pub(super) struct WidgetBox {
    pub(super) name: String,
    /// What people call its type.
    pub(super) label: String,
    /// `None` for types that do not exist.
    pub(super) group: Option<Group>,
    pub(super) type_name: String,
    pub(super) ports: Vec<Port>,
    /// Whether the execution that is shown came here.
    pub(super) is_visited: bool,
}

/// One way out of a box.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) event: String,
    pub(super) label: String,
    pub(super) is_wired: bool,
}

/// One transition: from a port of a box to a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) port: usize,
    pub(super) to: usize,
    /// Whether the execution that is shown went this way.
    pub(super) is_taken: bool,
}

impl Drawing {
    /// Reads a definition; what can not be read is left out.
    pub(super) fn of(definition: &Value) -> Self {
        let states = definition["states"].as_array().map(Vec::as_slice).unwrap_or_default();
        let named: Vec<(&str, &Value)> =
            states.iter().filter_map(|state| Some((state["name"].as_str()?, state))).collect();
        let places: BTreeMap<&str, usize> =
            named.iter().enumerate().map(|(place, (name, _))| (*name, place)).collect();
        let mut drawing = Self {
            title: definition["description"].as_str().unwrap_or("A flow").to_owned(),
            ..Self::default()
        };
        for (from, (name, state)) in named.iter().enumerate() {
            drawing.add(from, name, state, &places);
        }
        drawing
    }

    /// Marks what an execution did, by the list of its steps.
    pub(super) fn mark(&mut self, steps: &Value) {
        for step in steps["steps"].as_array().or_else(|| steps.as_array()).into_iter().flatten() {
            let [from, event, to] = ["transitioned_from", "name", "transitioned_to"]
                .map(|key| step[key].as_str().unwrap_or_default());
            for it in &mut self.boxes {
                it.is_visited |= it.name == from || it.name == to;
            }
            for line in &mut self.lines {
                let (source, target) = (&self.boxes[line.from], &self.boxes[line.to]);
                let is_event = source.ports[line.port].event == event;
                line.is_taken |= source.name == from && target.name == to && is_event;
            }
        }
    }

    fn add(&mut self, from: usize, name: &str, state: &Value, places: &BTreeMap<&str, usize>) {
        let type_name = state["type"].as_str().unwrap_or_default();
        let kind = widget_kind(type_name);
        let mut ports = Vec::new();
        for (port, transition) in state["transitions"].as_array().into_iter().flatten().enumerate() {
            let to = transition["next"].as_str().and_then(|name| places.get(name)).copied();
            self.lines.extend(to.map(|to| Line { from, port, to, is_taken: false }));
            ports.push(read_port(transition, kind, to.is_some()));
        }
        self.boxes.push(WidgetBox {
            name: shortened(name),
            label: shortened(kind.map_or(type_name, |kind| kind.label)),
            group: kind.map(|kind| kind.group),
            type_name: type_name.to_owned(),
            ports,
            is_visited: false,
        });
    }
}

fn read_port(transition: &Value, kind: Option<&WidgetKind>, is_wired: bool) -> Port {
    let event = transition["event"].as_str().unwrap_or_default();
    let known = kind.and_then(|kind| kind.events.iter().find(|known| known.event == event));
    let condition = transition["conditions"][0]["friendly_name"].as_str().filter(|_| event == "match");
    let label = condition.unwrap_or_else(|| known.map_or(event, |known| known.label));
    Port { event: event.to_owned(), label: shortened(label), is_wired }
}

fn shortened(text: &str) -> String {
    let text: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    match text.char_indices().nth(TEXT_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
