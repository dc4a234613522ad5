//! The lint, by a table of small flows: one for each rule, with what is found in it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use flow::portable::Bindings;
use flow::{Finding, Severity, check, rules};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn each_flow_of_the_table_has_its_findings() {
    let mut found = BTreeSet::new();
    for file in json_files(&data()) {
        let findings = check(&read(&file), &bindings());
        found.extend(findings.iter().map(|finding| finding.code));
        let code = file.file_stem().and_then(|stem| stem.to_str()).unwrap();
        assert!(code == "sound" || findings.iter().any(|finding| finding.code == code), "{code}");
        // What is run grows from version to version, and is the business of one file only.
        let shown = |finding: &&Finding| code == "not-run" || finding.code != "not-run";
        compare(&file.with_extension("out"), &table(findings.iter().filter(shown)));
    }
    let unseen: Vec<_> = rules().iter().map(|rule| rule.code).filter(|code| !found.contains(code)).collect();
    assert_eq!(unseen, [""; 0], "each rule has a flow of its own");
}

#[test]
fn flows_that_people_have_built_have_no_errors() {
    let shared = std::env::var_os("PATCHBOARD_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")));
    let files = json_files(&shared.join("flows"));
    if files.is_empty() {
        eprintln!("left out: the folder of real flows is not there");
    }
    for file in files {
        let findings = check(&read(&file), &Bindings::default());
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert_eq!(errors, [] as [&Finding; 0], "{}", file.display());
    }
}

#[test]
fn the_flows_of_a_new_installation_have_no_errors() {
    for flow in
        [flow::voice_ivr("Anyone", "voice"), flow::messaging("Anyone", "chat"), flow::webchat("WW1", "TC1")]
    {
        let findings = check(&flow, &bindings());
        assert!(findings.iter().all(|finding| finding.severity != Severity::Error), "{findings:#?}");
    }
}

proptest! {
    #[test]
    fn any_json_can_be_checked(states in prop::collection::vec(state(), 0..5), other in any_json()) {
        check(&json!({ "states": states, "initial_state": "a", "flags": other }), &bindings());
        check(&other, &bindings());
    }

    #[test]
    fn any_text_can_stand_in_a_property(text in "([{}%\"|'. \\\\a-e]|\\{\\{|\\}\\}|widgets){0,20}") {
        let flow = json!({ "initial_state": "a", "states": [
            { "name": "a", "type": "trigger", "transitions": [{ "event": "incomingCall", "next": "b" }] },
            { "name": "b", "type": "send-to-flex", "properties": { "attributes": text, "priority": text } },
        ] });
        check(&flow, &bindings());
    }
}

/// A state that is nearly right, so that rules get to see it.
fn state() -> impl Strategy<Value = Value> {
    let types: Vec<_> = flow::catalogue().iter().map(|kind| kind.type_name).collect();
    let name = "[abc]";
    (name, prop::sample::select(types), prop::sample::select(events()), name, any_json(), any_json())
        .prop_map(|(name, type_name, event, next, properties, conditions)| {
            let transition = json!({ "event": event, "next": next, "conditions": conditions });
            json!({ "name": name, "type": type_name, "transitions": [transition], "properties": properties })
        })
}

fn events() -> Vec<&'static str> {
    flow::catalogue().iter().flat_map(|kind| kind.events).map(|event| event.event).collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = "[a{}%|.\" ]{0,8}|\\{\\{ widgets\\.a\\.b \\}\\}|equal_to|regex|contains";
    let leaf = prop_oneof![Just(Value::Null), any::<i32>().prop_map(Value::from), text.prop_map(Value::from)];
    let key = "[ab]|attributes|variables|key|value|type|arguments|priority|body|input";
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn bindings() -> Bindings {
    serde_json::from_value(json!({
        "workspaces": {
            "Flex Task Assignment": {
                "workflows": { "Anyone": "WW1", "VIP": "WW2" },
                "task_channels": { "voice": "TC1", "chat": "TC2" },
            },
            "Night": { "workflows": { "Later": "WW3" }, "priority_order": "zero_first" },
        },
    }))
    .unwrap()
}

fn table<'a>(findings: impl Iterator<Item = &'a Finding>) -> String {
    let mut text = String::new();
    for Finding { code, severity, property_path, message, hint } in findings {
        writeln!(text, "{severity} {code} {property_path}\n  {message}\n  hint: {hint}").unwrap();
    }
    text
}

fn data() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/check"))
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|it| it == "json")).collect();
    files.sort();
    files
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Compares with a file; `UPDATE_EXPECTED=1` writes it.
fn compare(file: &Path, text: &str) {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(file, text).unwrap();
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    assert_eq!(text, expected, "{} differs; UPDATE_EXPECTED=1 refreshes it", file.display());
}
