//! How a task walks through its workflow.

use router::{NoticeKind, TaskStatus};

use super::rules::{KnownBy, Target};
use super::world::{Direct, Known, Model, Place, Stop, Time};

impl Model {
    /// Sends a new task on its way.
    pub(crate) fn route(&mut self, task: usize) {
        match self.tasks[task].direct {
            Some(Direct::Worker(worker)) => {
                let deadline = Some(self.now + self.time_to_answer * 1_000);
                let (place, known, entered) = (Place::Worker(worker), Known::Anyone, self.now);
                self.tasks[task].stop =
                    Some(Stop { place, target: None, known, entered, deadline, revision: 0 });
                self.unplaced.push(task);
            }
            Some(Direct::Queue(queue)) => {
                self.enter(task, Place::Queue, Target { queue, ..Target::default() }, self.now);
            }
            Some(Direct::Workflow) | None => self.enter_workflow(task),
        }
    }

    pub(crate) fn enter_workflow(&mut self, task: usize) {
        self.say(NoticeKind::WorkflowEntered);
        self.go_to_filter(task, 0, true);
    }

    /// Asks workers for a waiting task, or moves it on, until it is offered, waits or has ended.
    pub(crate) fn place(&mut self, task: usize) {
        loop {
            self.pass_deadlines(task);
            self.unplaced.retain(|other| *other != task);
            if !self.is_waiting(task) || self.offer_if_suited(task) || !self.is_skipped(task) {
                return;
            }
            self.leave(task, true);
        }
    }

    pub(crate) fn offer_if_suited(&mut self, task: usize) -> bool {
        let chosen = if self.is_waiting(task) { self.choose(task) } else { vec![] };
        if !chosen.is_empty() {
            self.offer(task, &chosen);
        }
        !chosen.is_empty()
    }

    /// Moves a waiting task out of targets whose time is over.
    pub(crate) fn pass_deadlines(&mut self, task: usize) {
        while self.is_waiting(task) {
            let Some(stop) = &self.tasks[task].stop else { return };
            if stop.deadline.is_none_or(|deadline| deadline > self.now) {
                return;
            }
            if let Place::Worker(_) = stop.place {
                return self
                    .fail_direct(task, "RoutingTarget SLA for Reservation creation was not met".into());
            }
            self.say(NoticeKind::TaskQueueTimeout);
            self.leave(task, false);
        }
    }

    /// Moves a task to the next target of its filter, or to the next filter that takes it.
    fn leave(&mut self, task: usize, skips: bool) {
        let stop = self.tasks[task].stop.clone().unwrap();
        let is_in_workflow = !matches!(self.tasks[task].direct, Some(Direct::Worker(_) | Direct::Queue(_)));
        if is_in_workflow && stop.revision != self.revision {
            return self.enter_workflow(task);
        }
        let Place::Target(filter, target) = stop.place else { return };
        match self.rules.filters[filter].1.get(target + 1).cloned() {
            Some(next) => self.enter(task, Place::Target(filter, target + 1), next, stop.entered),
            None => self.go_to_filter(task, filter + 1, skips),
        }
    }

    /// Goes to the first filter from a number on that takes the task. The default filter is for those that no
    /// filter took or that skipped, not for those whose time was over.
    fn go_to_filter(&mut self, task: usize, from: usize, skips: bool) {
        let language = self.tasks[task].language;
        let filters = self.rules.filters.iter().enumerate().skip(from);
        let taken = filters.filter(|(_, (takes, _))| takes.takes(language)).map(|(number, _)| number).next();
        if let Some(filter) = taken {
            let first = self.rules.filters[filter].1[0].clone();
            return self.enter(task, Place::Target(filter, 0), first, self.now);
        }
        match self.rules.default.clone() {
            Some(default) if skips => self.enter(task, Place::Default, default, self.now),
            _ if skips => {
                self.say(NoticeKind::WorkflowSkipped);
                self.cancel(task, "No target of the Workflow takes the Task");
            }
            _ => {
                self.say(NoticeKind::WorkflowTimeout);
                self.cancel(task, "Task timed out of its Workflow");
            }
        }
    }

    fn enter(&mut self, task: usize, place: Place, target: Target, entered: Time) {
        let known = self.known_worker(task, &target);
        let deadline = self.time_limit(place).map(|limit| entered + limit * 1_000);
        let revision = if place == Place::Queue { 0 } else { self.revision };
        let it = &mut self.tasks[task];
        let before = it.queue;
        it.priority = target.priority.unwrap_or(it.priority);
        it.queue = Some(target.queue);
        it.stop = Some(Stop { place, target: Some(target), known, entered, deadline, revision });
        self.unplaced.push(task);
        if place != Place::Queue {
            self.say(NoticeKind::WorkflowTargetMatched);
        }
        match before {
            None => self.say(NoticeKind::TaskQueueEntered),
            Some(before) if self.tasks[task].queue != Some(before) => self.say(NoticeKind::TaskQueueMoved),
            Some(_) => {}
        }
    }

    /// The times of a filter's targets add up; a target without one keeps its tasks.
    fn time_limit(&self, place: Place) -> Option<u64> {
        let Place::Target(filter, target) = place else { return None };
        let targets = &self.rules.filters[filter].1;
        targets[target].timeout?;
        Some(targets[..=target].iter().filter_map(|target| target.timeout).sum())
    }

    /// A SID names a worker for ever, a name only while somebody has it.
    fn known_worker(&self, task: usize, target: &Target) -> Known {
        let (Some(KnownBy::Sid | KnownBy::FriendlyName), colleague) =
            (target.known, self.tasks[task].colleague)
        else {
            return Known::Anyone;
        };
        colleague.filter(|worker| self.workers[*worker].exists).map_or(Known::Nobody, Known::Worker)
    }

    /// Returns a task to its line when nobody is asked any more.
    pub(crate) fn wait_again(&mut self, task: usize) {
        self.tasks[task].status = TaskStatus::Pending;
        if let Some(Direct::Worker(_)) = self.tasks[task].direct {
            return self.fail_direct(task, "RoutingTarget not available for Reservation acceptance".into());
        }
        self.unplaced.push(task);
        self.pass_deadlines(task);
    }
}
