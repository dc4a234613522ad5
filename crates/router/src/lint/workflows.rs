//! Workflows whose filters and targets are not reached, and default filters that do not do what they seem to.

use domain::WorkflowSid;
use expression::Facts;
use serde_json::Value;

use super::{Warning, WarningCode};
use crate::workflow::configuration::{Filter, Routing};
use crate::workflow::target::Target;
use crate::{RecordKey, Workspace};

impl Workspace {
    pub(super) fn lint_workflow(&self, workflow: WorkflowSid) -> Vec<Warning> {
        let Some(routing) = self.routings.get(&workflow) else { return vec![] };
        let mut warnings = routing.unreachable_filters(workflow);
        warnings.extend(routing.default_filter_warnings(workflow));
        for (index, filter) in routing.filters.iter().enumerate() {
            warnings.extend(filter.unreachable_target(workflow, index));
            for (position, target) in filter.targets.iter().enumerate() {
                let at = format!("filters[{index}].targets[{position}]");
                warnings.extend(self.lint_target(workflow, &at, target));
            }
        }
        let default = routing.default_target.as_deref();
        warnings.extend(default.into_iter().flat_map(|it| self.lint_target(workflow, "default_filter", it)));
        warnings
    }
}

impl Routing {
    fn unreachable_filters(&self, workflow: WorkflowSid) -> Vec<Warning> {
        let holds_all = |filter: &Filter| filter.takes_all() && filter.targets.iter().any(|it| it.is_final());
        let Some(last) = self.filters.iter().position(holds_all) else { return vec![] };
        let unreachable = (last + 1..self.filters.len()).map(|index| Warning {
            code: WarningCode::UnreachableFilter,
            about: RecordKey::Workflow(workflow),
            at: Some(format!("filters[{index}]")),
            message: format!("filters[{last}] takes every task and keeps it: no task comes as far as this"),
            hint: format!("move this filter above filters[{last}], or give that one's last target a timeout"),
        });
        unreachable.collect()
    }

    fn default_filter_warnings(&self, workflow: WorkflowSid) -> Vec<Warning> {
        let catch_all = self.filters.iter().rposition(Filter::takes_all);
        match (&self.default_target, catch_all) {
            (None, None) => vec![no_default(workflow)],
            (None, Some(_)) => vec![],
            (Some(_), Some(index)) if !self.filters[index..].iter().any(Filter::can_be_skipped) => {
                vec![unused_default(workflow, index)]
            }
            (Some(_), catch_all) => self.timed_out(workflow, catch_all),
        }
    }

    /// Returns a warning for each filter after which a task that timed out finds no other for certain.
    fn timed_out(&self, workflow: WorkflowSid, catch_all: Option<usize>) -> Vec<Warning> {
        let filters = self.filters.iter().enumerate();
        let ending = filters.filter(|(index, filter)| {
            filter.can_time_out() && catch_all.is_none_or(|catch_all| *index >= catch_all)
        });
        let warnings = ending.map(|(index, _)| Warning {
            code: WarningCode::TimedOutTasksAreCanceled,
            about: RecordKey::Workflow(workflow),
            at: Some(format!("filters[{index}]")),
            message:
                "a task that waits out this filter's targets goes to the next filter that takes it, or is \
                      canceled: the default filter is only for tasks that no filter took"
                    .to_owned(),
            hint: "leave out the last target's timeout, or add a filter without an expression at the end"
                .to_owned(),
        });
        warnings.collect()
    }
}

impl Filter {
    fn takes_all(&self) -> bool {
        let nothing = Value::Null;
        self.expression.as_ref().is_none_or(|expression| {
            expression.paths().next().is_none() && expression.matches(&Facts::task(&nothing))
        })
    }

    fn can_time_out(&self) -> bool {
        !self.targets.iter().any(|it| it.is_final())
            && self.targets.last().is_some_and(|it| it.timeout_secs.is_some())
    }

    fn can_be_skipped(&self) -> bool {
        self.targets.last().is_some_and(|target| target.skip_if.is_some())
    }

    fn unreachable_target(&self, workflow: WorkflowSid, index: usize) -> Option<Warning> {
        let last = self.targets.iter().position(|target| target.is_final())?;
        (last + 1 < self.targets.len()).then(|| Warning {
            code: WarningCode::UnreachableTarget,
            about: RecordKey::Workflow(workflow),
            at: Some(format!("filters[{index}].targets[{}]", last + 1)),
            message: format!(
                "targets[{last}] has neither timeout nor skip_if and keeps its tasks: none comes as far as this"
            ),
            hint: format!("give targets[{last}] a timeout"),
        })
    }
}

impl Target {
    /// Tells whether a task leaves the target with a worker only.
    fn is_final(&self) -> bool {
        self.timeout_secs.is_none() && self.skip_if.is_none()
    }
}

fn no_default(workflow: WorkflowSid) -> Warning {
    Warning {
        code: WarningCode::NoDefaultFilter,
        about: RecordKey::Workflow(workflow),
        at: None,
        message: "a task that no filter takes is canceled at once: there is no default_filter".to_owned(),
        hint: "add a default_filter with a queue".to_owned(),
    }
}

fn unused_default(workflow: WorkflowSid, index: usize) -> Warning {
    Warning {
        code: WarningCode::UnusedDefaultFilter,
        about: RecordKey::Workflow(workflow),
        at: Some("default_filter".to_owned()),
        message: format!("filters[{index}] takes every task: none goes to the default filter"),
        hint: format!("leave out the default filter, or give filters[{index}] an expression"),
    }
}
