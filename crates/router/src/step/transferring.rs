//! Transferring: a task in a worker's hands is offered to others, and stays where it is until one accepts.

use std::sync::Arc;

use domain::{TaskQueueSid, TaskSid, Tick, WorkerSid};

use crate::evaluation::standing_at;
use crate::reservation::ReservationEvent;
use crate::step::ending::REASON_ALL_COMPLETED;
use crate::task::TaskEvent;
use crate::transfer::TransferEvent;
use crate::workflow::target::{Place, Target};
use crate::workspace::Workspace;
use crate::{NoticeKind, ReservationStatus, Task, TaskStatus, Transfer, TransferMode, TransferTarget};

/// How many transfers a task remembers.
const TRANSFERS_MAX: usize = 20;
/// Why a transfer to a worker failed.
const NOT_ACCEPTED: &str = "The worker did not accept the task";
/// Why a transfer to a queue failed.
const NOBODY_LEFT: &str = "No worker of the queue accepted the task";

impl Workspace {
    /// Begins a transfer.
    pub(crate) fn hand_on(&mut self, sid: TaskSid, transfer: Transfer, tick: &mut Tick) {
        let to = transfer.to;
        let (place, target) = match to {
            TransferTarget::Worker(worker) => (Place::Worker(worker), None),
            TransferTarget::TaskQueue(queue) => (Place::Queue, Some(Arc::new(Target::of_queue(queue)))),
        };
        let task = self.change_task(sid, tick.now);
        if task.transfers.len() == TRANSFERS_MAX {
            task.transfers.remove(0);
        }
        task.transfers.push(transfer);
        task.standing = Some(standing_at(place, target, tick.now));
        self.move_task(sid, TaskEvent::HandedOn, tick.now);
        self.announce_task(NoticeKind::TaskTransferInitiated, sid, tick);
        match to {
            TransferTarget::Worker(worker) => self.offer(sid, &[worker], tick),
            TransferTarget::TaskQueue(queue) => {
                self.move_to_queue(sid, Some(queue), tick);
                self.wake_task(sid);
            }
        }
    }

    /// Calls the open transfer of a task off.
    pub(crate) fn call_off(&mut self, sid: TaskSid, tick: &mut Tick) {
        self.end_transfer(sid, &TransferEvent::Canceled, tick);
    }

    /// A worker who was asked said no, or nothing: another one is asked, if the transfer goes to a queue.
    pub(crate) fn fail_attempt(&mut self, sid: TaskSid, tick: &mut Tick) {
        let Some(transfer) = self.tasks[&sid].open_transfer() else { return };
        let reason = match transfer.to {
            TransferTarget::Worker(_) => NOT_ACCEPTED,
            TransferTarget::TaskQueue(_) => {
                self.announce_task(NoticeKind::TaskTransferAttemptFailed, sid, tick);
                NOBODY_LEFT
            }
        };
        let is_asked = !self.reservations_with(sid, ReservationStatus::Pending).is_empty();
        if !is_asked && !self.offer_if_suited(sid, tick) {
            self.end_transfer(sid, &TransferEvent::Failed(reason), tick);
        }
    }

    /// Another worker has accepted; who hands on coldly is done with the contact.
    pub(crate) fn complete_transfer(&mut self, sid: TaskSid, tick: &mut Tick) {
        let Some(open) = self.tasks[&sid].open_transfer() else { return };
        let (mode, initiating) = (open.mode, open.initiating_reservation_sid);
        self.apply_to_transfer(sid, &TransferEvent::Accepted, tick);
        self.announce_task(NoticeKind::TaskTransferCompleted, sid, tick);
        let is_held = self.reservations[&initiating].status == ReservationStatus::Accepted;
        if mode == TransferMode::Cold && is_held {
            self.wrap(initiating, tick);
        }
    }

    /// Returns whom to ask for a task in transfer: nobody twice, and who hands it on only where nobody else is.
    pub(crate) fn choose_for_transfer(&self, task: &Task, transfer: &Transfer) -> Vec<WorkerSid> {
        let TransferTarget::TaskQueue(queue) = transfer.to else { return vec![] };
        let count = self.task_queues.get(&queue).map_or(1, |queue| queue.max_reserved_workers as usize);
        let ready = self.roster.ready(queue, task.task_channel_sid);
        let unasked = ready.filter(|worker| !self.was_asked(task, transfer, *worker));
        let (own, others): (Vec<_>, Vec<_>) =
            unasked.partition(|worker| *worker == transfer.initiating_worker_sid);
        if others.is_empty() { own } else { others.into_iter().take(count).collect() }
    }

    /// Tells whether a worker was asked in this transfer.
    pub(crate) fn was_asked(&self, task: &Task, transfer: &Transfer, worker: WorkerSid) -> bool {
        let mut asked = self.reservations_of_task(task.sid);
        asked.any(|one| one.worker_sid == worker && one.transfer_sid == Some(transfer.sid))
    }

    /// Gives a task back to those who have it; a task that nobody has any more ends.
    fn end_transfer(&mut self, sid: TaskSid, event: &TransferEvent, tick: &mut Tick) {
        let Some(queue_before) = self.tasks[&sid].open_transfer().map(|open| open.initiating_queue_sid)
        else {
            return;
        };
        for reservation in self.reservations_with(sid, ReservationStatus::Pending) {
            self.withdraw(reservation, ReservationEvent::Canceled, tick);
        }
        self.apply_to_transfer(sid, event, tick);
        self.move_task(sid, TaskEvent::TakenBack, tick.now);
        self.announce_task(transfer_notice(event), sid, tick);
        self.move_to_queue(sid, queue_before.filter(|queue| self.task_queues.contains_key(queue)), tick);
        self.announce_task(NoticeKind::TaskUpdated, sid, tick);
        let has = |status| !self.reservations_with(sid, status).is_empty();
        if has(ReservationStatus::Accepted) {
            return;
        }
        if has(ReservationStatus::Wrapping) {
            return self.wrap_task(sid, tick);
        }
        self.complete_task(sid, Some(REASON_ALL_COMPLETED.into()), tick);
    }

    fn apply_to_transfer(&mut self, sid: TaskSid, event: &TransferEvent, tick: &Tick) {
        if let Some(transfer) = self.change_task(sid, tick.now).transfers.last_mut() {
            transfer.apply(event, tick.now);
        }
    }

    fn move_to_queue(&mut self, sid: TaskSid, queue: Option<TaskQueueSid>, tick: &mut Tick) {
        if queue.is_none() || self.tasks[&sid].task_queue_sid == queue {
            return;
        }
        let task = self.change_task(sid, tick.now);
        task.task_queue_sid = queue;
        task.task_queue_entered_date = Some(tick.now);
        self.announce_task(NoticeKind::TaskQueueMoved, sid, tick);
    }

    /// Tells whether a task looks for a worker and nobody is asked.
    pub(crate) fn is_waiting(&self, task: &Task) -> bool {
        match task.status {
            TaskStatus::Pending => true,
            TaskStatus::Reserved => {
                task.open_transfer().is_some()
                    && self.reservations_with(task.sid, ReservationStatus::Pending).is_empty()
            }
            TaskStatus::Assigned | TaskStatus::Wrapping | TaskStatus::Completed | TaskStatus::Canceled => {
                false
            }
        }
    }
}

fn transfer_notice(event: &TransferEvent) -> NoticeKind {
    match event {
        TransferEvent::Accepted => NoticeKind::TaskTransferCompleted,
        TransferEvent::Failed(_) => NoticeKind::TaskTransferFailed,
        TransferEvent::Canceled => NoticeKind::TaskTransferCanceled,
    }
}
