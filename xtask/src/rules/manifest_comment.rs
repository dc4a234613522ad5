//! Every dependency, or group of them, says why it is there.

use super::{Finding, Rule};
use crate::tree::Tree;

const PATH: &str = "Cargo.toml";
const SECTION: &str = "[workspace.dependencies]";

/// Each group of the workspace's dependencies begins with a comment.
pub(super) const RULE: Rule = Rule {
    name: "manifest-comment",
    hint: "write above the dependency, or above its group, what it is needed for",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let Some(manifest) = tree.file(PATH) else { return vec![] };
    let from_section = manifest.numbered_lines().skip_while(|(_, text)| text.trim() != SECTION).skip(1);
    let section: Vec<_> = from_section.take_while(|(_, text)| !text.starts_with('[')).collect();
    let groups = section.split(|(_, text)| text.trim().is_empty()).filter_map(<[_]>::first);
    let bare = groups.filter(|(_, text)| !text.starts_with('#'));
    bare.map(|(line, text)| Finding::new(PATH, *line, format!("no reason stands above: {text}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn a_group_without_a_reason_is_found() {
        let manifest = "a = 1\n\n[workspace.dependencies]\n# Why.\na = 1\nb = 1\n\nc = 1\n\n# Why.\nd = 1\n\n[x]\ne = 1\n";
        assert_eq!(places(&RULE, &[(PATH, manifest)]), ["Cargo.toml:8"]);
    }
}
