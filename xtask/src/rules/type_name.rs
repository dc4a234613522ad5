//! The engines' own types bear the trade's words, with one meaning each, as ARCHITECTURE.md lists them.

use super::{Finding, Rule};
use crate::rust_source::RustSource;
use crate::tree::{File, Tree};

const ENGINES: [&str; 4] = ["crates/flow/", "crates/router/", "crates/conversation/", "crates/call/"];

/// Words that no type may end in, and what to say.
const NEVER_LAST: [(&str, &str); 8] = [
    ("Session", "Call or Leg"),
    ("Connection", "Call or Leg"),
    ("Party", "Participant"),
    ("Chat", "Conversation"),
    ("Thread", "Conversation"),
    ("Effect", "Action"),
    ("Node", "Widget or Step"),
    ("Block", "Widget or Step"),
];

/// Words that may end a compound such as TaskChannel, but are no name alone.
const NEVER_ALONE: [(&str, &str); 3] = [
    ("Channel", "Leg, or the channel's full name"),
    ("State", "the full name of what has it"),
    ("Output", "Action"),
];

/// Types of engines avoid the words that the glossary rules out.
pub(super) const RULE: Rule = Rule {
    name: "type-name",
    hint: "the glossary at the end of ARCHITECTURE.md has the trade's words and what each means",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let is_engine = |file: &File| ENGINES.iter().any(|engine| file.path.starts_with(engine));
    tree.rust_files()
        .filter(|(file, _)| is_engine(file))
        .flat_map(|(file, rust)| breaches(file, rust))
        .collect()
}

fn breaches(file: &File, rust: &RustSource) -> Vec<Finding> {
    let lines = rust.code.lines().enumerate();
    let named = lines.filter_map(|(index, line)| type_name(line).map(|name| (index + 1, name)));
    let refused = named.filter_map(|(line, name)| better(name).map(|say| (line, name, say)));
    refused.map(|(line, name, say)| Finding::new(&file.path, line, format!("'{name}': say {say}"))).collect()
}

/// Returns the name of the type that a line declares.
fn type_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
    let keyword = words.next()?;
    let name = words.next().filter(|_| matches!(keyword, "struct" | "enum" | "trait" | "type"))?;
    name.split(|c: char| !c.is_alphanumeric()).next()
}

fn better(name: &str) -> Option<&'static str> {
    let last = NEVER_LAST.iter().find(|(word, _)| name.ends_with(word));
    let alone = NEVER_ALONE.iter().find(|(word, _)| name == *word);
    last.or(alone).map(|(_, say)| *say)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn words_that_the_glossary_rules_out_are_found() {
        for (path, text, is_refused) in [
            ("crates/flow/src/a.rs", "pub struct FlowNode {", true),
            ("crates/router/src/a.rs", "enum Effect<T> {", true),
            ("crates/call/src/a.rs", "pub(crate) struct CallSession;", true),
            ("crates/router/src/a.rs", "pub struct Channel;", true),
            ("crates/router/src/a.rs", "pub struct TaskChannel;", false),
            ("crates/router/src/a.rs", "// struct Session", false),
            ("crates/router/src/a.rs", "enum ReservationState {", false),
            ("crates/api/src/a.rs", "struct Session;", false),
        ] {
            assert_eq!(!places(&RULE, &[(path, text)]).is_empty(), is_refused, "{path}: {text}");
        }
    }
}
