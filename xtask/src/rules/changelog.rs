//! The change log has a place for what is not released yet.

use super::{Finding, Rule};
use crate::tree::Tree;

const PATH: &str = "CHANGELOG.md";

/// CHANGELOG.md has a heading *Unreleased*.
pub(super) const RULE: Rule = Rule {
    name: "changelog",
    hint: "give CHANGELOG.md a heading 'Unreleased'; each change that a user sees adds its line below it",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let is_heading =
        |line: &str| line.starts_with('#') && line.trim_start_matches('#').trim() == "Unreleased";
    match tree.file(PATH) {
        Some(file) if file.text.lines().any(is_heading) => vec![],
        Some(_) => vec![Finding::new(PATH, 1, "has no heading 'Unreleased'")],
        None => vec![Finding::new(PATH, 1, "is missing")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn the_change_log_needs_its_heading() {
        assert_eq!(places(&RULE, &[(PATH, "# Unreleased\n\n- First.\n")]), Vec::<String>::new());
        assert_eq!(places(&RULE, &[(PATH, "# 0.1\n\nUnreleased\n")]), ["CHANGELOG.md:1"]);
        assert_eq!(places(&RULE, &[]), ["CHANGELOG.md:1"]);
    }
}
