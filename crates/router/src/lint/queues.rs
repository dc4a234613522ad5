//! Queues that nobody serves.

use expression::{Expression, Facts, Side};

use super::{Warning, WarningCode};
use crate::{RecordKey, TaskQueue, Workspace};

impl Workspace {
    pub(super) fn lint_queue(&self, queue: &TaskQueue) -> Vec<Warning> {
        let about = RecordKey::TaskQueue(queue.sid);
        let mut warnings = vec![];
        if self.roster.crew(queue.sid).next().is_none() {
            warnings.push(self.nobody_serves(queue));
        }
        let expression = self.roster.expression(queue.sid);
        for path in expression.iter().flat_map(|expression| self.unknown_attributes(expression)) {
            let message = format!("TargetWorkers reads {path}, which no worker has");
            warnings.push(unknown(about, None, message));
        }
        warnings
    }

    /// Returns the worker's attributes that an expression reads and nobody has. One that asks about null means
    /// that an attribute may be missing.
    pub(super) fn unknown_attributes(&self, expression: &Expression) -> Vec<String> {
        if self.workers.is_empty() || expression.text().to_lowercase().contains("null") {
            return vec![];
        }
        let entries = || self.workers.keys().filter_map(|worker| self.roster.entry(*worker));
        let of_workers = expression.paths().filter(|path| path.side() == Side::Worker);
        let unknown = of_workers
            .filter(|path| entries().all(|entry| path.find(&Facts::worker(&entry.facts)).is_null()));
        let mut unknown: Vec<String> = unknown.map(ToString::to_string).collect();
        unknown.dedup();
        unknown
    }

    fn nobody_serves(&self, queue: &TaskQueue) -> Warning {
        let (name, rule) = (&queue.friendly_name, &queue.target_workers);
        let (why, hint) = if rule.trim().is_empty() {
            ("its TargetWorkers is empty, which takes nobody".to_owned(), "write 1==1 to take everybody")
        } else if self.workers.is_empty() {
            ("the workspace has no workers".to_owned(), "create workers")
        } else {
            (format!("no worker matches {rule}"), "correct the expression or the attributes of the workers")
        };
        Warning {
            code: WarningCode::QueueWithoutWorkers,
            about: RecordKey::TaskQueue(queue.sid),
            at: None,
            message: format!("nobody serves queue '{name}': {why}; its tasks wait in vain"),
            hint: hint.to_owned(),
        }
    }
}

/// Makes the warning about an attribute that no worker has.
pub(super) fn unknown(about: RecordKey, at: Option<String>, message: String) -> Warning {
    let hint = "correct the spelling, or give the attribute to those workers who should have it".to_owned();
    Warning { code: WarningCode::UnknownAttribute, about, at, message, hint }
}
