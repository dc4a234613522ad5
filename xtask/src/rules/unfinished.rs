//! What is in the repository is finished: no marks for later, no tests that are left out.

use super::{Finding, Rule};
use crate::rust_source::RustSource;
use crate::tree::{File, Tree};

/// Code that stands for code to come.
const CODE_MARKS: [&str; 3] = ["todo!", "unimplemented!", "#[ignore"];

/// Words that put work off, in comments.
const COMMENT_MARKS: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// Sources hold no marks for later and no ignored tests.
pub(super) const RULE: Rule = Rule {
    name: "unfinished",
    hint: "do it, or open an issue; a test that can not pass yet asserts what happens, with a note",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust_files()
        .flat_map(|(file, rust)| in_code(file, rust).into_iter().chain(in_comments(file, rust)))
        .collect()
}

fn in_code(file: &File, rust: &RustSource) -> Vec<Finding> {
    let places = CODE_MARKS.iter().flat_map(|mark| rust.code.match_indices(mark));
    places.map(|(at, mark)| Finding::new(&file.path, rust.line(at), format!("holds '{mark}'"))).collect()
}

fn in_comments(file: &File, rust: &RustSource) -> Vec<Finding> {
    let mark_in = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.find_map(|word| COMMENT_MARKS.iter().find(|mark| **mark == word))
    };
    let marked =
        rust.comments.iter().filter_map(|comment| mark_in(&comment.text).map(|mark| (comment.line, mark)));
    marked.map(|(line, mark)| Finding::new(&file.path, line, format!("a comment says '{mark}'"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn marks_for_later_are_found() {
        for (text, expected) in [
            ("fn a() {\n    todo!()\n}\n", vec!["a.rs:2"]),
            ("#[test]\n#[ignore = \"slow\"]\nfn a() {}\n", vec!["a.rs:2"]),
            ("// TODO: later.\nfn a() {}\n", vec!["a.rs:1"]),
            ("fn a() -> &str {\n    \"todo!() FIXME\" // The mark XXXL is none.\n}\n", vec![]),
        ] {
            assert_eq!(places(&RULE, &[("a.rs", text)]), expected, "{text}");
        }
    }
}
