//! Traces: a workflow's filters and targets, each held against a task before it is created.

use domain::WorkflowSid;
use expression::Facts;

use super::{Falsity, FilterTrace, TargetTrace};
use crate::Task;
use crate::workflow::configuration::Filter;
use crate::workflow::target::{KnownWorker, Place, Target};
use crate::workspace::Workspace;

impl Workspace {
    /// Holds a task against all filters of a workflow.
    pub(super) fn trace_filters(&self, task: &Task, workflow: WorkflowSid) -> Vec<FilterTrace> {
        let filters = self.routings.get(&workflow).map(|routing| &routing.filters[..]).unwrap_or_default();
        let traced = filters
            .iter()
            .enumerate()
            .map(|(index, filter)| self.trace_filter(task, workflow, index, filter));
        traced.collect()
    }

    /// Holds a task against the default filter of a workflow.
    pub(super) fn trace_default(&self, task: &Task, workflow: WorkflowSid) -> Option<TargetTrace> {
        let target = self.routings.get(&workflow)?.default_target.as_ref()?;
        Some(self.trace_target(task, workflow, Place::DefaultFilter, target))
    }

    fn trace_filter(&self, task: &Task, workflow: WorkflowSid, index: usize, filter: &Filter) -> FilterTrace {
        let expression = filter.expression.as_ref();
        let because =
            expression.and_then(|expression| expression.explain(&Facts::task(task.attributes.value())));
        let takes = filter.takes(task.attributes.value());
        let target = |(position, target): (usize, &std::sync::Arc<Target>)| {
            self.trace_target(task, workflow, Place::Filter { filter: index, target: position }, target)
        };
        FilterTrace {
            number: index + 1,
            name: filter.targets.first().and_then(|target| target.filter_name.clone()),
            expression: expression.map(|expression| expression.text().to_owned()),
            takes,
            because: because.map(|mismatch| Falsity { part: mismatch.part, saw: mismatch.saw }),
            targets: filter.targets.iter().enumerate().filter(|_| takes).map(target).collect(),
        }
    }

    fn trace_target(&self, task: &Task, workflow: WorkflowSid, place: Place, target: &Target) -> TargetTrace {
        let known = self.known_worker(task, target);
        let is_known = |worker: &_| match known {
            KnownWorker::Anyone => true,
            KnownWorker::Worker(known) => known == *worker,
            KnownWorker::Nobody => false,
        };
        let crew = || self.roster.crew(target.queue);
        let suitable = || crew().filter(is_known).filter(|worker| self.suits(task, target, *worker));
        let channel = task.task_channel_sid;
        TargetTrace {
            number: match place {
                Place::Filter { target, .. } => target + 1,
                Place::DefaultFilter | Place::Queue | Place::Worker(_) => 1,
            },
            task_queue_sid: target.queue,
            task_queue_name: self.task_queues.get(&target.queue).map(|queue| queue.friendly_name.clone()),
            expression: target.expression.as_ref().map(|expression| expression.text().to_owned()),
            order_by: target.order_by.as_ref().map(|order| order.text().to_owned()),
            priority: target.priority,
            until_secs: self.time_limit(workflow, place).map(|limit| limit.as_secs()),
            skip_if: target.skip_if.as_ref().map(|expression| expression.text().to_owned()),
            is_skipped: self.would_skip(place, target),
            known_worker: target.sought(task, known),
            workers: crew().count(),
            suitable_workers: suitable().count(),
            ready_workers: suitable().filter(|worker| self.roster.is_ready(*worker, channel)).count(),
        }
    }
}
