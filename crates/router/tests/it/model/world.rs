//! What there is: people, queues, tasks and offers, each a row of a vector under its number.

use router::{NoticeKind, PriorityOrder, ReservationStatus, TaskOrder, TaskStatus, TransferStatus};

use super::rules::{Crew, Rules, Target};

/// Milliseconds since some moment.
pub(crate) type Time = u64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    Offline,
    Available,
    Unavailable,
    Break,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskChannel {
    Default,
    Chat,
}

#[derive(Debug, Clone)]
pub(crate) struct Worker {
    pub(crate) name: String,
    pub(crate) exists: bool,
    pub(crate) skills: Vec<&'static str>,
    pub(crate) level: Option<u32>,
    pub(crate) activity: Activity,
    pub(crate) idle_since: Time,
    pub(crate) channels: [WorkerChannel; 2],
}

#[derive(Debug, Clone)]
pub(crate) struct WorkerChannel {
    pub(crate) is_open: bool,
    pub(crate) capacity: u32,
    pub(crate) idle_since: Time,
}

#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub(crate) exists: bool,
    pub(crate) crew: Crew,
    pub(crate) at_once: usize,
    pub(crate) order: TaskOrder,
    pub(crate) when_reserved: Option<Activity>,
    pub(crate) when_assigned: Option<Activity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direct {
    Worker(usize),
    Queue(usize),
    Workflow,
}

/// Where a task stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stop {
    pub(crate) place: Place,
    pub(crate) target: Option<Target>,
    pub(crate) known: Known,
    pub(crate) entered: Time,
    pub(crate) deadline: Option<Time>,
    pub(crate) revision: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Target(usize, usize),
    Default,
    Queue,
    Worker(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Anyone,
    Worker(usize),
    Nobody,
}

#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) is_live: bool,
    pub(crate) language: &'static str,
    pub(crate) colleague: Option<usize>,
    pub(crate) status: TaskStatus,
    pub(crate) reason: Option<String>,
    pub(crate) priority: u32,
    pub(crate) timeout: u64,
    pub(crate) created: Time,
    pub(crate) start: Time,
    pub(crate) assigned: Option<Time>,
    pub(crate) channel: TaskChannel,
    pub(crate) direct: Option<Direct>,
    pub(crate) ignores_capacity: bool,
    pub(crate) queue: Option<usize>,
    pub(crate) times_reserved: u32,
    pub(crate) stop: Option<Stop>,
    pub(crate) transfers: Vec<Transfer>,
}

#[derive(Debug, Clone)]
pub(crate) struct Transfer {
    pub(crate) status: TransferStatus,
    pub(crate) to: Direct,
    pub(crate) is_cold: bool,
    pub(crate) from: usize,
    pub(crate) by: usize,
    pub(crate) queue_before: Option<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Reservation {
    pub(crate) task: usize,
    pub(crate) worker: usize,
    pub(crate) status: ReservationStatus,
    pub(crate) is_on_hold: bool,
    pub(crate) created: Time,
    /// The task's transfer by which it came.
    pub(crate) transfer: Option<usize>,
}

/// What a step asks of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    Offer { task: usize, worker: usize },
    Withdraw { task: usize, worker: usize, status: ReservationStatus },
    Release { task: usize, status: TaskStatus },
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) now: Time,
    pub(crate) multitasking: bool,
    pub(crate) chat_counts_alone: bool,
    pub(crate) preferred: TaskOrder,
    pub(crate) priorities: PriorityOrder,
    pub(crate) lifetime: u64,
    pub(crate) time_to_answer: u64,
    pub(crate) timeout_activity: Activity,
    pub(crate) rules: Rules,
    pub(crate) revision: u32,
    pub(crate) workers: Vec<Worker>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) reservations: Vec<Reservation>,
    /// Workers whom the step at hand touched.
    pub(crate) touched: Vec<usize>,
    /// Tasks that the step at hand left waiting.
    pub(crate) unplaced: Vec<usize>,
    pub(crate) deeds: Vec<Deed>,
    pub(crate) said: Vec<NoticeKind>,
}

impl Worker {
    pub(crate) fn speaks(&self, language: &str) -> bool {
        self.skills.contains(&language)
    }
}

impl Task {
    /// Returns the number of the transfer that is under way.
    pub(crate) fn open_transfer(&self) -> Option<usize> {
        self.transfers.iter().position(|transfer| transfer.status == TransferStatus::Initiated)
    }

    pub(crate) fn is_unassigned(&self) -> bool {
        self.status == TaskStatus::Pending
            || self.status == TaskStatus::Reserved && self.open_transfer().is_none()
    }
}

impl Model {
    pub(crate) fn say(&mut self, kind: NoticeKind) {
        self.said.push(kind);
    }

    pub(crate) fn touch(&mut self, worker: usize) {
        self.touched.push(worker);
    }

    /// Counts the reservations that hold a worker's capacity.
    pub(crate) fn used(&self, worker: usize, channel: TaskChannel) -> u32 {
        let holds = |one: &&Reservation| {
            one.worker == worker && one.status.holds_capacity() && self.tasks[one.task].channel == channel
        };
        self.reservations.iter().filter(holds).count() as u32
    }

    pub(crate) fn free_percent(&self, worker: &Worker, channel: TaskChannel) -> u32 {
        let number = self.workers.iter().position(|other| std::ptr::eq(other, worker)).unwrap();
        let capacity = worker.channels[channel as usize].capacity;
        if capacity == 0 {
            return 0;
        }
        100 * capacity.saturating_sub(self.used(number, channel)) / capacity
    }

    /// Returns a task's reservations of a status, in the order of their offers.
    pub(crate) fn with(&self, task: usize, status: ReservationStatus) -> Vec<usize> {
        let all = self.reservations.iter().enumerate();
        let own = all.filter(|(_, one)| one.task == task && one.status == status);
        own.map(|(number, _)| number).collect()
    }

    /// Tells whether a task looks for a worker and nobody is asked.
    pub(crate) fn is_waiting(&self, task: usize) -> bool {
        let it = &self.tasks[task];
        it.is_live
            && (it.status == TaskStatus::Pending
                || it.status == TaskStatus::Reserved
                    && it.open_transfer().is_some()
                    && self.with(task, ReservationStatus::Pending).is_empty())
    }

    pub(crate) fn serves(&self, worker: usize, queue: usize) -> bool {
        let (person, queue) = (&self.workers[worker], &self.queues[queue]);
        person.exists && queue.exists && queue.crew.has(self, person)
    }
}
