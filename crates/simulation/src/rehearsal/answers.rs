//! How the world answers what a flow asks for: carrier, router, telephone network and other systems, as the scenario
//! plays them.

use serde::Deserialize;

use super::outcome::{self, Outcomes};
use super::{Awaited, HttpAnswer, Outcome, TextOr};

/// The answers in force.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// What becomes of messages.
    pub message: MessageAnswer,
    /// What becomes of tasks.
    pub task: TaskAnswer,
    /// What other systems answer: the first that fits a request counts.
    pub http: Vec<HttpAnswer>,
    /// How what calls wait for ends; what usually happens unless given.
    pub outcomes: Outcomes,
    /// Whether requests that no answer fits wait until one is given by hand.
    #[serde(skip)]
    pub awaits_http: bool,
}

impl Answers {
    /// Says what is wrong with an outcome whose word nobody publishes.
    pub(super) fn objection(&self) -> Option<String> {
        outcome::objection(&self.outcomes)
    }

    /// Returns how something ends.
    pub(super) fn outcome(&self, awaited: Awaited) -> Outcome {
        match self.outcomes.get(&awaited) {
            Some(TextOr(outcome)) => outcome.clone().or_usual(awaited),
            None => awaited.usual(),
        }
    }
}

/// What becomes of a message that a flow sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageAnswer {
    /// It is taken on.
    #[default]
    Accepted,
    /// Nothing is known of it until another answer is given.
    Pending,
    /// It is not taken on.
    Refused(TextOr<Rejection>),
    /// It is taken on, but does not reach the contact.
    Undelivered(TextOr<Rejection>),
}

/// What becomes of a task that a flow asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskAnswer {
    /// It is created.
    #[default]
    Created,
    /// Nothing is known of it until another answer is given.
    Pending,
    /// It is not created, and why.
    Refused(String),
}

/// Why a message went wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// The published error code; 30008, *unknown error*, unless given.
    #[serde(default = "unknown_error")]
    pub code: u32,
    /// Why, for people.
    pub reason: String,
}

impl TryFrom<String> for Rejection {
    type Error = String;

    fn try_from(reason: String) -> Result<Self, String> {
        Ok(Self { code: unknown_error(), reason })
    }
}

fn unknown_error() -> u32 {
    30_008
}
