//! No source file is longer than a reader can hold in mind; those that are may only shrink.

use super::{Finding, Rule};
use crate::tree::{File, Tree};

const LINES_MAX: usize = 500;

/// Files longer than allowed, with their length: a ratchet that only turns towards shorter files.
const EXEMPT: &[(&str, usize)] = &[];

/// What people write as code; generated and recorded data have other endings.
const ENDINGS: [&str; 8] = [".rs", ".ts", ".tsx", ".js", ".mjs", ".py", ".sql", ".css"];

/// A file holds at most 500 lines without its tests.
pub(super) const RULE: Rule = Rule {
    name: "file-size",
    hint: "split the file by noun: one noun, one file, with its states, its transitions and its tests",
    check: |tree| check(tree, EXEMPT),
};

fn check(tree: &Tree, exempt: &[(&str, usize)]) -> Vec<Finding> {
    let sources = tree.files.iter().filter(|file| ENDINGS.iter().any(|ending| file.path.ends_with(ending)));
    let too_long = sources.filter_map(|file| breach(file, exempt));
    let gone = exempt.iter().filter(|(path, _)| tree.file(path).is_none());
    too_long.chain(gone.map(|(path, _)| Finding::new(path, 1, "is exempt but does not exist"))).collect()
}

fn breach(file: &File, exempt: &[(&str, usize)]) -> Option<Finding> {
    let lines = file.lines_without_tests();
    let allowance = exempt.iter().find(|(path, _)| *path == file.path).map(|(_, lines)| *lines);
    let what = match allowance {
        None if lines > LINES_MAX => format!("{lines} lines without tests, at most {LINES_MAX} are allowed"),
        Some(allowance) if lines > allowance => {
            format!("{lines} lines, has grown: its exemption is {allowance}")
        }
        Some(_) if lines <= LINES_MAX => format!("{lines} lines, needs no exemption: take it off the list"),
        Some(allowance) if lines < allowance => {
            format!("{lines} lines, has shrunk: lower its exemption to that")
        }
        Some(_) | None => return None,
    };
    Some(Finding::new(&file.path, 1, what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::Packages;

    #[test]
    fn long_files_are_refused_and_exempt_ones_only_shrink() {
        for (path, lines, exempt, is_refused) in [
            ("a.rs", 500, None, false),
            ("a.rs", 501, None, true),
            ("a.rs", 600, Some(600), false),
            ("a.rs", 601, Some(600), true),
            ("a.rs", 599, Some(600), true),
            ("a.rs", 400, Some(600), true),
            ("a.json", 600, None, false),
            ("tests/a.rs", 600, None, false),
        ] {
            let files = vec![(path.to_owned(), "a\n".repeat(lines).into_bytes())];
            let exempt: Vec<_> = exempt.map(|allowance| (path, allowance)).into_iter().collect();
            let findings = check(&Tree::new(files, Packages::default()), &exempt);
            assert_eq!(!findings.is_empty(), is_refused, "{path} of {lines} lines: {findings:?}");
        }
    }

    #[test]
    fn tests_beside_the_code_do_not_count() {
        let text = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "a\n".repeat(500), "b\n".repeat(500));
        let tree = Tree::new(vec![("a.rs".to_owned(), text.into_bytes())], Packages::default());
        assert_eq!(check(&tree, &[]), []);
    }

    #[test]
    fn an_exemption_goes_with_its_file() {
        let findings = check(&Tree::new(vec![], Packages::default()), &[("gone.rs", 600)]);
        assert_eq!(findings.len(), 1);
    }
}
