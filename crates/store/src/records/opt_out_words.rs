//! The words and answers by which a messaging service's contacts opt out, where it has its own.

use serde::{Deserialize, Serialize};

use super::OptOut;

/// A messaging service's own words, beside those that everybody knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptOutWords {
    /// For STOP.
    pub stop: OwnWords,
    /// For START.
    pub start: OwnWords,
    /// For HELP.
    pub help: OwnWords,
}

/// Words that mean the same, and how they are answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnWords {
    /// The words.
    pub keywords: Vec<String>,
    /// The answer; none stands for the installation's.
    pub reply: Option<String>,
}

impl OptOutWords {
    /// Returns the words that mean this.
    pub fn of(&self, kind: OptOut) -> &OwnWords {
        match kind {
            OptOut::Stop => &self.stop,
            OptOut::Start => &self.start,
            OptOut::Help => &self.help,
        }
    }

    /// Returns what a whole text means by one of these words.
    pub fn meaning(&self, text: &str) -> Option<OptOut> {
        let text = text.trim().to_lowercase();
        let means =
            |kind: &OptOut| self.of(*kind).keywords.iter().any(|keyword| keyword.to_lowercase() == text);
        [OptOut::Stop, OptOut::Start, OptOut::Help].into_iter().find(means)
    }
}
