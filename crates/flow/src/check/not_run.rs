//! Widgets that this version does not run.

use super::model::Model;
use super::{Report, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "not-run",
    severity: Severity::Warning,
    reason: "Widgets of retired or later types are imported, but take their failure transition.",
    hint: "lead its failure transition to a widget that does without it",
    example: r#"{ "name": "bot", "type": "send-to-auto-pilot" }"#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for widget in model.widgets.iter().filter(|widget| !widget.kind.is_run()) {
        let way = widget.kind.failure_event.map_or_else(
            || "the execution ends there".to_owned(),
            |event| format!("its transition '{event}' is taken"),
        );
        let message =
            format!("widgets of type '{}' are not run by this version: {way}", widget.kind.type_name);
        report.add(format!("{}/type", widget.path), message);
    }
}
