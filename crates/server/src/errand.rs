//! Errands: what one part of the house owes another, or the world, kept in the outbox until it is done.

use std::borrow::Cow;

use api::payloads;
use domain::{ConversationSid, ExecutionSid, FlowSid, MessageSid, StepSid, TaskSid};
use router::{CreateTask, Task, Workspace};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::callbacks::{AssignmentCallback, EventCallback};
use crate::clock;
use crate::conversations::{
    self, Delivery, FlowAsker, FlowOrder, HookCall, HookInquiry, InteractionNews, InviteOrder,
    ReservationOrder,
};
use crate::requests::HttpOrder;
use crate::voice::{CallNotice, CallOrder, PlacedCall};

/// What is owed, and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Errand {
    /// A message came in: the flow of its number takes it.
    TakeMessage {
        /// The message.
        message: MessageSid,
        /// The two addresses of the contact.
        contact: Contact,
    },
    /// A message that nothing asked for before its execution ended: the flow takes it as if it had just come in.
    PassOnMessage {
        /// The flow.
        flow: FlowSid,
        /// The two addresses of the contact.
        contact: Contact,
        /// The message's parameters.
        payload: Map<String, Value>,
    },
    /// An execution learns what came of something it asked for.
    TellExecution {
        /// The execution.
        execution: ExecutionSid,
        /// The two addresses of the execution's contact.
        contact: Contact,
        /// What came of it.
        event: flow::Event,
    },
    /// A workspace creates a task for an execution.
    CreateTask(Box<TaskOrder>),
    /// Another system answers a request of an execution.
    RequestHttp(Box<HttpOrder>),
    /// An application learns of an event of its workspace.
    TellEvent(Box<EventCallback>),
    /// An application says what a worker does with an offer.
    AskForInstruction(Box<AssignmentCallback>),
    /// Somebody is called for an execution.
    PlaceCall(Box<CallOrder>),
    /// An execution learns whether the call that was placed for it is answered.
    AwaitCall(Box<PlacedCall>),
    /// An application learns how a call goes.
    TellOfCall(Box<CallNotice>),
    /// A number takes a message that a conversation has taken too.
    GiveToNumber {
        /// The message.
        message: MessageSid,
        /// The two addresses of the contact.
        contact: Contact,
    },
    /// A conversation learns what happened.
    TellConversation {
        /// The conversation.
        conversation: ConversationSid,
        /// What happened.
        event: Box<conversation::Event>,
    },
    /// A flow hears of a message in a conversation.
    PassToFlow {
        /// The conversation.
        conversation: ConversationSid,
        /// The message.
        message: Box<conversation::FlowMessage>,
    },
    /// A conversation does what an execution asks of it.
    FillOrder(Box<FlowOrder>),
    /// An execution learns what became of the interaction that it asked for.
    TellOfInteraction {
        /// The execution.
        asker: Box<FlowAsker>,
        /// What became of it.
        news: Box<InteractionNews>,
    },
    /// An application learns what happened in a conversation.
    CallHook(Box<HookCall>),
    /// An application says whether something may happen in a conversation.
    AskHook(Box<HookInquiry>),
    /// A message of a conversation goes to an address.
    SendFromConversation(Box<Delivery>),
    /// A workspace creates the task of an invite.
    CreateTaskOfInvite(Box<InviteOrder>),
    /// A workspace ends the task of an invite.
    EndTaskOfInvite {
        /// The conversation.
        conversation: ConversationSid,
        /// The task.
        task: TaskSid,
        /// How.
        how: conversation::TaskClosing,
    },
    /// A reservation is answered by way of its invite.
    AnswerReservation(ReservationOrder),
    /// The application behind a number answers a message.
    AnswerMessage {
        /// The message.
        message: MessageSid,
    },
    /// An application learns how far its message got.
    TellOfMessage {
        /// The message whose news keep their order.
        message: MessageSid,
        /// What it learns.
        callback: Box<EventCallback>,
    },
    /// A carrier sends a message; its SID is the token that makes a second send harmless.
    SendMessage {
        /// The message.
        message: MessageSid,
        /// The two addresses between which it goes.
        contact: Contact,
    },
}

/// A task that an execution asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TaskOrder {
    /// The execution that asks.
    pub(crate) execution: ExecutionSid,
    /// The two addresses of the execution's contact.
    pub(crate) contact: Contact,
    /// The visit that asks.
    pub(crate) request: StepSid,
    /// The task.
    pub(crate) task: flow::TaskRequest,
}

/// A task for whoever asks: it is created, and the outcome owed, in one commit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TaskWish {
    /// For an execution.
    Execution(TaskOrder),
    /// For an invite of a conversation.
    Invite(InviteOrder),
}

/// Two addresses between which messages keep their order: the other side's and ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Contact {
    /// The other side's address.
    pub(crate) theirs: String,
    /// Our address.
    pub(crate) ours: String,
}

/// Where an errand is done.
pub(crate) enum Way<'a> {
    /// In the lane of a contact's flow.
    FlowLane(Cow<'a, Contact>),
    /// Behind the messages between the same two addresses, which a carrier may keep waiting for hours.
    Pair(&'a Contact),
    /// In the lane of a contact's messages: a slow carrier must not hold up the flow of the same contact.
    CarrierLane(Cow<'a, Contact>),
    /// In the lane of what is told of a message: a slow application must not hold up any carrier.
    TellingLane(MessageSid),
    /// In the lane of a call or conference.
    CallLane(&'a str),
    /// In the lane of what a conversation is told and asks for.
    ConversationLane(ConversationSid),
    /// On its own: applications answer when they do, and no order holds between callbacks.
    Courier,
}

/// An errand with the id under which the outbox keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Owed {
    /// The outbox row's id.
    pub(crate) id: String,
    /// What is owed.
    pub(crate) errand: Errand,
}

impl Errand {
    /// Returns where the errand is done.
    pub(crate) fn way(&self) -> Way<'_> {
        match self {
            Self::TakeMessage { contact, .. }
            | Self::GiveToNumber { contact, .. }
            | Self::PassOnMessage { contact, .. }
            | Self::TellExecution { contact, .. } => Way::FlowLane(Cow::Borrowed(contact)),
            Self::CreateTask(order) => Way::FlowLane(Cow::Borrowed(&order.contact)),
            Self::PlaceCall(order) => Way::FlowLane(Cow::Borrowed(&order.contact)),
            Self::FillOrder(order) => Way::FlowLane(Cow::Borrowed(&order.asker.contact)),
            Self::TellOfInteraction { asker, .. } => Way::FlowLane(Cow::Borrowed(&asker.contact)),
            Self::PassToFlow { conversation, .. } => {
                Way::FlowLane(Cow::Owned(conversations::lane_of(*conversation)))
            }
            Self::SendMessage { contact, .. } => Way::Pair(contact),
            Self::SendFromConversation(delivery) => Way::CarrierLane(Cow::Owned(delivery.contact())),
            Self::TellOfMessage { message, .. } => Way::TellingLane(*message),
            Self::TellOfCall(notice) => Way::CallLane(&notice.about),
            Self::TellConversation { conversation, .. } | Self::EndTaskOfInvite { conversation, .. } => {
                Way::ConversationLane(*conversation)
            }
            Self::CreateTaskOfInvite(order) => Way::ConversationLane(order.conversation),
            Self::AnswerReservation(order) => Way::ConversationLane(order.conversation),
            Self::AnswerMessage { .. }
            | Self::AwaitCall(_)
            | Self::RequestHttp(_)
            | Self::TellEvent(_)
            | Self::AskForInstruction(_)
            | Self::CallHook(_)
            | Self::AskHook(_) => Way::Courier,
        }
    }
}

impl TaskWish {
    /// Returns the router's command for the task.
    pub(crate) fn command(&self) -> CreateTask {
        match self {
            Self::Execution(order) => order.command(),
            Self::Invite(order) => order.command(),
        }
    }

    /// Makes the errand that tells who asked of the task.
    pub(crate) fn created(&self, task: &Task, workspace: &Workspace) -> Errand {
        match self {
            Self::Execution(order) => order.created(payloads::task(task, workspace, clock::now())),
            Self::Invite(order) => order.created(task.sid),
        }
    }

    /// Makes the errand that tells who asked why there is no task.
    pub(crate) fn refused(&self, reason: String, workspace: &Workspace) -> Errand {
        match self {
            Self::Execution(order) => order.refused(reason),
            Self::Invite(order) => {
                order.refused(reason, conversations::policy_of(workspace.settings().on_task_end))
            }
        }
    }
}

impl TaskOrder {
    /// Returns the router's command for the task.
    fn command(&self) -> CreateTask {
        let task = &self.task;
        CreateTask {
            attributes: Some(task.attributes.text().to_owned()),
            workflow_sid: task.workflow.parse().ok(),
            task_channel: Some(task.task_channel.clone()),
            priority: Some(task.priority),
            timeout_secs: Some(task.timeout_secs),
            ..CreateTask::default()
        }
    }

    /// Makes the errand that tells the execution of its task.
    pub(crate) fn created(&self, task: Map<String, Value>) -> Errand {
        self.tell(flow::Event::TaskCreated { request: self.request, task })
    }

    /// Makes the errand that tells the execution why there is no task.
    pub(crate) fn refused(&self, reason: String) -> Errand {
        self.tell(flow::Event::TaskRefused { request: self.request, reason })
    }

    fn tell(&self, event: flow::Event) -> Errand {
        Errand::TellExecution { execution: self.execution, contact: self.contact.clone(), event }
    }
}

impl Contact {
    /// Makes the contact of these two addresses.
    pub(crate) fn new(theirs: impl Into<String>, ours: impl Into<String>) -> Self {
        Self { theirs: theirs.into(), ours: ours.into() }
    }

    /// Makes the contact of a call, which no other call shares.
    pub(crate) fn of_call(call: &str) -> Self {
        Self::new("", call)
    }
}
