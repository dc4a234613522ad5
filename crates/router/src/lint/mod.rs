//! Lint: rules that are valid and probably not meant. The published service is silent about all of these.

mod attributes;
mod queues;
mod targets;
mod workflows;

use serde::{Deserialize, Serialize};

use crate::{RecordKey, Workspace};
use domain::named;

named! {
    /// The kinds of warning.
    pub enum WarningCode {
        /// A worker's value is no integer: the whole `order_by` is ignored.
        OrderByNotInteger = "order_by_not_integer",
        /// No expression can read an attribute, since its key has a hyphen.
        HyphenatedKey = "hyphenated_key",
        /// No worker of the queue suits the target.
        NeverMatches = "never_matches",
        /// An expression reads an attribute that no worker has.
        UnknownAttribute = "unknown_attribute",
        /// No worker serves the queue.
        QueueWithoutWorkers = "queue_without_workers",
        /// A target names a queue that is gone.
        MissingQueue = "missing_queue",
        /// No task comes as far as this filter.
        UnreachableFilter = "unreachable_filter",
        /// No task comes as far as this target.
        UnreachableTarget = "unreachable_target",
        /// A task that no filter takes is canceled.
        NoDefaultFilter = "no_default_filter",
        /// A task that waits out the filter is canceled, and does not go to the default filter.
        TimedOutTasksAreCanceled = "timed_out_tasks_are_canceled",
        /// Nothing ever goes to the default filter.
        UnusedDefaultFilter = "unused_default_filter",
        /// A task's attribute should name its worker and names nobody.
        KnownWorkerMissing = "known_worker_missing",
        /// A task waits for a worker who does not serve its queue.
        KnownWorkerNotInQueue = "known_worker_not_in_queue",
    }
}

/// Something that is probably not meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Its kind.
    pub code: WarningCode,
    /// What it is about.
    pub about: RecordKey,
    /// Where in it, for a workflow: such as `filters[0].targets[1]`.
    pub at: Option<String>,
    /// What is the case, and what follows from it.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Workspace {
    /// Returns all that is probably not meant in the workspace's rules, as its workers and tasks are.
    pub fn warnings(&self) -> Vec<Warning> {
        let queues = self.task_queues.values().flat_map(|queue| self.lint_queue(queue));
        let workflows = self.workflows.keys().flat_map(|workflow| self.lint_workflow(*workflow));
        let mut warnings: Vec<Warning> = queues.chain(workflows).collect();
        warnings.extend(self.lint_attributes());
        warnings.extend(self.tasks.values().filter_map(|task| self.lint_known_worker(task)));
        warnings
    }

    /// Returns the warnings about one queue, workflow, worker or task.
    pub fn warnings_about(&self, key: RecordKey) -> Vec<Warning> {
        self.warnings().into_iter().filter(|warning| warning.about == key).collect()
    }
}
