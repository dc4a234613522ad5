//! The conversations that somebody takes part in, by identity or address.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use store::conversations::{self, Participation, Who};
use store::{ConversationUser, resources};

use super::conversation::present_timers;
use super::place::Service;
use super::{in_both_forms, seats};
use crate::app::Shared;
use crate::error::ApiError;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::Answer;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_both_forms("/ParticipantConversations", get(list))
}

async fn list(State(app): State<Shared>, service: Service, list: List) -> Answer {
    let who = who(&list.query)?;
    let user: Option<ConversationUser> = match &who {
        Who::Identity(identity) => resources::by_name(&app.store, &service.sid.to_string(), identity).await?,
        Who::Address(_) => None,
    };
    let found =
        conversations::of_participant(&app.store, service.sid, &who, &list.page().newest_first()).await?;
    let present = |participation| present(&service.url, user.as_ref(), &participation);
    Ok(list.reply("conversations", each(found, present)))
}

fn who(query: &Parameters) -> Result<Who, ApiError> {
    match (query.filled("Identity"), query.address_text("Address")) {
        (Some(identity), None) => Ok(Who::Identity(identity.to_owned())),
        (None, Some(address)) => Ok(Who::Address(address)),
        (Some(_), Some(_)) => {
            Err(ApiError::invalid("Identity", "either it or Address is expected, found both"))
        }
        (None, None) => Err(ApiError::invalid("Identity", "it or Address is expected")),
    }
}

fn present(base: &str, user: Option<&ConversationUser>, participation: &Participation) -> Value {
    let Participation { participant, details } = participation;
    let url = format!("{base}/Conversations/{}", details.sid);
    json!({
        "account_sid": details.account_sid,
        "chat_service_sid": details.service_sid,
        "participant_sid": participant.sid,
        "participant_user_sid": user.map(|user| user.sid),
        "participant_identity": participant.identity(),
        "participant_messaging_binding": seats::present_binding(participant),
        "conversation_sid": details.sid,
        "conversation_unique_name": details.unique_name,
        "conversation_friendly_name": details.friendly_name,
        "conversation_attributes": details.attributes.text(),
        "conversation_date_created": details.date_created.to_iso8601(),
        "conversation_date_updated": details.date_updated.to_iso8601(),
        "conversation_created_by": "system",
        "conversation_state": details.state,
        "conversation_timers": present_timers(details),
        "links": {
            "participant": format!("{url}/Participants/{}", participant.sid),
            "conversation": url,
        },
    })
}
