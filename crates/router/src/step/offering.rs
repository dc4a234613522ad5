//! Offering: a task is offered to the workers who were chosen, and offers are taken back.

use std::time::Duration;

use domain::{ReservationSid, TaskSid, Tick, Timestamp, WorkerSid};

use crate::reservation::{Move, ReservationEvent};
use crate::step::ending::REASON_TOO_MANY_ASSIGNMENTS;
use crate::task::TaskEvent;
use crate::timer::Timer;
use crate::workspace::Workspace;
use crate::{
    Action, NoticeKind, Offer, RecordKey, Reservation, ReservationStatus, TaskStatus, Withdrawal, Worker,
};

/// How often a task may become reserved.
const ASSIGNMENTS_MAX: u32 = 1_000;

impl Workspace {
    /// Offers a pending task to all of these workers at once.
    pub(crate) fn offer(&mut self, sid: TaskSid, workers: &[WorkerSid], tick: &mut Tick) {
        let task = &self.tasks[&sid];
        if task.status == TaskStatus::Pending && task.assignment_count >= ASSIGNMENTS_MAX {
            return self.cancel_task(sid, REASON_TOO_MANY_ASSIGNMENTS, tick);
        }
        self.move_task(sid, TaskEvent::Reserved, tick.now);
        for worker in workers {
            self.offer_to(sid, *worker, tick);
        }
        if self.tasks[&sid].open_transfer().is_some() {
            // Its status says nothing of whether it waits.
            self.reindex_task(sid);
        }
    }

    /// Takes an offer back, or the work on it.
    pub(crate) fn withdraw(&mut self, sid: ReservationSid, event: ReservationEvent, tick: &mut Tick) {
        let was_pending = self.reservations[&sid].status == ReservationStatus::Pending;
        self.step_reservation(sid, event, tick);
        if was_pending {
            let reservation = self.reservations[&sid].clone();
            let status = reservation.status;
            self.actions.push(Action::RescindReservation(Box::new(Withdrawal { reservation, status })));
        }
    }

    /// Moves a reservation and announces it.
    pub(crate) fn step_reservation(&mut self, sid: ReservationSid, event: ReservationEvent, tick: &mut Tick) {
        self.move_reservation(sid, event, tick.now);
        let kind = match event {
            ReservationEvent::Accepted => NoticeKind::ReservationAccepted,
            // Only the engine knows of it: to others the reservation is pending.
            ReservationEvent::Held => return,
            ReservationEvent::Rejected => NoticeKind::ReservationRejected,
            ReservationEvent::TimedOut => NoticeKind::ReservationTimedOut,
            ReservationEvent::Canceled | ReservationEvent::SetUpFailed => NoticeKind::ReservationCanceled,
            ReservationEvent::Rescinded => NoticeKind::ReservationRescinded,
            ReservationEvent::Wrapped => NoticeKind::ReservationWrapup,
            ReservationEvent::Completed => NoticeKind::ReservationCompleted,
        };
        self.announce_reservation(kind, sid, tick);
    }

    /// Moves a reservation where its table says; what the table refuses, callers have refused before.
    pub(crate) fn move_reservation(&mut self, sid: ReservationSid, event: ReservationEvent, now: Timestamp) {
        let before = self.reservations[&sid].status;
        let Move::To(after) = before.after(event) else { return };
        let reservation = self.change_reservation(sid, now);
        reservation.status = after;
        reservation.is_on_hold = event == ReservationEvent::Held;
        let (worker, channel) = (reservation.worker_sid, reservation.task_channel_sid);
        self.timers.set(Timer::ReservationTimeout(sid), None);
        self.count_load(sid, Some(before), after);
        if after == ReservationStatus::Completed
            && let Some(worker) = self.workers.get_mut(&worker)
        {
            self.changes.put(RecordKey::IdleTime(worker.sid));
            worker.rest(channel, now);
        }
        self.reindex_load(worker);
    }

    /// Moves a task where its table says; what the table refuses, callers have refused before.
    pub(crate) fn move_task(&mut self, sid: TaskSid, event: TaskEvent, now: Timestamp) {
        let Some(after) = self.tasks[&sid].status.after(event) else { return };
        let task = self.change_task(sid, now);
        task.status = after;
        match after {
            TaskStatus::Reserved if event == TaskEvent::Reserved => task.assignment_count += 1,
            TaskStatus::Reserved => {}
            TaskStatus::Assigned => task.date_assigned = task.date_assigned.or(Some(now)),
            TaskStatus::Completed | TaskStatus::Canceled => task.date_ended = Some(now),
            TaskStatus::Pending | TaskStatus::Wrapping => {}
        }
        self.reindex_task(sid);
    }

    /// Returns the reservations of a task with this status, in the order of their offers.
    pub(crate) fn reservations_with(&self, task: TaskSid, status: ReservationStatus) -> Vec<ReservationSid> {
        let sids = self.reservations_by_task.get(&task).into_iter().flatten();
        sids.filter(|sid| self.reservations.get(sid).is_some_and(|reservation| reservation.status == status))
            .copied()
            .collect()
    }

    fn offer_to(&mut self, task_sid: TaskSid, worker_sid: WorkerSid, tick: &mut Tick) {
        let task = &self.tasks[&task_sid];
        let reservation = Reservation {
            sid: tick.sid(),
            task_sid,
            worker_sid,
            task_channel_sid: task.task_channel_sid,
            status: ReservationStatus::Pending,
            timeout_secs: self.reservation_timeout_secs(task),
            is_on_hold: false,
            canceled_reason_code: None,
            transfer_sid: task.open_transfer().map(|transfer| transfer.sid),
            version: 0,
            date_created: tick.now,
            date_updated: tick.now,
            is_history: false,
        };
        let queue = task.task_queue_sid.and_then(|sid| self.task_queues.get(&sid));
        let activity = queue.and_then(|queue| queue.reservation_activity_sid);
        let (sid, channel) = (reservation.sid, reservation.task_channel_sid);
        self.hold(reservation);
        let worker = self.change_idle_time(worker_sid, tick.now);
        worker.rest(channel, tick.now);
        if let Some(channel) = worker.channel_mut(channel) {
            channel.last_reserved = Some(tick.now);
        }
        self.reindex_load(worker_sid);
        self.announce_reservation(NoticeKind::ReservationCreated, sid, tick);
        self.single_task_activity(worker_sid, activity, tick);
        self.ask(sid);
    }

    /// Takes up a new reservation.
    fn hold(&mut self, reservation: Reservation) {
        let (sid, task, status) = (reservation.sid, reservation.task_sid, reservation.status);
        let expiry = reservation.date_created + Duration::from_secs(reservation.timeout_secs.into());
        self.reservations.insert(sid, reservation);
        self.reservations_by_task.entry(task).or_default().push(sid);
        self.changes.put(RecordKey::Reservation(sid));
        self.timers.set(Timer::ReservationTimeout(sid), Some(expiry));
        self.count_load(sid, None, status);
    }

    fn ask(&mut self, sid: ReservationSid) {
        let reservation = self.reservations[&sid].clone();
        let task = self.tasks[&reservation.task_sid].clone();
        let Some(worker) = self.snapshot_worker(reservation.worker_sid) else { return };
        let workflow = task.workflow_sid.and_then(|sid| self.workflows.get(&sid));
        let offer = Offer {
            assignment_callback_url: workflow.and_then(|workflow| workflow.assignment_callback_url.clone()),
            fallback_assignment_callback_url: workflow
                .and_then(|workflow| workflow.fallback_assignment_callback_url.clone()),
            reservation,
            task,
            worker,
        };
        self.actions.push(Action::OfferReservation(Box::new(offer)));
    }
}

impl Worker {
    /// Starts the idle time anew: the worker goes to the end of the line.
    fn rest(&mut self, channel: domain::TaskChannelSid, now: Timestamp) {
        self.idle_since = now;
        if let Some(channel) = self.channel_mut(channel) {
            channel.idle_since = now;
        }
    }
}
