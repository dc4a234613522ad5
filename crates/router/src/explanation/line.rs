//! Lines: which tasks go before a task, and how long it will probably wait.

use domain::{TaskSid, Timestamp};
use serde::{Deserialize, Serialize};

use crate::index::waiting::Lane;
use crate::workspace::Workspace;
use crate::{Task, TaskStatus};

/// How many of the tasks ahead are shown.
const AHEAD_MAX: usize = 50;

/// A task's place among those who wait for the same workers on the same channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its place, from 1.
    pub position: usize,
    /// How many tasks wait in the line.
    pub length: usize,
    /// The tasks ahead, the next first; at most 50 are shown.
    pub ahead: Vec<TaskAhead>,
}

/// A task that goes first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskAhead {
    /// The task.
    pub task_sid: TaskSid,
    /// Its precedence.
    pub priority: u32,
    /// The time by which it is put in order.
    pub virtual_start_time: Timestamp,
}

/// How long a task will probably wait until it is accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum WaitEstimate {
    /// The place in line, at the pace at which tasks of the queue and channel were accepted of late.
    AcceptanceRate {
        /// How much longer it will wait.
        secs: u64,
        /// How many acceptances that is drawn from.
        acceptances: u32,
        /// In how many seconds up to now they were.
        over_secs: u64,
    },
    /// There is no estimate.
    NoEstimate {
        /// Why not.
        reason: String,
    },
}

impl Workspace {
    /// Returns a task's place in line.
    pub(super) fn line_of(&self, task: &Task) -> Option<Line> {
        let (lane, turn) = self.waiting.seat(task.sid)?;
        let before = self.waiting.in_lane(lane).take_while(|other| **other < turn);
        let ahead: Vec<TaskSid> = before.map(|other| other.task).collect();
        let shown = ahead.iter().take(AHEAD_MAX).filter_map(|sid| self.tasks.get(sid));
        Some(Line {
            position: ahead.len() + 1,
            length: self.waiting.in_lane(lane).count(),
            ahead: shown.map(TaskAhead::of).collect(),
        })
    }

    /// Predicts how long a task will wait.
    pub(super) fn wait_of(&self, task: &Task, line: Option<&Line>, now: Timestamp) -> WaitEstimate {
        if task.status != TaskStatus::Pending {
            return no_estimate(format!("the task is {}", task.status));
        }
        let (Some(line), Some((lane, _))) = (line, self.waiting.seat(task.sid)) else {
            return no_estimate("nobody could ever take the task where it is");
        };
        let Lane::Queue(queue, channel) = lane else {
            return no_estimate("the task waits for one worker alone");
        };
        if !self.workers_of_queue(queue).any(|worker| self.is_available(worker)) {
            return no_estimate("no worker of the queue is available");
        }
        let Some(rate) = self.pace.rate(queue, channel, now) else {
            return no_estimate("too few tasks of the queue were accepted within the last hour");
        };
        WaitEstimate::AcceptanceRate {
            secs: rate.time_for(line.position).as_secs(),
            acceptances: rate.acceptances,
            over_secs: rate.over.as_secs(),
        }
    }
}

impl TaskAhead {
    fn of(task: &Task) -> Self {
        Self { task_sid: task.sid, priority: task.priority, virtual_start_time: task.virtual_start_time }
    }
}

fn no_estimate(reason: impl Into<String>) -> WaitEstimate {
    WaitEstimate::NoEstimate { reason: reason.into() }
}
