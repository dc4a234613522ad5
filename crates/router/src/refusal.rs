//! Why a command was not done: a variant for each decision that a caller can make.

use domain::{ReservationSid, named};

use crate::{ReservationStatus, UnknownName};

named! {
    /// The kinds of thing that a workspace holds.
    pub enum Noun {
        /// The workspace itself.
        Workspace = "workspace",
        /// An activity.
        Activity = "activity",
        /// A task channel.
        TaskChannel = "task channel",
        /// A worker.
        Worker = "worker",
        /// A worker's channel.
        WorkerChannel = "worker channel",
        /// A task queue.
        TaskQueue = "task queue",
        /// A workflow.
        Workflow = "workflow",
        /// A task.
        Task = "task",
        /// A reservation.
        Reservation = "reservation",
        /// A transfer.
        Transfer = "transfer",
    }
}

/// Why a command was not done. A refused command has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The thing that the command is about does not exist here: look elsewhere (ended tasks are history).
    #[error("no {what} '{sid}' in this workspace")]
    NotFound {
        /// What was looked for.
        what: Noun,
        /// The SID or unique name as given.
        sid: String,
    },
    /// A parameter's value can not be used: correct it.
    #[error("{parameter}: {reason}")]
    Invalid {
        /// The parameter's published name.
        parameter: &'static str,
        /// What was wrong, what is expected.
        reason: String,
    },
    /// A name is taken: choose another.
    #[error("{reason}")]
    Conflict {
        /// Which name, and by what it is taken.
        reason: String,
    },
    /// The state of things does not allow it: bring them to another state first.
    #[error("{reason}")]
    WrongState {
        /// Which state stands in the way.
        reason: String,
    },
    /// The thing has changed since the caller read it: read it again.
    #[error("the version is {actual}, If-Match asked for {expected}; read the resource again")]
    PreconditionFailed {
        /// The version in If-Match.
        expected: u64,
        /// The version at hand.
        actual: u64,
    },
    /// The offer was withdrawn before the answer came: forget it.
    #[error("reservation {reservation} is {status} and can not be answered any more")]
    Gone {
        /// The reservation.
        reservation: ReservationSid,
        /// How it ended.
        status: ReservationStatus,
    },
    /// The instruction needs a call and the task has none: accept it plainly.
    #[error(
        "the {instruction} instruction can only be issued on a task that was created using the <Enqueue> TwiML verb"
    )]
    NoCall {
        /// The instruction's name.
        instruction: &'static str,
    },
}

impl Refusal {
    /// Makes the refusal of a thing that is not there.
    pub(crate) fn not_found(what: Noun, sid: impl ToString) -> Self {
        Self::NotFound { what, sid: sid.to_string() }
    }

    /// Makes the refusal of a parameter's value.
    pub(crate) fn invalid(parameter: &'static str, reason: impl ToString) -> Self {
        Self::Invalid { parameter, reason: reason.to_string() }
    }

    /// Makes the refusal that names the state in the way.
    pub(crate) fn wrong_state(reason: impl Into<String>) -> Self {
        Self::WrongState { reason: reason.into() }
    }
}

/// Checks the version that the caller read against the one at hand.
pub(crate) fn check_version(if_match: Option<u64>, actual: u64) -> Result<(), Refusal> {
    match if_match {
        Some(expected) if expected != actual => Err(Refusal::PreconditionFailed { expected, actual }),
        Some(_) | None => Ok(()),
    }
}

/// Reads a value by its published name, for shells that parse parameters.
pub fn parse_named<T: std::str::FromStr<Err = UnknownName>>(
    parameter: &'static str,
    text: &str,
) -> Result<T, Refusal> {
    text.parse().map_err(|error: UnknownName| Refusal::invalid(parameter, error))
}
