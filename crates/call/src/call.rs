//! A call: one leg, what drives it, and how far it is.

use std::collections::BTreeMap;

use domain::{CallSid, StreamSid};
use twiml::{AnswerDetection, CallEvent, Stream};

use crate::run::{Lane, Run};
use crate::{Assignment, CallRecord, CallRecordingWish, CallStatus, Direction, Parameters, ProgressCallback};

/// How long a call may last unless said otherwise, in seconds.
pub(crate) const TIME_LIMIT_SECS: u32 = 14_400;

/// A live call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) facts: CallRecord,
    pub(crate) role: Role,
    /// What every request carries besides the standard parameters.
    pub(crate) parameters: Parameters,
    pub(crate) main: Run,
    pub(crate) aside: Option<Run>,
    /// Whether a flow has driven it, and so hears of its end.
    pub(crate) has_flow: bool,
    pub(crate) progress: Progress,
    pub(crate) wishes: Wishes,
    pub(crate) screening: Screening,
    /// What `<Start>` or `<Connect>` has going, by SID.
    pub(crate) streams: BTreeMap<StreamSid, OpenStream>,
}

/// Why a leg is there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Role {
    /// For itself: it came in, or the API asked for it.
    Own,
    /// For the call that dials it.
    Dialled(CallSid),
    /// For a task.
    Worker(Box<WorkerLeg>),
}

/// A worker's leg.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WorkerLeg {
    pub(crate) assignment: Assignment,
    /// The caller who waits for this worker.
    pub(crate) caller: Option<CallSid>,
    pub(crate) meeting: Meeting,
    /// Whether the reservation was accepted for it.
    pub(crate) is_accepted: bool,
}

/// How worker and caller come together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meeting {
    /// They are bridged.
    Bridge { is_recorded: bool },
    /// They meet in a conference; this is how the caller takes part.
    Conference { caller_seat: Box<twiml::Conference> },
    /// The worker's document brings them together.
    ByDocument,
}

/// What is done when a leg is answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Wishes {
    pub(crate) time_limit_secs: Option<u32>,
    pub(crate) send_digits: String,
    pub(crate) recording: Option<CallRecordingWish>,
    pub(crate) answer_detection: AnswerDetection,
}

/// How far it is known whether a person or a machine answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Screening {
    /// Whether the call's program waits for it.
    pub(crate) is_awaited: bool,
    /// How long it took to tell, once that was done.
    pub(crate) after_ms: Option<u64>,
}

/// Who is told how a call goes, and how much was told.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Progress {
    pub(crate) callback: Option<ProgressCallback>,
    pub(crate) sequence: u32,
}

/// A stream of a call's audio.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OpenStream {
    pub(crate) stream: Stream,
    /// Who is told of it, absolute.
    pub(crate) callback: Option<crate::Link>,
}

impl Call {
    /// Returns the program of a lane.
    pub(crate) fn run(&self, lane: Lane) -> Option<&Run> {
        match lane {
            Lane::Main => Some(&self.main),
            Lane::Aside => self.aside.as_ref(),
        }
    }

    /// Returns the program of a lane for changing.
    pub(crate) fn run_mut(&mut self, lane: Lane) -> Option<&mut Run> {
        match lane {
            Lane::Main => Some(&mut self.main),
            Lane::Aside => self.aside.as_mut(),
        }
    }

    /// Returns the program that hears what the caller presses and says.
    pub(crate) fn top_lane(&self) -> Lane {
        if self.aside.is_some() { Lane::Aside } else { Lane::Main }
    }

    /// Returns whether we placed the leg, and nobody has answered it yet.
    pub(crate) fn awaits_answer(&self) -> bool {
        self.facts.direction != Direction::Inbound && !self.is_answered()
    }

    /// Returns whether the leg was answered.
    pub(crate) fn is_answered(&self) -> bool {
        self.facts.status == CallStatus::InProgress
    }
}

impl Progress {
    /// Makes the progress of which nothing was told.
    pub(crate) fn of(callback: Option<ProgressCallback>) -> Progress {
        Progress { callback, sequence: 0 }
    }

    /// Returns whether anybody wants to be told of an event.
    pub(crate) fn wants(&self, event: CallEvent) -> bool {
        self.callback.as_ref().is_some_and(|callback| callback.events.contains(&event))
    }
}
