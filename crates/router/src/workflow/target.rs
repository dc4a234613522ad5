//! Targets: one stop of a task on its way through a workflow. A waiting task keeps its own copy, so that it
//! outlives changes of the workflow.

use std::sync::Arc;

use domain::{TaskQueueSid, Timestamp, WorkerSid};
use expression::{Expression, OrderBy, ParseError, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The rules of one stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "TargetText", try_from = "TargetText")]
pub(crate) struct Target {
    /// The name of the filter that it belongs to.
    pub(crate) filter_name: Option<Arc<str>>,
    /// The queue whose workers are asked.
    pub(crate) queue: TaskQueueSid,
    /// Which of them suit the task.
    pub(crate) expression: Option<Expression>,
    /// The task's precedence from here on.
    pub(crate) priority: Option<u32>,
    /// How long the task stays, beyond the time of the targets before.
    pub(crate) timeout_secs: Option<u32>,
    /// Which of several workers goes first.
    pub(crate) order_by: Option<OrderBy>,
    /// When the task does not wait here.
    pub(crate) skip_if: Option<Expression>,
    /// The one worker who is asked.
    pub(crate) known_worker: Option<KnownWorkerRule>,
}

/// Which attribute of the task names its worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KnownWorkerRule {
    /// The attribute at this path holds the worker's SID.
    Sid(String),
    /// The attribute at this path holds the worker's name.
    FriendlyName(String),
}

/// Where a task stands on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// The stop that it is at.
    pub(crate) place: Place,
    /// The rules of that stop; none for a task that goes to one worker directly.
    pub(crate) target: Option<Arc<Target>>,
    /// Who may be asked.
    pub(crate) known_worker: KnownWorker,
    /// When it entered its filter; targets' times add up from here.
    pub(crate) filter_entered: Timestamp,
    /// When its time here is over.
    pub(crate) deadline: Option<Timestamp>,
    /// The revision of the workflow by which it came here.
    pub(crate) revision: u64,
}

/// A stop on a task's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// A target of a filter.
    Filter {
        /// The filter's position.
        filter: usize,
        /// The target's position in it.
        target: usize,
    },
    /// The default filter.
    DefaultFilter,
    /// A queue that the task was sent to directly.
    Queue,
    /// A worker whom the task was sent to directly.
    Worker(WorkerSid),
}

/// Who of a queue's workers may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KnownWorker {
    /// Any of them.
    Anyone,
    /// This one.
    Worker(WorkerSid),
    /// None: the task's attribute names nobody.
    Nobody,
}

impl Target {
    /// Makes the stop at a queue without rules.
    pub(crate) fn of_queue(queue: TaskQueueSid) -> Self {
        Self {
            filter_name: None,
            queue,
            expression: None,
            priority: None,
            timeout_secs: None,
            order_by: None,
            skip_if: None,
            known_worker: None,
        }
    }
}

impl KnownWorkerRule {
    /// Returns the text that a task's attributes hold under the rule's path; `task.` in front is optional.
    pub(crate) fn find<'a>(&self, attributes: &'a Value) -> Option<&'a str> {
        let (KnownWorkerRule::Sid(path) | KnownWorkerRule::FriendlyName(path)) = self;
        let path = path.trim();
        let keys = path.strip_prefix("task.").unwrap_or(path);
        keys.split('.').try_fold(attributes, |value, key| value.get(key))?.as_str()
    }
}

/// A target as it is written to its task's row.
#[derive(Serialize, Deserialize)]
struct TargetText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter_name: Option<Arc<str>>,
    queue: TaskQueueSid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expression: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    priority: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timeout_secs: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skip_if: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known_worker: Option<KnownWorkerRule>,
}

impl From<Target> for TargetText {
    fn from(target: Target) -> Self {
        Self {
            filter_name: target.filter_name,
            queue: target.queue,
            expression: target.expression.map(|expression| expression.text().to_owned()),
            priority: target.priority,
            timeout_secs: target.timeout_secs,
            order_by: target.order_by.map(|order| order.text().to_owned()),
            skip_if: target.skip_if.map(|expression| expression.text().to_owned()),
            known_worker: target.known_worker,
        }
    }
}

impl TryFrom<TargetText> for Target {
    type Error = ParseError;

    fn try_from(text: TargetText) -> Result<Self, ParseError> {
        let expression =
            |text: Option<String>, scope| text.map(|text| Expression::parse(&text, scope)).transpose();
        Ok(Self {
            filter_name: text.filter_name,
            queue: text.queue,
            expression: expression(text.expression, Scope::Target)?,
            priority: text.priority,
            timeout_secs: text.timeout_secs,
            order_by: text.order_by.map(|text| OrderBy::parse(&text)).transpose()?,
            skip_if: expression(text.skip_if, Scope::Skip)?,
            known_worker: text.known_worker,
        })
    }
}
