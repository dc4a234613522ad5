//! Simulations: what would happen to a task, without doing it. The engine itself runs on a copy, so that what is
//! foretold is what will be done.

mod sandbox;
mod steps;
mod trace;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{TaskQueueSid, Timestamp, WorkerSid, WorkflowSid};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CreateTask, CreateWorker, KnownWorkerSought, NoticeKind, Refusal, Task, TaskStatus, Workspace};

/// A task that is not there, and, if asked for, workers who are not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hypothetical {
    /// The task, as it would be created.
    pub task: CreateTask,
    /// These workers in place of all who are there, and no other tasks; none takes workers and tasks as they are.
    pub workers: Option<Vec<HypotheticalWorker>>,
}

/// A worker who is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct HypotheticalWorker {
    /// The worker, as it would be created; without an activity the first one that takes tasks.
    pub worker: CreateWorker,
    /// Capacities by the unique names of task channels, where they are not 1.
    pub capacities: BTreeMap<String, u32>,
}

/// What would happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Simulation {
    /// The workflow that the task would walk through; none for one that is sent to a queue or worker directly.
    pub workflow_sid: Option<WorkflowSid>,
    /// The workflow's filters, each held against the task.
    pub filters: Vec<FilterTrace>,
    /// The default filter, which takes a task that no filter takes or that skips all its targets.
    pub default_filter: Option<TargetTrace>,
    /// The task's status right after its creation.
    pub status: TaskStatus,
    /// The task's priority right after its creation.
    pub priority: u32,
    /// The queue that it would be in right after its creation.
    pub task_queue_sid: Option<TaskQueueSid>,
    /// The workers who would be asked at once, the first choice first.
    pub offers: Vec<SimulatedOffer>,
    /// What would happen step by step if nobody ever answered and nothing else happened meanwhile.
    pub steps: Vec<SimulatedStep>,
    /// How that ends; none where it goes on for more steps than are shown.
    pub end: Option<SimulatedEnd>,
}

/// A filter, held against a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilterTrace {
    /// Its position, from 1.
    pub number: usize,
    /// Its name.
    pub name: Option<Arc<str>>,
    /// Its expression; without one it takes every task.
    pub expression: Option<String>,
    /// Whether it takes the task.
    pub takes: bool,
    /// The part of the expression that is false, and what it saw; none where it takes the task.
    pub because: Option<Falsity>,
    /// Its targets, if it takes the task: where the task goes in turn.
    pub targets: Vec<TargetTrace>,
}

/// A part of an expression that is false.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Falsity {
    /// The part as it is written.
    pub part: String,
    /// The value that it saw; an object by path where it reads several.
    pub saw: Value,
}

/// A target, held against a task and the workers as they are at the beginning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetTrace {
    /// Its position in its filter, from 1.
    pub number: usize,
    /// Its queue.
    pub task_queue_sid: TaskQueueSid,
    /// The queue's name; none where the queue is gone: the target is skipped then.
    pub task_queue_name: Option<Arc<str>>,
    /// The expression that a worker must suit.
    pub expression: Option<String>,
    /// The order in which workers are asked.
    pub order_by: Option<String>,
    /// The priority that the task gets.
    pub priority: Option<u32>,
    /// How long after it came into the filter the task leaves the target; none where it waits without a limit.
    pub until_secs: Option<u64>,
    /// When the target is skipped, if nobody can take the task at once.
    pub skip_if: Option<String>,
    /// Whether that holds.
    pub is_skipped: bool,
    /// The one worker who is asked.
    pub known_worker: Option<KnownWorkerSought>,
    /// How many workers serve the queue.
    pub workers: usize,
    /// How many of them suit the target.
    pub suitable_workers: usize,
    /// How many of those could be asked at once.
    pub ready_workers: usize,
}

/// A worker who would be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedOffer {
    /// The worker.
    pub worker_sid: WorkerSid,
    /// The worker's name.
    pub worker_name: Arc<str>,
}

/// Something that would happen to the task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedStep {
    /// When.
    pub at: Timestamp,
    /// The task's age then.
    pub age_secs: u64,
    /// What.
    pub kind: NoticeKind,
    /// The filter that the task is in then, by its position from 1.
    pub filter_number: Option<usize>,
    /// The target that it is in then, by its position from 1.
    pub target_number: Option<usize>,
    /// The queue that it is in then.
    pub task_queue_sid: Option<TaskQueueSid>,
    /// The queue's name.
    pub task_queue_name: Option<Arc<str>>,
    /// Its priority then.
    pub priority: u32,
    /// The worker whom it concerns, by name.
    pub worker_name: Option<Arc<str>>,
}

/// How a task that nobody takes ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedEnd {
    /// When.
    pub at: Timestamp,
    /// The task's age then.
    pub age_secs: u64,
    /// The reason.
    pub reason: Option<Arc<str>>,
}

impl Workspace {
    /// Says what would happen to a task that were created, or why it could not be. Nothing is changed.
    pub fn simulate(&self, hypothetical: &Hypothetical, now: Timestamp) -> Result<Simulation, Refusal> {
        let mut sandbox = self.sandbox(hypothetical.workers.as_deref(), now)?;
        let command = &hypothetical.task;
        let planned = sandbox.new_task(command.clone(), &mut sandbox::tick(now, 0))?;
        let workflow = crate::evaluation::workflow_of(&planned);
        let filters = workflow.map(|workflow| sandbox.trace_filters(&planned, workflow)).unwrap_or_default();
        let default_filter = workflow.and_then(|workflow| sandbox.trace_default(&planned, workflow));
        let (task, log) = sandbox.play(command.clone(), now)?;
        let Task { status, priority, task_queue_sid, .. } = task;
        Ok(Simulation {
            workflow_sid: workflow,
            filters,
            default_filter,
            status,
            priority,
            task_queue_sid,
            offers: log.offers,
            steps: log.steps,
            end: log.end,
        })
    }
}
