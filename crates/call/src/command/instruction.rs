//! TaskRouter's voice instructions: how a worker and a waiting caller come together.

use domain::{CallSid, ReservationSid, TaskSid};
use twiml::Conference;

use crate::{Program, ProgressCallback, Target};

/// Whose leg it is, and what follows when the call is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The task.
    pub task: TaskSid,
    /// The reservation, accepted when the worker answers.
    pub reservation: ReservationSid,
    /// What becomes of the task when the call is over.
    pub after_call: AfterCall,
}

/// What becomes of a task when its call is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterCall {
    /// The worker wraps up.
    WrapUp,
    /// It is completed, and the worker goes into this activity, if one is named.
    Complete {
        /// The activity (`WA…`).
        post_work_activity: Option<String>,
    },
}

/// A leg to place to a worker or supervisor.
#[derive(Debug, Clone, PartialEq)]
pub struct Placing {
    /// Who is called.
    pub target: Target,
    /// Who is called, as records and requests show it.
    pub to: String,
    /// Who calls.
    pub from: String,
    /// How long it may ring, in seconds.
    pub timeout_secs: u32,
    /// Who is told how it goes.
    pub progress: Option<ProgressCallback>,
}

/// Bridge a waiting caller with a worker. Until the worker answers the caller keeps waiting.
#[derive(Debug, Clone, PartialEq)]
pub struct Dequeue {
    /// Whose leg it is.
    pub assignment: Assignment,
    /// The caller, who waits in a queue.
    pub caller: CallSid,
    /// The worker's leg.
    pub worker: Placing,
    /// Whether the talk is recorded.
    pub is_recorded: bool,
}

/// Bring a waiting caller and a worker together in a conference. The caller moves when the worker answers.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinWorker {
    /// Whose leg it is.
    pub assignment: Assignment,
    /// The caller, who waits in a queue or is in the conference already; `None` for a task without a call.
    pub caller: Option<CallSid>,
    /// The worker's leg.
    pub worker: Placing,
    /// How the worker takes part; the conference's name is the task's SID unless one is given.
    pub seat: Conference,
    /// Whether the conference ends when the caller leaves.
    pub ends_on_caller_exit: bool,
    /// Whether a tone is played when the caller comes.
    pub beeps_on_caller_entrance: bool,
}

/// Call a worker and let a document run on that leg.
#[derive(Debug, Clone, PartialEq)]
pub struct CallWorker {
    /// Whose leg it is.
    pub assignment: Assignment,
    /// The worker's leg.
    pub worker: Placing,
    /// What runs when the worker answers.
    pub program: Program,
    /// Whether the reservation is accepted at once.
    pub accepts: bool,
    /// Whether the leg is recorded.
    pub is_recorded: bool,
}

/// Send a waiting caller to a document.
#[derive(Debug, Clone, PartialEq)]
pub struct RedirectCaller {
    /// The reservation.
    pub reservation: ReservationSid,
    /// The caller.
    pub caller: CallSid,
    /// What runs for the caller from here on.
    pub program: Program,
    /// Whether the reservation is accepted at once.
    pub accepts: bool,
}

/// Let a supervisor listen, whisper or join in.
#[derive(Debug, Clone, PartialEq)]
pub struct Supervise {
    /// The task whose conference it is.
    pub task: TaskSid,
    /// The worker who is supervised, by the leg in the conference.
    pub worker: CallSid,
    /// The supervisor's leg.
    pub supervisor: Placing,
    /// How.
    pub mode: Supervision,
}

/// How a supervisor takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supervision {
    /// Hears all, is heard by nobody.
    Monitor,
    /// Hears all, is heard by the worker.
    Whisper,
    /// Takes part.
    Barge,
}
