//! An arm of a `match` is one call: who reads the match reads the table, not the work.

use super::{Finding, Rule};
use crate::rust_source::{RustSource, closing, item_end};
use crate::tree::{File, Tree};

const LINES_MAX: usize = 10;

/// The block of a match's arm has at most 10 lines; tests are free.
pub(super) const RULE: Rule =
    Rule { name: "match-arm", hint: "move the arm's work into a function named after it", check };

fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust_files().flat_map(|(file, rust)| breaches(file, rust)).collect()
}

fn breaches(file: &File, rust: &RustSource) -> Vec<Finding> {
    let macros = macro_rules(&rust.code);
    let arms =
        rust.code.match_indices("=> {").filter(|(at, _)| !macros.iter().any(|rules| rules.contains(at)));
    arms.filter_map(|(at, mark)| breach(file, rust, at + mark.len() - 1)).collect()
}

/// Returns where the rules of macros stand: their arms are patterns of code.
fn macro_rules(code: &str) -> Vec<std::ops::Range<usize>> {
    code.match_indices("macro_rules!").map(|(at, _)| at..item_end(code, at)).collect()
}

fn breach(file: &File, rust: &RustSource, open: usize) -> Option<Finding> {
    let line = rust.line(open);
    let lines = rust.line(closing(&rust.code, open)?).saturating_sub(line + 1);
    let what = || format!("the arm has {lines} lines, at most {LINES_MAX} are allowed");
    (lines > LINES_MAX && !file.is_test_line(line)).then(|| Finding::new(&file.path, line, what()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn a_long_arm_is_refused() {
        let arm_of =
            |lines: usize| format!("match a {{\n    B => {{\n{}    }}\n}}\n", "        c();\n".repeat(lines));
        let rules = format!("macro_rules! a {{ () => {{\n{}}} }}\n", "b!();\n".repeat(11));
        for (text, expected) in [(arm_of(10), vec![]), (arm_of(11), vec!["a.rs:2"]), (rules, vec![])] {
            assert_eq!(places(&RULE, &[("a.rs", &text)]), expected, "{text}");
        }
    }
}
