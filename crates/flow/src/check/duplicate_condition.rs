//! Two branches of a split that ask the same.

use super::model::Model;
use super::split::splits;
use super::{Report, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "duplicate-condition",
    severity: Severity::Warning,
    reason: "Branches are tried in order: of two that ask the same, the second is never taken.",
    hint: "remove one of them, or ask something else",
    example: r#"two branches "equal_to" "1" of one split"#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for branches in splits(model) {
        for (place, branch) in branches.iter().enumerate() {
            if branches[..place].iter().any(|earlier| earlier.is_same(branch)) {
                let message =
                    format!("an earlier branch asks the same: {} '{}'", branch.argument, branch.value);
                report.add(&branch.path, message);
            }
        }
    }
}
