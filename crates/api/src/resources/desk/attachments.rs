//! Attachments in the conversation of a task: an agent sends files, and fetches those that its messages have.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use conversation::{AddMessage, Command, MessageMedia};
use domain::MediaSid;
use serde::Deserialize;

use super::agent::{Attendant, Seat};
use super::thread::{BASE, show};
use crate::app::Shared;
use crate::error::ApiError;
use crate::form::Path;
use crate::paging::List;
use crate::reply::{Answer, Reply};
use crate::resources::media::{Upload, filename, keep, medium_of_message, serve_message_medium};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{BASE}/media"), post(send))
        .route(&format!("{BASE}/media/{{medium}}"), get(fetch))
}

#[derive(Deserialize)]
struct OfMedium {
    medium: MediaSid,
}

/// Sends the file that is the body to all who take part, as a message of its own; with the same key only once.
async fn send(State(app): State<Shared>, seat: Seat, headers: HeaderMap, list: List, body: Body) -> Answer {
    // Before the file comes in, so that nothing is kept of one that could not be sent.
    seat.must_be_there()?;
    let token = seat.token(&headers)?;
    let known = token.clone();
    let is_repeated =
        seat.look(&app, move |it| known.is_some() && it.messages().any(|one| one.token == known));
    if is_repeated.await? {
        return Ok(Reply::created(show(&app, &seat).await?));
    }
    let service = seat.look(&app, |it| it.details().service_sid).await?;
    let filename = list.query.filled("Filename").and_then(filename);
    let kept = keep(&app, service, Upload { filename, headers, body }).await?;
    let medium = MessageMedia {
        sid: kept.sid,
        size: kept.size,
        content_type: kept.content_type,
        filename: kept.filename,
    };
    let message = AddMessage {
        author: Some(seat.own.identity.clone()),
        media: vec![medium],
        token,
        ..AddMessage::default()
    };
    seat.converse(&app, Command::AddMessage(Box::new(message))).await?;
    Ok(Reply::created(show(&app, &seat).await?))
}

/// Answers with the content of an attachment: pictures are shown, all else is downloaded.
async fn fetch(
    State(app): State<Shared>,
    attendant: Attendant,
    Path(path): Path<OfMedium>,
) -> Result<Response, ApiError> {
    let found = medium_of_message(&app, attendant.conversation(), path.medium).await?;
    serve_message_medium(&app, &found).await
}
