//! Branches of a split behind one that lets everything of theirs pass.

use super::model::Model;
use super::split::{Branch, splits};
use super::{Report, Rule, Severity};
use crate::condition::{Test, whole_text_regex};
use crate::template::is_literal;

pub(super) static RULE: Rule = Rule {
    code: "unreachable-match",
    severity: Severity::Warning,
    reason: "Branches are tried in order: one behind a branch that takes all of its cases is never taken.",
    hint: "put the narrower condition first",
    example: r#""contains" "1" in front of "equal_to" "10""#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for branches in splits(model) {
        for (place, branch) in branches.iter().enumerate() {
            let earlier =
                branches[..place].iter().find(|earlier| covers(earlier, branch) && !earlier.is_same(branch));
            if let Some(earlier) = earlier {
                let message = format!("never taken: the earlier {} takes all of its cases", shown(earlier));
                report.add(&branch.path, message);
            }
        }
    }
}

fn shown(branch: &Branch<'_>) -> String {
    let value = if branch.test == Test::IsNotBlank { String::new() } else { format!(" '{}'", branch.value) };
    format!("branch '{}'{value}", branch.test.name())
}

/// Tells whether all that `later` lets pass is taken by `earlier`, as far as fixed texts show.
fn covers(earlier: &Branch<'_>, later: &Branch<'_>) -> bool {
    if earlier.argument != later.argument || !is_literal(&earlier.value) || !is_literal(&later.value) {
        return false;
    }
    if let Some(cases) = later.equals() {
        return cases.iter().all(|case| takes(earlier, case));
    }
    let begins = later.value.starts_with(&earlier.value);
    // Whatever contains the longer text contains a part of it.
    let contains = later.value.contains(&earlier.value);
    match (earlier.test, later.test) {
        (Test::Contains, Test::Contains | Test::StartsWith) => contains,
        (Test::StartsWith, Test::StartsWith) => begins,
        (_, _) => false,
    }
}

/// Tells whether a branch takes this text.
fn takes(branch: &Branch<'_>, text: &str) -> bool {
    match branch.test {
        Test::EqualTo | Test::MatchesAnyOf => branch.equals().is_some_and(|cases| cases.contains(&text)),
        Test::Contains => text.contains(&branch.value),
        Test::StartsWith => text.starts_with(&branch.value),
        Test::IsNotBlank => !text.is_empty(),
        Test::IsBlank => text.is_empty(),
        Test::Regex => whole_text_regex(&branch.value).is_ok_and(|regex| regex.is_match(text)),
        Test::NotEqualTo => text != branch.value,
        Test::DoesNotContain => !text.contains(&branch.value),
        Test::DoesNotStartWith => !text.starts_with(&branch.value),
        Test::DoesNotMatchAnyOf => !branch.value.split(',').any(|item| item.trim() == text),
        // Numbers and times are read in more than one spelling.
        Test::LessThan
        | Test::GreaterThan
        | Test::IsBeforeTime
        | Test::IsAfterTime
        | Test::IsBeforeDate
        | Test::IsAfterDate => false,
    }
}
