//! Links in Markdown lead to files and headings that exist.
//!
//! Links to other hosts are not followed: the house rules are kept without a network.

use std::collections::BTreeSet;

use super::{Finding, Rule};
use crate::tree::{File, Tree};

/// Relative links in Markdown lead somewhere.
pub(super) const RULE: Rule = Rule {
    name: "dead-link",
    hint: "links are relative to the file they stand in; an anchor is the heading in lower case, blanks as hyphens",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let pages = tree.files.iter().filter(|file| file.path.ends_with(".md"));
    pages.flat_map(|page| links(page).into_iter().filter_map(|link| dead(tree, page, &link))).collect()
}

struct Link {
    line: usize,
    target: String,
}

/// Returns the links of a page, those in code left out.
fn links(page: &File) -> Vec<Link> {
    let targets_of = |(line, text): (usize, String)| {
        let targets = inline_targets(&text).into_iter().chain(definition_target(&text));
        targets.map(|target| Link { line, target: target.to_owned() }).collect::<Vec<_>>()
    };
    prose(page).flat_map(targets_of).collect()
}

/// Returns the lines outside code fences, with inline code taken out.
fn prose(page: &File) -> impl Iterator<Item = (usize, String)> {
    let mut is_code = false;
    page.numbered_lines().filter_map(move |(line, text)| {
        let is_fence = text.trim_start().starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then(|| (line, text.split('`').step_by(2).collect::<Vec<_>>().join("")))
    })
}

/// Returns what stands in the parentheses of `[text](target "title")`.
fn inline_targets(text: &str) -> Vec<&str> {
    let rests = text.match_indices("](").map(|(at, mark)| &text[at + mark.len()..]);
    rests
        .filter_map(|rest| rest.split([')', ' ']).next())
        .map(|target| target.trim_matches(['<', '>']))
        .collect()
}

/// Returns the target of a line `[name]: target`.
fn definition_target(text: &str) -> Option<&str> {
    let (name, rest) = text.strip_prefix('[')?.split_once("]: ")?;
    rest.split_whitespace().next().filter(|_| !name.contains(']'))
}

fn dead(tree: &Tree, page: &File, link: &Link) -> Option<Finding> {
    if link.target.contains("://") || link.target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
    let path = if path.is_empty() { page.path.clone() } else { resolve(&page.path, path) };
    let what = match tree.file(&path) {
        _ if !tree.paths.contains(&path) => {
            format!("'{}' leads to {path}, which does not exist", link.target)
        }
        Some(file) if is_missing(file, anchor) => format!("'{}': {path} has no such heading", link.target),
        Some(_) | None => return None,
    };
    Some(Finding::new(&page.path, link.line, what))
}

/// Returns the path, from the root, of a target that is written on the page at `from`.
fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') { vec![] } else { from.split('/').collect() };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn is_missing(file: &File, anchor: &str) -> bool {
    file.path.ends_with(".md") && !anchor.is_empty() && !anchors(file).contains(anchor)
}

/// Returns the anchors of a page: its headings as code hosts turn them into ids.
fn anchors(page: &File) -> BTreeSet<String> {
    let headings = page.text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| slug(line.trim_start_matches('#').trim())).collect()
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn links_lead_to_files_and_headings() {
        let pages = |text| {
            [("docs/a.md", text), ("docs/b/c.md", "# How it `works`: a tour\n"), ("README.md", "# R\n")]
        };
        for (text, expected) in [
            ("[c](b/c.md), [r](../README.md), [folder](b/) and [web](https://example.com/x)", vec![]),
            ("[c](b/c.md#how-it-works-a-tour)\n[own](#here)\n# Here", vec![]),
            ("`[code](no.md)`\n```\n[fenced](no.md)\n```", vec![]),
            ("fine\n![picture](no.svg \"title\")", vec!["docs/a.md:2"]),
            ("[c](b/c.md#elsewhere)", vec!["docs/a.md:1"]),
            ("[r](README.md) and [c]\n\n[c]: c.md", vec!["docs/a.md:1", "docs/a.md:3"]),
        ] {
            assert_eq!(places(&RULE, &pages(text)), expected, "{text}");
        }
    }
}
