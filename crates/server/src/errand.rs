//! Errands: what one part of the house owes another, or the world, kept in the outbox until it is done.

use domain::{ExecutionSid, MessageSid, StepSid};
use serde::{Deserialize, Serialize};

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

/// An errand with the id under which the outbox keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Owed {
    /// The outbox row's id.
    pub(crate) id: String,
    /// What is owed.
    pub(crate) errand: Errand,
}

impl Errand {
    /// Returns the contact whose errands keep their order.
    pub(crate) fn contact(&self) -> &Contact {
        match self {
            Self::TakeMessage { contact, .. }
            | Self::TellExecution { contact, .. }
            | Self::SendMessage { contact, .. } => contact,
            Self::CreateTask(order) => &order.contact,
        }
    }

    /// Tells whether a carrier has to do with it: a slow carrier must not hold up the flow of the same contact.
    pub(crate) fn leaves_the_house(&self) -> bool {
        match self {
            Self::SendMessage { .. } => true,
            Self::TakeMessage { .. } | Self::TellExecution { .. } | Self::CreateTask(_) => false,
        }
    }
}

impl TaskOrder {
    /// Makes the errand that tells the execution of its task.
    pub(crate) fn created(&self, task: serde_json::Map<String, serde_json::Value>) -> Errand {
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
