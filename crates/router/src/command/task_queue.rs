//! Commands about task queues.

use domain::{ActivitySid, TaskQueueSid};

use crate::TaskOrder;

/// Creates a task queue.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateTaskQueue {
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// The expression that picks its workers; default `1==1`, empty picks none.
    pub target_workers: Option<String>,
    /// How many workers are offered a task at once, 1 to 50; default 1.
    pub max_reserved_workers: Option<u32>,
    /// Which task goes first; default FIFO.
    pub task_order: Option<TaskOrder>,
    /// In single-tasking: the activity of a worker who is offered a task.
    pub reservation_activity_sid: Option<ActivitySid>,
    /// In single-tasking: the activity of a worker who accepted a task.
    pub assignment_activity_sid: Option<ActivitySid>,
}

/// Changes a task queue.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateTaskQueue {
    /// The task queue.
    pub sid: TaskQueueSid,
    /// Another name.
    pub friendly_name: Option<String>,
    /// Another expression.
    pub target_workers: Option<String>,
    /// Another number of workers to ask at once.
    pub max_reserved_workers: Option<u32>,
    /// Another order.
    pub task_order: Option<TaskOrder>,
    /// Another reservation activity.
    pub reservation_activity_sid: Option<ActivitySid>,
    /// Another assignment activity.
    pub assignment_activity_sid: Option<ActivitySid>,
}

/// Deletes a task queue.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTaskQueue {
    /// The task queue.
    pub sid: TaskQueueSid,
}

impl UpdateTaskQueue {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: TaskQueueSid) -> Self {
        Self {
            sid,
            friendly_name: None,
            target_workers: None,
            max_reserved_workers: None,
            task_order: None,
            reservation_activity_sid: None,
            assignment_activity_sid: None,
        }
    }
}
