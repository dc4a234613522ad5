//! The workspace's own properties and policies.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use domain::{AccountSid, ActivitySid, Timestamp, WorkflowSid, WorkspaceSid, named};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

named! {
    /// Whether tasks leave a queue oldest first or newest first.
    pub enum TaskOrder {
        /// By priority, then oldest first.
        Fifo = "FIFO",
        /// Newest first, whatever the priority.
        Lifo = "LIFO",
    }
}

named! {
    /// What a priority number means.
    pub enum PriorityOrder {
        /// The largest number goes first; 0 is the last.
        LargestFirst = "largest_first",
        /// 0 goes first.
        ZeroFirst = "zero_first",
    }
}

named! {
    /// What becomes of a caller who still waits when the task has ended.
    pub enum OnTaskEndWaitingCall {
        /// The caller leaves the queue and the flow goes on.
        Continue = "continue",
        /// The caller stays in the queue.
        KeepWaiting = "keep-waiting",
    }
}

named! {
    /// How long the API shows ended tasks.
    pub enum EndedTasks {
        /// For as long as history is kept.
        Keep = "keep",
        /// For five minutes, as the published service does.
        ForgetAfter5Minutes = "forget-after-5-minutes",
    }
}

named! {
    /// What a workspace is created with.
    pub enum Template {
        /// Activities and task channels only.
        None = "NONE",
        /// One queue and one workflow as well.
        Fifo = "FIFO",
    }
}

/// What follows the end of a task whose conversation is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnTaskEnd {
    /// The conversation's channel is closed.
    Close,
    /// Another agent is invited.
    Reinvite,
    /// A task is created in this workflow.
    Workflow(WorkflowSid),
}

impl fmt::Display for OnTaskEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OnTaskEnd::Close => f.write_str("close"),
            OnTaskEnd::Reinvite => f.write_str("reinvite"),
            OnTaskEnd::Workflow(sid) => write!(f, "workflow:{sid}"),
        }
    }
}

impl FromStr for OnTaskEnd {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "close" => Ok(OnTaskEnd::Close),
            "reinvite" => Ok(OnTaskEnd::Reinvite),
            other => {
                let sid = other.strip_prefix("workflow:").and_then(|sid| sid.parse().ok());
                sid.map(OnTaskEnd::Workflow).ok_or_else(|| {
                    format!("'{other}' is not known: close, reinvite or workflow:WW… is expected")
                })
            }
        }
    }
}

impl Serialize for OnTaskEnd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OnTaskEnd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The workspace's own resource: its names, its defaults and its policies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The workspace.
    pub sid: WorkspaceSid,
    /// The account that it belongs to.
    pub account_sid: AccountSid,
    /// What people call it.
    pub friendly_name: Arc<str>,
    /// Where events are posted.
    pub event_callback_url: Option<String>,
    /// The event types that are posted, comma-separated; empty posts all.
    pub events_filter: String,
    /// Whether a worker may have several tasks at once.
    pub multi_task_enabled: bool,
    /// Which kind of queue goes first for a worker who serves both.
    pub prioritize_queue_order: TaskOrder,
    /// The activity of new workers.
    pub default_activity_sid: ActivitySid,
    /// The activity given to a worker whose reservation timed out.
    pub timeout_activity_sid: ActivitySid,
    /// What a priority number means.
    pub priority_order: PriorityOrder,
    /// The time zone of flows and statistics, by its IANA name.
    pub time_zone: String,
    /// What follows the end of a task whose conversation is open.
    pub on_task_end: OnTaskEnd,
    /// What becomes of a caller who still waits when the task has ended.
    pub on_task_end_waiting_call: OnTaskEndWaitingCall,
    /// How long the API shows ended tasks.
    pub ended_tasks: EndedTasks,
    /// How long a task may be assigned before the system deletes it; 0 sets no limit.
    pub assigned_task_lifetime_secs: u64,
    /// When the workspace was created.
    pub date_created: Timestamp,
    /// When this record last changed.
    pub date_updated: Timestamp,
}
