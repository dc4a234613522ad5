//! The language by examples: each file in `tests/data` is a table of templates and what they give.
//!
//! A case is a heading `# …`, an optional line `data` with the globals as JSON, lines `liquid` with the
//! template, and lines `gives` with its text or `fails` with the error.

use domain::Timestamp;
use liquid::{Options, Template};
use serde_json::{Value as Json, json};

#[test]
fn values_resolve_as_their_table_says() {
    check(include_str!("data/values.txt"));
}

#[test]
fn conditions_hold_as_their_table_says() {
    check(include_str!("data/conditions.txt"));
}

#[test]
fn loops_run_as_their_table_says() {
    check(include_str!("data/loops.txt"));
}

#[test]
fn tags_render_as_their_table_says() {
    check(include_str!("data/tags.txt"));
}

#[test]
fn filters_work_as_their_table_says() {
    check(include_str!("data/filters.txt"));
}

#[test]
fn errors_read_as_their_table_says() {
    check(include_str!("data/errors.txt"));
}

fn check(table: &str) {
    let failures: Vec<String> = table.split("\n\n").filter_map(failure).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Returns what is wrong with a case, or nothing.
fn failure(case: &str) -> Option<String> {
    let lines = |key: &str| {
        let of_key = case.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        of_key.collect::<Vec<_>>().join("\n")
    };
    let data = lines("data");
    let globals = if data.is_empty() {
        json!({})
    } else {
        serde_json::from_str(&data).expect("the data of the case is JSON")
    };
    let (expected, given) = match render(&lines("liquid"), &globals) {
        Ok(text) => (lines("gives"), text),
        Err(error) => (lines("fails"), error),
    };
    (expected != given).then(|| format!("{}\nexpected: {expected}\n   given: {given}", lines("#")))
}

fn render(text: &str, globals: &Json) -> Result<String, String> {
    let now = Timestamp::parse("2026-11-22T10:30:00Z").expect("the date is well formed");
    let template = Template::parse(text).map_err(|error| error.to_string())?;
    template.render(globals, &Options::unlimited(now)).map_err(|error| error.to_string())
}
