//! Participants of a conversation, by SID or identity.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{Command, Conversation, Participant, Subject, UpdateParticipant};
use domain::{ParticipantSid, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::parameters::ByRest;
use super::place::Here;
use super::seats::{self, Room};
use super::{in_both_forms, services, users};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    let all = "/Conversations/{conversation}/Participants";
    in_both_forms(all, get(list).post(create))
        .merge(in_both_forms(&format!("{all}/{{participant}}"), get(fetch).post(update).delete(remove)))
}

#[derive(Deserialize)]
struct InPath {
    participant: String,
}

async fn list(State(app): State<Shared>, here: Here, list: List) -> Answer {
    let url = here.url("");
    here.look(&app, move |it| {
        let mut all: Vec<_> = it.participants().collect();
        all.sort_by_key(|participant| (participant.date_created, participant.sid));
        let page = list.cut(all, |participant| participant.sid.to_string());
        list.reply("participants", each(page, |participant| present(&url, it, participant)))
    })
    .await
}

async fn create(State(app): State<Shared>, here: Here, ByRest(origin): ByRest, Form(form): Form) -> Answer {
    let service = services::find(&app, here.service.sid).await?;
    let messaging_service = here.look(&app, |it| it.details().messaging_service_sid).await?;
    let command = seats::participant(&app, &form, &Room { service: &service, messaging_service }).await?;
    users::ensure(&app, &service, &command.seat).await?;
    let subject = here.converse(&app, Command::AddParticipant(command), origin).await?;
    let Subject::Participant(sid) = subject else { return Err(unexpected(subject)) };
    Ok(Reply::created(show(&app, &here, sid.to_string()).await?))
}

async fn fetch(State(app): State<Shared>, here: Here, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(show(&app, &here, path.participant).await?))
}

async fn update(
    State(app): State<Shared>,
    here: Here,
    Path(path): Path<InPath>,
    ByRest(origin): ByRest,
    Form(form): Form,
) -> Answer {
    let sid = sid_of(&app, &here, path.participant).await?;
    let command = UpdateParticipant {
        sid,
        attributes: form.text("Attributes"),
        role_sid: form.parsed("RoleSid")?,
        last_read_message_index: form.number("LastReadMessageIndex")?,
        last_read_timestamp: form.date("LastReadTimestamp")?,
    };
    here.converse(&app, Command::UpdateParticipant(command), origin).await?;
    Ok(Reply::ok(show(&app, &here, sid.to_string()).await?))
}

async fn remove(
    State(app): State<Shared>,
    here: Here,
    Path(path): Path<InPath>,
    ByRest(origin): ByRest,
) -> Answer {
    let sid = sid_of(&app, &here, path.participant).await?;
    here.converse(&app, Command::RemoveParticipant(sid), origin).await?;
    Ok(Reply::deleted())
}

/// Makes the error of a command that did something else than was asked of it.
pub(crate) fn unexpected(subject: Subject) -> ApiError {
    tracing::error!(?subject, "a conversation's command made something else");
    ApiError::new(crate::error_catalog::INTERNAL, "The request was carried out, but its result is not known")
}

/// Returns a participant by SID, or by identity.
pub(super) fn named<'a>(it: &'a Conversation, name: &str) -> Option<&'a Participant> {
    let sid = name.parse::<ParticipantSid>().ok();
    it.participants().find(|participant| Some(participant.sid) == sid || participant.identity() == Some(name))
}

async fn sid_of(app: &App, here: &Here, name: String) -> Result<ParticipantSid, ApiError> {
    here.find(app, move |it| named(it, &name).map(|participant| participant.sid)).await
}

async fn show(app: &App, here: &Here, name: String) -> Result<Value, ApiError> {
    let url = here.url("");
    here.find(app, move |it| named(it, &name).map(|participant| present(&url, it, participant))).await
}

/// Presents a participant of the conversation with this URL.
pub(in crate::resources) fn present(url: &str, it: &Conversation, participant: &Participant) -> Value {
    json!({
        "sid": participant.sid,
        "account_sid": it.details().account_sid,
        "chat_service_sid": it.details().service_sid,
        "conversation_sid": participant.conversation_sid,
        "identity": participant.identity(),
        "attributes": participant.attributes.text(),
        "messaging_binding": seats::present_binding(participant),
        "role_sid": participant.role_sid,
        "last_read_message_index": participant.last_read_message_index,
        "last_read_timestamp": participant.last_read_timestamp.map(Timestamp::to_iso8601),
        "date_created": participant.date_created.to_iso8601(),
        "date_updated": participant.date_updated.to_iso8601(),
        "url": format!("{url}/Participants/{}", participant.sid),
    })
}
