//! Ending: how tasks end, and how they leave memory with their reservations.

use std::sync::Arc;

use domain::{TaskSid, Tick};

use crate::evaluation::workflow_of;
use crate::reservation::ReservationEvent;
use crate::task::TaskEvent;
use crate::timer::Timer;
use crate::workspace::Workspace;
use crate::{Action, ContactRelease, NoticeKind, Record, RecordKey, ReservationStatus, RoutingTarget, Task};

/// The reason of a task that waited for as long as it may.
pub(crate) const TTL_EXCEEDED: &str = "Task TTL Exceeded";
/// The reason of a task that was offered too often, as the published service words it.
pub(crate) const REASON_TOO_MANY_ASSIGNMENTS: &str = "Task TTL Exceeded or Max assignment count exceeded";
/// The reason of a task whose last worker is done.
pub(crate) const REASON_ALL_COMPLETED: &str = "All reservations were completed";
/// The reason of a task that waited out all targets of its workflow.
pub(crate) const REASON_WORKFLOW_TIMEOUT: &str = "Task timed out of its Workflow";
/// The reason of a task that no target takes.
pub(crate) const REASON_NO_TARGET: &str = "No target of the Workflow takes the Task";
/// The reason of a direct offer that could not be made in time.
pub(crate) const REASON_NO_DIRECT_OFFER: &str = "RoutingTarget SLA for Reservation creation was not met";

impl Workspace {
    /// Ends a task that no worker has accepted.
    pub(crate) fn cancel_task(&mut self, sid: TaskSid, reason: &str, tick: &mut Tick) {
        let Some(task) = self.tasks.get(&sid).filter(|task| task.status.after(TaskEvent::Canceled).is_some())
        else {
            return;
        };
        let reason: Arc<str> =
            if reason.is_empty() { task.reason.clone().unwrap_or_default() } else { reason.into() };
        self.change_task(sid, tick.now).reason = Some(reason).filter(|reason| !reason.is_empty());
        self.move_task(sid, TaskEvent::Canceled, tick.now);
        self.cancel_reservations(sid, tick);
        self.announce_task(NoticeKind::TaskCanceled, sid, tick);
        self.end_task(sid);
    }

    /// Ends a task that is done, with whatever is still open of it.
    pub(crate) fn complete_task(&mut self, sid: TaskSid, reason: Option<Arc<str>>, tick: &mut Tick) {
        for status in [ReservationStatus::Accepted, ReservationStatus::Wrapping] {
            for reservation in self.reservations_with(sid, status) {
                self.step_reservation(reservation, ReservationEvent::Completed, tick);
            }
        }
        self.cancel_reservations(sid, tick);
        if reason.is_some() {
            self.change_task(sid, tick.now).reason = reason;
        }
        self.move_task(sid, TaskEvent::Completed, tick.now);
        self.announce_task(NoticeKind::TaskCompleted, sid, tick);
        self.end_task(sid);
    }

    /// Deletes a task with all its rows.
    pub(crate) fn remove_task(&mut self, sid: TaskSid, kind: NoticeKind, tick: &mut Tick) {
        self.cancel_reservations(sid, tick);
        self.change_task(sid, tick.now).date_ended = Some(tick.now);
        self.announce_task(kind, sid, tick);
        let reservations = self.reservations_by_task.get(&sid).cloned().unwrap_or_default();
        self.end_task(sid);
        self.changes.delete(RecordKey::Task(sid));
        for reservation in reservations {
            self.changes.delete(RecordKey::Reservation(reservation));
        }
    }

    /// Deletes a task that has been assigned for too long.
    pub(crate) fn system_delete_task(&mut self, sid: TaskSid, tick: &mut Tick) {
        self.remove_task(sid, NoticeKind::TaskSystemDeleted, tick);
    }

    /// A direct offer could not be made in time.
    pub(crate) fn fail_direct_offer(&mut self, sid: TaskSid, tick: &mut Tick) {
        self.fail_direct(sid, REASON_NO_DIRECT_OFFER.to_owned(), tick);
    }

    /// A direct offer was made, and the worker did not take it.
    pub(crate) fn fail_direct_answer(&mut self, sid: TaskSid, tick: &mut Tick) {
        let reason = reason_no_answer(&self.tasks[&sid]);
        self.fail_direct(sid, reason, tick);
    }

    fn fail_direct(&mut self, sid: TaskSid, reason: String, tick: &mut Tick) {
        self.change_task(sid, tick.now).reason = Some(reason.into());
        self.move_task(sid, TaskEvent::Canceled, tick.now);
        self.announce_task(NoticeKind::ReservationFailed, sid, tick);
        self.announce_task(NoticeKind::TaskCanceled, sid, tick);
        self.end_task(sid);
    }

    /// Takes back all that is open of a task.
    fn cancel_reservations(&mut self, sid: TaskSid, tick: &mut Tick) {
        for status in [ReservationStatus::Pending, ReservationStatus::Accepted, ReservationStatus::Wrapping] {
            for reservation in self.reservations_with(sid, status) {
                self.withdraw(reservation, ReservationEvent::Canceled, tick);
            }
        }
    }

    /// Lets a task and its reservations leave memory with their last rows, and its contact go.
    fn end_task(&mut self, sid: TaskSid) {
        let Some(task) = self.tasks.remove(&sid) else { return };
        self.waiting.set(sid, None);
        for timer in [Timer::TargetTimeout(sid), Timer::TaskTimeout(sid), Timer::AssignedTaskLifetime(sid)] {
            self.timers.set(timer, None);
        }
        for reservation in self.reservations_by_task.remove(&sid).unwrap_or_default() {
            if let Some(mut reservation) = self.reservations.remove(&reservation) {
                reservation.is_history = true;
                self.changes.put_last(Record::Reservation(Box::new(reservation)));
            }
        }
        self.changes.put_last(Record::Task(Box::new(task.clone())));
        let release = self.contact_release(task);
        self.actions.push(Action::ReleaseContact(Box::new(release)));
    }

    fn contact_release(&self, task: Task) -> ContactRelease {
        let workflow = workflow_of(&task).or(task.workflow_sid).and_then(|sid| self.workflows.get(&sid));
        let on_task_end = workflow.and_then(|workflow| workflow.on_task_end);
        let on_waiting_call = workflow.and_then(|workflow| workflow.on_task_end_waiting_call);
        ContactRelease {
            on_task_end: on_task_end.unwrap_or(self.settings.on_task_end),
            on_task_end_waiting_call: on_waiting_call.unwrap_or(self.settings.on_task_end_waiting_call),
            task,
        }
    }
}

/// Returns the reason of a direct offer that was not accepted.
pub(crate) fn reason_no_answer(task: &Task) -> String {
    let worker = task.routing_target.as_ref().map(RoutingTarget::to_string).unwrap_or_default();
    format!("RoutingTarget not available for Reservation acceptance: {worker}")
}
