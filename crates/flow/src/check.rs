//! The lint of flows: what will not work, or not as its author means it, although the definition may be valid.
//!
//! One rule is one file and one line in [`RULES`]; all read the same [`Model`] of the flow.

mod broken_template;
mod dead_liquid;
mod duplicate_condition;
mod json_can_break;
mod json_source;
mod json_too_long;
mod loop_without_wait;
mod model;
mod not_run;
mod priority_meaning;
mod reach;
mod reading;
mod schema;
mod speech_full_stop;
mod split;
mod unbound_name;
mod unknown_variable;
mod unreachable_match;
mod unreachable_widget;
mod unset_variable;
mod unwired_failure;
mod voice_without_call;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::portable::Bindings;
use model::Model;

/// Every rule, in the order in which the reference lists them.
static RULES: &[&Rule] = &[
    &schema::RULE,
    &broken_template::RULE,
    &unbound_name::RULE,
    &not_run::RULE,
    &unreachable_widget::RULE,
    &unwired_failure::RULE,
    &loop_without_wait::RULE,
    &voice_without_call::RULE,
    &unknown_variable::RULE,
    &unset_variable::RULE,
    &dead_liquid::RULE,
    &json_can_break::RULE,
    &json_too_long::RULE,
    &duplicate_condition::RULE,
    &unreachable_match::RULE,
    &speech_full_stop::RULE,
    &priority_meaning::RULE,
];

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's name, which stays the same from version to version.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The place, such as `#/states/3/properties/timeout`.
    pub property_path: String,
    /// What is wrong, with the value.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The flow can not run, or the widget can never do its work.
    Error,
    /// The flow runs, but probably not as its author means it.
    Warning,
    /// Good to know.
    Note,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub code: &'static str,
    /// How bad its findings are, unless one says otherwise.
    pub severity: Severity,
    /// Why it is there, in a sentence.
    pub reason: &'static str,
    /// What to do about its findings.
    pub hint: &'static str,
    /// What it finds, as an excerpt of a definition.
    pub example: &'static str,
    run: fn(&Model<'_>, &mut Report<'_>),
}

/// Returns every rule.
pub fn rules() -> &'static [&'static Rule] {
    RULES
}

/// Returns all that is wrong or doubtful about a definition, any JSON at all.
///
/// SIDs and names are looked up in the kinds of resources that `bindings` lists.
pub fn check(definition: &Value, bindings: &Bindings) -> Vec<Finding> {
    let model = Model::of(definition, bindings);
    let mut findings = Vec::new();
    for rule in RULES {
        (rule.run)(&model, &mut Report { rule, findings: &mut findings });
    }
    findings
}

/// Where a rule puts what it finds.
struct Report<'a> {
    rule: &'static Rule,
    findings: &'a mut Vec<Finding>,
}

impl Report<'_> {
    /// Adds a finding of the rule's own severity, with its hint.
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.add_as(self.rule.severity, path, message);
    }

    /// Adds a finding of another severity.
    fn add_as(&mut self, severity: Severity, path: impl Into<String>, message: impl Into<String>) {
        self.findings.push(Finding {
            code: self.rule.code,
            severity,
            property_path: path.into(),
            message: message.into(),
            hint: self.rule.hint.to_owned(),
        });
    }

    /// Adds a finding for which there is a better hint than the rule's.
    fn add_with_hint(
        &mut self,
        path: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(path, message);
        if let Some(finding) = self.findings.last_mut() {
            finding.hint = hint.into();
        }
    }
}

impl Severity {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
