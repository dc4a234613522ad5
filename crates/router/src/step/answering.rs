//! Answering: what a worker's answer, or silence, does to the reservation, its task and the worker.

use domain::{ActivitySid, ReservationSid, TaskSid, Tick, WorkerSid};

use crate::reservation::ReservationEvent;
use crate::step::ending::REASON_ALL_COMPLETED;
use crate::task::TaskEvent;
use crate::workflow::target::Place;
use crate::workspace::Workspace;
use crate::{NoticeKind, PreviousActivity, ReservationStatus, Subjects, TaskStatus, WorkerSnapshot};

impl Workspace {
    /// The worker takes the task; all others who were asked are let off.
    pub(crate) fn accept(&mut self, sid: ReservationSid, tick: &mut Tick) {
        let (task, worker) = self.parties(sid);
        self.move_reservation(sid, ReservationEvent::Accepted, tick.now);
        self.move_task(task, TaskEvent::Accepted, tick.now);
        self.announce_reservation(NoticeKind::ReservationAccepted, sid, tick);
        let queue = self.tasks[&task].task_queue_sid.and_then(|queue| self.task_queues.get(&queue));
        if let Some(queue) = queue {
            self.pace.observe(queue.sid, self.tasks[&task].task_channel_sid, tick.now);
        }
        let activity = queue.and_then(|queue| queue.assignment_activity_sid);
        self.single_task_activity(worker, activity, tick);
        for sibling in self.reservations_with(task, ReservationStatus::Pending) {
            self.withdraw(sibling, ReservationEvent::Rescinded, tick);
        }
        self.complete_transfer(task, tick);
    }

    /// The worker says no, and goes to an activity where one is given.
    pub(crate) fn reject(&mut self, sid: ReservationSid, activity: Option<ActivitySid>, tick: &mut Tick) {
        let (task, worker) = self.parties(sid);
        self.step_reservation(sid, ReservationEvent::Rejected, tick);
        if let Some(activity) = activity {
            self.set_activity(worker, activity, tick);
        }
        self.release(task, tick);
    }

    /// The worker has accepted and the contact could not be set up: the task waits again.
    pub(crate) fn fail_set_up(&mut self, sid: ReservationSid, code: u32, tick: &mut Tick) {
        let (task, _) = self.parties(sid);
        self.change_reservation(sid, tick.now).canceled_reason_code = Some(code);
        self.withdraw(sid, ReservationEvent::SetUpFailed, tick);
        self.release(task, tick);
    }

    /// The worker has not answered, and goes to the timeout activity.
    pub(crate) fn time_out_reservation(&mut self, sid: ReservationSid, tick: &mut Tick) {
        let (task, worker) = self.parties(sid);
        self.withdraw(sid, ReservationEvent::TimedOut, tick);
        self.set_activity(worker, self.settings.timeout_activity_sid, tick);
        self.release(task, tick);
    }

    /// The contact is over; the task follows when nobody else is in it.
    pub(crate) fn wrap(&mut self, sid: ReservationSid, tick: &mut Tick) {
        let (task, _) = self.parties(sid);
        self.move_reservation(sid, ReservationEvent::Wrapped, tick.now);
        let is_last = self.reservations_with(task, ReservationStatus::Accepted).is_empty();
        let wraps = is_last && self.tasks[&task].status == TaskStatus::Assigned;
        if wraps {
            self.move_task(task, TaskEvent::Wrapped, tick.now);
        }
        self.announce_reservation(NoticeKind::ReservationWrapup, sid, tick);
        if wraps {
            self.announce_task(NoticeKind::TaskWrapup, task, tick);
        }
    }

    /// The work is done; the task is done when nobody else works on it.
    pub(crate) fn complete(&mut self, sid: ReservationSid, tick: &mut Tick) {
        let (task, _) = self.parties(sid);
        self.step_reservation(sid, ReservationEvent::Completed, tick);
        let has = |status| !self.reservations_with(task, status).is_empty();
        // While it is handed on, somebody else is sought for it.
        if has(ReservationStatus::Accepted) || self.tasks[&task].open_transfer().is_some() {
            return;
        }
        if has(ReservationStatus::Wrapping) {
            return self.wrap_task(task, tick);
        }
        let reason = self.tasks[&task].reason.clone().unwrap_or_else(|| REASON_ALL_COMPLETED.into());
        self.complete_task(task, Some(reason), tick);
    }

    /// A task whose contact is over for all who are in it.
    pub(crate) fn wrap_task(&mut self, task: TaskSid, tick: &mut Tick) {
        if self.tasks[&task].status == TaskStatus::Assigned {
            self.move_task(task, TaskEvent::Wrapped, tick.now);
            self.announce_task(NoticeKind::TaskWrapup, task, tick);
        }
    }

    /// Gives a worker another activity.
    pub(crate) fn set_activity(&mut self, sid: WorkerSid, activity: ActivitySid, tick: &mut Tick) {
        let Some(worker) = self.workers.get(&sid).filter(|worker| worker.activity_sid != activity) else {
            return;
        };
        let name = self.activities.get(&worker.activity_sid).map(|activity| activity.friendly_name.clone());
        let previous = PreviousActivity {
            sid: worker.activity_sid,
            name: name.unwrap_or_default(),
            time_ms: u64::try_from(tick.now.since(worker.date_status_changed).as_millis())
                .unwrap_or(u64::MAX),
        };
        let worker = self.change_worker(sid, tick.now);
        worker.activity_sid = activity;
        worker.date_status_changed = tick.now;
        self.reindex_worker(sid);
        let snapshot = self.snapshot_worker(sid).map(WorkerSnapshot::without_channels).map(|mut snapshot| {
            snapshot.previous_activity = Some(previous);
            Box::new(snapshot)
        });
        let subjects = Subjects { worker: snapshot, ..Subjects::default() };
        self.announce(NoticeKind::WorkerActivityUpdate, subjects, tick);
    }

    /// In single-tasking, a queue may move its workers with their work; in multitasking it never does.
    pub(crate) fn single_task_activity(
        &mut self,
        worker: WorkerSid,
        activity: Option<ActivitySid>,
        tick: &mut Tick,
    ) {
        if let Some(activity) = activity.filter(|_| !self.settings.multi_task_enabled) {
            self.set_activity(worker, activity, tick);
        }
    }

    /// Lets a task wait again when nobody is asked any more.
    fn release(&mut self, sid: TaskSid, tick: &mut Tick) {
        if self.tasks[&sid].open_transfer().is_some() {
            return self.fail_attempt(sid, tick);
        }
        let is_asked = !self.reservations_with(sid, ReservationStatus::Pending).is_empty();
        if is_asked || self.tasks[&sid].status != TaskStatus::Reserved {
            return;
        }
        self.move_task(sid, TaskEvent::Released, tick.now);
        let place = self.tasks[&sid].standing.as_ref().map(|standing| standing.place);
        match place {
            Some(Place::Worker(_)) => self.fail_direct_answer(sid, tick),
            Some(Place::Filter { .. } | Place::DefaultFilter | Place::Queue) | None => {
                self.wake_task(sid);
                self.pass_deadlines(sid, tick);
            }
        }
    }

    /// Returns the task and the worker of a reservation.
    fn parties(&self, sid: ReservationSid) -> (TaskSid, WorkerSid) {
        let reservation = &self.reservations[&sid];
        (reservation.task_sid, reservation.worker_sid)
    }
}
