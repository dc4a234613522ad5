//! What an expression is evaluated against: one JSON object per side.

use serde_json::Value;

use crate::path::Side;

static NULL: Value = Value::Null;

/// The objects that paths are looked up in; a side that is not given is null.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// A worker's attributes merged with its built-ins.
    pub worker: &'a Value,
    /// A task's attributes.
    pub task: &'a Value,
    /// The counters of a queue's workers: `available`, `unavailable` and one for each activity SID.
    pub workers: &'a Value,
}

impl<'a> Facts<'a> {
    /// Returns facts about a worker alone.
    pub fn worker(worker: &'a Value) -> Self {
        Self { worker, task: &NULL, workers: &NULL }
    }

    /// Returns facts about a task alone.
    pub fn task(task: &'a Value) -> Self {
        Self { worker: &NULL, task, workers: &NULL }
    }

    /// Returns facts about a worker and a task.
    pub fn both(worker: &'a Value, task: &'a Value) -> Self {
        Self { worker, task, workers: &NULL }
    }

    /// Returns facts about the counters of a queue's workers alone.
    pub fn workers(workers: &'a Value) -> Self {
        Self { worker: &NULL, task: &NULL, workers }
    }

    /// Returns the object of a side.
    pub(crate) fn side(&self, side: Side) -> &'a Value {
        match side {
            Side::Worker => self.worker,
            Side::Task => self.task,
            Side::Workers => self.workers,
        }
    }
}
