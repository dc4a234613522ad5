//! What is written together or not at all.

use crate::Statement;

/// A list of changes that one commit writes whole or not at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unit {
    pub(crate) statements: Vec<Statement>,
}

impl Unit {
    /// Makes a unit that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a change.
    pub fn push(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    /// Adds a change and hands the unit on.
    #[must_use]
    pub fn with(mut self, statement: Statement) -> Self {
        self.push(statement);
        self
    }

    /// Tells whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

impl Extend<Statement> for Unit {
    fn extend<I: IntoIterator<Item = Statement>>(&mut self, statements: I) {
        self.statements.extend(statements);
    }
}
