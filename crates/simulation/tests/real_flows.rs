//! Flows that people have published, explored by chance: every transition that can be taken without a person is taken.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use flow::Settings;
use regex::Regex;
use serde_json::{Value, json};
use simulation::explore;
use simulation::rehearsal::{Coverage, RehearsedFlow};

/// How many stories each flow is told at most.
const STORIES: u32 = 4_000;

#[test]
fn every_wired_transition_of_published_flows_can_be_taken() {
    let Some(folder) = published_flows() else {
        return eprintln!("left out: there is no folder of published flows");
    };
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    let mut untaken = Vec::new();
    for file in &files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let coverage = explored(&fs::read_to_string(file).unwrap(), &name);
        untaken.extend(coverage.never_taken().map(|transition| (name.clone(), transition.to_string())));
    }
    assert_eq!(untaken, []);
    assert!(!files.is_empty(), "the folder of published flows is empty");
}

fn explored(text: &str, name: &str) -> Coverage {
    let definition: Value =
        serde_json::from_str(&without_placeholders(text)).unwrap_or_else(|it| panic!("{name}: {it}"));
    let flow =
        RehearsedFlow::parse(&definition, Settings::default()).unwrap_or_else(|it| panic!("{name}: {it:?}"));
    let wanted = flow.flow().subflows_wanted().into_iter().map(|it| (it.flow_sid.clone(), subflow()));
    let subflows: BTreeMap<String, Value> = wanted.collect();
    let flow = flow.with_subflows(&subflows).expect("a valid subflow");
    explore(&definition, &flow, STORIES)
}

/// Puts a URL or a SID where a publisher left out the own one.
fn without_placeholders(text: &str) -> String {
    let url = Regex::new(r#"("url"\s*:\s*")(?:\$\{[^}]*\})?""#).expect("a regular expression");
    let sid = Regex::new(r"\$\{[^}]*\}").expect("a regular expression");
    let text = url.replace_all(text, "${1}https://functions.example.com/one\"");
    sid.replace_all(&text, "WW00000000000000000000000000000001").into_owned()
}

/// A flow that ends at once.
fn subflow() -> Value {
    let trigger = json!({ "name": "Trigger", "type": "trigger", "properties": {}, "transitions": [] });
    json!({ "description": "Nothing", "initial_state": "Trigger", "flags": {}, "states": [trigger] })
}

fn published_flows() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var("PATCHBOARD_SHARED").unwrap_or_else(|_| beside.to_owned());
    Some(PathBuf::from(shared).join("flows")).filter(|folder| folder.is_dir())
}
