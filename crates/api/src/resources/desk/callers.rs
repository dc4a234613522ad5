//! Who is in the call of an agent's task: more people are called in, put on hold, and taken out.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use call::{Command, CreateParticipant, KickParticipant, ParticipantRecord, UpdateParticipant};
use domain::{CallSid, ConferenceSid, TaskSid};
use router::ReservationStatus;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::calls;
use twiml::Conference;

use super::agent::Agent;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::resources::call_of;

const PATH: &str = "/v1/desk/tasks/{task}/callers";

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(PATH, get(list).post(call_in))
        .route(&format!("{PATH}/{{call}}"), post(hold).delete(take_out))
}

#[derive(Deserialize)]
struct InTask {
    task: TaskSid,
}

#[derive(Deserialize)]
struct OneCaller {
    task: TaskSid,
    call: CallSid,
}

/// Where the call of a task takes place.
struct Scene {
    conference: ConferenceSid,
    customer: Option<CallSid>,
}

async fn list(State(app): State<Shared>, agent: Agent, Path(path): Path<InTask>) -> Answer {
    let scene = scene(&app, agent, path.task).await?;
    Ok(Reply::ok(show(&app, &scene).await?))
}

/// Calls somebody into the call, from the number that the customer called.
async fn call_in(
    State(app): State<Shared>,
    agent: Agent,
    Path(path): Path<InTask>,
    Form(form): Form,
) -> Answer {
    let scene = scene(&app, agent, path.task).await?;
    let to = form.address_text("To").ok_or_else(|| ApiError::missing("To"))?;
    let from = match form.address_text("From") {
        Some(from) => from,
        None => called_number(&app, &scene).await?,
    };
    let given = [("To".to_owned(), json!(to)), ("From".to_owned(), json!(from))];
    let call = call_of(&Parameters::from_object(&Map::from_iter(given)))?;
    let name = calls::fetch_conference(&app.store, scene.conference).await?;
    let name = name.ok_or_else(ApiError::not_found)?.friendly_name;
    let conference = Conference { name, end_on_exit: Some(false), ..Conference::default() };
    let command = Command::CreateParticipant(Box::new(CreateParticipant { call, conference }));
    app.platform.command_call(command).await?;
    Ok(Reply::created(show(&app, &scene).await?))
}

async fn hold(
    State(app): State<Shared>,
    agent: Agent,
    Path(path): Path<OneCaller>,
    Form(form): Form,
) -> Answer {
    let scene = scene(&app, agent, path.task).await?;
    let is_on_hold = form.boolean("Hold")?.ok_or_else(|| ApiError::missing("Hold"))?;
    let change = UpdateParticipant {
        is_on_hold: Some(is_on_hold),
        ..UpdateParticipant::of(scene.conference, path.call.to_string())
    };
    app.platform.command_call(Command::UpdateParticipant(Box::new(change))).await?;
    Ok(Reply::ok(show(&app, &scene).await?))
}

async fn take_out(State(app): State<Shared>, agent: Agent, Path(path): Path<OneCaller>) -> Answer {
    let scene = scene(&app, agent, path.task).await?;
    let kick = KickParticipant { conference: scene.conference, participant: path.call.to_string() };
    app.platform.command_call(Command::KickParticipant(kick)).await?;
    Ok(Reply::ok(show(&app, &scene).await?))
}

/// Returns where the call of a task takes place that the agent has accepted.
async fn scene(app: &App, agent: Agent, task: TaskSid) -> Result<Scene, ApiError> {
    let found = app.look(agent.workspace, move |view| {
        let mut own = view.workspace.reservations_of_task(task);
        let has_it = |it: &router::Reservation| {
            it.worker_sid == agent.worker && it.status == ReservationStatus::Accepted
        };
        own.any(has_it).then_some(())?;
        let attributes = view.workspace.task(task)?.attributes.map();
        Some(attributes.get("conference").and_then(scene_in))
    });
    let is_without_call = || ApiError::new(catalog::INVALID, format!("The task {task} has no call"));
    found.await?.ok_or_else(ApiError::not_found)?.ok_or_else(is_without_call)
}

fn scene_in(conference: &Value) -> Option<Scene> {
    let customer = conference["participants"]["customer"].as_str().and_then(|sid| sid.parse().ok());
    Some(Scene { conference: conference["sid"].as_str()?.parse().ok()?, customer })
}

/// Returns our number that the customer called: whoever is called in sees it.
async fn called_number(app: &App, scene: &Scene) -> Result<String, ApiError> {
    let unknown = || ApiError::missing("From");
    let record = calls::fetch(&app.store, scene.customer.ok_or_else(unknown)?).await?;
    record.map(|record| record.to).ok_or_else(unknown)
}

async fn show(app: &App, scene: &Scene) -> Result<Value, ApiError> {
    let mut shown = Vec::new();
    for participant in calls::participants(&app.store, scene.conference).await? {
        let record = calls::fetch(&app.store, participant.call).await?;
        let is_customer = scene.customer == Some(participant.call);
        // A customer called us; everybody else was called.
        let other = record.map(|record| if is_customer { record.from } else { record.to });
        shown.push(present(&participant, is_customer, other));
    }
    Ok(json!({ "callers": shown }))
}

fn present(participant: &ParticipantRecord, is_customer: bool, address: Option<String>) -> Value {
    json!({
        "call_sid": participant.call,
        "address": address,
        "is_customer": is_customer,
        "status": participant.status,
        "hold": participant.is_on_hold,
        "muted": participant.is_muted,
    })
}
