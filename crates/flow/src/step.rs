//! A step: the record that a widget was left.

use domain::{StepSid, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The record that an execution left one widget for another, or ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The SID; requests of the visited widget carried the same.
    pub sid: StepSid,
    /// The event that caused the transition, such as `incomingMessage` or `sent`.
    pub name: String,
    /// The name of the widget that was left.
    pub transitioned_from: String,
    /// The name of the widget that came next, or [`Step::ENDED`].
    pub transitioned_to: String,
    /// The step of the parent flow inside which this one ran.
    pub parent_step_sid: Option<StepSid>,
    /// The execution's context after the widget was left, with `error` and `warnings` where there were any.
    pub context: Value,
    /// Why a failure transition was taken or the execution was stopped.
    pub error: Option<String>,
    /// What the flow's author should look at although the step succeeded.
    pub warnings: Vec<String>,
    /// What the widget asked for, with all templates rendered, by kind: `message`, `request`, `task`, `verbs` …
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// What the widget left behind.
    #[serde(default)]
    pub outputs: Map<String, Value>,
    /// Why the transition was taken.
    #[serde(default)]
    pub reason: String,
    /// When the widget was entered; unknown of steps of earlier versions.
    #[serde(default)]
    pub entered_at: Option<Timestamp>,
    /// When the widget was left.
    pub date_created: Timestamp,
}

impl Step {
    /// Stands in `transitioned_to` when the execution ended, or the subflow did.
    pub const ENDED: &'static str = "Ended";

    /// Is the `name` of a step by which an execution was stopped from outside or by a limit of time.
    pub const STOPPED: &'static str = "Stop Execution";

    /// Tells whether the execution ended with this step.
    pub fn is_last(&self) -> bool {
        self.transitioned_to == Self::ENDED && self.parent_step_sid.is_none()
    }
}
