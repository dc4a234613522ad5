//! Why a text is no document at all.

/// Why nothing of a text can be performed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The text is longer than a document may be.
    #[error(
        "the document has {bytes} bytes, at most {} are read: split it with <Redirect>",
        super::BYTES_MAX
    )]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// The text is not well-formed XML, or uses what is refused in it.
    #[error("line {line}, column {column}: {reason}")]
    Malformed {
        /// The line, from one.
        line: usize,
        /// The column in characters, from one.
        column: usize,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// The text says that it is another version of XML.
    #[error("XML version '{version}' is unknown: expected 1.0 or 1.1")]
    Version {
        /// The version as written.
        version: String,
    },
    /// The text is XML of another kind.
    #[error("the root element is <{root}>, expected <Response> (names are case-sensitive)")]
    Root {
        /// The name of the root element.
        root: String,
    },
}

impl DocumentError {
    /// Returns the published error code.
    pub fn code(&self) -> u32 {
        match self {
            DocumentError::TooLarge { .. } => 11750,
            DocumentError::Malformed { .. } => 12100,
            DocumentError::Version { .. } => 12101,
            DocumentError::Root { .. } => 12102,
        }
    }
}
