//! SQL stands in `store` and nowhere else.

use super::{Finding, Rule};
use crate::rust_source::Piece;
use crate::tree::Tree;

const HOME: &str = "crates/store/";

/// How statements begin, and what a statement that begins so must also contain.
const STATEMENTS: [(&str, &str); 10] = [
    ("SELECT ", " FROM "),
    ("INSERT INTO ", ""),
    ("INSERT OR ", " INTO "),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("CREATE TABLE ", ""),
    ("CREATE INDEX ", " ON "),
    ("CREATE UNIQUE INDEX ", " ON "),
    ("ALTER TABLE ", ""),
    ("PRAGMA ", ""),
];

/// No string literal of another crate is SQL.
pub(super) const RULE: Rule = Rule {
    name: "sql",
    hint: "give crates/store a function that is named after what is asked, and call that",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let others = tree
        .rust_files()
        .filter(|(file, _)| file.path.starts_with("crates/") && !file.path.starts_with(HOME));
    let literals = others.flat_map(|(file, rust)| rust.literals.iter().map(move |literal| (file, literal)));
    let found = literals.filter(|(_, literal)| is_sql(literal));
    found.map(|(file, literal)| Finding::new(&file.path, literal.line, "holds SQL")).collect()
}

fn is_sql(literal: &Piece) -> bool {
    let words = literal.text.replace("\\n", " ").replace('\\', " ");
    let text = format!("{} ", words.split_whitespace().collect::<Vec<_>>().join(" "));
    STATEMENTS.iter().any(|(start, part)| text.starts_with(start) && text.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn sql_outside_the_store_is_found() {
        for (path, text, is_refused) in [
            ("crates/api/src/a.rs", "query(\"SELECT sid\\n FROM tasks\")", true),
            ("crates/api/src/a.rs", "query(\"\\\n    UPDATE tasks\n    SET a = 1\")", true),
            ("crates/api/src/a.rs", "query(r#\"DELETE FROM tasks\"#)", true),
            ("crates/store/src/a.rs", "query(\"SELECT sid FROM tasks\")", false),
            ("crates/api/src/a.rs", "// SELECT sid FROM tasks\n", false),
            ("crates/api/src/a.rs", "say(\"Select an agent from the list\")", false),
            ("crates/api/src/a.rs", "say(\"UPDATE in progress\")", false),
        ] {
            assert_eq!(!places(&RULE, &[(path, text)]).is_empty(), is_refused, "{path}: {text}");
        }
    }
}
