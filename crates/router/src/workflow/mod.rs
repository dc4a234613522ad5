//! Workflows: which queues a task goes through, by filters and targets.

pub(crate) mod configuration;
pub(crate) mod target;

use std::sync::Arc;

use domain::{Timestamp, WorkflowSid};
use serde::{Deserialize, Serialize};

use crate::{OnTaskEnd, OnTaskEndWaitingCall};

/// The rules by which tasks reach queues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// The workflow.
    pub sid: WorkflowSid,
    /// What people call it.
    pub friendly_name: Arc<str>,
    /// The rules as their author wrote them.
    pub configuration: Arc<str>,
    /// Where each reservation is announced.
    pub assignment_callback_url: Option<String>,
    /// Where it is announced when that fails.
    pub fallback_assignment_callback_url: Option<String>,
    /// How long a worker may think about an offer.
    pub task_reservation_timeout_secs: u32,
    /// What follows the end of a task; none takes the workspace's policy.
    pub on_task_end: Option<OnTaskEnd>,
    /// What becomes of a waiting caller; none takes the workspace's policy.
    pub on_task_end_waiting_call: Option<OnTaskEndWaitingCall>,
    /// When it was created.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
    /// How often the rules changed: a task evaluated under older rules is walked from the top.
    pub revision: u64,
}
