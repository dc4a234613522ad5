//! Findings for people, for programs, and for tools of code review.

use std::path::{Component, Path, PathBuf};

use flow::{Finding, Severity, rules};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::positions::Position;
use super::text_rules::TEXT_RULES;

/// What may stand in a path of a URI as it is.
const URI_ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One finding with its place in a file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: PathBuf,
    pub(super) position: Position,
    pub(super) finding: Finding,
}

/// Writes findings for people, with a count at the end.
pub(super) fn as_text(found: &[Found], files: usize) -> String {
    let mut text: String = found.iter().map(line).collect();
    let [errors, warnings, notes] = counts(found).map(|(count, word)| counted(count, word));
    text.push_str(&format!("{}: {errors}, {warnings}, {notes}\n", counted(files, "file")));
    text
}

/// Writes findings for programs.
pub(super) fn as_json(found: &[Found]) -> String {
    let findings: Vec<Value> = found.iter().map(with_place).collect();
    let [errors, warnings, notes] = counts(found).map(|(count, _)| count);
    pretty(&json!({ "findings": findings, "errors": errors, "warnings": warnings, "notes": notes }))
}

/// Writes findings as SARIF 2.1.0.
pub(super) fn as_sarif(found: &[Found]) -> String {
    let of_flows = rules().iter().map(|rule| sarif_rule(rule.code, rule.severity, (rule.reason, rule.hint)));
    let of_texts =
        TEXT_RULES.iter().map(|rule| sarif_rule(rule.code, rule.severity, (rule.reason, rule.hint)));
    let rules: Vec<Value> = of_flows.chain(of_texts).collect();
    let driver = json!({ "name": "patchboard", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let results: Vec<Value> = found.iter().map(sarif_result).collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    }))
}

fn line(found: &Found) -> String {
    let Found { file, position: Position { line, column }, finding } = found;
    let Finding { code, severity, property_path, message, hint } = finding;
    format!(
        "{}:{line}:{column}: {severity}[{code}]: {message}\n    at: {property_path}\n    hint: {hint}\n",
        file.display()
    )
}

fn with_place(found: &Found) -> Value {
    let Position { line, column } = found.position;
    let Finding { code, severity, property_path, message, hint } = &found.finding;
    json!({
        "file": found.file.to_string_lossy(), "line": line, "column": column, "code": code, "severity": severity,
        "property_path": property_path, "message": message, "hint": hint,
    })
}

fn sarif_rule(code: &str, severity: Severity, (reason, hint): (&str, &str)) -> Value {
    json!({
        "id": code,
        "shortDescription": { "text": reason },
        "help": { "text": hint },
        "defaultConfiguration": { "level": severity },
    })
}

fn sarif_result(found: &Found) -> Value {
    let Finding { code, severity, property_path, message, hint } = &found.finding;
    let region = json!({ "startLine": found.position.line, "startColumn": found.position.column });
    json!({
        "ruleId": code,
        "level": severity,
        "message": { "text": format!("{message} ({hint})") },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri(&found.file) }, "region": region },
            "logicalLocations": [{ "fullyQualifiedName": property_path }],
        }],
    })
}

/// Relative paths stay relative: the reader knows the root.
fn uri(path: &Path) -> String {
    let names = path.components().filter_map(|component| match component {
        Component::Normal(name) => {
            Some(utf8_percent_encode(&name.to_string_lossy(), URI_ESCAPED).to_string())
        }
        Component::ParentDir => Some("..".to_owned()),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    });
    let joined = names.collect::<Vec<_>>().join("/");
    if path.is_absolute() { format!("file:///{joined}") } else { joined }
}

fn counts(found: &[Found]) -> [(usize, &'static str); 3] {
    [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        (found.iter().filter(|it| it.finding.severity == severity).count(), severity.as_str())
    })
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a JSON value can be written") + "\n"
}
