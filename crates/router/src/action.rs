//! Everything that the engine may ask of the world.

use serde::{Deserialize, Serialize};

use crate::{Notice, OnTaskEnd, OnTaskEndWaitingCall, Reservation, ReservationStatus, Task, WorkerSnapshot};

/// What the world must do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Log what happened, and tell the event callback and live listeners.
    Announce(Box<Notice>),
    /// Ask the worker: by the workflow's assignment callback, where it has one.
    OfferReservation(Box<Offer>),
    /// Take back what was asked of the worker: stop ringing, close the invite.
    RescindReservation(Box<Withdrawal>),
    /// Do what the policy says with the contact of a task that has ended.
    ReleaseContact(Box<ContactRelease>),
}

/// An offer to a worker, with what the assignment callback says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The reservation.
    pub reservation: Reservation,
    /// The task.
    pub task: Task,
    /// The worker.
    pub worker: WorkerSnapshot,
    /// The workflow's assignment callback, if it has one.
    pub assignment_callback_url: Option<String>,
    /// The callback to ask when that fails.
    pub fallback_assignment_callback_url: Option<String>,
}

/// An offer taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The reservation as it ended.
    pub reservation: Reservation,
    /// How it ended: timed out, canceled or rescinded.
    pub status: ReservationStatus,
}

/// A task that has ended, with the policies for its contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactRelease {
    /// The task as it ended.
    pub task: Task,
    /// What follows for an open conversation.
    pub on_task_end: OnTaskEnd,
    /// What becomes of a caller who still waits.
    pub on_task_end_waiting_call: OnTaskEndWaitingCall,
}
