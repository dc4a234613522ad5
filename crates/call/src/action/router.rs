//! What is asked of the router for the tasks of calls.

use domain::{Attributes, CallSid, ReservationSid, TaskSid};
use serde_json::{Map, Value};

/// What is asked of the router.
#[derive(Debug, Clone, PartialEq)]
pub enum RouterAction {
    /// Create the task of a waiting call; answered by `TaskCreated` or `TaskRefused`, later by `TaskEnded`.
    CreateTask(Box<TaskOrder>),
    /// Cancel a task whose caller is gone.
    CancelTask {
        /// The task.
        task: TaskSid,
        /// Why.
        reason: String,
    },
    /// Accept a reservation, since the worker has answered.
    AcceptReservation {
        /// The reservation.
        reservation: ReservationSid,
    },
    /// Take note that the worker's leg was not answered; the reservation goes its own way.
    ReportUnanswered {
        /// The reservation.
        reservation: ReservationSid,
        /// The worker's leg.
        call: CallSid,
        /// How it ended: `busy`, `no-answer`, `failed`, `canceled`.
        status: String,
    },
    /// Merge keys into a task's attributes.
    UpdateAttributes {
        /// The task.
        task: TaskSid,
        /// The keys.
        attributes: Map<String, Value>,
    },
    /// Let the worker wrap up, since the call is over.
    WrapUp {
        /// The task.
        task: TaskSid,
        /// The reservation.
        reservation: ReservationSid,
    },
    /// Complete the task, since the call is over.
    CompleteTask {
        /// The task.
        task: TaskSid,
        /// The reservation.
        reservation: ReservationSid,
        /// The worker's activity afterwards (`WA…`), if one was named.
        post_work_activity: Option<String>,
    },
}

/// A task for a waiting call.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskOrder {
    /// The call.
    pub call: CallSid,
    /// The workflow, as it was named.
    pub workflow: String,
    /// The call's own keys, overridden by the author's.
    pub attributes: Attributes,
    /// The priority.
    pub priority: u32,
    /// How long the task may live; without limit if `None`.
    pub timeout_secs: Option<u32>,
}
