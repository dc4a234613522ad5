//! What can be wrong with a template: at parsing, with its place in the text, and at rendering.

use std::borrow::Cow;

/// The reason why a text is not a template, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ParseError {
    /// What was wrong and what was expected.
    pub message: String,
    /// The line of the first character in question, from 1.
    pub line: u32,
    /// The column of that character in its line, in characters from 1.
    pub column: u32,
}

/// The reason why a template could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A filter or tag was given a value that it can not work with.
    #[error("line {line}: {message}")]
    Failed {
        /// The line of the output or tag, from 1.
        line: u32,
        /// What was wrong and what was expected.
        message: String,
    },
    /// The text grew longer than the options allow.
    #[error("the output is longer than {limit} bytes; shorten the template or the values in it")]
    OutputTooLong {
        /// The longest text allowed, in bytes.
        limit: usize,
    },
    /// The template kept rendering for longer than the options allow, as deeply nested loops do.
    #[error("rendering takes more than {limit} steps; nest fewer loops or work on shorter values")]
    TooMuchWork {
        /// The number of steps allowed.
        limit: usize,
    },
}

/// A complaint of a filter or tag, before the line is known to which it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault(Cow<'static, str>);

impl ParseError {
    /// Makes the error about the character at byte `offset` of `source`.
    pub(crate) fn at(source: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX);
        let column = u32::try_from(before[line_start..].chars().count() + 1).unwrap_or(u32::MAX);
        Self { message: message.into(), line, column }
    }
}

impl Fault {
    /// Makes a complaint in words that end in the value or rule in question.
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    /// Turns the complaint into the error of the output or tag at `line`.
    pub(crate) fn at_line(self, line: u32) -> RenderError {
        RenderError::Failed { line, message: self.0.into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_counts_lines_and_characters_from_one() {
        let error = ParseError::at("ä\nöü!", 7, "no");
        assert_eq!((error.line, error.column), (2, 3));
        assert_eq!(error.to_string(), "line 2, column 3: no");
    }
}
