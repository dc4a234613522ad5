//! Commands about workflows.

use domain::WorkflowSid;

use crate::{OnTaskEnd, OnTaskEndWaitingCall};

/// Creates a workflow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateWorkflow {
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// The rules, as JSON.
    pub configuration: String,
    /// Where each reservation is announced.
    pub assignment_callback_url: Option<String>,
    /// Where it is announced when that fails.
    pub fallback_assignment_callback_url: Option<String>,
    /// How long a worker may think about an offer, 1 to 86,400 s; default 120.
    pub task_reservation_timeout_secs: Option<u32>,
    /// What follows the end of a task; default the workspace's policy.
    pub on_task_end: Option<OnTaskEnd>,
    /// What becomes of a waiting caller; default the workspace's policy.
    pub on_task_end_waiting_call: Option<OnTaskEndWaitingCall>,
}

/// Changes a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateWorkflow {
    /// The workflow.
    pub sid: WorkflowSid,
    /// Another name.
    pub friendly_name: Option<String>,
    /// Other rules, as JSON.
    pub configuration: Option<String>,
    /// Another assignment callback; empty for none.
    pub assignment_callback_url: Option<String>,
    /// Another fallback callback; empty for none.
    pub fallback_assignment_callback_url: Option<String>,
    /// Another time to think about an offer.
    pub task_reservation_timeout_secs: Option<u32>,
    /// Whether waiting tasks are walked through the rules from the top.
    pub re_evaluate_tasks: bool,
    /// What follows the end of a task.
    pub on_task_end: Option<OnTaskEnd>,
    /// What becomes of a waiting caller.
    pub on_task_end_waiting_call: Option<OnTaskEndWaitingCall>,
}

/// Deletes a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteWorkflow {
    /// The workflow.
    pub sid: WorkflowSid,
}

impl UpdateWorkflow {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: WorkflowSid) -> Self {
        Self {
            sid,
            friendly_name: None,
            configuration: None,
            assignment_callback_url: None,
            fallback_assignment_callback_url: None,
            task_reservation_timeout_secs: None,
            re_evaluate_tasks: false,
            on_task_end: None,
            on_task_end_waiting_call: None,
        }
    }
}
