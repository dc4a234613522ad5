//! Widgets to which no execution can come.

use super::model::Model;
use super::{Report, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "unreachable-widget",
    severity: Severity::Warning,
    reason: "A widget to which no transition leads from the trigger never runs.",
    hint: "lead a transition to it, or remove it",
    example: r#"{ "name": "goodbye", "type": "say-play" } and no "next": "goodbye""#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    let is_begun = model.reachable().next().is_some();
    for (place, widget) in model.widgets.iter().enumerate() {
        if is_begun && !model.is_reachable(place) {
            report.add(format!("{}/name", widget.path), format!("no path leads to '{}'", widget.name));
        }
    }
}
