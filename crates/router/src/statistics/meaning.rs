//! Meaning: what each kind of notice counts as.

use super::counters::Tally;
use crate::NoticeKind;

/// What a notice counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Something happened to a reservation.
    Reservation(Tally),
    /// Something happened to a task, wherever it is.
    Task(Tally),
    /// A task came into its workflow.
    WorkflowEntered,
    /// A task came into its first queue.
    QueueEntered,
    /// A task came from one queue into another.
    QueueMoved,
    /// An activity or a worker changed.
    People,
    /// It is not counted.
    Nothing,
}

impl Meaning {
    /// Returns what a kind of notice counts as.
    pub(super) fn of(kind: NoticeKind) -> Self {
        use NoticeKind as K;
        match kind {
            K::ReservationCreated => Meaning::Reservation(Tally::ReservationsCreated),
            K::ReservationAccepted => Meaning::Reservation(Tally::ReservationsAccepted),
            K::ReservationRejected => Meaning::Reservation(Tally::ReservationsRejected),
            K::ReservationTimedOut => Meaning::Reservation(Tally::ReservationsTimedOut),
            K::ReservationCanceled => Meaning::Reservation(Tally::ReservationsCanceled),
            K::ReservationRescinded => Meaning::Reservation(Tally::ReservationsRescinded),
            K::TaskCreated => Meaning::Task(Tally::TasksCreated),
            K::TaskCanceled => Meaning::Task(Tally::TasksCanceled),
            K::TaskCompleted => Meaning::Task(Tally::TasksCompleted),
            K::TaskDeleted | K::TaskSystemDeleted => Meaning::Task(Tally::TasksDeleted),
            K::WorkflowTimeout => Meaning::Task(Tally::TasksTimedOutInWorkflow),
            K::WorkflowEntered => Meaning::WorkflowEntered,
            K::TaskQueueEntered => Meaning::QueueEntered,
            K::TaskQueueMoved => Meaning::QueueMoved,
            K::ActivityCreated
            | K::ActivityUpdated
            | K::ActivityDeleted
            | K::WorkerCreated
            | K::WorkerActivityUpdate
            | K::WorkerAttributesUpdate
            | K::WorkerDeleted
            | K::WorkerCapacityUpdate
            | K::WorkerChannelAvailabilityUpdate => Meaning::People,
            // A reservation that failed was never made; its task is canceled, which counts.
            K::ReservationFailed
            | K::ReservationWrapup
            | K::ReservationCompleted
            | K::TaskUpdated
            | K::TaskWrapup
            | K::TaskTransferInitiated
            | K::TaskTransferAttemptFailed
            | K::TaskTransferFailed
            | K::TaskTransferCanceled
            | K::TaskTransferCompleted
            | K::TaskChannelCreated
            | K::TaskChannelUpdated
            | K::TaskChannelDeleted
            | K::TaskQueueCreated
            | K::TaskQueueDeleted
            | K::TaskQueueExpressionUpdated
            | K::TaskQueueTimeout
            | K::WorkflowCreated
            | K::WorkflowUpdated
            | K::WorkflowDeleted
            | K::WorkflowTargetMatched
            | K::WorkflowSkipped
            | K::WorkspaceCreated
            | K::WorkspaceUpdated
            | K::WorkspaceDeleted => Meaning::Nothing,
        }
    }
}
