//! Every Rust file says first what it is for.

use super::{Finding, Rule};
use crate::tree::Tree;

/// A Rust file opens with `//!`.
pub(super) const RULE: Rule = Rule {
    name: "file-head",
    hint: "open the file with one to three '//!' sentences: what it is for, what it deliberately does not do",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let headless = tree.rust_files().filter(|(file, _)| !file.text.starts_with("//! "));
    headless.map(|(file, _)| Finding::new(&file.path, 1, "does not begin with '//! '")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn a_file_needs_a_head() {
        for (text, expected) in [
            ("//! What it is for.\n\nuse a;\n", vec![]),
            ("use a;\n", vec!["a.rs:1"]),
            ("// A remark.\n//! Too late.\n", vec!["a.rs:1"]),
            ("", vec!["a.rs:1"]),
        ] {
            assert_eq!(places(&RULE, &[("a.rs", text), ("a.md", "no Rust")]), expected, "{text}");
        }
    }
}
