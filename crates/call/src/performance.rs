//! Performances of verbs: one file each. A performance enters, hears signals, and says by a [`Step`] what comes next.

mod announce;
mod connect;
mod dial;
mod dial_conference;
mod dial_legs;
mod dial_queue;
mod enqueue;
mod gather;
mod leave;
mod record;
mod refer;
mod stage;
mod start;

use std::fmt::Debug;

use domain::{CallSid, RecordingSid, StreamSid};
use twiml::{Callback, Method, RejectReason, Verb};

use crate::{Parameters, Playback, TaskEnding};

pub(crate) use announce::{HOLD_MUSIC, is_published_music};
pub(crate) use dial_legs::named;
pub(crate) use stage::Stage;
pub(crate) use start::{end_stream, tell_of_stream};

/// A verb at work.
pub(crate) trait Perform: Debug + Send {
    /// Begins.
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step;

    /// Hears what happened.
    fn on_signal(&mut self, stage: &mut Stage<'_>, signal: Signal) -> Step;

    /// Is cut short: clears up, and returns what its action is to be told all the same.
    fn leave(&mut self, stage: &mut Stage<'_>, cut: Cut) -> Option<Told>;
}

/// What a performance says comes next.
#[derive(Debug)]
pub(crate) enum Step {
    /// It goes on.
    Continue,
    /// It is done; the next verb follows.
    Next,
    /// It is done; its action is asked, and what if it has none.
    Ask(Told, WithoutAction),
    /// Another document takes over.
    GoTo { url: String, method: Method },
    /// The call is over.
    HangUp,
    /// The caller is turned away.
    Reject(u16),
    /// The caller leaves the queue.
    LeaveQueue,
}

/// An action, and what it is told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) action: Callback,
    pub(crate) parameters: Parameters,
}

/// What follows where a verb has no action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithoutAction {
    /// The document itself is asked.
    SameDocument,
    /// The next verb follows.
    NextVerb,
}

/// Why a performance is cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The call has ended.
    HungUp,
    /// The call has ended since its audio was lost.
    MediaLost,
    /// Another program takes over.
    Redirected,
}

/// What a performance hears. Each verb names which kinds do not concern it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Signal {
    /// Something was played to its end, or can not be.
    PlaybackEnded(Playback),
    /// The time that it set has come.
    TimeReached,
    /// The caller pressed a key or spoke.
    Caller(Heard),
    /// Something became of a leg that it dialled.
    Leg(CallSid, LegNews),
    /// What it asked for is done: a recording, a transfer, a stream.
    Service(ServiceNews),
    /// Somebody came or left with whom the caller is to talk.
    Partner(PartnerNews),
    /// Something became of the caller's waiting.
    Queue(QueueNews),
}

/// What a caller did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    /// A key was pressed.
    Digit(char),
    /// The caller began to speak.
    SpeechBegan,
    /// The caller said something.
    Speech { text: String, confidence: Option<f32>, is_final: bool },
    /// Nobody listens.
    SpeechFailed,
}

/// What became of something that a verb asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ServiceNews {
    /// The silence that ends a recording has come.
    Silence { recording: RecordingSid, was_heard: bool },
    /// The other side was asked to transfer the call, and answered.
    Referred { status: u16, notified: Option<u16> },
    /// A stream is closed.
    StreamEnded(StreamSid),
}

/// Who came or left with whom a caller is to talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartnerNews {
    /// Somebody takes this caller out of the queue, to be connected at once.
    Picked { by: CallSid, is_recorded: bool },
    /// Somebody joined the queue that this call dials.
    QueueJoined,
    /// The caller who was picked is connected.
    Bridged(CallSid),
    /// Who is connected to this call, or was about to be, has left.
    Left(CallSid),
    /// The conference has ended for this participant.
    ConferenceLeft,
}

/// What became of a caller's waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QueueNews {
    /// The task was not created.
    TaskRefused { is_system_fault: bool, reason: String },
    /// The task has ended.
    TaskEnded(TaskEnding),
    /// What is heard while waiting can not be.
    WaitFailed,
    /// The caller asked to leave.
    Leave,
}

/// What becomes of a dialled leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LegNews {
    /// It rings.
    Rang,
    /// It sends audio before the answer.
    EarlyMedia,
    /// It is answered, and its whisper is over.
    Ready,
    /// It wants to be transferred to this address.
    Refers(String),
    /// It is gone.
    Ended(crate::CallStatus, Option<u16>),
}

/// Makes the performance of a verb.
pub(crate) fn of(verb: Verb) -> Box<dyn Perform> {
    match verb {
        Verb::Say(say) => Box::new(announce::Announce::of(say.into())),
        Verb::Play(play) => Box::new(announce::Announce::of(play.into())),
        Verb::Pause(pause) => Box::new(announce::Announce::of(pause.into())),
        Verb::Gather(gather) => Box::new(gather::Performance::new(gather)),
        Verb::Record(record) => Box::new(record::Performance::new(record)),
        Verb::Dial(dial) => dial::performance(dial),
        Verb::Enqueue(enqueue) => Box::new(enqueue::Performance::new(enqueue)),
        Verb::Leave(_) => Box::new(leave::At(|| Step::LeaveQueue)),
        Verb::Redirect(redirect) => {
            Box::new(leave::Redirecting { method: redirect.method(), url: redirect.url })
        }
        Verb::Reject(reject) => match reject.reason() {
            RejectReason::Rejected => Box::new(leave::At(|| Step::Reject(603))),
            RejectReason::Busy => Box::new(leave::At(|| Step::Reject(486))),
        },
        Verb::Hangup(_) => Box::new(leave::At(|| Step::HangUp)),
        Verb::Refer(refer) => Box::new(refer::Performance::new(refer)),
        Verb::Start(start) => Box::new(start::Start(start)),
        Verb::Stop(stop) => Box::new(start::Stop(stop)),
        Verb::Connect(connect) => Box::new(connect::Performance::new(connect)),
        Verb::Echo(_) => Box::new(connect::Echo),
        Verb::Pay(pay) => Box::new(leave::Unsupported {
            verb: "Pay",
            told: Told {
                action: Callback { url: pay.action, method: None },
                parameters: crate::parameters::pairs([("Result", "payment-connector-error".to_owned())]),
            },
        }),
        Verb::Sms(sms) => Box::new(leave::Unsupported {
            verb: "Sms",
            told: Told {
                action: sms.action,
                parameters: crate::parameters::pairs([("SmsStatus", "failed".to_owned())]),
            },
        }),
        Verb::Message(_) => Box::new(leave::Unsupported {
            verb: "Message",
            told: Told { action: Callback::default(), parameters: Parameters::new() },
        }),
    }
}
