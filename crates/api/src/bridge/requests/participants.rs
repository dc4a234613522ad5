//! Who talks about a task, in its conference: the customer and workers are put on hold, muted and removed.

use call::{KickParticipant, UpdateParticipant};
use domain::{CallSid, ConferenceSid, ReservationSid, TaskSid, WorkerSid};
use router::{Task, Workspace};
use serde_json::Value;
use store::calls;
use twiml::Method;

use super::{Call, Payload, reservations, tasks};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::resources::link_of;

/// Where a task is talked about.
struct Scene {
    conference: ConferenceSid,
    customer: Option<CallSid>,
    /// The worker's leg, as the task notes it.
    noted: Option<CallSid>,
    /// How the worker is called.
    contact_uri: Option<String>,
}

/// Puts the customer on hold or takes him off it.
pub(super) async fn update_customer(call: &Call<'_>, worker: WorkerSid) -> Payload {
    call.must_be(worker)?;
    let task: TaskSid = call.parameters.required_as("TaskSid")?;
    call.must_have(task).await?;
    let scene = scene(call, task, worker).await?;
    let customer = scene.customer.ok_or_else(|| not_there("The customer"))?;
    let change = on_hold(call, UpdateParticipant::of(scene.conference, customer.to_string()))?;
    command(call, call::Command::UpdateParticipant(Box::new(change)), "The customer").await?;
    tasks::fetch(call, task).await
}

/// Changes how the worker of a reservation takes part.
pub(super) async fn update_worker(call: &Call<'_>, worker: WorkerSid) -> Payload {
    call.must_be(worker)?;
    let sid: ReservationSid = call.parameters.required_as("ReservationSid")?;
    let found = call.look(move |view, _| view.workspace.reservation(sid).cloned()).await?;
    let reservation = found.filter(|it| it.worker_sid == worker).ok_or_else(ApiError::not_found)?;
    let scene = scene(call, reservation.task_sid, worker).await?;
    let leg = leg(call, &scene).await?;
    let form = &call.parameters;
    let change = UpdateParticipant {
        is_muted: form.boolean("Mute")?.or(form.boolean("Muted")?),
        beeps_on_exit: form.boolean("BeepOnExit")?,
        ends_on_exit: form.boolean("EndConferenceOnExit")?,
        ..UpdateParticipant::of(scene.conference, leg.to_string())
    };
    command(call, call::Command::UpdateParticipant(Box::new(change)), "The worker").await?;
    reservations::show(call, &reservation).await
}

/// Puts another worker of the task on hold or takes them off it.
pub(super) async fn hold_worker(call: &Call<'_>, worker: WorkerSid) -> Payload {
    let (task, scene) = scene_of_target(call, worker).await?;
    let leg = leg(call, &scene).await?;
    let change = on_hold(call, UpdateParticipant::of(scene.conference, leg.to_string()))?;
    command(call, call::Command::UpdateParticipant(Box::new(change)), "The worker").await?;
    tasks::fetch(call, task).await
}

/// Removes another worker from the task's conference.
pub(super) async fn kick_worker(call: &Call<'_>, worker: WorkerSid) -> Payload {
    let (task, scene) = scene_of_target(call, worker).await?;
    let participant = leg(call, &scene).await?.to_string();
    let kick = KickParticipant { conference: scene.conference, participant };
    command(call, call::Command::KickParticipant(kick), "The worker").await?;
    tasks::fetch(call, task).await
}

async fn scene_of_target(call: &Call<'_>, worker: WorkerSid) -> Result<(TaskSid, Scene), ApiError> {
    call.must_be(worker)?;
    let task: TaskSid = call.parameters.required_as("TaskSid")?;
    let target: WorkerSid = call.parameters.required_as("TargetWorkerSid")?;
    call.must_have(task).await?;
    Ok((task, scene(call, task, target).await?))
}

fn on_hold(call: &Call<'_>, change: UpdateParticipant) -> Result<UpdateParticipant, ApiError> {
    let form = &call.parameters;
    let hold = link_of(form, ["HoldUrl", "HoldMethod"], Method::Get)?;
    let is_on_hold = form.boolean("Hold")?.ok_or_else(|| ApiError::missing("Hold"))?;
    Ok(UpdateParticipant { is_on_hold: Some(is_on_hold), hold, ..change })
}

async fn scene(call: &Call<'_>, task: TaskSid, worker: WorkerSid) -> Result<Scene, ApiError> {
    let found = call.look(move |view, _| {
        let task = view.workspace.task(task).ok_or_else(ApiError::not_found)?;
        scene_in(view.workspace, task, worker).ok_or_else(|| {
            let reason = format!("The task {} has no conference", task.sid);
            ApiError::new(catalog::INVALID, reason)
        })
    });
    found.await?
}

fn scene_in(workspace: &Workspace, task: &Task, worker: WorkerSid) -> Option<Scene> {
    let conference = task.attributes.map().get("conference")?;
    let call = |role: &str| conference["participants"][role].as_str()?.parse().ok();
    let attributes = workspace.worker(worker).map(|worker| worker.attributes.map());
    let contact_uri = attributes.and_then(|map| map.get("contact_uri")).and_then(Value::as_str);
    Some(Scene {
        conference: conference["sid"].as_str()?.parse().ok()?,
        customer: call("customer"),
        noted: call("worker"),
        contact_uri: contact_uri.map(str::to_owned),
    })
}

/// Returns the worker's leg: the one that was called at the worker's address, of all that take part.
async fn leg(call: &Call<'_>, scene: &Scene) -> Result<CallSid, ApiError> {
    for participant in calls::participants(&call.app.store, scene.conference).await? {
        let record = calls::fetch(&call.app.store, participant.call).await?;
        let is_called_there = record.is_some_and(|record| Some(record.to) == scene.contact_uri);
        let is_noted = scene.contact_uri.is_none() && scene.noted == Some(participant.call);
        if is_called_there || is_noted {
            return Ok(participant.call);
        }
    }
    Err(not_there("The worker"))
}

async fn command(call: &Call<'_>, command: call::Command, who: &str) -> Result<(), ApiError> {
    let done = call.app.platform.command_call(command).await.map_err(ApiError::from);
    match done {
        Err(error) if error.entry() == catalog::NOT_FOUND => Err(not_there(who)),
        other => other.map(drop),
    }
}

fn not_there(who: &str) -> ApiError {
    ApiError::new(catalog::INVALID, format!("{who} does not take part in the task's conference"))
}
