//! Interactions: a conversation that is given to agents, by the channel that owns it.
//!
//! The table of the channel's statuses stands here; the files under `step` move channels along it.

use domain::{
    Attributes, ConversationSid, InteractionChannelSid, InteractionSid, Timestamp, WorkerSid, WorkflowSid,
    WorkspaceSid, named,
};
use domain::{InteractionParticipantSid, ParticipantSid, ReservationSid, TaskQueueSid, TaskSid};
use serde::{Deserialize, Serialize};

use crate::{InteractionTransfer, Invite};

named! {
    /// The kind of an interaction's channel.
    pub enum ChannelKind {
        /// Text messages.
        Sms = "sms",
        /// WhatsApp.
        Whatsapp = "whatsapp",
        /// Web chat.
        Web = "web",
        /// Another chat.
        Chat = "chat",
        /// E-mail.
        Email = "email",
        /// Messenger.
        Messenger = "messenger",
        /// Business messages.
        Gbm = "gbm",
    }
}

named! {
    /// Who began an interaction.
    pub enum Initiator {
        /// The customer wrote.
        Customer = "customer",
        /// An agent writes first.
        Agent = "agent",
        /// An application.
        Api = "api",
    }
}

named! {
    /// Where an interaction's channel stands.
    pub enum ChannelStatus {
        /// Its first task is being created.
        Setup = "setup",
        /// A task waits or agents write.
        Active = "active",
        /// It is being handed on.
        Transfer = "transfer",
        /// The agents have left; the customer's next message brings it back.
        Inactive = "inactive",
        /// It waits on the list of the agent who paused it.
        Pause = "pause",
        /// It is over, and the conversation with it.
        Closed = "closed",
        /// Its first task could not be created.
        Failed = "failed",
    }
}

named! {
    /// What somebody in an interaction is.
    pub enum InteractionParticipantKind {
        /// An agent, who has a task.
        Agent = "agent",
        /// The customer.
        Customer = "customer",
        /// A supervisor.
        Supervisor = "supervisor",
        /// Somebody from outside.
        External = "external",
        /// Somebody else.
        Unknown = "unknown",
    }
}

/// A conversation that is given to agents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// The interaction.
    pub sid: InteractionSid,
    /// How many interactions the conversation had before.
    pub ordinal: u32,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// The context that its creator gave it.
    pub context_sid: Option<String>,
    /// The webhook that its creator gave it.
    pub webhook_ttid: Option<String>,
    /// By which a repeated request is known.
    pub token: Option<String>,
    /// Its channel.
    pub channel: InteractionChannel,
    /// The invites, oldest first.
    pub invites: Vec<Invite>,
    /// Who takes and took part, oldest first.
    pub participants: Vec<InteractionParticipant>,
    /// How it was handed on, oldest first; at most the last is under way.
    pub transfers: Vec<InteractionTransfer>,
    /// When it was begun.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// The channel of an interaction: while it is open it owns the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InteractionChannel {
    /// The channel.
    pub sid: InteractionChannelSid,
    /// Its kind.
    pub kind: ChannelKind,
    /// Where it stands.
    pub status: ChannelStatus,
    /// Who began it.
    pub initiated_by: Initiator,
    /// How its first agent was sought, and how the next one is.
    pub routing: Routing,
    /// Why it could not be begun.
    pub error_message: Option<String>,
    /// How often the policy sought another agent since one last accepted.
    pub reinvites: u32,
    /// Who paused it.
    pub paused_by: Option<PausedBy>,
    /// Whether the author's own logic, not a new task, follows the next message of an inactive channel.
    pub has_custom_routing: bool,
    /// When its status last changed.
    pub date_status: Timestamp,
}

/// The agent who paused a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PausedBy {
    /// The agent.
    pub worker_sid: WorkerSid,
    /// The agent's identity.
    pub identity: String,
}

/// How an agent is sought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Routing {
    /// The workspace.
    pub workspace_sid: WorkspaceSid,
    /// The workflow; may be left out where the workspace has exactly one.
    pub workflow_sid: Option<WorkflowSid>,
    /// Straight into this queue.
    pub queue_sid: Option<TaskQueueSid>,
    /// To this worker, in one attempt.
    pub worker_sid: Option<WorkerSid>,
    /// The task channel, by SID or unique name.
    pub task_channel: Option<String>,
    /// The task's attributes, as its creator gave them.
    pub attributes: Attributes,
    /// The task's precedence.
    pub priority: Option<u32>,
    /// How long the task may wait.
    pub timeout_secs: Option<u32>,
}

/// Somebody who takes or took part in an interaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InteractionParticipant {
    /// The participant.
    pub sid: InteractionParticipantSid,
    /// What they are.
    pub kind: InteractionParticipantKind,
    /// Who they are in the conversation.
    pub participant_sid: Option<ParticipantSid>,
    /// The identity or address by which they write.
    pub identity: String,
    /// The agent's work with it.
    pub work: Option<AgentWork>,
    /// Whether they have left.
    pub has_left: bool,
    /// When they came.
    pub date_created: Timestamp,
}

/// The work of an agent who accepted an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentWork {
    /// The invite.
    pub invite_sid: domain::InviteSid,
    /// The task.
    pub task_sid: TaskSid,
    /// The reservation by which the agent got the task.
    pub reservation_sid: ReservationSid,
    /// The agent.
    pub worker_sid: WorkerSid,
}

/// What can happen to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChannelEvent {
    /// The first task exists.
    TaskCreated,
    /// The first task can not be created.
    SetUpFailed,
    /// It is being handed on.
    HandedOn,
    /// The handing on has ended, either way.
    HandOverEnded,
    /// The last agent left.
    Left,
    /// Its agent set it aside.
    Paused,
    /// An agent is sought again.
    Resumed,
    /// It is over.
    Closed,
}

impl ChannelStatus {
    /// Returns the next status; none where the event changes nothing.
    pub(crate) fn after(self, event: ChannelEvent) -> Option<ChannelStatus> {
        use ChannelEvent as E;
        use ChannelStatus::*;
        match (self, event) {
            (Setup, E::TaskCreated) => Some(Active),
            (Setup, E::SetUpFailed) => Some(Failed),
            (Active, E::HandedOn) => Some(Transfer),
            (Transfer, E::HandOverEnded) => Some(Active),
            (Setup | Active | Transfer, E::Left) => Some(Inactive),
            (Active, E::Paused) => Some(Pause),
            (Inactive | Pause, E::Resumed) => Some(Active),
            (Setup | Active | Transfer | Inactive | Pause, E::Closed) => Some(Closed),
            // What has ended stays as it is.
            (Closed | Failed, _) => None,
            (Setup, E::HandedOn | E::HandOverEnded | E::Paused | E::Resumed) => None,
            (Active, E::TaskCreated | E::SetUpFailed | E::HandOverEnded | E::Resumed) => None,
            (Transfer, E::TaskCreated | E::SetUpFailed | E::HandedOn | E::Paused | E::Resumed) => None,
            (
                Inactive | Pause,
                E::TaskCreated | E::SetUpFailed | E::HandedOn | E::HandOverEnded | E::Left | E::Paused,
            ) => None,
        }
    }

    /// Tells whether a channel in this status must have a task or an agent.
    pub fn must_be_attended(self) -> bool {
        match self {
            ChannelStatus::Setup | ChannelStatus::Active | ChannelStatus::Transfer => true,
            ChannelStatus::Inactive
            | ChannelStatus::Pause
            | ChannelStatus::Closed
            | ChannelStatus::Failed => false,
        }
    }

    /// Tells whether the channel is over for good.
    pub fn is_ended(self) -> bool {
        match self {
            ChannelStatus::Closed | ChannelStatus::Failed => true,
            ChannelStatus::Setup
            | ChannelStatus::Active
            | ChannelStatus::Transfer
            | ChannelStatus::Inactive
            | ChannelStatus::Pause => false,
        }
    }
}

impl Interaction {
    /// Tells whether a task waits for an agent or an agent is there.
    pub fn is_attended(&self) -> bool {
        self.invites.iter().any(|invite| invite.status.is_waiting()) || self.agents().next().is_some()
    }

    /// Returns the agents who are there.
    pub fn agents(&self) -> impl Iterator<Item = &InteractionParticipant> {
        let is_agent = |participant: &&InteractionParticipant| {
            participant.kind == InteractionParticipantKind::Agent && !participant.has_left
        };
        self.participants.iter().filter(is_agent)
    }

    /// Returns the live tasks that the interaction counts on.
    pub fn live_tasks(&self) -> impl Iterator<Item = TaskSid> {
        self.invites.iter().filter(|invite| !invite.status.is_ended()).filter_map(|invite| invite.task_sid)
    }
}

impl Routing {
    /// Returns the way back into the workflow, past nobody in particular.
    pub(crate) fn to_anyone(&self) -> Routing {
        let queue_sid = self.queue_sid.filter(|_| self.workflow_sid.is_none());
        Routing { worker_sid: None, queue_sid, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_open_channel_can_be_closed_and_what_has_ended_never_moves() {
        use ChannelEvent::*;
        for status in ChannelStatus::ALL {
            assert_eq!(status.after(Closed).is_some(), !status.is_ended(), "{status}");
            for event in [TaskCreated, SetUpFailed, HandedOn, HandOverEnded, Left, Paused, Resumed] {
                assert!(!status.is_ended() || status.after(event).is_none(), "{status} after {event:?}");
            }
        }
    }
}
