//! Every request that can be refused: what the published API, flows and TaskRouter's instructions ask for.

mod call;
mod conference;
mod instruction;
mod queue;
mod recording;
mod stream;

use domain::{CallSid, ConferenceSid, QueueSid, RecordingSid, StreamSid};
use twiml::Verb;

use crate::Action;

pub use call::{CallRecordingWish, CreateCall, ModifyCall, WishedEnding};
pub use conference::{Announcement, CreateParticipant, EndConference, KickParticipant, UpdateParticipant};
pub use instruction::{
    AfterCall, Assignment, CallWorker, Dequeue, JoinWorker, Placing, RedirectCaller, Supervise, Supervision,
};
pub use queue::{CreateQueue, DeleteQueue, MemberName, PullMember, UpdateQueue};
pub use recording::{RecordingName, RecordingState, StartRecording, UpdateRecording};
pub use stream::{StartStream, StopStream, StreamName};

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Call somebody.
    CreateCall(Box<CreateCall>),
    /// Change a live call.
    ModifyCall(Box<ModifyCall>),
    /// Perform a flow's next verbs, whatever the call is doing; none of them hang up.
    Perform {
        /// The call.
        call: CallSid,
        /// The verbs.
        verbs: Vec<Verb>,
    },
    /// Make a queue.
    CreateQueue(CreateQueue),
    /// Change a queue.
    UpdateQueue(UpdateQueue),
    /// Remove an empty queue.
    DeleteQueue(DeleteQueue),
    /// Pull somebody out of a queue.
    PullMember(PullMember),
    /// End a conference.
    EndConference(EndConference),
    /// Play something to everybody in a conference.
    Announce(Announcement),
    /// Call somebody into a conference.
    CreateParticipant(Box<CreateParticipant>),
    /// Change a participant.
    UpdateParticipant(Box<UpdateParticipant>),
    /// Remove a participant.
    KickParticipant(KickParticipant),
    /// Record a call or a conference.
    StartRecording(Box<StartRecording>),
    /// Pause, resume or stop a recording.
    UpdateRecording(UpdateRecording),
    /// Send a call's audio to an application.
    StartStream(Box<StartStream>),
    /// Close a stream.
    StopStream(StopStream),
    /// Bridge a waiting caller with a worker.
    Dequeue(Box<Dequeue>),
    /// Bring a waiting caller and a worker together in a conference.
    JoinWorker(Box<JoinWorker>),
    /// Call a worker and let a document run on that leg.
    CallWorker(Box<CallWorker>),
    /// Send a waiting caller to a document.
    RedirectCaller(RedirectCaller),
    /// Let a supervisor listen, whisper or join in.
    Supervise(Box<Supervise>),
}

/// What a command did.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What the world must do.
    pub actions: Vec<Action>,
    /// What the command was about or has made.
    pub subject: Subject,
}

/// What a command was about or has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A call.
    Call(CallSid),
    /// A queue.
    Queue(QueueSid),
    /// A conference.
    Conference(ConferenceSid),
    /// A participant of a conference.
    Participant(ConferenceSid, CallSid),
    /// A recording.
    Recording(RecordingSid),
    /// A stream, with the name that it was given.
    Stream(StreamSid, Option<String>),
}
