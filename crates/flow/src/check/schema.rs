//! What the definition's own shape breaks: the findings of [`validate`].

use super::model::Model;
use super::{Report, Rule, Severity};
use crate::validate;

pub(super) static RULE: Rule = Rule {
    code: "schema",
    severity: Severity::Error,
    reason: "A definition that does not have the published shape is refused.",
    hint: "docs/reference/widgets.md lists what each widget takes",
    example: r#"{ "name": "agent", "type": "send-to-flex", "properties": { "workflow": "WW…" } }"#,
    run,
};

/// Leaves out what rules of their own say better.
fn run(model: &Model<'_>, report: &mut Report<'_>) {
    let findings = validate(model.definition);
    let broken: Vec<&str> =
        super::broken_template::texts(model).map(|(text, _)| text.path.as_str()).collect();
    for problem in findings.errors.iter().filter(|problem| !broken.contains(&&*problem.property_path)) {
        report.add(&problem.property_path, &problem.message);
    }
    let is_of_other_rule = |path: &str| path.ends_with("/type");
    for problem in findings.warnings.iter().filter(|problem| !is_of_other_rule(&problem.property_path)) {
        report.add_as(Severity::Warning, &problem.property_path, &problem.message);
    }
}
