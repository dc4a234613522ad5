//! Why a text is no expression, and where.

use std::fmt;

/// The first fault of a text, with the place where it was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    /// What is wrong.
    pub message: String,
    /// Where: the number of characters before the fault.
    pub position: usize,
    /// What to write instead, where that can be told.
    pub hint: Option<String>,
}

impl ParseError {
    /// Makes the error of a fault at a byte of the text.
    pub(crate) fn new(text: &str, byte: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), position: text[..byte].chars().count(), hint: None }
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at position {})", self.message, self.position)?;
        match &self.hint {
            Some(hint) => write!(f, "; hint: {hint}"),
            None => Ok(()),
        }
    }
}
