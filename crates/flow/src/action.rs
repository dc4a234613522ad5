//! Everything that an execution may ask of the world: the whole list.

mod call;
mod conversation;
mod http;

use domain::{Attributes, StepSid};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use twiml::Verb;

use crate::Step;

pub use call::{CallRecording, OutgoingCall};
pub use conversation::{ConversationRequest, InteractionRequest, ParticipantRequest, ResumeRequest};
pub use http::{
    HTTP_BODY_BYTES_MAX, HTTP_TIMEOUT_SECS, HTTP_TIMEOUT_SECS_MAX, HttpKind, HttpMethod, HttpRequest,
    HttpResponse,
};

/// What the shell must do for an execution, in the order given.
///
/// Each action that has a `request` is answered by one of the events that it names, once, whenever that is; an answer
/// that the execution does not wait for any longer does no harm. What belongs to a call reaches the execution whose
/// `call_sid` it is: `CallEnded`, a request to the flow's webhook that returns from another application, and the
/// verbs that an execution performs when it has ended already, which are followed by a hang-up. What is written in a
/// conversation reaches the execution whose `conversation_sid` it is, while that goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Sends a message; answered by `MessageAccepted` or `MessageRefused`, later perhaps by `DeliveryFailed`.
    SendMessage {
        /// The visit that asks; its answer carries the same.
        request: StepSid,
        /// What is to be sent.
        message: Box<OutgoingMessage>,
    },
    /// Creates a task; answered by `TaskCreated` or `TaskRefused`.
    CreateTask {
        /// The visit that asks; its answer carries the same.
        request: StepSid,
        /// The task as the widget describes it.
        task: Box<TaskRequest>,
    },
    /// Calls another system once, without a retry; answered by `HttpAnswered` or `HttpFailed`.
    ///
    /// Redirects are followed. What takes longer than its `timeout_secs` or answers with more than
    /// [`HTTP_BODY_BYTES_MAX`] has failed.
    RequestHttp {
        /// The visit that asks; its answer carries the same.
        request: StepSid,
        /// The request.
        http: Box<HttpRequest>,
    },
    /// Performs verbs on the execution's call, answering it first where it rings; answered by `VerbsPerformed` as soon
    /// as one of them would request its action, or when all are done, or by `VerbsRefused`.
    ///
    /// No verbs at all mean that the flow has ended and the call with it: it is hung up, and nothing is answered.
    /// A `Redirect` hands the call to another application; it comes back by a request to the flow's webhook with
    /// `FlowEvent=return`, whose parameters are then those of `VerbsPerformed`. In an execution without a call it is
    /// the message that is redirected.
    PerformVerbs {
        /// The visit that asks; its answer carries the same.
        request: StepSid,
        /// The verbs; none of them has an action of its own.
        verbs: Vec<Verb>,
    },
    /// Calls the contact; answered by `CallPlaced` or `CallRefused`. An answered call is the execution's own; one that
    /// `call_sid` does not name after the answer came too late for the flow, and is hung up.
    MakeCall {
        /// The visit that asks; its answer carries the same.
        request: StepSid,
        /// The call.
        call: Box<OutgoingCall>,
    },
    /// Begins a conversation whose messages reach the execution as `MessageReceived`; answered by `ConversationReady`
    /// or `ConversationRefused`.
    StartConversation {
        /// The visit that asks; its answer carries the same.
        request: StepSid,
        /// The conversation.
        conversation: Box<ConversationRequest>,
    },
    /// Lets the messages of a conversation reach the execution as `MessageReceived`; answered as `StartConversation`.
    ResumeConversation {
        /// The visit that asks; its answer carries the same.
        request: StepSid,
        /// The conversation.
        conversation: Box<ResumeRequest>,
    },
    /// Hands a conversation over by an interaction and its task; answered by `InteractionCreated` or
    /// `InteractionRefused`. Messages of the conversation do not reach flows while agents have it.
    CreateInteraction {
        /// The visit that asks; its answer carries the same.
        request: StepSid,
        /// The interaction.
        interaction: Box<InteractionRequest>,
    },
    /// Takes a message that no widget asked for before the execution ended as if it had just come in.
    PassOnMessage {
        /// The raw webhook parameters.
        payload: Map<String, Value>,
    },
    /// Records that a widget was left; also tells where an execution ended.
    RecordStep(Box<Step>),
}

impl Action {
    /// Returns what a widget asks for by the action, and what that is called in its step.
    pub(crate) fn input(&self) -> Option<(String, Value)> {
        let (name, value) = match self {
            Self::SendMessage { message, .. } => ("message", json!(message)),
            Self::CreateTask { task, .. } => ("task", json!(task)),
            Self::RequestHttp { http, .. } => ("request", json!(http)),
            Self::PerformVerbs { verbs, .. } => ("verbs", json!(verbs)),
            Self::MakeCall { call, .. } => ("call", json!(call)),
            Self::StartConversation { conversation, .. } => ("conversation", json!(conversation)),
            Self::ResumeConversation { conversation, .. } => ("conversation", json!(conversation)),
            Self::CreateInteraction { interaction, .. } => ("interaction", json!(interaction)),
            Self::PassOnMessage { .. } | Self::RecordStep(_) => return None,
        };
        Some((name.to_owned(), value))
    }
}

/// A message as a widget wrote it, with all templates rendered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OutgoingMessage {
    /// Our address, or the author's name on a chat channel.
    pub from: String,
    /// The contact's address.
    pub to: String,
    /// The text.
    pub body: String,
    /// Links of the media to send along.
    pub media_urls: Vec<String>,
    /// The messaging or chat service; `None` when the execution has none.
    pub service: Option<String>,
    /// The chat channel or conversation; `None` when the execution has none.
    pub channel: Option<String>,
    /// Attributes of the message, as text.
    pub attributes: Option<String>,
    /// The content template that stands for the body.
    pub content: Option<ContentTemplate>,
    /// Whether links in the body are shortened.
    pub are_urls_shortened: bool,
}

/// A content template and the values of its placeholders.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContentTemplate {
    /// The content's SID (`HX…`).
    pub sid: String,
    /// Values by placeholder, `{"1": "…"}`.
    pub variables: Map<String, Value>,
}

/// A task as Send to Flex asks for it, within the widget's limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskRequest {
    /// The workflow, as the flow's author named it: normally a SID.
    pub workflow: String,
    /// The task channel, as the flow's author named it: a SID or a unique name.
    pub task_channel: String,
    /// The attributes, a JSON object.
    pub attributes: Attributes,
    /// The priority; what a number means is the workspace's setting.
    pub priority: u32,
    /// How long the task may live, in seconds.
    pub timeout_secs: u32,
}
