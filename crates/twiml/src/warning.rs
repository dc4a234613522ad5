//! What a document holds that the language does not know, and the list in which it is collected.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many warnings one document is given; further ones are not kept.
pub const WARNINGS_MAX: usize = 100;

/// The published code of what has no code of its own: the document is not as the schema says.
pub(crate) const SCHEMA: u32 = 12200;

/// A part of a document that was left out or changed, while the rest is performed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The published code, 12200 where none is more exact.
    pub code: u32,
    /// What was wrong, what was expected, and what became of it.
    pub message: String,
    /// The line of the element, from one.
    pub line: usize,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in line {}: {}", self.code, self.line, self.message)
    }
}

/// The warnings of one document, at most [`WARNINGS_MAX`].
#[derive(Default)]
pub(crate) struct Warnings(Vec<Warning>);

impl Warnings {
    pub(crate) fn add(&mut self, code: u32, line: usize, message: String) {
        if self.0.len() < WARNINGS_MAX {
            self.0.push(Warning { code, message, line });
        }
    }

    /// Returns the warnings in the order of the document.
    pub(crate) fn into_list(mut self) -> Vec<Warning> {
        self.0.sort_by_key(|warning| warning.line);
        self.0
    }
}
