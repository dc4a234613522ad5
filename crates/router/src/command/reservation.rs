//! The command about reservations.

use domain::{ActivitySid, ReservationSid};

use crate::named::named;

/// Answers a reservation or moves it on.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateReservation {
    /// The reservation.
    pub sid: ReservationSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
    /// What to do with it.
    pub answer: ReservationAnswer,
}

/// What a worker can do with a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationAnswer {
    /// Take the task.
    Accept,
    /// Say no, and go to an activity if one is given.
    Reject(Option<ActivitySid>),
    /// Say that the contact is over and work on it is not.
    Wrap,
    /// Say that the work is done.
    Complete,
    /// Take the task by way of its call.
    Instruct(CallInstruction),
}

named! {
    /// The instructions that act on a task's call.
    pub enum CallInstruction {
        /// Bridge the caller to the worker.
        Dequeue = "dequeue",
        /// Call the worker with a document of the application's.
        Call = "call",
        /// Send the caller to a document of the application's.
        Redirect = "redirect",
        /// Bring caller and worker together in a conference.
        Conference = "conference",
        /// Let a supervisor listen in.
        Supervise = "supervise",
    }
}
