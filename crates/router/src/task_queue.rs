//! Task queues: which workers serve waiting tasks, and in which order.

use std::sync::Arc;

use domain::{ActivitySid, TaskQueueSid, Timestamp};
use serde::{Deserialize, Serialize};

use crate::TaskOrder;

/// Where tasks wait for the workers that match its expression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskQueue {
    /// The task queue.
    pub sid: TaskQueueSid,
    /// What people call it.
    pub friendly_name: Arc<str>,
    /// The expression that picks its workers; empty picks none.
    pub target_workers: Arc<str>,
    /// How many workers are offered a task at once.
    pub max_reserved_workers: u32,
    /// Which task goes first.
    pub task_order: TaskOrder,
    /// In single-tasking: the activity of a worker who is offered a task.
    pub reservation_activity_sid: Option<ActivitySid>,
    /// In single-tasking: the activity of a worker who accepted a task.
    pub assignment_activity_sid: Option<ActivitySid>,
    /// When it was created.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}
