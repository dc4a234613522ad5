//! Targets that ask for workers who are not there, and tasks that wait for one.

use domain::WorkflowSid;
use expression::{Facts, Side};

use super::queues::unknown;
use super::{Warning, WarningCode};
use crate::workflow::target::{KnownWorker, Target};
use crate::{RecordKey, Task, Workspace};

impl Workspace {
    pub(super) fn lint_target(&self, workflow: WorkflowSid, at: &str, target: &Target) -> Vec<Warning> {
        let about = RecordKey::Workflow(workflow);
        let at = || Some(at.to_owned());
        let warn = |code, message: String, hint: &str| {
            let hint = hint.to_owned();
            Warning { code, about, at: at(), message, hint }
        };
        if !self.task_queues.contains_key(&target.queue) {
            let message = format!("there is no queue {}: tasks pass over the target", target.queue);
            return vec![warn(WarningCode::MissingQueue, message, "name a queue that exists")];
        }
        let mut warnings = vec![];
        if let Some(message) = self.suits_nobody(target) {
            let hint = "correct the expression or the attributes of the queue's workers";
            warnings.push(warn(WarningCode::NeverMatches, message, hint));
        }
        if let Some(message) = self.void_order(target) {
            let hint = "give all workers of the queue a whole number, or none, under the attribute";
            warnings.push(warn(WarningCode::OrderByNotInteger, message, hint));
        }
        let unread = target.expression.iter().flat_map(|expression| self.unknown_attributes(expression));
        let unread = unread.map(|path| format!("the expression reads {path}, which no worker has"));
        warnings.extend(unread.map(|message| unknown(about, at(), message)));
        warnings
    }

    /// Tells of a pending task that waits for a worker who will not come.
    pub(super) fn lint_known_worker(&self, task: &Task) -> Option<Warning> {
        let standing = task.standing.as_ref()?;
        let target = standing.target.as_ref()?;
        let sought = target.sought(task, standing.known_worker)?;
        let (attribute, value) = (sought.attribute, sought.value.unwrap_or_else(|| "nothing".to_owned()));
        let (code, message) = match standing.known_worker {
            KnownWorker::Anyone => return None,
            KnownWorker::Nobody => {
                (WarningCode::KnownWorkerMissing, format!("{attribute} holds {value}, which names no worker"))
            }
            KnownWorker::Worker(worker) if self.roster.serves(worker, target.queue) => return None,
            KnownWorker::Worker(_) => {
                let message = format!("{attribute} names {value}, who does not serve the target's queue");
                (WarningCode::KnownWorkerNotInQueue, message)
            }
        };
        let message = format!("{message}: the task waits until its target times out");
        let hint = "correct the task's attribute, or give the target a timeout or skip_if".to_owned();
        Some(Warning { code, about: RecordKey::Task(task.sid), at: None, message, hint })
    }

    /// Says why a target's expression suits nobody, where it asks about workers alone.
    fn suits_nobody(&self, target: &Target) -> Option<String> {
        let expression = target.expression.as_ref()?;
        if expression.paths().any(|path| path.side() != Side::Worker) {
            return None;
        }
        let mut crew = self.roster.crew(target.queue).filter_map(|worker| self.roster.entry(worker));
        let first = crew.next()?;
        let suits = |facts| expression.matches(&Facts::worker(facts));
        if suits(&first.facts) || crew.any(|entry| suits(&entry.facts)) {
            return None;
        }
        let mismatch = expression.explain(&Facts::worker(&first.facts))?;
        Some(format!(
            "no worker of the queue suits {}: of one, for example, {} saw {}",
            expression.text(),
            mismatch.part,
            mismatch.saw
        ))
    }

    fn void_order(&self, target: &Target) -> Option<String> {
        let order = target.order_by.as_ref()?;
        let mut crew = self.roster.crew(target.queue);
        crew.find_map(|worker| {
            let facts = &self.roster.entry(worker)?.facts;
            let path = order.unusable_path(facts)?;
            let (name, value) = (&self.workers.get(&worker)?.friendly_name, path.find(&Facts::worker(facts)));
            Some(format!(
                "order_by is ignored as a whole while {path} of worker '{name}' is {value}, which is no integer"
            ))
        })
    }
}
