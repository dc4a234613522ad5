//! Instructions: what a worker or an application may ask for with the call behind a task.
//!
//! REST and the worker SDK spell them as parameters (`DequeueTo`), the answer of an assignment callback as members
//! (`to`); both are read here into one value, which whoever performs calls carries out.

mod conference;
mod fields;

use domain::{ActivitySid, CallSid, ReservationSid};
use router::{CallInstruction, ReservationAnswer};

use crate::error::ApiError;
use crate::parameters::Parameters;

use self::fields::Fields;

pub use self::conference::{Beep, Callback, Conference};
pub use self::fields::Method;

/// The longest that a phone may ring, in seconds.
const TIMEOUT_MAX: u32 = 999;

/// How long a phone rings where nothing is said.
const TIMEOUT_DEFAULT: u32 = 60;

/// What is to become of a reservation.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// The worker answers it, or moves it on.
    Answer(ReservationAnswer),
    /// Something is done with the call behind its task.
    Instruct(Instruction),
}

/// An instruction with the reservation by which it reaches its call.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The reservation.
    pub reservation: ReservationSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
    /// What to do.
    pub instruction: Instruction,
}

/// What is to be done with the call behind a task.
#[derive(Debug, Clone, PartialEq)]
pub enum Instruction {
    /// Bridge the caller to the worker.
    Dequeue(Dequeue),
    /// Call the worker with a document of the application's.
    Call(WorkerCall),
    /// Send the caller to a document of the application's.
    Redirect(Redirect),
    /// Bring caller and worker together in a conference.
    Conference(Box<Conference>),
    /// Let a supervisor listen in.
    Supervise(Supervise),
}

/// How the caller is bridged to the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dequeue {
    /// Whom to call; default the worker's `contact_uri`.
    pub to: Option<String>,
    /// What the worker sees; default the number that the caller dialled.
    pub from: Option<String>,
    /// What the worker does after the call.
    pub post_work_activity_sid: Option<ActivitySid>,
    /// Whether the call is recorded from its answer on.
    pub record: bool,
    /// How long the worker's phone rings.
    pub timeout_secs: u32,
    /// Where the progress of the worker's call is told.
    pub status_callback_url: Option<String>,
    /// What of it is told.
    pub status_callback_events: Vec<String>,
}

/// How the worker is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCall {
    /// What the worker sees.
    pub from: String,
    /// The document that says what happens in the call.
    pub url: String,
    /// Whom to call; default the worker's `contact_uri`.
    pub to: Option<String>,
    /// Whether the answer of the call accepts the reservation.
    pub accepts: bool,
    /// Whether the call is recorded from its answer on.
    pub record: bool,
    /// How long the worker's phone rings.
    pub timeout_secs: u32,
    /// Where the progress of the call is told.
    pub status_callback_url: Option<String>,
}

/// Where the caller is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The caller's call.
    pub call_sid: CallSid,
    /// The document that says what happens next.
    pub url: String,
    /// Whether that accepts the reservation.
    pub accepts: bool,
}

/// How a supervisor listens in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervise {
    /// The supervisor: the SID of a worker, or an address to call.
    pub supervisor: String,
    /// What the supervisor can do.
    pub mode: SupervisorMode,
}

/// What a supervisor can do in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SupervisorMode {
    /// Hear all, and be heard by nobody.
    Monitor,
    /// Be heard by the worker alone.
    Whisper,
    /// Be heard by all.
    Barge,
}

impl Instruction {
    /// Returns its name.
    pub fn name(&self) -> CallInstruction {
        match self {
            Self::Dequeue(_) => CallInstruction::Dequeue,
            Self::Call(_) => CallInstruction::Call,
            Self::Redirect(_) => CallInstruction::Redirect,
            Self::Conference(_) => CallInstruction::Conference,
            Self::Supervise(_) => CallInstruction::Supervise,
        }
    }

    /// Reads the parameters of REST and the worker SDK.
    pub(crate) fn of_parameters(name: CallInstruction, parameters: &Parameters) -> Result<Self, ApiError> {
        let prefix = match name {
            CallInstruction::Dequeue => "Dequeue",
            CallInstruction::Call => "Call",
            CallInstruction::Redirect => "Redirect",
            CallInstruction::Conference | CallInstruction::Supervise => "",
        };
        Self::read(name, &Fields::new(parameters, prefix))
    }

    /// Reads the members of an assignment callback's answer.
    pub(crate) fn of_answer(name: CallInstruction, parameters: &Parameters) -> Result<Self, ApiError> {
        Self::read(name, &Fields::new(parameters, ""))
    }

    fn read(name: CallInstruction, fields: &Fields<'_>) -> Result<Self, ApiError> {
        Ok(match name {
            CallInstruction::Dequeue => Self::Dequeue(dequeue(fields)?),
            CallInstruction::Call => Self::Call(worker_call(fields)?),
            CallInstruction::Redirect => Self::Redirect(redirect(fields)?),
            CallInstruction::Conference => Self::Conference(Box::new(conference::read(fields)?)),
            CallInstruction::Supervise => Self::Supervise(supervise(fields)?),
        })
    }
}

fn dequeue(fields: &Fields<'_>) -> Result<Dequeue, ApiError> {
    // REST names one event a parameter, the worker SDK and callbacks name them in the plural.
    let events = ["StatusCallbackEvent", "StatusCallbackEvents"];
    Ok(Dequeue {
        to: fields.text("To"),
        from: fields.text("From"),
        post_work_activity_sid: fields.parsed("PostWorkActivitySid")?,
        record: records_from_answer(fields)?,
        timeout_secs: timeout(fields)?,
        status_callback_url: fields.text("StatusCallbackUrl"),
        status_callback_events: fields.call_events(&events)?,
    })
}

fn worker_call(fields: &Fields<'_>) -> Result<WorkerCall, ApiError> {
    Ok(WorkerCall {
        from: fields.required("From")?,
        url: fields.required("Url")?,
        to: fields.text("To"),
        accepts: fields.flag("Accept", false)?,
        record: records_from_answer(fields)?,
        timeout_secs: timeout(fields)?,
        status_callback_url: fields.text("StatusCallbackUrl"),
    })
}

fn redirect(fields: &Fields<'_>) -> Result<Redirect, ApiError> {
    Ok(Redirect {
        call_sid: fields.required_as("CallSid")?,
        url: fields.required("Url")?,
        accepts: fields.flag("Accept", false)?,
    })
}

fn supervise(fields: &Fields<'_>) -> Result<Supervise, ApiError> {
    let modes = [
        ("monitor", SupervisorMode::Monitor),
        ("whisper", SupervisorMode::Whisper),
        ("barge", SupervisorMode::Barge),
    ];
    Ok(Supervise {
        supervisor: fields.required("Supervisor")?,
        mode: fields.one_of("SupervisorMode", &modes)?.unwrap_or(SupervisorMode::Monitor),
    })
}

fn records_from_answer(fields: &Fields<'_>) -> Result<bool, ApiError> {
    let choices = [("record-from-answer", true), ("do-not-record", false)];
    Ok(fields.one_of("Record", &choices)?.unwrap_or(false))
}

fn timeout(fields: &Fields<'_>) -> Result<u32, ApiError> {
    Ok(fields.number("Timeout", 1..=TIMEOUT_MAX)?.unwrap_or(TIMEOUT_DEFAULT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dequeue_reads_the_same_from_rest_and_from_a_callback() {
        let rest = "DequeueTo=client:bob&DequeueRecord=record-from-answer&DequeueStatusCallbackEvent=ringing\
                    &DequeueStatusCallbackEvent=answered";
        let rest = Instruction::of_parameters(CallInstruction::Dequeue, &form(rest)).unwrap();
        let body = serde_json::json!({
            "to": "client:bob", "record": "record-from-answer", "status_callback_events": "ringing,answered",
        });
        let answer = Parameters::from_object(body.as_object().unwrap());
        assert_eq!(rest, Instruction::of_answer(CallInstruction::Dequeue, &answer).unwrap());
        let Instruction::Dequeue(dequeue) = rest else { panic!("{rest:?}") };
        assert_eq!((dequeue.timeout_secs, dequeue.record, dequeue.from), (60, true, None));
    }

    #[test]
    fn a_conference_has_its_published_defaults() {
        let read = Instruction::of_parameters(CallInstruction::Conference, &form("")).unwrap();
        let Instruction::Conference(conference) = read else { panic!("{read:?}") };
        assert!(conference.start_conference_on_enter && conference.early_media);
        assert_eq!((conference.max_participants, conference.beep), (250, Beep::Always));
        assert_eq!((conference.wait_method, conference.status_callback_method), (Method::Post, Method::Post));
    }

    #[test]
    fn what_can_not_be_performed_is_refused_by_name() {
        for (name, text, word) in [
            (CallInstruction::Call, "CallUrl=http://a", "CallFrom"),
            (CallInstruction::Redirect, "RedirectUrl=http://a", "RedirectCallSid"),
            (CallInstruction::Dequeue, "DequeueTimeout=1000", "999"),
            (CallInstruction::Dequeue, "DequeueStatusCallbackEvent=sung", "sung"),
            (CallInstruction::Conference, "MaxParticipants=1", "250"),
            (CallInstruction::Conference, "Beep=loud", "onEnter"),
            (CallInstruction::Conference, "Region=xx1", "us1"),
            (CallInstruction::Supervise, "SupervisorMode=barge", "Supervisor"),
            (CallInstruction::Supervise, "Supervisor=WK&SupervisorMode=sing", "whisper"),
        ] {
            let refused = format!("{:?}", Instruction::of_parameters(name, &form(text)).unwrap_err());
            assert!(refused.contains(word), "{text}: {refused}");
        }
    }

    fn form(text: &str) -> Parameters {
        Parameters::parse(text.as_bytes()).unwrap()
    }
}
