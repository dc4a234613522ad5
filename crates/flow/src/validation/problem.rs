//! What is wrong with a definition, in the published form.

use serde::{Deserialize, Serialize};

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong and what is expected.
    pub message: String,
    /// The place, such as `#/states/3/properties/timeout`.
    pub property_path: String,
}

/// All that a check of a definition found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What keeps the flow from running.
    pub errors: Vec<Problem>,
    /// What the author should know although the flow runs.
    pub warnings: Vec<Problem>,
}

impl Findings {
    /// Tells whether the flow can run.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Notes what keeps the flow from running.
    pub(crate) fn error(&mut self, path: &str, message: impl Into<String>) {
        self.errors.push(Problem { message: message.into(), property_path: path.to_owned() });
    }

    /// Notes what the author should know.
    pub(crate) fn warning(&mut self, path: &str, message: impl Into<String>) {
        self.warnings.push(Problem { message: message.into(), property_path: path.to_owned() });
    }
}
