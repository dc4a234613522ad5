//! A conversation with its first participants in one request.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;

use super::parameters::ByRest;
use super::place::{Here, Service};
use super::seats::{self, Room};
use super::{conversation, in_both_forms, services, users};
use crate::app::Shared;
use crate::error::ApiError;
use crate::form::Form;
use crate::reply::Answer;

/// The most participants of one request.
const PARTICIPANTS_MAX: usize = 10;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_both_forms("/ConversationWithParticipants", post(create))
}

async fn create(
    State(app): State<Shared>,
    service: Service,
    ByRest(origin): ByRest,
    Form(form): Form,
) -> Answer {
    let mut creation = conversation::creation(&app, &service, &form).await?;
    let given = form.all("Participant");
    if given.len() > PARTICIPANTS_MAX {
        let reason = format!("at most {PARTICIPANTS_MAX} are expected, found {}", given.len());
        return Err(ApiError::invalid("Participant", reason));
    }
    let record = services::find(&app, service.sid).await?;
    let room = Room { service: &record, messaging_service: creation.messaging_service_sid };
    for text in &given {
        let participant = seats::participant_of(&app, text, &room).await?;
        users::ensure(&app, &record, &participant.seat).await?;
        creation.participants.push(participant);
    }
    let sid = app.platform.create_conversation(creation, origin).await?;
    let status = if given.is_empty() { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    conversation::reply(&app, status, Here { service, sid }).await
}
