//! Commands about tasks.

use domain::{TaskQueueSid, TaskSid, Timestamp, WorkflowSid};

use crate::{RoutingTarget, TaskStatus};

/// Creates a task.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateTask {
    /// The user's own facts: a JSON object of at most 4096 characters.
    pub attributes: Option<String>,
    /// The facts that add-ons brought, as JSON text.
    pub addons: Option<String>,
    /// The workflow; may be left out where the workspace has exactly one, or with a routing target.
    pub workflow_sid: Option<WorkflowSid>,
    /// The task channel by SID or unique name; default `default`.
    pub task_channel: Option<String>,
    /// Its precedence, 0 to 2,147,483,647; default 0.
    pub priority: Option<u32>,
    /// How long it may wait for a worker, at most 1,209,600 s; default 86,400.
    pub timeout_secs: Option<u32>,
    /// The time by which it is put in order; default its creation.
    pub virtual_start_time: Option<Timestamp>,
    /// Where it goes directly.
    pub routing_target: Option<RoutingTarget>,
    /// Whether a direct offer goes to a worker who is unavailable or full; default true for one.
    pub ignore_capacity: Option<bool>,
    /// The queue to count a directly routed task in.
    pub task_queue_sid: Option<TaskQueueSid>,
}

/// Changes or ends a task.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateTask {
    /// The task.
    pub sid: TaskSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
    /// Other attributes, in place of all the old ones.
    pub attributes: Option<String>,
    /// Where to move it: canceled, wrapping or completed.
    pub status: Option<TaskStatus>,
    /// Why it ends.
    pub reason: Option<String>,
    /// Another precedence.
    pub priority: Option<u32>,
    /// Another task channel, by SID or unique name.
    pub task_channel: Option<String>,
    /// Another time by which it is put in order.
    pub virtual_start_time: Option<Timestamp>,
}

/// Deletes a task.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTask {
    /// The task.
    pub sid: TaskSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
}

impl UpdateTask {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: TaskSid) -> Self {
        Self {
            sid,
            if_match: None,
            attributes: None,
            status: None,
            reason: None,
            priority: None,
            task_channel: None,
            virtual_start_time: None,
        }
    }
}
