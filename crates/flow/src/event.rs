//! Every fact that can reach an execution.

use domain::StepSid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::HttpResponse;

/// A fact that came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The contact, or anybody in the execution's conversation, wrote; `payload` holds the raw webhook parameters.
    MessageReceived {
        /// The parameters: `Body`, `From`, `To`, `MessageSid` …
        payload: Map<String, Value>,
    },
    /// The message was taken on for sending.
    MessageAccepted {
        /// The visit whose message it is.
        request: StepSid,
        /// The message's fields as the published API spells them, capitalised: `Sid`, `Status`, `Body` …
        outbound: Map<String, Value>,
    },
    /// The message was not taken on.
    MessageRefused {
        /// The visit whose message it is.
        request: StepSid,
        /// The published error code.
        code: u32,
        /// Why, for people.
        reason: String,
    },
    /// A message that had been accepted could not be delivered.
    DeliveryFailed {
        /// The visit whose message it is.
        request: StepSid,
        /// The published error code.
        code: u32,
        /// Why, for people.
        reason: String,
    },
    /// The task exists.
    TaskCreated {
        /// The visit that asked for it.
        request: StepSid,
        /// The task's fields as the published API spells them: `sid`, `age`, `attributes` (text) …
        task: Map<String, Value>,
    },
    /// The task was not created.
    TaskRefused {
        /// The visit that asked for it.
        request: StepSid,
        /// Why, for people.
        reason: String,
    },
    /// The other system answered, whatever its status.
    HttpAnswered {
        /// The visit that called it.
        request: StepSid,
        /// The answer.
        response: Box<HttpResponse>,
    },
    /// The other system did not answer, not in time, or too much.
    HttpFailed {
        /// The visit that called it.
        request: StepSid,
        /// Why, for people.
        reason: String,
    },
    /// The verbs are done, or one of them requested its action.
    VerbsPerformed {
        /// The visit that asked for them.
        request: StepSid,
        /// The parameters of that request, or the call's where none was made: `CallSid`, `CallStatus`, `Digits`,
        /// `DialCallStatus`, `QueueResult` … A queue adds `TaskSid` and `Age` where there was a task.
        parameters: Map<String, Value>,
    },
    /// The verbs can not be performed.
    VerbsRefused {
        /// The visit that asked for them.
        request: StepSid,
        /// Why, for people.
        reason: String,
    },
    /// The call that a widget asked for was answered, or was not: `CallStatus` says which.
    CallPlaced {
        /// The visit that asked for it.
        request: StepSid,
        /// The call's parameters: `CallSid`, `CallStatus`, `AnsweredBy` …
        parameters: Map<String, Value>,
    },
    /// The call that a widget asked for can not be made.
    CallRefused {
        /// The visit that asked for it.
        request: StepSid,
        /// Why, for people.
        reason: String,
    },
    /// The execution's call has ended, by whomever; comes after the `VerbsPerformed` of an action that ended with it.
    CallEnded {
        /// The call's parameters: `CallSid`, `CallStatus`, `CallDuration` …
        parameters: Map<String, Value>,
    },
    /// The conversation exists, and its messages reach the execution.
    ConversationReady {
        /// The visit that asked for it.
        request: StepSid,
        /// The conversation's fields as the published API spells them, with its `participants`.
        conversation: Map<String, Value>,
        /// The webhook by which its messages reach the execution.
        webhook_sid: String,
    },
    /// The conversation can not be begun or resumed.
    ConversationRefused {
        /// The visit that asked for it.
        request: StepSid,
        /// Why, for people.
        reason: String,
    },
    /// The interaction and its task exist.
    InteractionCreated {
        /// The visit that asked for it.
        request: StepSid,
        /// The interaction's fields as the published API spells them: `sid`, `channel`, `routing` with the task …
        interaction: Map<String, Value>,
    },
    /// The interaction or its task was not created.
    InteractionRefused {
        /// The visit that asked for it.
        request: StepSid,
        /// Why, for people.
        reason: String,
    },
    /// The time of `next_timeout` has come.
    TimeReached,
    /// Somebody ends the execution by hand.
    StopRequested,
}
