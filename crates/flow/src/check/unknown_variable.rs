//! Variables that do not exist: misspelt, of a widget that is not there, or of none of the four roots.

use serde_json::Value;

use super::model::{Model, Widget};
use super::reading::{Reading, readings};
use super::{Report, Rule, Severity};
use crate::catalogue::Group;

pub(super) static RULE: Rule = Rule {
    code: "unknown-variable",
    severity: Severity::Warning,
    reason: "A variable that does not exist is empty, without any error.",
    hint: "templates read flow, trigger, widgets and contact; names are case-sensitive",
    example: r#""body": "{{ widgets.menu.digits }}""#,
    run,
};

/// What the roots hold; `widgets` holds the flow's own.
const KNOWN: &[(&str, &[&str])] = &[
    ("flow", &["sid", "flow_sid", "channel", "data", "variables", "add_ons"]),
    ("trigger", &["call", "message", "conversation", "request", "parent"]),
    ("contact", &["channel"]),
];

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for Reading { text, variable, .. } in readings(model) {
        let shown = variable.join(".");
        if let Some((why, hint)) = fault(model, &variable) {
            report.add_with_hint(&text.path, format!("'{shown}' does not exist: {why}"), hint);
        }
    }
}

/// Returns what is wrong with a variable and what to do.
fn fault(model: &Model<'_>, variable: &[&str]) -> Option<(String, String)> {
    let root = *variable.first()?;
    if root == "widgets" {
        let name = *variable.get(1)?;
        let Some((_, widget)) = model.widget(name) else {
            return Some((format!("no widget is called '{name}'"), nearest(name, names(model))));
        };
        return output_fault(widget, variable.get(2)?);
    }
    let Some((_, members)) = KNOWN.iter().find(|(known, _)| *known == root) else {
        return Some((format!("'{root}' is not flow, trigger, widgets or contact"), RULE.hint.to_owned()));
    };
    let member = *variable.get(1)?;
    let hint = || nearest(member, members.iter().copied());
    (!members.contains(&member)).then(|| (format!("'{root}' holds {}", members.join(", ")), hint()))
}

fn names<'a>(model: &'a Model<'_>) -> impl Iterator<Item = &'a str> {
    model.widgets.iter().map(|widget| widget.name)
}

fn output_fault(widget: &Widget<'_>, output: &str) -> Option<(String, String)> {
    let known = outputs(widget);
    if known.contains(&output) {
        return None;
    }
    let is_misspelt = known.iter().any(|known| known.eq_ignore_ascii_case(output));
    if !is_misspelt && !is_closed(widget) {
        return None;
    }
    let why = format!("a {} widget leaves {}", widget.kind.type_name, known.join(", "));
    Some((why, nearest(output, known.into_iter())))
}

/// Returns what a widget is known to leave behind.
fn outputs<'a>(widget: &Widget<'a>) -> Vec<&'a str> {
    if widget.kind.type_name != "set-variables" {
        return widget.kind.outputs.to_vec();
    }
    let variables = widget.properties.and_then(|it| it.get("variables")).and_then(Value::as_array);
    variables.into_iter().flatten().filter_map(|item| item["key"].as_str()).collect()
}

/// Calls leave whatever the carrier sends along; these widgets leave what is listed, and no more.
fn is_closed(widget: &Widget<'_>) -> bool {
    let is_listed = matches!(widget.kind.group, Group::Messaging | Group::Tools)
        && !widget.kind.outputs.iter().any(|output| output.starts_with('<'));
    is_listed || widget.kind.type_name == "set-variables"
}

fn nearest<'a>(name: &str, mut known: impl Iterator<Item = &'a str>) -> String {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    match known.find(|known| plain(known) == plain(name)) {
        Some(known) => format!("write '{known}'"),
        None => RULE.hint.to_owned(),
    }
}
