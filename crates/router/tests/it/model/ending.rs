//! How tasks end.

use router::{NoticeKind, ReservationStatus, TaskStatus};

use super::world::{Deed, Model};

impl Model {
    /// Ends a task that no worker has accepted.
    pub(crate) fn cancel(&mut self, task: usize, reason: &str) {
        let it = &mut self.tasks[task];
        if !it.is_live || !matches!(it.status, TaskStatus::Pending | TaskStatus::Reserved) {
            return;
        }
        if !reason.is_empty() {
            it.reason = Some(reason.to_owned());
        }
        it.status = TaskStatus::Canceled;
        self.cancel_reservations(task);
        self.say(NoticeKind::TaskCanceled);
        self.end(task);
    }

    /// Ends a task that is done.
    pub(crate) fn complete_task(&mut self, task: usize, reason: Option<String>) {
        for status in [ReservationStatus::Accepted, ReservationStatus::Wrapping] {
            self.with(task, status).into_iter().for_each(|one| self.finish(one));
        }
        self.cancel_reservations(task);
        let it = &mut self.tasks[task];
        it.reason = reason.or(it.reason.take());
        it.status = TaskStatus::Completed;
        self.say(NoticeKind::TaskCompleted);
        self.end(task);
    }

    /// Deletes a task.
    pub(crate) fn remove(&mut self, task: usize, kind: NoticeKind) {
        self.cancel_reservations(task);
        self.say(kind);
        self.end(task);
    }

    /// A direct offer came to nothing.
    pub(crate) fn fail_direct(&mut self, task: usize, reason: String) {
        self.tasks[task].reason = Some(reason);
        self.tasks[task].status = TaskStatus::Canceled;
        self.say(NoticeKind::ReservationFailed);
        self.say(NoticeKind::TaskCanceled);
        self.end(task);
    }

    fn cancel_reservations(&mut self, task: usize) {
        for status in [ReservationStatus::Pending, ReservationStatus::Accepted, ReservationStatus::Wrapping] {
            for one in self.with(task, status) {
                self.withdraw(one, ReservationStatus::Canceled);
            }
        }
    }

    fn end(&mut self, task: usize) {
        self.tasks[task].is_live = false;
        self.deeds.push(Deed::Release { task, status: self.tasks[task].status });
    }
}
