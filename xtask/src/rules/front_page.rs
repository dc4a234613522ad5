//! A crate's `lib.rs` is its front page: what it is, how to call it, and the table of contents.

use super::{Finding, Rule};
use crate::functions::functions;
use crate::rust_source::RustSource;
use crate::tree::{File, Tree};

const LINES_MAX: usize = 60;

/// `lib.rs` holds at most 60 lines and no function.
pub(super) const RULE: Rule = Rule {
    name: "front-page",
    hint: "keep in lib.rs what the crate is, what it is not, how to call it, its invariants, mods and re-exports",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let pages = tree.rust_files().filter(|(file, _)| file.path.ends_with("src/lib.rs"));
    pages.flat_map(|(file, rust)| size(file).into_iter().chain(logic(file, rust))).collect()
}

fn size(file: &File) -> Option<Finding> {
    let lines = file.text.lines().count();
    let what = || Finding::new(&file.path, 1, format!("{lines} lines, at most {LINES_MAX} are allowed"));
    (lines > LINES_MAX).then(what)
}

fn logic(file: &File, rust: &RustSource) -> Vec<Finding> {
    let first = functions(rust).into_iter().next();
    let what = |name: &str| format!("holds the function '{name}'");
    first.map(|function| Finding::new(&file.path, function.line, what(&function.name))).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn a_front_page_is_short_and_without_logic() {
        let long = "//! Line.\n".repeat(61);
        for (text, expected) in [
            ("//! What it is: `fn a()` is called.\nmod a;\npub use a::A;\n", vec![]),
            ("//! What it is.\n\npub fn a() {}\n", vec!["crates/a/src/lib.rs:3"]),
            (&long, vec!["crates/a/src/lib.rs:1"]),
        ] {
            assert_eq!(places(&RULE, &[("crates/a/src/lib.rs", text), ("a.rs", "fn a() {}\n")]), expected);
        }
    }
}
