//! Every fact that can come in.

use domain::{CallSid, ConferenceSid, RecordingSid, ReservationSid, StreamSid, TaskSid};
use serde::{Deserialize, Serialize};
use twiml::{AnsweredBy, Verb};

use crate::{Parameters, Playback, Program, ProgressCallback, Request};

/// A fact that came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Somebody calls us.
    CallArrived(Box<Arrival>),
    /// The other side of a placed leg is being alerted.
    LegRang {
        /// The leg.
        call: CallSid,
    },
    /// The other side of a placed leg sends audio before it answers.
    EarlyMediaBegan {
        /// The leg.
        call: CallSid,
    },
    /// The other side of a placed leg answered.
    LegAnswered {
        /// The leg.
        call: CallSid,
    },
    /// It is clear whether a person or a machine answered.
    AnswererKnown {
        /// The leg.
        call: CallSid,
        /// Who answered.
        answered_by: AnsweredBy,
        /// How long it took to tell, in milliseconds.
        after_ms: u64,
    },
    /// A placed leg was not answered, and will not be.
    LegFailed {
        /// The leg.
        call: CallSid,
        /// The SIP status; `None` where it never came that far.
        status: Option<u16>,
        /// Why, for people.
        reason: String,
    },
    /// The other side hung up, or gave up before the answer.
    LegHungUp {
        /// The leg.
        call: CallSid,
    },
    /// No audio comes in any longer, and the leg is given up.
    MediaLost {
        /// The leg.
        call: CallSid,
    },
    /// A key was pressed.
    DigitPressed {
        /// The leg.
        call: CallSid,
        /// The key: `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
    },
    /// The other side wants the call to be transferred.
    LegReferred {
        /// The leg.
        call: CallSid,
        /// Where to, as it was written.
        to: String,
    },
    /// The other side told what came of our own wish to transfer it.
    ReferAnswered {
        /// The leg.
        call: CallSid,
        /// The answer to the wish itself.
        status: u16,
        /// The status of the new call, as far as it was told.
        notified: Option<u16>,
    },
    /// What was played has been played to its end.
    PlaybackEnded {
        /// Which.
        playback: Playback,
    },
    /// What was to be played can not be.
    PlaybackFailed {
        /// Which.
        playback: Playback,
        /// Why, for people.
        reason: String,
    },
    /// A recording is complete and its file is there.
    RecordingEnded {
        /// Which.
        recording: RecordingSid,
        /// How long it is.
        duration_ms: u64,
        /// Whether nothing was heard.
        is_silent: bool,
    },
    /// In a recording that ends by silence, the silence has come.
    SilenceReached {
        /// Which.
        recording: RecordingSid,
        /// Whether anything was heard before.
        was_heard: bool,
    },
    /// Somebody who is listened to began to speak.
    SpeechBegan {
        /// The leg.
        call: CallSid,
    },
    /// What somebody who is listened to said.
    SpeechHeard {
        /// The leg.
        call: CallSid,
        /// The words.
        text: String,
        /// How sure the recogniser is, from 0 to 1.
        confidence: Option<f32>,
        /// Whether this is all, or only what was understood so far.
        is_final: bool,
    },
    /// Nobody listens: no recogniser is there, or it failed. Keys still count.
    SpeechFailed {
        /// The leg.
        call: CallSid,
        /// Why, for people.
        reason: String,
    },
    /// A participant of a conference began or ceased to speak.
    SpeakerChanged {
        /// The conference.
        conference: ConferenceSid,
        /// The participant.
        call: CallSid,
        /// Whether he speaks.
        is_speaking: bool,
    },
    /// A stream to an application is open.
    StreamStarted {
        /// Which.
        stream: StreamSid,
    },
    /// A stream to an application is closed, by whomever.
    StreamEnded {
        /// Which.
        stream: StreamSid,
        /// What went wrong, if anything did.
        error: Option<String>,
    },
    /// A question is answered: by an application's document or by a flow's next verbs.
    DocumentReady {
        /// The question.
        request: Request,
        /// The URL of the document that came in the end; empty from a flow.
        base_url: String,
        /// What to perform; nothing from a flow that has ended.
        verbs: Vec<Verb>,
    },
    /// A question has no answer, nor has its fallback.
    DocumentFailed {
        /// The question.
        request: Request,
        /// The published error code, such as 11200.
        code: u32,
        /// Why, for people.
        reason: String,
    },
    /// The task of a waiting call exists.
    TaskCreated {
        /// The call.
        call: CallSid,
        /// The task.
        task: TaskSid,
    },
    /// The task of a waiting call was not created.
    TaskRefused {
        /// The call.
        call: CallSid,
        /// Whose fault it is.
        fault: TaskFault,
        /// Why, for people.
        reason: String,
    },
    /// A task of a call has ended in the router.
    TaskEnded {
        /// The task.
        task: TaskSid,
        /// How.
        ending: TaskEnding,
    },
    /// A worker's reservation ended otherwise than by being accepted; a leg that rings for it is in vain.
    ReservationEnded {
        /// The reservation.
        reservation: ReservationSid,
    },
    /// The time of [`Exchange::next_timeout`](crate::Exchange::next_timeout) has come.
    TimeReached,
}

/// A call that comes in.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// The call and its leg.
    pub call: CallSid,
    /// Who calls: `+1555…`, `client:…`, `sip:…`.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// The name that the caller shows, if any.
    pub caller_name: Option<String>,
    /// Who forwarded the call, if that was told.
    pub forwarded_from: Option<String>,
    /// What all requests of this call carry besides: `SipDomain`, `SipHeader_X-…`, a client's own pairs.
    pub parameters: Parameters,
    /// What drives the call.
    pub program: Program,
    /// Who is told how it goes.
    pub progress: Option<ProgressCallback>,
    /// The number's SID (`PN…`), for the record.
    pub phone_number_sid: Option<String>,
}

/// Whose fault it is that there is no task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskFault {
    /// What was asked for can not be: an unknown workflow, attributes that are no JSON.
    Request,
    /// The router did not work.
    System,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskEnding {
    /// It lived for as long as it might.
    TimedOut,
    /// It was canceled or deleted.
    Canceled,
    /// It was completed.
    Completed,
}
