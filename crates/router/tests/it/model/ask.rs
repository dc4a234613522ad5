//! What can be asked of a router, in the numbers of the model.

use router::{PriorityOrder, TaskOrder, TaskStatus};

use super::rules::{Crew, Rules};
use super::world::{Activity, Direct, TaskChannel};

/// A request.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// Let some milliseconds pass, but not past the next alarm.
    Wait(u64),
    CreateTask(NewTask),
    OfTask(usize, OfTask),
    Answer {
        reservation: usize,
        answer: Answer,
    },
    Transfer {
        reservation: usize,
        to: Direct,
        is_cold: bool,
    },
    CreateWorker {
        skills: Vec<&'static str>,
        activity: Activity,
    },
    OfWorker(usize, OfWorker),
    OfQueue(usize, OfQueue),
    SetRules {
        rules: Rules,
        re_evaluates: bool,
    },
    Prefer {
        kind: TaskOrder,
        priorities: PriorityOrder,
    },
}

#[derive(Debug, Clone)]
pub(crate) enum OfTask {
    Priority(u32),
    Language(&'static str),
    Channel(TaskChannel),
    End(TaskStatus, Option<&'static str>),
    Delete,
    CancelTransfer,
}

#[derive(Debug, Clone)]
pub(crate) enum OfWorker {
    Activity { activity: Activity, rejects: bool },
    Skills { skills: Vec<&'static str>, level: Option<u32> },
    Channel { channel: TaskChannel, capacity: u32, is_open: bool },
    Delete,
}

#[derive(Debug, Clone)]
pub(crate) enum OfQueue {
    Rules { crew: Crew, at_once: usize, order: TaskOrder },
    Delete,
}

#[derive(Debug, Clone)]
pub(crate) struct NewTask {
    pub(crate) language: &'static str,
    pub(crate) colleague: Option<usize>,
    pub(crate) channel: TaskChannel,
    pub(crate) priority: u32,
    pub(crate) timeout: u64,
    /// How long it has waited elsewhere.
    pub(crate) waited: u64,
    pub(crate) direct: Option<Direct>,
    pub(crate) ignores_capacity: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Accept,
    Hold,
    FailSetUp,
    Reject,
    Wrap,
    Complete,
}

/// Whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Done,
    NotFound,
    Invalid,
    WrongState,
    Gone,
}
