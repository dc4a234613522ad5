//! Waiting tasks: which task is next, for each queue and task channel.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use domain::{TaskChannelSid, TaskQueueSid, TaskSid, Timestamp, WorkerSid};

use crate::{PriorityOrder, Task, TaskOrder};

/// A line in which tasks wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// For any worker of a queue.
    Queue(TaskQueueSid, TaskChannelSid),
    /// For one worker of a queue.
    KnownWorker(TaskQueueSid, TaskChannelSid, WorkerSid),
    /// For one worker directly.
    Direct(WorkerSid, TaskChannelSid),
}

/// A task's place in line: the smallest goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    precedence: Precedence,
    pub(crate) task: TaskSid,
}

/// What puts tasks of a queue in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    /// By priority, then oldest first.
    Fifo(u32, Timestamp),
    /// Newest first, whatever the priority.
    Lifo(Reverse<Timestamp>),
}

/// All tasks that wait, each in one line.
#[derive(Debug, Clone, Default)]
pub(crate) struct WaitingTasks {
    lanes: BTreeMap<Lane, BTreeSet<Turn>>,
    seats: BTreeMap<TaskSid, (Lane, Turn)>,
}

impl Turn {
    /// Returns the place of a task in a queue of this order.
    pub(crate) fn of(task: &Task, task_order: TaskOrder, priority_order: PriorityOrder) -> Self {
        let rank = match priority_order {
            PriorityOrder::LargestFirst => u32::MAX - task.priority,
            PriorityOrder::ZeroFirst => task.priority,
        };
        let precedence = match task_order {
            TaskOrder::Fifo => Precedence::Fifo(rank, task.virtual_start_time),
            TaskOrder::Lifo => Precedence::Lifo(Reverse(task.virtual_start_time)),
        };
        Self { precedence, task: task.sid }
    }

    /// Tells whether the task waits in a queue of this order.
    pub(crate) fn is_of(&self, order: TaskOrder) -> bool {
        match self.precedence {
            Precedence::Fifo(..) => order == TaskOrder::Fifo,
            Precedence::Lifo(_) => order == TaskOrder::Lifo,
        }
    }
}

impl WaitingTasks {
    /// Puts a task into a line, or takes it out of all.
    pub(crate) fn set(&mut self, task: TaskSid, seat: Option<(Lane, Turn)>) {
        let before = match seat {
            Some(seat) => self.seats.insert(task, seat),
            None => self.seats.remove(&task),
        };
        if before == seat {
            return;
        }
        if let Some((lane, turn)) = before {
            self.leave(lane, &turn);
        }
        if let Some((lane, turn)) = seat {
            self.lanes.entry(lane).or_default().insert(turn);
        }
    }

    /// Returns the line in which a task waits, and its place there.
    pub(crate) fn seat(&self, task: TaskSid) -> Option<(Lane, Turn)> {
        self.seats.get(&task).copied()
    }

    /// Returns a task's place in line.
    pub(crate) fn turn(&self, task: TaskSid) -> Option<Turn> {
        self.seats.get(&task).map(|(_, turn)| *turn)
    }

    /// Returns the tasks of a line, the next first.
    pub(crate) fn in_lane(&self, lane: Lane) -> impl Iterator<Item = &Turn> {
        self.lanes.get(&lane).into_iter().flatten()
    }

    fn leave(&mut self, lane: Lane, turn: &Turn) {
        if let Some(turns) = self.lanes.get_mut(&lane) {
            turns.remove(turn);
            if turns.is_empty() {
                self.lanes.remove(&lane);
            }
        }
    }
}
