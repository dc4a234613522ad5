//! Why a command was not done: a variant for each decision that a caller can make.

/// The kinds of thing that an exchange holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A call.
    Call,
    /// A queue.
    Queue,
    /// Somebody who waits in a queue.
    Member,
    /// A conference.
    Conference,
    /// Somebody in a conference.
    Participant,
    /// A recording.
    Recording,
    /// A stream of a call's audio.
    Stream,
}

impl std::fmt::Display for Noun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Noun::Call => "call",
            Noun::Queue => "queue",
            Noun::Member => "queue member",
            Noun::Conference => "conference",
            Noun::Participant => "participant",
            Noun::Recording => "recording",
            Noun::Stream => "stream",
        })
    }
}

/// Why a command was not done. A refused command has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The thing is not here: it never was, or it has ended and is history.
    #[error("no live {what} '{name}'")]
    NotFound {
        /// What was looked for.
        what: Noun,
        /// The SID or name as given.
        name: String,
    },
    /// A parameter's value can not be used: correct it.
    #[error("{parameter}: {reason}")]
    Invalid {
        /// The parameter's published name.
        parameter: &'static str,
        /// What was wrong, what is expected.
        reason: String,
    },
    /// The state of things does not allow it: bring them to another state first.
    #[error("{reason}")]
    WrongState {
        /// Which state stands in the way.
        reason: String,
    },
    /// A name is taken: choose another.
    #[error("{reason}")]
    Conflict {
        /// Which name, and by what it is taken.
        reason: String,
    },
}

impl Refusal {
    /// Makes the refusal of a thing that is not there.
    pub(crate) fn not_found(what: Noun, name: impl ToString) -> Self {
        Self::NotFound { what, name: name.to_string() }
    }

    /// Makes the refusal of a parameter's value.
    pub(crate) fn invalid(parameter: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { parameter, reason: reason.into() }
    }

    /// Makes the refusal that names the state in the way.
    pub(crate) fn wrong_state(reason: impl Into<String>) -> Self {
        Self::WrongState { reason: reason.into() }
    }
}
