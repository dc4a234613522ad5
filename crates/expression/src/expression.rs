//! The expression itself: parsed once, evaluated often.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::ParseError;
use crate::facts::Facts;
use crate::node::Node;
use crate::parser;
use crate::path::Path;
use crate::scope::Scope;

/// A condition over a worker, a task or a queue's counters.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    text: String,
    pub(crate) root: Node,
}

/// The part of an expression that made it false.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The part as it is written; empty for the expression that matches nothing.
    pub part: String,
    /// The value of the attribute that the part reads: an object by path where it reads several, null where
    /// it reads none.
    pub saw: Value,
}

impl Expression {
    /// Reads an expression. Blank text is one only in [`Scope::Worker`], where it matches no worker.
    pub fn parse(text: &str, scope: Scope) -> Result<Self, ParseError> {
        if scope == Scope::Worker && text.trim().is_empty() {
            return Ok(Self { text: text.to_owned(), root: Node::Never });
        }
        Ok(Self { text: text.to_owned(), root: parser::parse(text, scope)? })
    }

    /// Returns the expression that matches nothing: a queue whose `TargetWorkers` is empty.
    pub fn never() -> Self {
        Self { text: String::new(), root: Node::Never }
    }

    /// Says whether this is the expression that matches nothing because it is empty.
    pub fn is_never(&self) -> bool {
        self.root == Node::Never
    }

    /// Says whether the expression is true of the facts.
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        self.root.holds(facts)
    }

    /// Returns the first part that makes the expression false of the facts, `None` where it is true.
    pub fn explain(&self, facts: &Facts<'_>) -> Option<Mismatch> {
        let culprit = self.root.culprit(facts)?;
        let mut paths = Vec::new();
        culprit.collect_paths(&mut paths);
        Some(Mismatch { part: self.text[culprit.span()].to_owned(), saw: seen(&paths, facts) })
    }

    /// Returns the text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the paths that the expression reads, in the order of the text and as often as they occur.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let mut paths = Vec::new();
        self.root.collect_paths(&mut paths);
        paths.into_iter()
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn seen(paths: &[&Path], facts: &Facts<'_>) -> Value {
    match paths {
        [] => Value::Null,
        [first, rest @ ..] if rest.iter().all(|path| path == first) => first.find(facts).clone(),
        several => Value::Object(Map::from_iter(
            several.iter().map(|path| (path.to_string(), path.find(facts).clone())),
        )),
    }
}
