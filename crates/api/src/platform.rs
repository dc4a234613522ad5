//! What the API asks of the product: implemented by the server, and by a small fake in tests.

mod live_board;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use conversation::{Conversation, CreateConversation};
use domain::{
    Address, ApplicationSid, CallSid, ConversationSid, ExecutionSid, FlowSid, MediaSid, MessageSid,
    MessagingServiceSid, StepSid, Tick, Timestamp, UserDefinedMessageSid, WorkspaceSid,
};
use flow::{Execution, Step};
use router::{
    Command, CreateWorkspace, CumulativeStatistics, Notice, Refusal, Requester, StatisticsQuery, Subject,
    Workspace,
};
use serde_json::{Map, Value};
use store::{ConversationDelivery, Media, Message, SendOptions};
use tokio::sync::{broadcast, oneshot};
use twiml::Verb;

pub use self::live_board::LiveBoard;
use crate::instructions::Order;

/// A look at a workspace as it is committed; the look carries its own answer away.
pub type Look = Box<dyn FnOnce(&Workspace) + Send>;

/// A look at a conversation as it is committed; the look carries its own answer away.
pub type ConversationLook = Box<dyn FnOnce(&Conversation) + Send>;

/// What happens in all workspaces, from the moment of the subscription on: an item holds the notices of one commit.
///
/// The stream is bounded: who reads too slowly is told that something is missing, and must look at the workspace.
pub type Notices = broadcast::Receiver<Arc<Vec<Notice>>>;

/// What happens outside of workspaces, bounded as [`Notices`] are.
pub type LiveEvents = broadcast::Receiver<Arc<Vec<LiveEvent>>>;

/// The product behind the API. Everything it acknowledges is on disk.
#[async_trait]
pub trait Platform: Send + Sync + 'static {
    /// Returns the time with a source of fresh SIDs.
    fn tick(&self) -> Tick;

    /// Returns a fresh random secret of 32 hexadecimal digits.
    fn secret(&self) -> String;

    /// Has a workspace carry out somebody's command; returns what it created or changed once that is committed.
    async fn route(
        &self,
        workspace: WorkspaceSid,
        requester: Option<Requester>,
        command: Command,
    ) -> Result<Subject, Failure>;

    /// Has the call behind a task do what an instruction says; returns its reservation once that is begun.
    async fn instruct(&self, workspace: WorkspaceSid, order: Order) -> Result<Subject, Failure>;

    /// Has a workspace looked at; `NotFound` where there is none.
    async fn look(&self, workspace: WorkspaceSid, look: Look) -> Result<(), Failure>;

    /// Answers questions about the past of a workspace, each in its place.
    async fn statistics(
        &self,
        workspace: WorkspaceSid,
        queries: Vec<StatisticsQuery>,
    ) -> Result<Vec<CumulativeStatistics>, Failure>;

    /// Returns what has happened and how things stand, in the text format of Prometheus.
    async fn figures(&self) -> Result<String, Failure>;

    /// Subscribes to what happens in all workspaces; what is told is on disk.
    fn notices(&self) -> Notices;

    /// Subscribes to what happens elsewhere; what is told is on disk.
    fn live_events(&self) -> LiveEvents;

    /// Subscribes to what happens in one conversation; what is told is on disk.
    fn events_of(&self, conversation: ConversationSid) -> LiveEvents;

    /// Tells those who listen something that is not worth a row, such as that somebody types.
    fn tell(&self, event: LiveEvent);

    /// Keeps the content of a medium.
    async fn keep_medium(&self, medium: MediaSid, content: Vec<u8>) -> Result<(), Failure>;

    /// Returns the content of a medium; none where it was never kept.
    async fn medium(&self, medium: MediaSid) -> Result<Option<Vec<u8>>, Failure>;

    /// Creates a workspace.
    async fn create_workspace(&self, setup: CreateWorkspace) -> Result<WorkspaceSid, Failure>;

    /// Deletes a workspace and all in it.
    async fn delete_workspace(&self, workspace: WorkspaceSid) -> Result<(), Failure>;

    /// Returns the SIDs of all workspaces, oldest first.
    fn workspaces(&self) -> Vec<WorkspaceSid>;

    /// Starts an execution of a flow's published revision.
    async fn start_execution(&self, start: StartExecution) -> Result<ExecutionSid, Failure>;

    /// Stops an execution; one that has ended stays as it is.
    async fn stop_execution(&self, execution: ExecutionSid) -> Result<(), Failure>;

    /// Gives a flow what its webhook was told, and returns what the contact does next.
    async fn drive_flow(&self, request: FlowRequest) -> Result<FlowAnswer, Failure>;

    /// Tells whether a request was signed with the account's token.
    fn is_signed(&self, url: &str, form: &[(String, String)], signature: &str) -> bool;

    /// Takes a message that the loopback network brings, and owes it to its flow.
    async fn receive_message(&self, message: InboundMessage) -> Result<Message, Failure>;

    /// Takes a message that an application sends, and owes it to its carrier.
    async fn send_message(&self, message: OutboundMessage) -> Result<Message, Failure>;

    /// Chooses the number from which a messaging service writes to a contact.
    async fn choose_sender(&self, service: MessagingServiceSid, to: &Address) -> Result<Address, Failure>;

    /// Calls a scheduled message off.
    async fn cancel_message(&self, message: MessageSid) -> Result<Message, Failure>;

    /// Has the exchange carry out a command; returns what it made or changed.
    async fn command_call(&self, command: call::Command) -> Result<call::Subject, Failure>;

    /// Has the exchange carry out a command with `Program::Flow`: the flow drives the call from then on.
    async fn drive_call(&self, flow: FlowSid, command: call::Command) -> Result<call::Subject, Failure>;

    /// Sends the browser in a call a message.
    async fn message_device(
        &self,
        call: CallSid,
        sid: UserDefinedMessageSid,
        content: Value,
    ) -> Result<(), Failure>;

    /// Takes note that trunks were added, changed or removed.
    async fn reload_trunks(&self) -> Result<(), Failure>;

    /// Tells whether a place that a trunk sends calls to answered lately; nothing where that is not known yet.
    fn answers(&self, uri: &str) -> Option<bool>;

    /// Returns the folder of recordings, each in a file `RE….wav`.
    fn recordings(&self) -> &Path;

    /// Begins a conversation; where an application is asked first, this returns once it has agreed.
    async fn create_conversation(
        &self,
        create: CreateConversation,
        origin: conversation::Origin,
    ) -> Result<ConversationSid, Failure>;

    /// Has a conversation carry out a command; where an application is asked first, this returns once it has answered.
    async fn converse(
        &self,
        conversation: ConversationSid,
        command: conversation::Command,
        origin: conversation::Origin,
    ) -> Result<conversation::Subject, Failure>;

    /// Has a conversation looked at, open or closed; `NotFound` where there is none.
    async fn look_at_conversation(
        &self,
        conversation: ConversationSid,
        look: ConversationLook,
    ) -> Result<(), Failure>;
}

/// An execution to be started by request.
#[derive(Debug, Clone, PartialEq)]
pub struct StartExecution {
    /// The flow.
    pub flow: FlowSid,
    /// The contact's address.
    pub to: String,
    /// Our address.
    pub from: String,
    /// What becomes `flow.data`.
    pub parameters: Map<String, Value>,
}

/// What happened outside of workspaces.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveEvent {
    /// An execution began.
    ExecutionStarted(ExecutionFacts),
    /// An execution left a widget.
    StepEnded {
        /// The execution.
        execution: ExecutionSid,
        /// The flow that it runs.
        flow: FlowSid,
        /// The step.
        step: Box<Step>,
    },
    /// An execution came to its end.
    ExecutionEnded(ExecutionFacts),
    /// Something happened in a conversation.
    Conversation(Box<conversation::Notice>),
    /// Somebody types in a conversation.
    Typing {
        /// The conversation.
        conversation: ConversationSid,
        /// Who types.
        identity: String,
        /// When.
        at: Timestamp,
    },
}

impl LiveEvent {
    /// Returns the conversation in which it happened.
    fn conversation(&self) -> Option<ConversationSid> {
        match self {
            Self::Conversation(notice) => Some(notice.details.sid),
            Self::Typing { conversation, .. } => Some(*conversation),
            Self::ExecutionStarted(_) | Self::StepEnded { .. } | Self::ExecutionEnded(_) => None,
        }
    }
}

/// Which execution it is that something happened to.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionFacts {
    /// The execution.
    pub sid: ExecutionSid,
    /// The flow that it runs.
    pub flow: FlowSid,
    /// The revision of the flow.
    pub revision: u32,
    /// The contact's address.
    pub contact: String,
    /// Our address.
    pub ours: String,
    /// What began it.
    pub initiated_by: String,
    /// When it last changed.
    pub at: Timestamp,
}

impl ExecutionFacts {
    /// Takes the facts of an execution.
    pub fn of(execution: &Execution) -> Self {
        Self {
            sid: execution.sid(),
            flow: execution.flow_sid(),
            revision: execution.flow_revision(),
            contact: execution.contact_address().to_owned(),
            ours: execution.flow_address().to_owned(),
            initiated_by: execution.initiated_by().to_owned(),
            at: execution.date_updated(),
        }
    }
}

/// What a flow's webhook is told.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowRequest {
    /// The flow.
    pub flow: FlowSid,
    /// What it is about.
    pub contact: FlowContact,
    /// The raw webhook parameters.
    pub parameters: Map<String, Value>,
    /// The visit whose verbs are done.
    pub step: Option<StepSid>,
    /// Whether another application returns the contact.
    pub is_return: bool,
    /// Whether the contact only asks again, because the flow was busy before.
    pub is_waiting: bool,
}

/// What a request to a flow's webhook is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowContact {
    /// The call with this SID.
    Call(String),
    /// The message with this SID.
    Message(String),
}

/// What the contact of a flow does next.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowAnswer {
    /// Performs verbs, and comes back with what became of them.
    Perform {
        /// The visit that they belong to.
        step: StepSid,
        /// The verbs; none has an action of its own.
        verbs: Vec<Verb>,
    },
    /// Performs verbs, and that is the end.
    PerformLast(Vec<Verb>),
    /// Asks again in a moment: the flow is busy.
    AskAgain,
    /// Is told that the flow takes no second call of the same caller.
    Refuse,
    /// Nothing.
    Nothing,
}

/// A message that came in from a network.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundMessage {
    /// Who sent it.
    pub from: Address,
    /// The address of ours to which it was sent.
    pub to: Address,
    /// Its text.
    pub body: String,
    /// Its media.
    pub media: Vec<Media>,
    /// The sender's name on networks that have one.
    pub profile_name: Option<String>,
}

/// A message to be sent, as the application gave it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutboundMessage {
    /// Our address, or the SID of a messaging service; empty where `messaging_service` chooses.
    pub from: String,
    /// The messaging service that it goes through.
    pub messaging_service: Option<String>,
    /// Our address where the messaging service has none that fits.
    pub fallback_from: Option<String>,
    /// Who receives it.
    pub to: String,
    /// Its text.
    pub body: String,
    /// Where its media are.
    pub media_urls: Vec<String>,
    /// Where its progress is told.
    pub status_callback: Option<String>,
    /// The application that says where its progress is told.
    pub application: Option<ApplicationSid>,
    /// The content template that stands for text and media.
    pub content_sid: Option<String>,
    /// The values of the template's placeholders, as JSON text.
    pub content_variables: Option<String>,
    /// How it is sent.
    pub options: SendOptions,
    /// The message of a conversation that it carries.
    pub conversation: Option<ConversationDelivery>,
}

/// Why a request was not carried out; each becomes one row of the error catalogue.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The router said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The conversation said no.
    #[error(transparent)]
    Conversation(#[from] conversation::Refusal),
    /// What the request is about does not exist.
    #[error("not found")]
    NotFound,
    /// Another execution is active between the same addresses.
    #[error("execution {0} is active for this contact")]
    ExecutionRuns(ExecutionSid),
    /// The flow has no published revision to run.
    #[error("the flow has no published revision")]
    NotPublished,
    /// A parameter's value can not be used.
    #[error("{parameter}: {reason}")]
    Invalid {
        /// The parameter's published name.
        parameter: &'static str,
        /// What was wrong, what is expected.
        reason: String,
    },
    /// A message can not be sent.
    #[error("{parameter}: {reason}")]
    Message {
        /// The published code of the reason.
        code: u32,
        /// The parameter's published name.
        parameter: &'static str,
        /// What was wrong, what is expected.
        reason: String,
    },
    /// A call, queue or conference is not in a state that allows it.
    #[error("{0}")]
    WrongState(String),
    /// A name is taken.
    #[error("{0}")]
    Taken(String),
    /// More work waits than can be done soon; nothing was taken on.
    #[error("more work waits than can be done soon")]
    Busy,
    /// The database failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Failure {
    /// Makes the failure of a parameter's value.
    pub fn invalid(parameter: &'static str, reason: impl ToString) -> Self {
        Self::Invalid { parameter, reason: reason.to_string() }
    }
}

/// Looks at a conversation and returns what the look found.
pub async fn look_at_conversation<T: Send + 'static>(
    platform: &dyn Platform,
    conversation: ConversationSid,
    look: impl FnOnce(&Conversation) -> T + Send + 'static,
) -> Result<T, Failure> {
    let (answer, answered) = oneshot::channel();
    let carry_away: ConversationLook = Box::new(move |conversation| {
        // Whoever looks may have gone meanwhile.
        let _ = answer.send(look(conversation));
    });
    platform.look_at_conversation(conversation, carry_away).await?;
    answered.await.map_err(|_| Failure::NotFound)
}

/// Looks at a workspace and returns what the look found.
pub async fn look<T: Send + 'static>(
    platform: &dyn Platform,
    workspace: WorkspaceSid,
    look: impl FnOnce(&Workspace) -> T + Send + 'static,
) -> Result<T, Failure> {
    let (answer, answered) = oneshot::channel();
    let carry_away: Look = Box::new(move |workspace| {
        // Whoever looks may have gone meanwhile.
        let _ = answer.send(look(workspace));
    });
    platform.look(workspace, carry_away).await?;
    answered.await.map_err(|_| Failure::NotFound)
}
