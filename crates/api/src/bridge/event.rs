//! What a worker's browsers are told of a notice, and in which order.

use domain::{TaskSid, WorkerSid};
use router::{Notice, NoticeKind, RoutingTarget, TaskSnapshot};
use serde_json::{Value, json};

use super::shapes::{Capacity, Shapes};

/// Whom a notice concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// The worker that it is about.
    Worker(WorkerSid),
    /// All workers who have a reservation of the task.
    WorkersOn(TaskSid),
}

/// A notice with the task as the SDK is to see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Event<'a> {
    /// What happened.
    pub(super) notice: &'a Notice,
    task: Option<&'a TaskSnapshot>,
}

/// What the payload of an event shows.
#[derive(Clone, Copy, PartialEq)]
enum Payload {
    Worker,
    Channel,
    Reservation,
    /// A task that could not be offered to the worker that it was sent to.
    RefusedTask,
    Task,
    /// The latest transfer of the task.
    Transfer,
    /// The SDK does not know such events.
    Nothing,
}

/// Returns the events of one commit in the order in which the SDK can follow them.
///
/// The engine ends reservations first and then their task; the SDK forgets a task with its reservation, and would
/// never hear that the task ended. So the end of a task goes first, and the reservations are shown with the ended task.
pub(super) fn in_order(notices: &[Notice]) -> Vec<Event<'_>> {
    let mut events: Vec<Event<'_>> = Vec::with_capacity(notices.len());
    for notice in notices {
        let task = notice.subjects.task.as_deref();
        let place = match (notice.kind, task) {
            (NoticeKind::TaskCompleted | NoticeKind::TaskCanceled, Some(task)) => end_of(&mut events, task),
            _ => events.len(),
        };
        events.insert(place, Event { notice, task });
    }
    events
}

/// Returns the place before the reservations that ended with a task, and lets them show the ended task.
fn end_of<'a>(events: &mut [Event<'a>], ended: &'a TaskSnapshot) -> usize {
    let mut place = events.len();
    for (at, event) in events.iter_mut().enumerate().rev() {
        // What follows from the end of the work may stand between: another activity, an offer to the freed worker.
        if event.task.is_none_or(|task| task.task.sid != ended.task.sid) {
            continue;
        }
        if !matches!(event.notice.kind, NoticeKind::ReservationCompleted | NoticeKind::ReservationCanceled) {
            break;
        }
        event.task = Some(ended);
        place = at;
    }
    place
}

impl Event<'_> {
    /// Returns whom the event concerns.
    pub(super) fn audience(&self) -> Option<Audience> {
        let subjects = &self.notice.subjects;
        match payload_of(self.notice.kind) {
            Payload::Worker | Payload::Channel => {
                subjects.worker.as_ref().map(|it| Audience::Worker(it.worker.sid))
            }
            Payload::Reservation => subjects.reservation.as_ref().map(|it| Audience::Worker(it.worker_sid)),
            Payload::RefusedTask => match self.task?.task.routing_target? {
                RoutingTarget::Worker(worker) => Some(Audience::Worker(worker)),
                RoutingTarget::TaskQueue(_) | RoutingTarget::Workflow(_) => None,
            },
            Payload::Task => self.task.map(|it| Audience::WorkersOn(it.task.sid)),
            Payload::Transfer => {
                let transfer = self.task?.task.transfers.last()?;
                Some(Audience::Worker(transfer.initiating_worker_sid))
            }
            Payload::Nothing => None,
        }
    }

    /// Writes the event as the SDK reads it.
    pub(super) fn text(&self) -> Option<String> {
        let shapes = Shapes::of_notice(self.notice);
        let subjects = &self.notice.subjects;
        let payload = match payload_of(self.notice.kind) {
            Payload::Worker => shapes.worker(subjects.worker.as_deref()?),
            Payload::Channel => self.channel(&shapes)?,
            Payload::Reservation => {
                let name = subjects.worker.as_ref().map(|it| &*it.worker.friendly_name);
                shapes.reservation(subjects.reservation.as_deref()?, self.task, name)
            }
            Payload::RefusedTask | Payload::Task => shapes.task(self.task?),
            Payload::Transfer => {
                let task = &self.task?.task;
                shapes.transfer(task.sid, task.transfers.last()?)
            }
            Payload::Nothing => return None,
        };
        Some(json!({ "event_type": self.notice.kind, "payload": payload }).to_string())
    }

    fn channel(&self, shapes: &Shapes) -> Option<Value> {
        let snapshot = self.notice.subjects.worker.as_deref()?;
        let shown = snapshot.channel.as_ref()?;
        let capacity = Capacity {
            task_channel_unique_name: &shown.task_channel_unique_name,
            available_percentage: shown.available_capacity_percentage,
            assigned_tasks: shown.assigned_tasks,
        };
        let channel = snapshot.worker.channel(shown.task_channel_sid)?;
        Some(shapes.channel(&snapshot.worker, channel, &capacity))
    }
}

/// Says what the payload of each kind of event shows.
fn payload_of(kind: NoticeKind) -> Payload {
    use NoticeKind as N;
    match kind {
        N::WorkerActivityUpdate | N::WorkerAttributesUpdate => Payload::Worker,
        N::WorkerCapacityUpdate | N::WorkerChannelAvailabilityUpdate => Payload::Channel,
        N::ReservationCreated
        | N::ReservationAccepted
        | N::ReservationRejected
        | N::ReservationTimedOut
        | N::ReservationCanceled
        | N::ReservationRescinded
        | N::ReservationCompleted
        | N::ReservationWrapup => Payload::Reservation,
        N::ReservationFailed => Payload::RefusedTask,
        N::TaskUpdated | N::TaskCanceled | N::TaskWrapup | N::TaskCompleted => Payload::Task,
        N::TaskTransferInitiated
        | N::TaskTransferAttemptFailed
        | N::TaskTransferFailed
        | N::TaskTransferCanceled
        | N::TaskTransferCompleted => Payload::Transfer,
        N::ActivityCreated
        | N::ActivityUpdated
        | N::ActivityDeleted
        | N::TaskCreated
        | N::TaskDeleted
        | N::TaskSystemDeleted
        | N::TaskChannelCreated
        | N::TaskChannelUpdated
        | N::TaskChannelDeleted
        | N::TaskQueueCreated
        | N::TaskQueueDeleted
        | N::TaskQueueExpressionUpdated
        | N::TaskQueueEntered
        | N::TaskQueueTimeout
        | N::TaskQueueMoved
        | N::WorkerCreated
        | N::WorkerDeleted
        | N::WorkflowCreated
        | N::WorkflowUpdated
        | N::WorkflowDeleted
        | N::WorkflowEntered
        | N::WorkflowTargetMatched
        | N::WorkflowTimeout
        | N::WorkflowSkipped
        | N::WorkspaceCreated
        | N::WorkspaceUpdated
        | N::WorkspaceDeleted => Payload::Nothing,
    }
}
