//! Errands: what one part of the house owes another, or the world, kept in the outbox until it is done.

use domain::{ExecutionSid, FlowSid, MessageSid, StepSid};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::callbacks::{AssignmentCallback, EventCallback};
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
    FlowLane(&'a Contact),
    /// In the lane of a contact's messages: a slow carrier must not hold up the flow of the same contact.
    CarrierLane(&'a Contact),
    /// In the lane of a call or conference.
    CallLane(&'a str),
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
            | Self::PassOnMessage { contact, .. }
            | Self::TellExecution { contact, .. } => Way::FlowLane(contact),
            Self::CreateTask(order) => Way::FlowLane(&order.contact),
            Self::SendMessage { contact, .. } => Way::CarrierLane(contact),
            Self::TellOfCall(notice) => Way::CallLane(&notice.about),
            Self::PlaceCall(order) => Way::FlowLane(&order.contact),
            Self::AwaitCall(_) | Self::RequestHttp(_) | Self::TellEvent(_) | Self::AskForInstruction(_) => {
                Way::Courier
            }
        }
    }
}

impl TaskOrder {
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
}
