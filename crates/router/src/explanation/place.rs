//! Places: the stop of a task on its way through its workflow, with the rules that hold there.

use std::sync::Arc;

use domain::{TaskQueueSid, Timestamp, WorkerSid, WorkflowSid, named};
use serde::{Deserialize, Serialize};

use crate::Task;
use crate::evaluation::workflow_of;
use crate::workflow::target::{KnownWorker, KnownWorkerRule, Place, Standing, Target};
use crate::workspace::Workspace;

named! {
    /// The kinds of stop.
    pub enum PlaceKind {
        /// A target of a filter.
        Filter = "filter",
        /// The default filter.
        DefaultFilter = "default_filter",
        /// A queue that the task was sent to directly.
        Queue = "queue",
        /// A worker whom the task was sent to directly.
        Worker = "worker",
    }
}

/// Where a task stands, and the rules there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskPlace {
    /// The kind of stop.
    pub kind: PlaceKind,
    /// Since when it is in this filter, this queue or this worker's line.
    pub since: Timestamp,
    /// The workflow that it walks through.
    pub workflow_sid: Option<WorkflowSid>,
    /// The workflow's name.
    pub workflow_name: Option<Arc<str>>,
    /// Whether that workflow has other rules since: they hold when the task leaves this stop.
    pub workflow_has_changed: bool,
    /// The filter's position, from 1.
    pub filter_number: Option<usize>,
    /// The filter's name.
    pub filter_name: Option<Arc<str>>,
    /// The target's position in its filter, from 1.
    pub target_number: Option<usize>,
    /// The target's expression.
    pub target_expression: Option<String>,
    /// The order in which the target asks workers.
    pub order_by: Option<String>,
    /// When the target would be skipped.
    pub skip_if: Option<String>,
    /// The one worker who is asked.
    pub known_worker: Option<KnownWorkerSought>,
    /// The queue.
    pub task_queue_sid: Option<TaskQueueSid>,
    /// The queue's name.
    pub task_queue_name: Option<Arc<str>>,
    /// The expression that picks the queue's workers.
    pub target_workers: Option<Arc<str>>,
    /// When it entered the queue.
    pub task_queue_entered: Option<Timestamp>,
}

/// The worker whom a task's attributes should name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownWorkerSought {
    /// The attribute that should name the worker.
    pub attribute: String,
    /// What the attribute holds; none where it is missing or no text.
    pub value: Option<String>,
    /// The worker whom that names; none where there is nobody of that name: the task waits in vain.
    pub worker_sid: Option<WorkerSid>,
}

impl Workspace {
    /// Returns where a task stands.
    pub(super) fn place_of(&self, task: &Task) -> Option<TaskPlace> {
        let standing = task.standing.as_ref()?;
        let workflow = workflow_of(task).and_then(|sid| self.workflows.get(&sid));
        let target = standing.target.as_deref();
        let queue = task.task_queue_sid.and_then(|sid| self.task_queues.get(&sid));
        let (kind, filter, position) = position_of(standing);
        Some(TaskPlace {
            kind,
            since: standing.filter_entered,
            workflow_sid: workflow.map(|workflow| workflow.sid),
            workflow_name: workflow.map(|workflow| workflow.friendly_name.clone()),
            workflow_has_changed: workflow.is_some_and(|workflow| workflow.revision != standing.revision),
            filter_number: filter,
            filter_name: target.and_then(|target| target.filter_name.clone()),
            target_number: position,
            target_expression: target
                .and_then(|target| target.expression.as_ref())
                .map(|it| it.text().to_owned()),
            order_by: target.and_then(|target| target.order_by.as_ref()).map(|it| it.text().to_owned()),
            skip_if: target.and_then(|target| target.skip_if.as_ref()).map(|it| it.text().to_owned()),
            known_worker: target.and_then(|target| target.sought(task, standing.known_worker)),
            task_queue_sid: task.task_queue_sid,
            task_queue_name: queue.map(|queue| queue.friendly_name.clone()),
            target_workers: queue.map(|queue| queue.target_workers.clone()),
            task_queue_entered: task.task_queue_entered_date,
        })
    }
}

fn position_of(standing: &Standing) -> (PlaceKind, Option<usize>, Option<usize>) {
    match standing.place {
        Place::Filter { filter, target } => (PlaceKind::Filter, Some(filter + 1), Some(target + 1)),
        Place::DefaultFilter => (PlaceKind::DefaultFilter, None, None),
        Place::Queue => (PlaceKind::Queue, None, None),
        Place::Worker(_) => (PlaceKind::Worker, None, None),
    }
}

impl Target {
    /// Returns the worker whom a task should name, if the target asks for one.
    pub(crate) fn sought(&self, task: &Task, found: KnownWorker) -> Option<KnownWorkerSought> {
        let rule = self.known_worker.as_ref()?;
        let (KnownWorkerRule::Sid(path) | KnownWorkerRule::FriendlyName(path)) = rule;
        Some(KnownWorkerSought {
            attribute: path.clone(),
            value: rule.find(task.attributes.value()).map(str::to_owned),
            worker_sid: match found {
                KnownWorker::Worker(worker) => Some(worker),
                KnownWorker::Anyone | KnownWorker::Nobody => None,
            },
        })
    }
}
