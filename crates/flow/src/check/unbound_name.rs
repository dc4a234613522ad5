//! SIDs and names of resources that do not exist in the installation at hand.

use super::model::Model;
use super::{Report, Rule, Severity};
use crate::catalogue::PropertyType;
use crate::portable::{Bindings, ResourceKind};
use crate::template::is_literal;

pub(super) static RULE: Rule = Rule {
    code: "unbound-name",
    severity: Severity::Error,
    reason: "A workflow, task channel, flow or function that does not exist fails at every run; looked up with \
             `--workspace`.",
    hint: "use the name or SID of one that exists, or add it to the file given with --workspace",
    example: r#""workflow": "Assign to Nobody""#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for widget in &model.widgets {
        for property in widget.kind.properties {
            let PropertyType::Sid { prefix } = property.value else { continue };
            let text = widget.text(property.name).filter(|text| is_literal(text) && !text.trim().is_empty());
            let Some((text, kind)) = text.zip(ResourceKind::of_prefix(prefix)) else { continue };
            if is_unbound(model.bindings, kind, text) {
                let message = format!("'{text}' is neither the name nor the SID of a {}", kind.label());
                report.add_with_hint(
                    widget.property_path(property.name),
                    message,
                    hint(model.bindings, kind),
                );
            }
        }
    }
}

fn is_unbound(bindings: &Bindings, kind: ResourceKind, text: &str) -> bool {
    bindings.knows(kind) && bindings.sid(kind, text).is_none() && bindings.name(kind, text).is_none()
}

/// The most names that a hint lists.
const NAMES_MAX: usize = 8;

fn hint(bindings: &Bindings, kind: ResourceKind) -> String {
    let names: Vec<_> = bindings.names(kind).take(NAMES_MAX).map(|name| format!("'{name}'")).collect();
    if names.is_empty() { RULE.hint.to_owned() } else { format!("there are {}", names.join(", ")) }
}
