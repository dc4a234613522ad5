//! The next stop: where a task goes from here. It only looks, so that explanations can ask it too.

use std::sync::Arc;

use domain::WorkflowSid;

use crate::evaluation::workflow_of;
use crate::step::ending::{REASON_NO_TARGET, REASON_WORKFLOW_TIMEOUT};
use crate::workflow::target::{Place, Target};
use crate::workspace::Workspace;
use crate::{NoticeKind, Task};

/// Why a task leaves a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// Its time there is over.
    TimedOut,
    /// It does not wait there.
    Skipped,
}

/// Where a task goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NextStop {
    /// To the top of its workflow, whose rules have changed.
    Top(WorkflowSid),
    /// To the next target of the filter that it is in: the times of the targets add up.
    SameFilter(Place, Arc<Target>),
    /// To another filter: its times start anew.
    OtherFilter(Place, Arc<Target>),
    /// Out of its workflow, with what is announced and the reason.
    Out(NoticeKind, &'static str),
}

impl Workspace {
    /// Returns the first stop of a task in a workflow.
    pub(crate) fn first_stop(&self, task: &Task, workflow: WorkflowSid) -> NextStop {
        self.filter_from(task, workflow, 0, Leaving::Skipped)
    }

    /// Returns where a task goes that leaves its target; none where there is nothing behind it.
    pub(crate) fn next_stop(&self, task: &Task, leaving: Leaving) -> Option<NextStop> {
        let (workflow, standing) = (workflow_of(task)?, task.standing.as_ref()?);
        if self.workflows.get(&workflow).map(|workflow| workflow.revision) != Some(standing.revision) {
            return Some(NextStop::Top(workflow));
        }
        let Place::Filter { filter, target } = standing.place else { return None };
        let routing = self.routings.get(&workflow);
        let next = routing.and_then(|routing| routing.filters.get(filter)?.targets.get(target + 1));
        Some(match next {
            Some(next) => NextStop::SameFilter(Place::Filter { filter, target: target + 1 }, next.clone()),
            None => self.filter_from(task, workflow, filter + 1, leaving),
        })
    }

    /// Returns the first filter from a position on that takes the task. Only a task that no filter took, or
    /// that skipped its targets, goes to the default filter.
    fn filter_from(&self, task: &Task, workflow: WorkflowSid, from: usize, leaving: Leaving) -> NextStop {
        let routing = self.routings.get(&workflow);
        let mut filters =
            routing.into_iter().flat_map(|routing| routing.filters.iter().enumerate().skip(from));
        let taken = filters.find(|(_, filter)| filter.takes(task.attributes.value()));
        if let Some((filter, target)) =
            taken.and_then(|(index, filter)| Some((index, filter.targets.first()?.clone())))
        {
            return NextStop::OtherFilter(Place::Filter { filter, target: 0 }, target);
        }
        let default = routing.and_then(|routing| routing.default_target.clone());
        match (leaving, default) {
            (Leaving::Skipped, Some(target)) => NextStop::OtherFilter(Place::DefaultFilter, target),
            (Leaving::Skipped, None) => NextStop::Out(NoticeKind::WorkflowSkipped, REASON_NO_TARGET),
            (Leaving::TimedOut, _) => NextStop::Out(NoticeKind::WorkflowTimeout, REASON_WORKFLOW_TIMEOUT),
        }
    }
}
