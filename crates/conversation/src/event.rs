//! Every fact that can come in.

use std::fmt;
use std::str::FromStr;

use domain::{
    ConversationMessageSid, InviteSid, ParticipantSid, ReservationSid, TaskSid, WorkerSid, WorkflowSid, named,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Action, DeliveryStatus, QuestionId, TaskClosing};

/// A fact that came in. One that is told twice changes nothing the second time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The time that [`Conversation::next_timeout`](crate::Conversation::next_timeout) asked for has come.
    TimeReached,
    /// An application answered a question.
    HookAnswered {
        /// The question.
        question: QuestionId,
        /// The answer.
        answer: HookAnswer,
    },
    /// A carrier reported what became of a message.
    DeliveryReported(DeliveryReport),
    /// The task of an invite exists.
    TaskCreated {
        /// The invite.
        invite_sid: InviteSid,
        /// The task.
        task_sid: TaskSid,
    },
    /// The task of an invite can not be created.
    TaskRefused {
        /// The invite.
        invite_sid: InviteSid,
        /// Why, for people.
        reason: String,
        /// What follows where nobody else is there.
        policy: TaskEndPolicy,
    },
    /// An agent accepted the reservation of an invite's task, by whichever way.
    ReservationAccepted {
        /// The invite, which the task's attributes name.
        invite_sid: InviteSid,
        /// The task.
        task_sid: TaskSid,
        /// The reservation.
        reservation_sid: ReservationSid,
        /// The agent.
        worker_sid: WorkerSid,
        /// The identity by which the agent writes.
        identity: String,
    },
    /// The task of an invite has ended.
    TaskEnded {
        /// The invite, which the task's attributes name.
        invite_sid: InviteSid,
        /// The task.
        task_sid: TaskSid,
        /// How it ended.
        why: TaskEnd,
        /// What follows where nobody else is there.
        policy: TaskEndPolicy,
    },
}

/// A carrier's report of what became of a message on its way to one participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReport {
    /// The message.
    pub message_sid: ConversationMessageSid,
    /// The participant to whom it was sent.
    pub participant_sid: ParticipantSid,
    /// The message as it was given to the carrier.
    pub channel_message_sid: Option<String>,
    /// How far it got.
    pub status: DeliveryStatus,
    /// The carrier's reason for a failure.
    pub error_code: Option<u32>,
}

/// What an application says to something that is about to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookAnswer {
    /// Let it happen.
    Publish,
    /// Let it happen with these changes.
    Modify(Modification),
    /// Do not let it happen.
    Reject,
}

/// What an application changes before it lets something happen; `None` leaves a part as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modification {
    /// The name of a conversation.
    pub friendly_name: Option<String>,
    /// The text of a message.
    pub body: Option<String>,
    /// The author of a message.
    pub author: Option<String>,
    /// The attributes of a message.
    pub attributes: Option<String>,
}

named! {
    /// How a task ended.
    pub enum TaskEnd {
        /// It was canceled before an agent accepted.
        Canceled = "canceled",
        /// It waited out all targets of its workflow.
        WorkflowTimeout = "workflow-timeout",
        /// Its agent is done.
        Completed = "completed",
        /// It was deleted by request.
        Deleted = "deleted",
        /// It was assigned for too long.
        SystemDeleted = "system-deleted",
    }
}

/// What follows the end of the last task of an open conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskEndPolicy {
    /// The channel is closed, and the conversation with it.
    Close,
    /// Another agent is sought.
    Reinvite,
    /// An agent is sought by this workflow.
    Workflow(WorkflowSid),
}

impl Event {
    /// Returns what the world must do when the conversation that the event is for is not there: no task is left alone.
    pub fn when_gone(&self) -> Vec<Action> {
        let end = |task_sid: &TaskSid, how| vec![Action::EndTask { task_sid: *task_sid, how }];
        match self {
            Event::TaskCreated { task_sid, .. } => end(task_sid, TaskClosing::Cancel),
            Event::ReservationAccepted { task_sid, .. } => end(task_sid, TaskClosing::Complete),
            Event::TimeReached
            | Event::HookAnswered { .. }
            | Event::DeliveryReported(_)
            | Event::TaskRefused { .. }
            | Event::TaskEnded { .. } => vec![],
        }
    }
}

impl fmt::Display for TaskEndPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskEndPolicy::Close => f.write_str("close"),
            TaskEndPolicy::Reinvite => f.write_str("reinvite"),
            TaskEndPolicy::Workflow(sid) => write!(f, "workflow:{sid}"),
        }
    }
}

impl FromStr for TaskEndPolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let workflow = || text.strip_prefix("workflow:").and_then(|sid| sid.parse().ok());
        match text {
            "close" => Ok(TaskEndPolicy::Close),
            "reinvite" => Ok(TaskEndPolicy::Reinvite),
            other => workflow().map(TaskEndPolicy::Workflow).ok_or_else(|| {
                format!("'{other}' is not known: close, reinvite or workflow:WW… is expected")
            }),
        }
    }
}

impl Serialize for TaskEndPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaskEndPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
