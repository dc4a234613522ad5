//! Invites and transfers: how agents are sought for an interaction, each by a task of its own.

use domain::{
    InteractionParticipantSid, InteractionTransferSid, InviteSid, TaskQueueSid, TaskSid, Timestamp,
    WorkerSid, WorkflowSid, named,
};
use serde::{Deserialize, Serialize};

use crate::{Routing, TaskEnd};

named! {
    /// Where an invite stands.
    pub enum InviteStatus {
        /// Its task is being created.
        Requested = "requested",
        /// Its task waits for an agent.
        Open = "open",
        /// An agent has come.
        Accepted = "accepted",
        /// Its task has ended, or is about to.
        Ended = "ended",
    }
}

/// An agent sought for an interaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invite {
    /// The invite.
    pub sid: InviteSid,
    /// How the agent is sought.
    pub routing: Routing,
    /// Why.
    pub purpose: InvitePurpose,
    /// Where it stands.
    pub status: InviteStatus,
    /// Its task, once that exists.
    pub task_sid: Option<TaskSid>,
    /// How the task ended, where the end came from outside.
    pub task_end: Option<TaskEnd>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// Why an agent is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitePurpose {
    /// For the first time.
    Opening,
    /// As one more.
    Joining,
    /// To take over.
    Transfer(InteractionTransferSid),
    /// Because nobody took over, or the agent who had paused it did not come.
    Fallback,
    /// Because the customer wrote after the agents had left, or the pause took too long.
    Return,
    /// For the agent who had paused it, who accepts without being asked.
    Resume(WorkerSid),
    /// Because the last task ended and the policy says so.
    Policy,
}

named! {
    /// What the agent who hands an interaction on does meanwhile.
    pub enum TransferMode {
        /// Stays until leaving by hand.
        Warm = "warm",
        /// Leaves.
        Cold = "cold",
    }
}

named! {
    /// Where a transfer stands.
    pub enum TransferStatus {
        /// Somebody is sought.
        Active = "active",
        /// Somebody has come.
        Completed = "completed",
        /// Nobody has come, or it was called off.
        Failed = "failed",
    }
}

/// To whom an interaction is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferTarget {
    /// To this agent, in one attempt.
    Worker(WorkerSid),
    /// To any agent of this queue.
    Queue(TaskQueueSid),
    /// Into this workflow.
    Workflow(WorkflowSid),
}

/// An interaction handed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InteractionTransfer {
    /// The transfer.
    pub sid: InteractionTransferSid,
    /// What the agent who hands on does meanwhile.
    pub mode: TransferMode,
    /// Where it stands.
    pub status: TransferStatus,
    /// Who hands it on.
    pub from: InteractionParticipantSid,
    /// To whom.
    pub to: TransferTarget,
    /// The invite by which that one is sought.
    pub invite_sid: InviteSid,
    /// What the next agent should know.
    pub note: Option<String>,
    /// When it was begun.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

impl InviteStatus {
    /// Tells whether somebody may still come by it.
    pub fn is_waiting(self) -> bool {
        match self {
            InviteStatus::Requested | InviteStatus::Open => true,
            InviteStatus::Accepted | InviteStatus::Ended => false,
        }
    }

    /// Tells whether its task has ended, or is about to.
    pub fn is_ended(self) -> bool {
        self == InviteStatus::Ended
    }
}

impl TransferTarget {
    /// Returns how the target is sought, starting from the channel's own routing.
    pub(crate) fn routing(self, own: &Routing) -> Routing {
        let open = Routing { worker_sid: None, queue_sid: None, ..own.clone() };
        match self {
            TransferTarget::Worker(worker_sid) => Routing { worker_sid: Some(worker_sid), ..open },
            TransferTarget::Queue(queue_sid) => Routing { queue_sid: Some(queue_sid), ..open },
            TransferTarget::Workflow(workflow_sid) => Routing { workflow_sid: Some(workflow_sid), ..open },
        }
    }
}
