//! Failure transitions that lead nowhere.

use super::model::Model;
use super::{Report, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "unwired-failure",
    severity: Severity::Warning,
    reason: "When a widget fails and its failure transition leads nowhere, the contact is left without a word.",
    hint: "lead it to a widget that tells the contact, tries again or alerts someone",
    example: r#"{ "event": "failed" } without "next""#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for (_, widget) in model.reachable() {
        let Some(event) = widget.kind.failure_event else { continue };
        let way = widget.ways.iter().find(|way| way.event == event);
        if way.is_some_and(|way| way.next.is_some()) {
            continue;
        }
        let path = way.map_or_else(|| format!("{}/transitions", widget.path), |way| way.path.clone());
        let label =
            widget.kind.events.iter().find(|known| known.event == event).map_or(event, |known| known.label);
        let message = format!("when '{}' fails ('{event}', shown as {label}), the flow ends", widget.name);
        report.add(path, message);
    }
}
