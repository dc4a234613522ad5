//! Observing: which notice counts as what, and for whom.

use std::time::Duration;

use domain::Timestamp;

use super::counters::Tally;
use super::meaning::Meaning;
use super::{Owner, Statistics};
use crate::evaluation::workflow_of;
use crate::{Notice, NoticeKind, Reservation, Task, WorkerSnapshot, Workspace};

impl Statistics {
    /// Takes up what a workspace holds, where the notices that led there are not at hand any more.
    pub fn begin(&mut self, workspace: &Workspace) {
        for activity in workspace.activities() {
            self.stays.name(activity.sid, &activity.friendly_name);
        }
        for worker in workspace.workers() {
            if !self.stays.knows(worker.sid) {
                self.stays.begin(worker.sid, worker.activity_sid, worker.date_status_changed);
            }
        }
        for task in workspace.tasks() {
            self.locate(task);
        }
    }

    /// Counts what a notice says. Notices are observed in the order of the log, each once.
    pub fn observe(&mut self, notice: &Notice) {
        let (subjects, at) = (&notice.subjects, notice.at);
        let task = subjects.task.as_ref().map(|snapshot| &snapshot.task);
        match (Meaning::of(notice.kind), task, &subjects.reservation) {
            (Meaning::Reservation(tally), Some(task), Some(reservation)) => {
                self.count_reservation(tally, reservation, task, at);
            }
            (Meaning::Task(tally), Some(task), _) => self.count_task(tally, task, at),
            (Meaning::WorkflowEntered, Some(task), _) => {
                let workflow = workflow_of(task).map(Owner::Workflow);
                self.count(workflow, Tally::TasksEntered, task, at);
            }
            (Meaning::QueueEntered, Some(task), _) => self.enter_queue(task, at),
            (Meaning::QueueMoved, Some(task), _) => self.move_queue(task, at),
            (Meaning::People, _, _) => self.observe_people(notice),
            (Meaning::Reservation(_), _, None) | (Meaning::Nothing, _, _) => {}
            (
                Meaning::Reservation(_)
                | Meaning::Task(_)
                | Meaning::WorkflowEntered
                | Meaning::QueueEntered
                | Meaning::QueueMoved,
                None,
                _,
            ) => {}
        }
    }

    fn count_reservation(&mut self, tally: Tally, reservation: &Reservation, task: &Task, at: Timestamp) {
        let worker = Owner::Worker(reservation.worker_sid);
        for owner in owners_of(task).into_iter().flatten().chain([worker]) {
            let counters = self.counters(owner, at, reservation.task_channel_sid);
            counters.count(tally);
            if tally == Tally::ReservationsAccepted {
                counters.until_accepted.count(at.secs_since(task.date_created));
                if let Some(entered) = task.task_queue_entered_date {
                    counters.in_queue_until_accepted.count(at.secs_since(entered));
                }
            }
        }
    }

    fn count_task(&mut self, tally: Tally, task: &Task, at: Timestamp) {
        for owner in owners_of(task).into_iter().flatten() {
            let counters = self.counters(owner, at, task.task_channel_sid);
            counters.count(tally);
            if tally == Tally::TasksCanceled {
                counters.until_canceled.count(at.secs_since(task.date_created));
            }
        }
        if task.date_ended.is_some() {
            self.queue_by_task.remove(&task.sid);
        }
    }

    fn enter_queue(&mut self, task: &Task, at: Timestamp) {
        self.count(task.task_queue_sid.map(Owner::TaskQueue), Tally::TasksEntered, task, at);
        self.locate(task);
    }

    fn move_queue(&mut self, task: &Task, at: Timestamp) {
        let left = self.queue_by_task.get(&task.sid).copied().map(Owner::TaskQueue);
        let workflow = task.workflow_sid.map(Owner::Workflow);
        let movers = [Some(Owner::Workspace), workflow, left];
        self.count(movers.into_iter().flatten(), Tally::TasksMoved, task, at);
        self.enter_queue(task, at);
    }

    fn count(&mut self, owners: impl IntoIterator<Item = Owner>, tally: Tally, task: &Task, at: Timestamp) {
        for owner in owners {
            self.counters(owner, at, task.task_channel_sid).count(tally);
        }
    }

    fn locate(&mut self, task: &Task) {
        if let Some(queue) = task.task_queue_sid {
            self.queue_by_task.insert(task.sid, queue);
        }
    }

    fn observe_people(&mut self, notice: &Notice) {
        if let Some(activity) = &notice.subjects.activity {
            self.stays.name(activity.sid, &activity.friendly_name);
            if notice.kind == NoticeKind::ActivityDeleted {
                self.stays.delete(activity.sid);
            }
        }
        if let Some(worker) = &notice.subjects.worker {
            self.observe_worker(notice.kind, worker, notice.at);
        }
    }

    fn observe_worker(&mut self, kind: NoticeKind, snapshot: &WorkerSnapshot, at: Timestamp) {
        let worker = &snapshot.worker;
        if kind == NoticeKind::WorkerDeleted {
            return self.stays.end(worker.sid, at);
        }
        // A log that begins later still tells what the worker did before its first change of activity.
        if let Some(previous) = snapshot.previous_activity.as_ref().filter(|_| !self.stays.knows(worker.sid))
        {
            self.stays.name(previous.sid, &previous.name);
            self.stays.begin(worker.sid, previous.sid, at - Duration::from_millis(previous.time_ms));
        }
        let has_moved = kind == NoticeKind::WorkerActivityUpdate || !self.stays.knows(worker.sid);
        if has_moved {
            self.stays.name(worker.activity_sid, &snapshot.activity_name);
            self.stays.begin(worker.sid, worker.activity_sid, worker.date_status_changed);
        }
    }
}

/// Returns whose figures a task's are.
fn owners_of(task: &Task) -> [Option<Owner>; 3] {
    let queue = task.task_queue_sid.map(Owner::TaskQueue);
    [Some(Owner::Workspace), queue, task.workflow_sid.map(Owner::Workflow)]
}
