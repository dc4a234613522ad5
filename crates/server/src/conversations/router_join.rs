//! Where conversations meet workspaces: invites become tasks, and what becomes of tasks comes back.

use std::sync::Arc;

use api::Failure;
use conversation::{Event, Routing, TaskClosing, TaskEnd, TaskEndPolicy, TaskRequest};
use domain::{ConversationSid, InviteSid, ReservationSid, TaskSid, WorkerSid};
use router::{
    Command, ContactRelease, CreateTask, Notice, NoticeKind, OnTaskEnd, ReservationAnswer, RoutingTarget,
    Task, TaskStatus, UpdateReservation, UpdateTask, Worker,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::tasks::{Filter, TaskKey};
use store::{Error, routing, tasks};

use crate::errand::{Errand, Owed, TaskWish};
use crate::house::House;
use crate::work::Work;

/// The most tasks that one conversation is searched for.
const TASKS_MAX: usize = 1000;

/// The reason of tasks that a conversation ends.
const REASON: &str = "the conversation has ended or was handed on";

/// The task of an invite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct InviteOrder {
    /// The conversation.
    pub(crate) conversation: ConversationSid,
    /// The task.
    pub(crate) request: TaskRequest,
}

/// An agent's answer, given by way of the invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReservationOrder {
    /// The conversation.
    pub(crate) conversation: ConversationSid,
    /// The reservation.
    pub(crate) reservation: ReservationSid,
    /// Whether the agent comes.
    pub(crate) is_accepted: bool,
}

/// Has the task of an invite created, once however often it is asked for.
pub(crate) async fn create_task(house: &Arc<House>, owed: &Owed, order: &InviteOrder) -> Result<(), Error> {
    if let Some(task) = task_of(house, order).await? {
        return settle_with(house, owed, order.created(task)).await;
    }
    match house.workspaces.get(order.request.routing.workspace_sid) {
        Ok(workspace) => workspace.create_task(owed.clone(), TaskWish::Invite(order.clone())).await,
        Err(_) => {
            let reason = format!("there is no workspace '{}'", order.request.routing.workspace_sid);
            settle_with(house, owed, order.refused(reason, TaskEndPolicy::Close)).await
        }
    }
}

/// Ends the task of an invite; one that has ended stays as it is.
pub(crate) async fn end_task(
    house: &Arc<House>,
    owed: &Owed,
    task: TaskSid,
    how: TaskClosing,
) -> Result<(), Error> {
    if let Some(workspace) = routing::workspace_of_task(&house.store, task).await?
        && let Ok(handle) = house.workspaces.get(workspace)
    {
        let statuses: &[TaskStatus] = match how {
            TaskClosing::Cancel => &[TaskStatus::Canceled],
            TaskClosing::Wrap => &[TaskStatus::Wrapping, TaskStatus::Canceled],
            TaskClosing::Complete => &[TaskStatus::Completed, TaskStatus::Canceled],
        };
        for status in statuses {
            let reason = Some(REASON.to_owned());
            let command = UpdateTask { status: Some(*status), reason, ..UpdateTask::of(task) };
            match handle.execute(Command::UpdateTask(command)).await {
                Ok(_) => break,
                Err(Failure::Store(error)) => return Err(error),
                Err(failure) => tracing::debug!(%task, %failure, "a task is not ended by its conversation"),
            }
        }
    }
    house.commit(Work::settling(owed)).await
}

/// Answers a reservation for its agent.
pub(crate) async fn answer_reservation(
    house: &Arc<House>,
    owed: &Owed,
    order: &ReservationOrder,
) -> Result<(), Error> {
    let sid = order.reservation;
    if let Some(workspace) = routing::workspace_of_reservation(&house.store, sid).await?
        && let Ok(handle) = house.workspaces.get(workspace)
    {
        let answer =
            if order.is_accepted { ReservationAnswer::Accept } else { ReservationAnswer::Reject(None) };
        let command = UpdateReservation { sid, if_match: None, answer };
        match handle.execute(Command::UpdateReservation(command)).await {
            Ok(_) => {}
            Err(Failure::Store(error)) => return Err(error),
            Err(failure) => tracing::warn!(reservation = %sid, %failure, "an invite was answered in vain"),
        }
    }
    house.commit(Work::settling(owed)).await
}

/// Returns what a conversation is told of a notice: an agent who comes.
pub(crate) fn of_notice(notice: &Notice) -> Option<Errand> {
    let subjects = &notice.subjects;
    let task = &subjects.task.as_ref().filter(|_| notice.kind == NoticeKind::ReservationAccepted)?.task;
    let (conversation, invite_sid) = way_back(task)?;
    let worker = &subjects.worker.as_ref()?.worker;
    let event = Event::ReservationAccepted {
        invite_sid,
        task_sid: task.sid,
        reservation_sid: subjects.reservation.as_ref()?.sid,
        worker_sid: worker.sid,
        identity: identity_of(worker),
    };
    Some(Errand::TellConversation { conversation, event: Box::new(event) })
}

/// Returns what a conversation is told of a task that has ended.
pub(crate) fn of_release(release: &ContactRelease) -> Option<Errand> {
    let task = &release.task;
    let (conversation, invite_sid) = way_back(task)?;
    let event = Event::TaskEnded {
        invite_sid,
        task_sid: task.sid,
        why: end_of(task),
        policy: policy_of(release.on_task_end),
    };
    Some(Errand::TellConversation { conversation, event: Box::new(event) })
}

/// Returns what follows the end of a task, as a conversation says it.
pub(crate) fn policy_of(policy: OnTaskEnd) -> TaskEndPolicy {
    match policy {
        OnTaskEnd::Close => TaskEndPolicy::Close,
        OnTaskEnd::Reinvite => TaskEndPolicy::Reinvite,
        OnTaskEnd::Workflow(workflow) => TaskEndPolicy::Workflow(workflow),
    }
}

impl InviteOrder {
    /// Returns the router's command for the task.
    pub(crate) fn command(&self) -> CreateTask {
        let Routing { worker_sid, queue_sid, .. } = self.request.routing;
        let routing = &self.request.routing;
        let target = worker_sid.map(RoutingTarget::Worker).or(queue_sid.map(RoutingTarget::TaskQueue));
        CreateTask {
            attributes: Some(Value::Object(self.request.attributes.clone()).to_string()),
            workflow_sid: routing.workflow_sid.filter(|_| target.is_none()),
            task_channel: routing.task_channel.clone(),
            priority: routing.priority,
            timeout_secs: routing.timeout_secs,
            routing_target: target,
            task_queue_sid: queue_sid.filter(|_| worker_sid.is_some()),
            ..CreateTask::default()
        }
    }

    /// Returns the worker whose reservation is accepted without asking.
    pub(crate) fn accepted_for(&self) -> Option<WorkerSid> {
        self.request.accepted_for
    }

    /// Makes the errand that tells the conversation of its task.
    pub(crate) fn created(&self, task_sid: TaskSid) -> Errand {
        self.tell(Event::TaskCreated { invite_sid: self.request.invite_sid, task_sid })
    }

    /// Makes the errand that tells the conversation why there is no task.
    pub(crate) fn refused(&self, reason: String, policy: TaskEndPolicy) -> Errand {
        self.tell(Event::TaskRefused { invite_sid: self.request.invite_sid, reason, policy })
    }

    fn tell(&self, event: Event) -> Errand {
        Errand::TellConversation { conversation: self.conversation, event: Box::new(event) }
    }
}

async fn settle_with(house: &Arc<House>, owed: &Owed, errand: Errand) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    work.owe(errand);
    house.commit(work).await
}

/// Returns the task that was created for an invite before.
async fn task_of(house: &House, order: &InviteOrder) -> Result<Option<TaskSid>, Error> {
    let about = vec![(TaskKey::Conversation, order.conversation.to_string())];
    let filter = Filter { about, ..Filter::default() };
    let found = tasks::all(&house.store, order.request.routing.workspace_sid, &filter, TASKS_MAX).await?;
    let of_invite =
        |task: &&Task| way_back(task).is_some_and(|(_, invite)| invite == order.request.invite_sid);
    Ok(found.iter().find(of_invite).map(|task| task.sid))
}

/// Reads the way back to the conversation in a task's attributes.
fn way_back(task: &Task) -> Option<(ConversationSid, InviteSid)> {
    let text = |name: &str| task.attributes.map().get(name).and_then(Value::as_str);
    let conversation = text(TaskKey::Conversation.attribute())?.parse().ok()?;
    Some((conversation, text("flexChannelInviteSid")?.parse().ok()?))
}

/// An agent writes under the name of the worker's client, else under the worker's own.
fn identity_of(worker: &Worker) -> String {
    let contact = worker.attributes.map().get("contact_uri").and_then(Value::as_str);
    let client = contact.and_then(|contact| contact.strip_prefix("client:"));
    client.unwrap_or(&worker.friendly_name).to_owned()
}

fn end_of(task: &Task) -> TaskEnd {
    let was_late = task.reason.as_deref().is_some_and(|reason| reason.contains("timed out"));
    match task.status {
        TaskStatus::Completed => TaskEnd::Completed,
        TaskStatus::Canceled if was_late => TaskEnd::WorkflowTimeout,
        TaskStatus::Canceled => TaskEnd::Canceled,
        TaskStatus::Pending | TaskStatus::Reserved | TaskStatus::Assigned | TaskStatus::Wrapping => {
            TaskEnd::Deleted
        }
    }
}
