//! Who takes part in an interaction: agents with their tasks, the customer, and others.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use conversation::{
    AddInteractionParticipant, Command, InteractionParticipant, LeaveInteraction, Subject, TaskClosing,
};
use domain::InteractionParticipantSid;
use serde::Deserialize;
use serde_json::{Value, json};

use super::below_channel;
use super::place::Channel;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::resources::conversations;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_channel("/Participants"), get(list).post(create))
        .route(&below_channel("/Participants/{participant}"), post(update))
}

#[derive(Deserialize)]
struct InPath {
    participant: InteractionParticipantSid,
}

async fn list(State(app): State<Shared>, channel: Channel, list: List) -> Answer {
    let shown = channel.clone();
    channel
        .here
        .find(&app, move |_, interaction| {
            let present_now = interaction.participants.iter().filter(|participant| !participant.has_left);
            let page = list.cut(present_now.collect(), |participant| participant.sid.to_string());
            Some(list.reply("participants", each(page, |participant| present(&shown, participant))))
        })
        .await
}

async fn create(State(app): State<Shared>, channel: Channel, Form(form): Form) -> Answer {
    let command = AddInteractionParticipant {
        channel_sid: channel.sid,
        kind: form.required_as("Type")?,
        identity: identity(&form)?,
    };
    match channel.here.converse(&app, Command::AddInteractionParticipant(command)).await? {
        Subject::InteractionParticipant(sid) => Ok(Reply::ok(show(&app, &channel, sid).await?)),
        other => {
            tracing::error!(?other, "a participant's command made something else");
            Err(ApiError::new(catalog::INTERNAL, "The participant's SID is not known"))
        }
    }
}

async fn update(
    State(app): State<Shared>,
    channel: Channel,
    Path(path): Path<InPath>,
    Form(form): Form,
) -> Answer {
    let participant_sid = path.participant;
    show(&app, &channel, participant_sid).await?;
    let how = match form.required_as("Status")? {
        how @ (TaskClosing::Complete | TaskClosing::Wrap) => how,
        TaskClosing::Cancel => {
            return Err(ApiError::invalid("Status", "'cancel' is not known: closed or wrapup is expected"));
        }
    };
    let command = Command::LeaveInteraction(LeaveInteraction { participant_sid, how });
    channel.here.converse(&app, command).await?;
    Ok(Reply::ok(show(&app, &channel, participant_sid).await?))
}

/// Reads the identity by which somebody writes, from `{"identity": "…"}`.
fn identity(form: &Parameters) -> Result<String, ApiError> {
    let media = form.object("MediaProperties")?.ok_or_else(|| ApiError::missing("MediaProperties"))?;
    let identity = media.get("identity").and_then(Value::as_str).filter(|identity| !identity.is_empty());
    let expected = || ApiError::invalid("MediaProperties", "{\"identity\": \"…\"} is expected");
    conversations::check_identity(identity.ok_or_else(expected)?)
}

async fn show(app: &App, channel: &Channel, sid: InteractionParticipantSid) -> Result<Value, ApiError> {
    let shown = channel.clone();
    channel
        .here
        .find(app, move |_, interaction| {
            let found = interaction.participants.iter().find(|participant| participant.sid == sid);
            found.map(|participant| present(&shown, participant))
        })
        .await
}

fn present(channel: &Channel, participant: &InteractionParticipant) -> Value {
    let work = participant.work.map(|work| {
        json!({
            "task_sid": work.task_sid,
            "worker_sid": work.worker_sid,
            "reservation_sid": work.reservation_sid,
        })
    });
    json!({
        "sid": participant.sid,
        "interaction_sid": channel.here.sid,
        "channel_sid": channel.sid,
        "type": participant.kind,
        "routing_properties": work,
        "media_properties": { "identity": participant.identity, "sid": participant.participant_sid },
        "url": channel.url(&format!("/Participants/{}", participant.sid)),
    })
}
