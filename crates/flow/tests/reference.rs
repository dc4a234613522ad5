//! The pages of the reference that are made from data: `UPDATE_EXPECTED=1` writes them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::fs;

use flow::{Group, PropertyKind, PropertyType, WidgetKind, catalogue, rules};

#[test]
fn the_page_of_the_widgets_tells_what_the_catalogue_holds() {
    let mut page = String::from(
        "# Widgets\n\n\
         What each widget takes, how it is left, and what templates can read of it afterwards.\n\
         This page is made from the widget catalogue, `crates/flow/src/widgets`.\n",
    );
    for (group, title) in [
        (Group::Flow, "Flow"),
        (Group::Messaging, "Messages and conversations"),
        (Group::Voice, "Calls"),
        (Group::Connect, "Agents and bots"),
        (Group::Tools, "Other systems"),
    ] {
        writeln!(page, "\n## {title}").unwrap();
        catalogue().iter().filter(|kind| kind.group == group).for_each(|kind| describe(&mut page, kind));
    }
    compare("widgets.md", &page);
}

#[test]
fn the_page_of_the_lint_tells_what_each_rule_finds() {
    let mut page = String::from(
        "# What `flow check` finds\n\n\
         Each finding has a code that stays the same, a place in the file, a reason and a hint.\n\
         Errors let the command fail; warnings do with `--deny warnings`; notes never do.\n\
         `--strict` adds what the published service refuses although it runs here (`published-form`), such as a number \
         that is written as text.\n\
         This page is made from the rules, `crates/flow/src/check`.\n\n\
         | code | severity | why | what to do | example |\n| --- | --- | --- | --- | --- |\n",
    );
    for rule in rules() {
        let [reason, hint] = [rule.reason, rule.hint].map(cell);
        let example = rule.example.replace('|', "\\|");
        let row = format!("| `{}` | {} | {reason} | {hint} | `{example}` |", rule.code, rule.severity);
        writeln!(page, "{row}").unwrap();
    }
    page.push_str(
        "\nTwo more are found in the text itself: `not-json`, an error, and `duplicate-key`, a warning: \
         of two equal keys of an object, the last one counts.\n\n\
         For each code, `crates/flow/tests/data/check` holds a flow that has it.\n",
    );
    compare("flow-check.md", &page);
}

fn describe(page: &mut String, kind: &WidgetKind) {
    let note = if kind.is_run() { "" } else { " This version imports it, but takes its failure transition." };
    writeln!(page, "\n### {}\n\n`{}`. {}{note}\n", kind.label, kind.type_name, cell(kind.help)).unwrap();
    if !kind.properties.is_empty() {
        page.push_str(
            "| property | takes | default | Liquid | what it is for |\n| --- | --- | --- | --- | --- |\n",
        );
        kind.properties.iter().for_each(|property| page.push_str(&row(property)));
        page.push('\n');
    }
    let failure = |event| if kind.failure_event == Some(event) { ", when it fails" } else { "" };
    let events = kind.events.iter().map(|it| format!("`{}` ({}{})", it.event, it.label, failure(it.event)));
    writeln!(page, "Events: {}.", events.collect::<Vec<_>>().join(", ")).unwrap();
    if !kind.outputs.is_empty() {
        let outputs: Vec<_> = kind.outputs.iter().map(|output| format!("`{output}`")).collect();
        writeln!(page, "\nLeaves in `widgets.<name>`: {}.", outputs.join(", ")).unwrap();
    }
}

fn row(property: &PropertyKind) -> String {
    let required = if property.is_required { ", required" } else { "" };
    let default = property.default.map(|default| format!("`{default}`")).unwrap_or_default();
    let liquid = if property.is_liquid { "yes" } else { "" };
    let [values, default, help] =
        [values(property.value), default, property.help.to_owned()].map(|it| cell(&it));
    format!("| `{}` | {values}{required} | {default} | {liquid} | {help} |\n", property.name)
}

fn values(values: PropertyType) -> String {
    match values {
        PropertyType::Text => "text".to_owned(),
        PropertyType::Url => "link".to_owned(),
        PropertyType::JsonText { length_max } => {
            format!("JSON object as text, at most {length_max} characters")
        }
        PropertyType::Sid { prefix } => format!("name or SID (`{prefix}…`)"),
        PropertyType::Integer { min, max } => format!("number {min} to {max}"),
        PropertyType::IntegerText { min, max } => format!("number {min} to {max}, as text"),
        PropertyType::Boolean => "true or false".to_owned(),
        PropertyType::Choice { values } => quoted(values).join(" or "),
        PropertyType::List { keys: [] } => "list of texts".to_owned(),
        PropertyType::List { keys } => format!("list of objects: {}", quoted(keys).join(", ")),
        PropertyType::Object => "object".to_owned(),
    }
}

fn quoted(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| format!("`{text}`")).collect()
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

fn compare(name: &str, page: &str) {
    let file = format!("{}/../../docs/reference/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&file, page).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(page, expected, "docs/reference/{name} differs; UPDATE_EXPECTED=1 refreshes it");
}
