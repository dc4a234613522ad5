//! What a scenario expects of a flow; whatever it does not mention may be as it likes.

use std::fmt;

use flow::{OutgoingMessage, TaskRequest};
use regex::Regex;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::pattern::regular_expression;
use super::{ExpectedRequest, ExpectedVerb, TextOr, TextPattern};

/// What is expected of all that happened since the expectation before, or of the whole run at a scenario's end.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The messages sent, in order and complete.
    pub messages: Option<Vec<TextOr<ExpectedMessage>>>,
    /// What the caller heard, in order and complete: texts, links of audio, or `keys 12`.
    pub hears: Option<Vec<TextOr<TextPattern>>>,
    /// The verbs that were performed on the call, in order and complete.
    pub verbs: Option<Vec<TextOr<ExpectedVerb>>>,
    /// The contacts that the flow called, in order and complete.
    pub calls: Option<Vec<String>>,
    /// Where the flow's call stands.
    pub call: Option<CallState>,
    /// The widgets entered, in order and complete.
    pub path: Option<Vec<String>>,
    /// The widget at which the execution waits.
    pub waits_at: Option<String>,
    /// Values of `flow.variables`.
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// Values that templates can read, by their path: `widgets.ask.inbound.Body`.
    #[serde(default)]
    pub context: Map<String, Value>,
    /// The task asked for, or that there was none.
    pub task: Option<TextOr<Prospect>>,
    /// The requests to other systems, in order and complete.
    pub requests: Option<Vec<TextOr<ExpectedRequest>>>,
    /// Why failure transitions were taken, in order and complete.
    pub errors: Option<Vec<TextOr<TextPattern>>>,
    /// The warnings of steps, in order and complete.
    pub warnings: Option<Vec<TextOr<TextPattern>>>,
    /// Whether the execution goes on.
    pub status: Option<flow::Status>,
}

/// Where a flow's call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallState {
    /// There was none.
    None,
    /// It goes on.
    InProgress,
    /// It has ended.
    Completed,
}

impl CallState {
    /// Returns the word in scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
        }
    }
}

/// What a message is expected to be; every part that is given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedMessage {
    /// The whole text.
    pub body: Option<String>,
    /// A part of the text.
    pub contains: Option<String>,
    /// A regular expression that is found in the text.
    #[serde(default, deserialize_with = "regular_expression")]
    pub matches: Option<Regex>,
    /// The address it comes from.
    pub from: Option<String>,
    /// The address it goes to.
    pub to: Option<String>,
    /// Links of its media.
    pub media: Option<Vec<String>>,
}

/// Whether a task is expected.
#[derive(Debug, Clone)]
pub enum Prospect {
    /// No task may have been asked for.
    None,
    /// The last task that was asked for is like this.
    Task(ExpectedTask),
}

/// What a task is expected to be.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedTask {
    /// The workflow, as the flow names it.
    pub workflow: Option<String>,
    /// The task channel, as the flow names it.
    pub channel: Option<String>,
    /// Values of its attributes; others may be there too.
    #[serde(default)]
    pub attributes: Map<String, Value>,
    /// The priority.
    pub priority: Option<u32>,
    /// The timeout in seconds.
    pub timeout: Option<u32>,
}

impl TryFrom<String> for ExpectedMessage {
    type Error = String;

    fn try_from(body: String) -> Result<Self, String> {
        Ok(Self { body: Some(body), ..Self::default() })
    }
}

impl TryFrom<String> for Prospect {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "none" => Ok(Self::None),
            other => Err(format!(
                "'{other}' says nothing of a task: none is expected, or a map of workflow, channel, attributes, \
                 priority, timeout"
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Prospect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ExpectedTask::deserialize(deserializer).map(Self::Task)
    }
}

impl ExpectedMessage {
    /// Tells whether the message is as expected.
    pub fn is_met_by(&self, message: &OutgoingMessage) -> bool {
        self.text().is_met_by(&message.body)
            && self.from.as_ref().is_none_or(|from| *from == message.from)
            && self.to.as_ref().is_none_or(|to| *to == message.to)
            && self.media.as_ref().is_none_or(|media| *media == message.media_urls)
    }

    fn text(&self) -> TextPattern {
        TextPattern {
            equals: self.body.clone(),
            contains: self.contains.clone(),
            matches: self.matches.clone(),
        }
    }
}

impl fmt::Display for ExpectedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text())?;
        for (name, address) in [("from", &self.from), ("to", &self.to)] {
            if let Some(address) = address {
                write!(f, " {name} {address}")?;
            }
        }
        match &self.media {
            Some(media) => write!(f, " with {}", media.join(", ")),
            None => Ok(()),
        }
    }
}

impl ExpectedTask {
    /// Returns what differs, as pairs of what was expected and what came.
    pub fn differences(&self, task: &TaskRequest) -> Vec<(String, String)> {
        let named = [
            ("workflow", self.workflow.clone(), task.workflow.clone()),
            ("channel", self.channel.clone(), task.task_channel.clone()),
            ("priority", self.priority.map(|number| number.to_string()), task.priority.to_string()),
            ("timeout", self.timeout.map(|number| number.to_string()), task.timeout_secs.to_string()),
        ];
        let named = named.into_iter().filter_map(|(name, expected, came)| {
            let expected = expected.filter(|expected| *expected != came)?;
            Some((format!("{name} {expected}"), format!("{name} {came}")))
        });
        let attributes = self.attributes.iter().filter_map(|(name, expected)| {
            let came = task.attributes.map().get(name);
            let shown = came.map_or_else(|| "nothing".to_owned(), Value::to_string);
            (came != Some(expected))
                .then(|| (format!("attribute {name} {expected}"), format!("attribute {name} {shown}")))
        });
        named.chain(attributes).collect()
    }
}
