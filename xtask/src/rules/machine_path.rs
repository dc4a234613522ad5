//! No path of one person's machine stands in the repository.

use super::{Finding, Rule};
use crate::tree::{File, Tree};

/// Folders under which only one machine's files lie; a test may use the last, the temporary one.
const FOLDERS: [&str; 4] = ["home", "root", "Users", "tmp"];

/// Files name no path of a machine.
pub(super) const RULE: Rule = Rule {
    name: "machine-path",
    hint: "use a path relative to the file or the workspace, an option, or the system's temporary folder",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let breaches_in =
        |file| File::numbered_lines(file).filter_map(move |(line, text)| breach(file, line, text));
    tree.files.iter().flat_map(breaches_in).collect()
}

fn breach(file: &File, line: usize, text: &str) -> Option<Finding> {
    let is_refused = |folder: &&&str| **folder != "tmp" || !file.is_test_line(line);
    let folder = FOLDERS.iter().filter(is_refused).find(|folder| names_folder(text, folder))?;
    Some(Finding::new(&file.path, line, format!("names a path under /{folder}")))
}

/// Tells whether an absolute path under `folder` stands in the text; a part of a longer path or a URL is none.
fn names_folder(text: &str, folder: &str) -> bool {
    let start = format!("/{folder}/");
    text.match_indices(&start).any(|(at, mark)| {
        let before = text[..at].chars().next_back();
        let after = text[at + mark.len()..].chars().next();
        let is_longer =
            before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '}' | '_' | '-' | '*'));
        !is_longer && after.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '$' | '{'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn paths_of_a_machine_are_refused() {
        let at = |folder: &str| format!("open(\"/{folder}/ann/x\")\n");
        for (path, text, is_refused) in [
            ("a.rs", at("home"), true),
            ("a.toml", at("root"), true),
            ("a.md", at("Users"), true),
            ("a.rs", at("tmp"), true),
            ("tests/a.rs", at("tmp"), false),
            ("tests/a.rs", at("root"), true),
            ("a.rs", "get(\"https://example.com/home/ann\")".to_owned(), false),
            ("a.rs", at("data"), false),
        ] {
            assert_eq!(!places(&RULE, &[(path, &text)]).is_empty(), is_refused, "{path}: {text}");
        }
    }
}
