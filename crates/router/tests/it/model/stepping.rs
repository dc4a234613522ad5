//! What an offer, an answer or silence does.

use router::{NoticeKind, ReservationStatus, TaskStatus};

use super::matching::Alarm;
use super::world::{Activity, Deed, Model, Reservation};

impl Model {
    /// Lets time do what it does.
    pub(crate) fn reach_time(&mut self) {
        loop {
            let due = self.alarms().into_iter().filter(|(at, _)| *at <= self.now).min();
            match due {
                Some((_, Alarm::Reservation(one))) => self.time_out(one),
                Some((_, Alarm::Target(task))) => self.pass_deadlines(task),
                Some((_, Alarm::Task(task))) => self.cancel(task, "Task TTL Exceeded"),
                Some((_, Alarm::Lifetime(task))) => self.remove(task, NoticeKind::TaskSystemDeleted),
                None => return self.settle(),
            }
        }
    }

    /// Offers a task to all of these workers at once.
    pub(crate) fn offer(&mut self, task: usize, workers: &[usize]) {
        let transfer = self.tasks[task].open_transfer();
        if self.tasks[task].status == TaskStatus::Pending {
            self.tasks[task].status = TaskStatus::Reserved;
            self.tasks[task].times_reserved += 1;
        }
        for worker in workers.iter().copied() {
            let (status, created) = (ReservationStatus::Pending, self.now);
            self.reservations.push(Reservation {
                task,
                worker,
                status,
                is_on_hold: false,
                created,
                transfer,
            });
            self.rest(worker, task);
            self.say(NoticeKind::ReservationCreated);
            let queue = self.tasks[task].queue;
            let activity = queue.and_then(|queue| self.queues[queue].when_reserved);
            self.single_task_activity(worker, activity);
            self.deeds.push(Deed::Offer { task, worker });
        }
    }

    pub(crate) fn accept(&mut self, one: usize) {
        let (task, worker) = self.parties(one);
        self.set(one, ReservationStatus::Accepted);
        self.tasks[task].status = TaskStatus::Assigned;
        self.tasks[task].assigned = self.tasks[task].assigned.or(Some(self.now));
        self.say(NoticeKind::ReservationAccepted);
        let activity = self.tasks[task].queue.and_then(|queue| self.queues[queue].when_assigned);
        self.single_task_activity(worker, activity);
        for sibling in self.with(task, ReservationStatus::Pending) {
            self.withdraw(sibling, ReservationStatus::Rescinded);
        }
        self.complete_transfer(task);
    }

    /// The offer stays open, and the time to answer stands still.
    pub(crate) fn hold(&mut self, one: usize) {
        self.reservations[one].is_on_hold = true;
        self.touch(self.reservations[one].worker);
    }

    pub(crate) fn reject(&mut self, one: usize) {
        self.set(one, ReservationStatus::Rejected);
        self.say(NoticeKind::ReservationRejected);
        self.release(self.reservations[one].task);
    }

    pub(crate) fn fail_set_up(&mut self, one: usize) {
        self.withdraw(one, ReservationStatus::Canceled);
        self.release(self.reservations[one].task);
    }

    pub(crate) fn wrap(&mut self, one: usize) {
        let (task, _) = self.parties(one);
        self.set(one, ReservationStatus::Wrapping);
        self.say(NoticeKind::ReservationWrapup);
        if self.with(task, ReservationStatus::Accepted).is_empty() {
            self.wrap_task(task);
        }
    }

    pub(crate) fn complete(&mut self, one: usize) {
        let (task, _) = self.parties(one);
        self.finish(one);
        let is_empty = |status| self.with(task, status).is_empty();
        if !is_empty(ReservationStatus::Accepted) || self.tasks[task].open_transfer().is_some() {
            return;
        }
        if !is_empty(ReservationStatus::Wrapping) {
            return self.wrap_task(task);
        }
        let reason = self.tasks[task].reason.clone();
        self.complete_task(task, Some(reason.unwrap_or_else(|| "All reservations were completed".into())));
    }

    pub(crate) fn wrap_task(&mut self, task: usize) {
        if self.tasks[task].status == TaskStatus::Assigned {
            self.tasks[task].status = TaskStatus::Wrapping;
            self.say(NoticeKind::TaskWrapup);
        }
    }

    /// Completes a reservation: the worker goes to the end of the line.
    pub(crate) fn finish(&mut self, one: usize) {
        let (task, worker) = self.parties(one);
        self.set(one, ReservationStatus::Completed);
        self.rest(worker, task);
        self.say(NoticeKind::ReservationCompleted);
    }

    /// Takes an offer back, or the work on it.
    pub(crate) fn withdraw(&mut self, one: usize, status: ReservationStatus) {
        let was_pending = self.reservations[one].status == ReservationStatus::Pending;
        self.set(one, status);
        self.say(if status == ReservationStatus::TimedOut {
            NoticeKind::ReservationTimedOut
        } else if status == ReservationStatus::Rescinded {
            NoticeKind::ReservationRescinded
        } else {
            NoticeKind::ReservationCanceled
        });
        if was_pending {
            let (task, worker) = self.parties(one);
            self.deeds.push(Deed::Withdraw { task, worker, status });
        }
    }

    pub(crate) fn set_activity(&mut self, worker: usize, activity: Activity) {
        if self.workers[worker].activity != activity {
            self.workers[worker].activity = activity;
            self.touch(worker);
            self.say(NoticeKind::WorkerActivityUpdate);
        }
    }

    pub(crate) fn set(&mut self, one: usize, status: ReservationStatus) {
        self.reservations[one].status = status;
        self.reservations[one].is_on_hold = false;
        self.touch(self.reservations[one].worker);
    }

    fn time_out(&mut self, one: usize) {
        let (task, worker) = self.parties(one);
        self.withdraw(one, ReservationStatus::TimedOut);
        self.set_activity(worker, self.timeout_activity);
        self.release(task);
    }

    /// Lets a task wait again when nobody is asked any more.
    fn release(&mut self, task: usize) {
        if self.tasks[task].open_transfer().is_some() {
            return self.fail_attempt(task);
        }
        let is_asked = !self.with(task, ReservationStatus::Pending).is_empty();
        if !is_asked && self.tasks[task].status == TaskStatus::Reserved {
            self.wait_again(task);
        }
    }

    fn single_task_activity(&mut self, worker: usize, activity: Option<Activity>) {
        if let Some(activity) = activity.filter(|_| !self.multitasking) {
            self.set_activity(worker, activity);
        }
    }

    fn rest(&mut self, worker: usize, task: usize) {
        let channel = self.tasks[task].channel as usize;
        self.workers[worker].idle_since = self.now;
        self.workers[worker].channels[channel].idle_since = self.now;
        self.touch(worker);
    }

    fn parties(&self, one: usize) -> (usize, usize) {
        (self.reservations[one].task, self.reservations[one].worker)
    }
}
