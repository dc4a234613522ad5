//! The conversation of a task as its agent sees it: what was written, by whom, how far it got, and notes for colleagues.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use conversation::{AddMessage, Command, Conversation, Interaction, UpdateConversation, UpdateParticipant};
use serde_json::{Value, json};

use super::agent::{Attendant, Seat};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::platform::LiveEvent;
use crate::reply::{Answer, Reply};
use crate::resources::conversations::{present_message, present_participant};

/// What is in front of every path.
pub(super) const BASE: &str = "/v1/desk/conversations/{conversation}";

/// The most messages that are shown: the newest.
const MESSAGES_MAX: usize = 500;

/// The attribute of a conversation that holds its notes.
const NOTES: &str = "notes";

/// The longest note, in characters.
const NOTE_MAX: usize = 2000;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(BASE, get(fetch))
        .route(&format!("{BASE}/messages"), post(write))
        .route(&format!("{BASE}/notes"), post(note))
        .route(&format!("{BASE}/read"), post(mark_read))
        .route(&format!("{BASE}/typing"), post(show_typing))
}

async fn fetch(State(app): State<Shared>, seat: Seat) -> Answer {
    Ok(Reply::ok(show(&app, &seat).await?))
}

/// Writes a message to all who take part; one that is sent again with the same key is written once.
async fn write(State(app): State<Shared>, seat: Seat, headers: HeaderMap, Form(form): Form) -> Answer {
    let message = AddMessage {
        author: Some(seat.own.identity.clone()),
        body: Some(form.required("Body")?),
        token: seat.token(&headers)?,
        ..AddMessage::default()
    };
    seat.converse(&app, Command::AddMessage(Box::new(message))).await?;
    Ok(Reply::created(show(&app, &seat).await?))
}

/// Keeps a note that only agents see; it stays with the conversation when that is handed on.
async fn note(State(app): State<Shared>, seat: Seat, Form(form): Form) -> Answer {
    let body = form.required("Body")?;
    if body.chars().count() > NOTE_MAX {
        return Err(ApiError::invalid("Body", format!("at most {NOTE_MAX} characters are expected")));
    }
    let mut attributes = seat.look(&app, |it| it.details().attributes.map().clone()).await?;
    let note = json!({ "author": seat.own.identity, "body": body, "date": app.now().to_iso8601() });
    match attributes.get_mut(NOTES).and_then(Value::as_array_mut) {
        Some(notes) => notes.push(note),
        None => drop(attributes.insert(NOTES.to_owned(), json!([note]))),
    }
    let attributes = Some(Value::Object(attributes).to_string());
    let update = UpdateConversation { attributes, ..UpdateConversation::default() };
    seat.converse(&app, Command::UpdateConversation(update)).await?;
    Ok(Reply::created(show(&app, &seat).await?))
}

/// Notes how far the agent has read.
async fn mark_read(State(app): State<Shared>, seat: Seat, Form(form): Form) -> Answer {
    let index = form.number("Index")?.ok_or_else(|| ApiError::missing("Index"))?;
    let update = UpdateParticipant {
        sid: seat.own.participant_sid.ok_or_else(ApiError::not_found)?,
        attributes: None,
        role_sid: None,
        last_read_message_index: Some(index),
        last_read_timestamp: None,
    };
    seat.converse(&app, Command::UpdateParticipant(update)).await?;
    Ok(Reply::deleted())
}

/// Tells all who listen to the conversation that somebody types; nothing is kept of it.
async fn show_typing(State(app): State<Shared>, attendant: Attendant, Form(form): Form) -> Answer {
    let (conversation, identity) = match attendant {
        Attendant::Account(conversation) => (conversation, form.required("Identity")?),
        Attendant::Agent(seat) if seat.own.has_left => return Ok(Reply::deleted()),
        Attendant::Agent(seat) => (seat.conversation, seat.own.identity),
    };
    app.platform.tell(LiveEvent::Typing { conversation, identity, at: app.now() });
    Ok(Reply::deleted())
}

/// Shows the conversation as it stands for an agent.
pub(super) async fn show(app: &App, seat: &Seat) -> Result<Value, ApiError> {
    let (url, seat) = (app.public_url.clone(), seat.clone());
    let here = seat.clone();
    here.look(app, move |it| present(&url, &seat, it)).await
}

fn present(url: &str, seat: &Seat, it: &Conversation) -> Value {
    let url = format!("{url}/conversations/v1/Conversations/{}", seat.conversation);
    let all: Vec<_> = it.messages().collect();
    let newest = &all[all.len().saturating_sub(MESSAGES_MAX)..];
    let interaction = it.interactions().find(|interaction| interaction.sid == seat.interaction);
    let agents = it.interactions().flat_map(|interaction| &interaction.participants);
    let agents = agents.filter(|one| one.work.is_some()).map(|one| {
        let is_there = !one.has_left;
        json!({ "identity": one.identity, "is_there": is_there, "worker_sid": one.work.map(|work| work.worker_sid) })
    });
    let messages = newest.iter().map(|message| present_message(&url, it, message));
    let participants = it.participants().map(|participant| present_participant(&url, it, participant));
    json!({
        "sid": seat.conversation,
        "state": it.details().state,
        "identity": seat.own.identity,
        "has_left": interaction
            .and_then(|it| it.participants.iter().find(|one| one.sid == seat.own.sid))
            .is_none_or(|own| own.has_left),
        "channel": interaction.map(|interaction| interaction.channel.kind),
        "agents": agents.collect::<Vec<_>>(),
        "participants": participants.collect::<Vec<_>>(),
        "messages": messages.collect::<Vec<_>>(),
        "notes": it.details().attributes.map().get(NOTES).filter(|notes| notes.is_array()).unwrap_or(&json!([])),
        "transfers": interaction.map(transfers).unwrap_or_default(),
    })
}

fn transfers(interaction: &Interaction) -> Vec<Value> {
    let shown = interaction.transfers.iter().map(|transfer| {
        json!({
            "sid": transfer.sid,
            "type": transfer.mode,
            "status": transfer.status,
            "from": transfer.from,
            "note": transfer.note,
            "date_created": transfer.date_created.to_iso8601(),
        })
    });
    shown.collect()
}
