//! The house rules that `tidy` keeps: one file each under `rules/`, one line each in [`RULES`].

mod changelog;
mod dead_link;
mod dependency;
mod file_head;
mod file_size;
mod front_page;
mod function_size;
mod machine_path;
mod manifest_comment;
mod match_arm;
mod sql;
mod type_name;
mod unfinished;

use crate::tree::Tree;

/// Every rule, in the order in which breaches are reported.
pub const RULES: &[Rule] = &[
    dependency::RULE,
    sql::RULE,
    type_name::RULE,
    file_head::RULE,
    front_page::RULE,
    file_size::RULE,
    function_size::RULE,
    match_arm::RULE,
    unfinished::RULE,
    machine_path::RULE,
    dead_link::RULE,
    changelog::RULE,
    manifest_comment::RULE,
];

/// One rule of the house.
pub struct Rule {
    /// Its name, as the report prints it.
    pub name: &'static str,
    /// What to do about a breach.
    pub hint: &'static str,
    /// Returns the breaches in a tree.
    pub check: fn(&Tree) -> Vec<Finding>,
}

/// A place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file's path from the root.
    pub path: String,
    /// The line, from one.
    pub line: usize,
    /// What is wrong there, with the value.
    pub what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

/// Returns the places, as `path:line`, where these files break `rule`.
#[cfg(test)]
fn places(rule: &Rule, files: &[(&str, &str)]) -> Vec<String> {
    let contents = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let tree = Tree::new(contents, crate::packages::Packages::default());
    (rule.check)(&tree).iter().map(|finding| format!("{}:{}", finding.path, finding.line)).collect()
}
