//! Runs every rule over the repository and words what was found.

use std::path::Path;

use crate::rules::{Finding, RULES, Rule};
use crate::tree::Tree;

/// A finding and the rule that it breaks.
pub struct Breach {
    /// The broken rule.
    pub rule: &'static Rule,
    /// Where, and what is wrong there.
    pub finding: Finding,
}

/// Returns every breach of the house rules in the repository at `root`.
pub fn check(root: &Path) -> anyhow::Result<Vec<Breach>> {
    let tree = Tree::read(root)?;
    let breaches_of =
        |rule: &'static Rule| (rule.check)(&tree).into_iter().map(move |finding| Breach { rule, finding });
    Ok(RULES.iter().flat_map(breaches_of).collect())
}

/// Words the breaches for people: place, rule, what is wrong, and once for each rule what to do.
pub fn report(breaches: &[Breach]) -> String {
    let lines = RULES.iter().flat_map(|rule| lines_of(rule, breaches));
    let total = format!("tidy: {} rules, {} breaches\n", RULES.len(), breaches.len());
    lines.chain([total]).collect()
}

/// Words the breaches of one rule: a line each, then the hint.
fn lines_of(rule: &Rule, breaches: &[Breach]) -> Vec<String> {
    let of_rule = breaches.iter().filter(|breach| breach.rule.name == rule.name);
    let line = |Finding { path, line, what }: &Finding| format!("{path}:{line}: [{}] {what}\n", rule.name);
    let mut lines: Vec<String> = of_rule.map(|breach| line(&breach.finding)).collect();
    if !lines.is_empty() {
        lines.push(format!("    hint: {}\n", rule.hint));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_is_worded_with_its_place_its_rule_and_a_hint() {
        let finding = Finding { path: "a.rs".to_owned(), line: 7, what: "is too long".to_owned() };
        let text = report(&[Breach { rule: &RULES[0], finding }]);
        assert!(text.starts_with(&format!("a.rs:7: [{}] is too long\n    hint: ", RULES[0].name)), "{text}");
    }
}
