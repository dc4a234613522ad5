//! Everything that the engine may ask of the world.

use domain::{
    Address, ContentSid, ConversationMessageSid, FlowSid, InteractionSid, InviteSid, MessagingServiceSid,
    ParticipantSid, ReservationSid, TaskSid, Timestamp, WebhookSid, WorkerSid, named,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Command, HookEvent, MessageMedia, Notice, Origin, Refusal, Routing, Subject, Webhook};

/// What the world must do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Log what happened, tell live listeners and, where its origin is heard, the webhooks of account and service.
    Notify(Box<Notice>),
    /// Tell a webhook of the conversation what happened.
    NotifyWebhook(Box<Webhook>, Box<Notice>),
    /// Give a message to a flow: to its execution in this conversation, or to a new one.
    PassToFlow(Box<FlowMessage>),
    /// Ask the application whether this may happen; answered by `HookAnswered`, or by silence.
    AskPreHook(Box<HookQuestion>),
    /// Tell who waits what became of a command that an application was asked about.
    Settle(Box<Settlement>),
    /// Send a message to a participant behind an address; followed by `DeliveryReported`.
    SendToAddress(Box<OutboundMessage>),
    /// Create the task of an invite, once for each invite; answered by `TaskCreated` or `TaskRefused`.
    CreateTask(Box<TaskRequest>),
    /// End a task; one that has ended stays as it is.
    EndTask {
        /// The task.
        task_sid: TaskSid,
        /// How.
        how: TaskClosing,
    },
    /// Accept or reject a reservation for its agent; acceptance comes back as `ReservationAccepted`.
    AnswerReservation {
        /// The invite.
        invite_sid: InviteSid,
        /// The reservation.
        reservation_sid: ReservationSid,
        /// Whether the agent comes.
        is_accepted: bool,
    },
    /// Tell who asked for an interaction that its task exists, or why there is none.
    SettleInteraction {
        /// The interaction.
        interaction_sid: InteractionSid,
        /// By which the request is known.
        token: Option<String>,
        /// The task, or why there is none.
        task: Result<TaskSid, String>,
    },
}

/// A message for a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowMessage {
    /// The webhook by which the flow hears of it.
    pub webhook_sid: WebhookSid,
    /// The flow.
    pub flow_sid: FlowSid,
    /// How often a failed hand-over is repeated.
    pub retry_count: u32,
    /// The message, with the conversation as it was then.
    pub notice: Notice,
}

/// Numbers the questions to applications of one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuestionId(pub u64);

/// Something that an application is asked about before it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HookQuestion {
    /// The question; its answer carries the same.
    pub question: QuestionId,
    /// What is about to happen.
    pub event: HookEvent,
    /// The request for it; creations have the conversation's details beside it.
    pub command: Command,
    /// The conversation as it is.
    pub details: crate::Details,
    /// Who asked for it.
    pub origin: Origin,
    /// When silence counts as consent.
    pub deadline: Timestamp,
}

/// What became of a command that an application was asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    /// The question.
    pub question: QuestionId,
    /// The command as it was given: a message that finds its conversation closed belongs to another one.
    pub command: Command,
    /// What it created or changed, or why it was not done.
    pub result: Result<Subject, Refusal>,
}

/// A message to a participant behind an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboundMessage {
    /// The message of the conversation.
    pub message_sid: ConversationMessageSid,
    /// The participant.
    pub participant_sid: ParticipantSid,
    /// The participant's address.
    pub to: Address,
    /// Our address.
    pub from: Address,
    /// The messaging service that it goes through.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// The text.
    pub body: Option<String>,
    /// The media.
    pub media: Vec<MessageMedia>,
    /// The content template that stands for the text.
    pub content_sid: Option<ContentSid>,
    /// The values of the template's placeholders, as JSON text.
    pub content_variables: Option<String>,
}

/// A task for an invite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskRequest {
    /// The interaction.
    pub interaction_sid: InteractionSid,
    /// The invite, by which a repeated request is known.
    pub invite_sid: InviteSid,
    /// How the agent is sought.
    pub routing: Routing,
    /// The task's attributes, those of the routing among them.
    pub attributes: Map<String, Value>,
    /// The worker whose reservation is accepted without asking.
    pub accepted_for: Option<WorkerSid>,
}

named! {
    /// How a task is ended.
    pub enum TaskClosing {
        /// Nobody has accepted it.
        Cancel = "cancel",
        /// The agent still has work with it.
        Wrap = "wrapup",
        /// The agent is done with it.
        Complete = "closed",
    }
}
