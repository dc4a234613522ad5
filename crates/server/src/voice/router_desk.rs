//! What calls ask of the router: done beside the exchange's loop, what concerns one task in order.

use std::sync::Arc;

use api::Failure;
use call::{Event, RouterAction, TaskFault, TaskOrder};
use domain::{ReservationSid, TaskSid, WorkspaceSid};
use router::{
    Command, CreateTask, Refusal, ReservationAnswer, Subject, TaskStatus, UpdateReservation, UpdateTask,
    UpdateWorker,
};
use serde_json::{Map, Value};
use store::routing;

use crate::house::House;
use crate::workspaces::Handle;

/// The task channel of calls.
const VOICE: &str = "voice";

/// How often attributes are merged anew when somebody else changed them meanwhile.
const MERGES_MAX: usize = 5;

/// Does what a call asks of the router; tasks that come or do not come are told to the exchange.
pub(super) fn perform(house: &Arc<House>, action: RouterAction) {
    let inside = Arc::clone(house);
    house.flow_lanes.push(&key(&action), async move {
        let what = format!("{action:?}");
        if let Err(failure) = carry_out(&inside, action).await {
            tracing::warn!(what, %failure, "the router did not do what a call asked for");
        }
    });
}

/// Returns what stays in order.
fn key(action: &RouterAction) -> String {
    match action {
        RouterAction::CreateTask(order) => order.call.to_string(),
        RouterAction::CancelTask { task, .. } | RouterAction::UpdateAttributes { task, .. } => {
            task.to_string()
        }
        RouterAction::AcceptReservation { reservation }
        | RouterAction::ReportUnanswered { reservation, .. }
        | RouterAction::WrapUp { reservation, .. }
        | RouterAction::CompleteTask { reservation, .. } => reservation.to_string(),
    }
}

async fn carry_out(house: &House, action: RouterAction) -> Result<(), Failure> {
    match action {
        RouterAction::CreateTask(order) => create_task(house, *order).await,
        RouterAction::CancelTask { task, reason } => {
            let ending = UpdateTask {
                status: Some(TaskStatus::Canceled),
                reason: Some(reason),
                ..UpdateTask::of(task)
            };
            of_task(house, task).await?.execute(Command::UpdateTask(ending)).await.map(drop)
        }
        RouterAction::AcceptReservation { reservation } => {
            answer(house, reservation, ReservationAnswer::Accept).await
        }
        RouterAction::ReportUnanswered { reservation, call, status } => {
            tracing::info!(%reservation, %call, status, "a worker's phone was not answered");
            Ok(())
        }
        RouterAction::UpdateAttributes { task, attributes } => {
            merge_attributes(house, task, attributes).await
        }
        RouterAction::WrapUp { reservation, .. } => answer(house, reservation, ReservationAnswer::Wrap).await,
        RouterAction::CompleteTask { reservation, post_work_activity, .. } => {
            complete(house, reservation, post_work_activity).await
        }
    }
}

/// Creates the task of a call that waits, and tells the exchange what came of it.
async fn create_task(house: &House, order: TaskOrder) -> Result<(), Failure> {
    let call = order.call;
    let event = match try_create(house, order).await {
        Ok(Subject::Task(task)) => Event::TaskCreated { call, task: task.sid },
        Ok(other) => {
            let reason = format!("the router made {other:?} of it");
            Event::TaskRefused { call, fault: TaskFault::System, reason }
        }
        Err(failure) => Event::TaskRefused { call, fault: fault_of(&failure), reason: failure.to_string() },
    };
    house.switchboard.tell(event).await;
    Ok(())
}

async fn try_create(house: &House, order: TaskOrder) -> Result<Subject, Failure> {
    let unknown = || Failure::invalid("workflowSid", format!("there is no workflow '{}'", order.workflow));
    let workflow = order.workflow.parse().map_err(|_| unknown())?;
    let workspace = routing::workspace_of(&house.store, workflow).await?.ok_or_else(unknown)?;
    let command = CreateTask {
        attributes: Some(order.attributes.text().to_owned()),
        workflow_sid: Some(workflow),
        task_channel: Some(VOICE.to_owned()),
        priority: Some(order.priority),
        timeout_secs: order.timeout_secs,
        ..CreateTask::default()
    };
    house.workspaces.get(workspace)?.execute(Command::CreateTask(command)).await
}

fn fault_of(failure: &Failure) -> TaskFault {
    match failure {
        Failure::Store(_) | Failure::Busy => TaskFault::System,
        Failure::Refused(_)
        | Failure::Conversation(_)
        | Failure::NotFound
        | Failure::ExecutionRuns(_)
        | Failure::NotPublished
        | Failure::Invalid { .. }
        | Failure::Message { .. }
        | Failure::WrongState(_)
        | Failure::Taken(_) => TaskFault::Request,
    }
}

async fn answer(house: &House, sid: ReservationSid, answer: ReservationAnswer) -> Result<(), Failure> {
    let command = Command::UpdateReservation(UpdateReservation { sid, if_match: None, answer });
    of_reservation(house, sid).await?.1.execute(command).await.map(drop)
}

/// Completes a reservation, and sends its worker to an activity if one was named.
async fn complete(
    house: &House,
    sid: ReservationSid,
    post_work_activity: Option<String>,
) -> Result<(), Failure> {
    let command = UpdateReservation { sid, if_match: None, answer: ReservationAnswer::Complete };
    let workspace = of_reservation(house, sid).await?.1;
    let done = workspace.execute(Command::UpdateReservation(command)).await?;
    let activity = post_work_activity.and_then(|activity| activity.parse().ok());
    if let (Subject::Reservation(reservation), Some(activity)) = (done, activity) {
        let after = UpdateWorker { activity_sid: Some(activity), ..UpdateWorker::of(reservation.worker_sid) };
        workspace.execute(Command::UpdateWorker(after)).await?;
    }
    Ok(())
}

/// Merges keys into a task's attributes; objects are merged key by key.
async fn merge_attributes(house: &House, task: TaskSid, keys: Map<String, Value>) -> Result<(), Failure> {
    let workspace = workspace_of_task(house, task).await?;
    let handle = house.workspaces.get(workspace)?;
    for _ in 0..MERGES_MAX {
        let (attributes, version) = super::reading::task(house, workspace, task)
            .await?
            .map(|task| (task.attributes.map().clone(), task.version))
            .ok_or(Failure::NotFound)?;
        let merged = Value::Object(merge(attributes, &keys)).to_string();
        let change = UpdateTask { if_match: Some(version), attributes: Some(merged), ..UpdateTask::of(task) };
        match handle.execute(Command::UpdateTask(change)).await {
            Err(Failure::Refused(Refusal::PreconditionFailed { .. })) => {}
            other => return other.map(drop),
        }
    }
    Err(Failure::Busy)
}

fn merge(mut into: Map<String, Value>, keys: &Map<String, Value>) -> Map<String, Value> {
    for (key, value) in keys {
        let merged = match (into.remove(key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => Value::Object(merge(old, new)),
            (_, new) => new.clone(),
        };
        into.insert(key.clone(), merged);
    }
    into
}

async fn of_task(house: &House, task: TaskSid) -> Result<Handle, Failure> {
    house.workspaces.get(workspace_of_task(house, task).await?)
}

async fn workspace_of_task(house: &House, task: TaskSid) -> Result<WorkspaceSid, Failure> {
    routing::workspace_of_task(&house.store, task).await?.ok_or(Failure::NotFound)
}

async fn of_reservation(house: &House, sid: ReservationSid) -> Result<(WorkspaceSid, Handle), Failure> {
    let workspace = routing::workspace_of_reservation(&house.store, sid).await?.ok_or(Failure::NotFound)?;
    Ok((workspace, house.workspaces.get(workspace)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_merged_into_what_is_there() {
        let old =
            json!({ "from": "+1", "conference": { "sid": "CF1", "participants": { "customer": "CA1" } } });
        let new = json!({ "conference": { "participants": { "worker": "CA2" } }, "worker_call_sid": "CA2" });
        let merged = merge(old.as_object().unwrap().clone(), new.as_object().unwrap());
        assert_eq!(
            Value::Object(merged),
            json!({
                "from": "+1",
                "conference": { "sid": "CF1", "participants": { "customer": "CA1", "worker": "CA2" } },
                "worker_call_sid": "CA2",
            })
        );
    }
}
