//! Every reason to wake up.

use domain::{ReservationSid, TaskSid};

/// A reason to wake up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The worker has not answered the offer.
    ReservationTimeout(ReservationSid),
    /// The task has waited in its target for as long as that allows.
    TargetTimeout(TaskSid),
    /// The task has waited for a worker for as long as it may.
    TaskTimeout(TaskSid),
    /// The task has been assigned for as long as the workspace allows.
    AssignedTaskLifetime(TaskSid),
}
