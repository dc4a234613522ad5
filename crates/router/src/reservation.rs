//! Reservations: a task offered to a worker, from the offer to the end of the work.
//!
//! The table of states stands here; `step::offering` makes offers, `step::answering` carries answers out.

use domain::{ReservationSid, TaskChannelSid, TaskSid, Timestamp, TransferSid, WorkerSid, named};
use serde::{Deserialize, Serialize};

named! {
    /// Where a reservation stands in its life.
    pub enum ReservationStatus {
        /// The worker has been asked.
        Pending = "pending",
        /// The worker works on the task.
        Accepted = "accepted",
        /// The worker said no.
        Rejected = "rejected",
        /// The worker did not answer in time.
        TimedOut = "timeout",
        /// The task went away.
        Canceled = "canceled",
        /// Another worker was faster.
        Rescinded = "rescinded",
        /// The contact is over, the worker still has work with it.
        Wrapping = "wrapping",
        /// The worker is done.
        Completed = "completed",
    }
}

/// A task offered to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reservation {
    /// The reservation.
    pub sid: ReservationSid,
    /// The task offered.
    pub task_sid: TaskSid,
    /// The worker asked.
    pub worker_sid: WorkerSid,
    /// The task channel whose capacity it holds.
    pub task_channel_sid: TaskChannelSid,
    /// Where it stands in its life.
    pub status: ReservationStatus,
    /// How long the worker may think about it.
    pub timeout_secs: u32,
    /// Whether the worker has accepted and the contact is being set up: the time to answer stands still.
    #[serde(default)]
    pub is_on_hold: bool,
    /// Why it was canceled, as a number of the published list.
    pub canceled_reason_code: Option<u32>,
    /// The transfer by which it came, for one that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_sid: Option<TransferSid>,
    /// The version for If-Match.
    pub version: u64,
    /// When the offer was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
    /// Whether its task has ended: it is history then.
    pub is_history: bool,
}

/// What can happen to a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReservationEvent {
    /// The worker takes the task.
    Accepted,
    /// The worker takes the task as soon as the contact is set up.
    Held,
    /// The contact could not be set up.
    SetUpFailed,
    /// The worker says no.
    Rejected,
    /// The worker has not answered in time.
    TimedOut,
    /// The task goes away.
    Canceled,
    /// Another worker was faster.
    Rescinded,
    /// The contact is over.
    Wrapped,
    /// The work is done.
    Completed,
}

/// What becomes of a reservation by an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// It goes to another status.
    To(ReservationStatus),
    /// It is there already: nothing is left to do.
    Stays,
    /// The offer was withdrawn before; the answer comes too late.
    TooLate,
    /// Its status does not allow it.
    NotNow,
}

impl ReservationStatus {
    /// Returns what becomes of a reservation in this status.
    pub(crate) fn after(self, event: ReservationEvent) -> Move {
        use ReservationEvent as E;
        use ReservationStatus::*;
        match (self, event) {
            (Pending, E::Accepted) => Move::To(Accepted),
            (Pending, E::Held) => Move::To(Pending),
            (Pending, E::SetUpFailed) => Move::To(Canceled),
            (Pending, E::Rejected) => Move::To(Rejected),
            (Pending, E::TimedOut) => Move::To(TimedOut),
            (Pending, E::Rescinded) => Move::To(Rescinded),
            (Pending | Accepted | Wrapping, E::Canceled) => Move::To(Canceled),
            (Accepted, E::Wrapped) => Move::To(Wrapping),
            (Accepted | Wrapping, E::Completed) => Move::To(Completed),
            // An agent's desktop and the end of the contact may both say so.
            (Wrapping, E::Wrapped) => Move::Stays,
            (TimedOut | Canceled | Rescinded, E::Accepted | E::Held | E::SetUpFailed | E::Rejected) => {
                Move::TooLate
            }
            (Pending, E::Wrapped | E::Completed) => Move::NotNow,
            (
                Accepted | Wrapping,
                E::Accepted | E::Held | E::SetUpFailed | E::Rejected | E::TimedOut | E::Rescinded,
            ) => Move::NotNow,
            (Rejected | Completed, E::Accepted | E::Held | E::SetUpFailed | E::Rejected) => Move::NotNow,
            (
                Rejected | TimedOut | Canceled | Rescinded | Completed,
                E::TimedOut | E::Canceled | E::Rescinded | E::Wrapped | E::Completed,
            ) => Move::NotNow,
        }
    }

    /// Tells whether a reservation in this status holds its worker's capacity.
    pub fn holds_capacity(self) -> bool {
        match self {
            ReservationStatus::Pending | ReservationStatus::Accepted | ReservationStatus::Wrapping => true,
            ReservationStatus::Rejected
            | ReservationStatus::TimedOut
            | ReservationStatus::Canceled
            | ReservationStatus::Rescinded
            | ReservationStatus::Completed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [ReservationEvent; 9] = [
        ReservationEvent::Accepted,
        ReservationEvent::Held,
        ReservationEvent::SetUpFailed,
        ReservationEvent::Rejected,
        ReservationEvent::TimedOut,
        ReservationEvent::Canceled,
        ReservationEvent::Rescinded,
        ReservationEvent::Wrapped,
        ReservationEvent::Completed,
    ];

    #[test]
    fn what_has_given_its_capacity_back_never_moves_again() {
        let ended = ReservationStatus::ALL.iter().filter(|status| !status.holds_capacity());
        for (status, event) in ended.flat_map(|status| EVENTS.map(|event| (status, event))) {
            assert!(!matches!(status.after(event), Move::To(_)), "{status} after {event:?}");
        }
    }

    #[test]
    fn the_table_of_states_is_the_published_one() {
        use Move::{NotNow as No, Stays, To, TooLate as Late};
        use ReservationStatus::*;
        // In the order of the events: accepted, held, set-up failed, rejected, timed out, canceled, rescinded,
        // wrapped, completed.
        let (cancel, complete) = (To(Canceled), To(Completed));
        let open =
            [To(Accepted), To(Pending), cancel, To(Rejected), To(TimedOut), cancel, To(Rescinded), No, No];
        let withdrawn = [Late, Late, Late, Late, No, No, No, No, No];
        let rows = [
            (Pending, open),
            (Accepted, [No, No, No, No, No, cancel, No, To(Wrapping), complete]),
            (Rejected, [No; 9]),
            (TimedOut, withdrawn),
            (Canceled, withdrawn),
            (Rescinded, withdrawn),
            (Wrapping, [No, No, No, No, No, cancel, No, Stays, complete]),
            (Completed, [No; 9]),
        ];
        assert_eq!(rows.map(|(status, _)| status), ReservationStatus::ALL);
        for (status, row) in rows {
            assert_eq!(EVENTS.map(|event| status.after(event)), row, "{status}");
        }
    }
}
