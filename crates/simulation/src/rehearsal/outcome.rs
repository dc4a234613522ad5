//! How what a call waits for ends: a dialled party, a queue, a payment and the like, as the scenario plays them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::TextOr;

/// The word by which nothing is known until another outcome is given.
const PENDING: &str = "pending";

/// What a call, or a flow that wants one, waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Awaited {
    /// The party that the caller is connected to.
    Dial,
    /// The queue in which the caller waits.
    Queue,
    /// The application to which the call or message was handed.
    Redirect,
    /// The payment.
    Payment,
    /// The bot that talks with the caller.
    Agent,
    /// The contact whom the flow calls.
    OutgoingCall,
    /// The conversation that the flow begins or resumes.
    Conversation,
}

/// How something ends, with the parameters that tell of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The published word, such as `busy` or `bridged`; what usually happens unless given.
    #[serde(default)]
    pub result: String,
    /// Further parameters, such as `DialCallDuration`.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// Why it can not be done at all.
    pub refused: Option<String>,
}

impl TryFrom<String> for Outcome {
    type Error = String;

    fn try_from(result: String) -> Result<Self, String> {
        Ok(Self { result, ..Self::default() })
    }
}

impl Awaited {
    /// Returns what happens where a scenario says nothing.
    pub(super) fn usual(self) -> Outcome {
        let result = match self {
            Self::Dial => "completed",
            Self::Queue => "bridged",
            Self::Redirect => PENDING,
            Self::OutgoingCall => "answered",
            Self::Conversation => "ready",
            Self::Payment | Self::Agent => {
                let refused = Some(format!("the scenario has no outcome for {}", self.name()));
                return Outcome { refused, ..Outcome::default() };
            }
        };
        Outcome { result: result.to_owned(), ..Outcome::default() }
    }

    /// Says what is wrong with an outcome whose word nobody publishes.
    pub(super) fn objection(self, outcome: &Outcome) -> Option<String> {
        let Outcome { result, .. } = outcome;
        let known = self.words();
        if result.is_empty() || result == PENDING || known.contains(&result.as_str()) {
            return None;
        }
        let known = known.join(", ");
        Some(format!("'{result}' is no outcome of {}: {known} or {PENDING} is expected", self.name()))
    }

    /// Returns the parameters by which the call's verbs tell of a result.
    pub(super) fn parameters(self, result: &str) -> Map<String, Value> {
        let told = match self {
            Self::Dial => json!({ "DialCallStatus": result, "DialCallDuration": duration(result) }),
            Self::Queue => json!({ "QueueResult": result, "QueueTime": "0" }),
            Self::Payment => json!({ "Result": result }),
            Self::Agent => json!({ "VirtualAgentStatus": result, "SessionStatus": result }),
            Self::OutgoingCall => json!({ "CallStatus": status(result) }),
            Self::Redirect | Self::Conversation => json!({}),
        };
        told.as_object().cloned().unwrap_or_default()
    }

    /// Returns the words that say how it can end, the usual one first.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Dial => &["completed", "answered", "busy", "no-answer", "failed", "canceled"],
            Self::Queue => &[
                "bridged",
                "bridging-in-process",
                "leave",
                "hangup",
                "redirected",
                "redirected-from-bridged",
                "queue-full",
                "error",
                "system-error",
            ],
            Self::Redirect => &["returned"],
            Self::Payment => &[
                "success",
                "too-many-failed-attempts",
                "input-timeout",
                "caller-interrupted-with-star",
                "caller-hung-up",
                "validation-error",
                "payment-connector-error",
            ],
            Self::Agent => &["completed", "live-agent-handoff", "hangup", "failed", "paused", "timeout"],
            Self::OutgoingCall => &["answered", "busy", "no-answer", "failed", "canceled"],
            Self::Conversation => &["ready"],
        }
    }

    /// Returns the key in scenario files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Dial => "dial",
            Self::Queue => "queue",
            Self::Redirect => "redirect",
            Self::Payment => "payment",
            Self::Agent => "agent",
            Self::OutgoingCall => "outgoing-call",
            Self::Conversation => "conversation",
        }
    }
}

impl Outcome {
    /// Tells whether nothing is known of it yet.
    pub(super) fn is_pending(&self) -> bool {
        self.refused.is_none() && self.result == PENDING
    }

    /// Fills in the usual word where only parameters are given.
    pub(super) fn or_usual(mut self, awaited: Awaited) -> Self {
        if self.result.is_empty() && self.refused.is_none() {
            let usual = awaited.usual();
            self.result = if usual.refused.is_some() { awaited.words()[0].to_owned() } else { usual.result };
        }
        // Parameters are something that came back: a redirect that has them is not pending.
        if awaited == Awaited::Redirect && !self.parameters.is_empty() {
            "returned".clone_into(&mut self.result);
        }
        self
    }
}

/// Outcomes by what they are of, as scenario files hold them.
pub type Outcomes = BTreeMap<Awaited, TextOr<Outcome>>;

/// Says what is wrong with the first outcome whose word nobody publishes.
pub(super) fn objection(outcomes: &Outcomes) -> Option<String> {
    outcomes.iter().find_map(|(awaited, TextOr(outcome))| awaited.objection(outcome))
}

fn duration(result: &str) -> &'static str {
    if matches!(result, "completed" | "answered") { "60" } else { "0" }
}

fn status(result: &str) -> &str {
    if result == "answered" { "in-progress" } else { result }
}
