//! Everything that the exchange may ask of the world, in groups by whom it is asked.

mod application;
mod leg;
mod media;
mod router;

use serde::{Deserialize, Serialize};

use crate::{Parameters, Record};
use domain::CallSid;

pub use application::{Notice, Question};
pub use leg::{Header, LegAction, Placement, SipTarget, Target};
pub use media::{Listening, MediaAction, Onto, RecordingOrder, Scene, Seat, Source, SpeechPart, StreamOrder};
pub use router::{RouterAction, TaskOrder};

/// What the world must do, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Do something with a leg's signalling.
    Leg(LegAction),
    /// Do something with audio.
    Media(MediaAction),
    /// Ask what comes next; answered by `DocumentReady` or `DocumentFailed`, or for a flow by `Command::Perform` too.
    Ask {
        /// The question's number; its answer carries the same.
        request: Request,
        /// The call that it is about. One that has ended is asked for all the same, and the answer ignored.
        call: CallSid,
        /// The question.
        question: Question,
    },
    /// Tell an application; nothing is answered. Notices of one call or conference go out in this order.
    Notify(Box<Notice>),
    /// Tell the flow that its call has ended; comes after the last question.
    TellCallEnded {
        /// The call.
        call: CallSid,
        /// Its parameters: `CallSid`, `CallStatus`, `CallDuration` …
        parameters: Parameters,
    },
    /// Ask something of the router.
    Router(RouterAction),
    /// Write a row.
    Changed(Record),
    /// Log what a document or a caller did wrong.
    Report {
        /// The call.
        call: CallSid,
        /// The published error code.
        code: u32,
        /// What was wrong, what is done, for people.
        message: String,
    },
}

/// The number of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Request(pub u64);

/// The number of something that is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Playback(pub u64);
