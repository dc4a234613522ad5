//! What holds for the users and conversations of one service.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::RoleSid;
use serde_json::{Value, json};
use store::{ConversationRole, ConversationService, RoleScope, Unit, resources};

use super::place::Service;
use super::{in_service, services};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_service("/Configuration", get(fetch).post(update))
}

async fn fetch(State(app): State<Shared>, service: Service) -> Answer {
    Ok(Reply::ok(present(&service.url, &services::find(&app, service.sid).await?)))
}

async fn update(State(app): State<Shared>, service: Service, Form(form): Form) -> Answer {
    let mut it = services::find(&app, service.sid).await?;
    let of_conversations = RoleScope::Conversation;
    it.creator_role_sid =
        role_over(&app, &form, ("DefaultConversationCreatorRoleSid", of_conversations), it.creator_role_sid)
            .await?;
    it.participant_role_sid =
        role_over(&app, &form, ("DefaultConversationRoleSid", of_conversations), it.participant_role_sid)
            .await?;
    it.user_role_sid =
        role_over(&app, &form, ("DefaultChatServiceRoleSid", RoleScope::Service), it.user_role_sid).await?;
    it.is_reachability_enabled = form.boolean("ReachabilityEnabled")?.unwrap_or(it.is_reachability_enabled);
    save(&app, &mut it).await?;
    Ok(Reply::ok(present(&service.url, &it)))
}

/// Writes a service over the one that was read.
pub(super) async fn save(app: &App, service: &mut ConversationService) -> Result<(), ApiError> {
    let read_at = service.date_updated;
    service.date_updated = app.now();
    Ok(app.store.commit(Unit::new().with(resources::update(service, read_at))).await?)
}

/// Reads a role that exists and applies where it must.
async fn role_over(
    app: &App,
    form: &Parameters,
    (name, scope): (&str, RoleScope),
    before: RoleSid,
) -> Result<RoleSid, ApiError> {
    let Some(sid) = form.parsed::<RoleSid>(name)? else { return Ok(before) };
    let found: Option<ConversationRole> = resources::fetch(&app.store, &sid.to_string()).await?;
    match found.filter(|role| role.scope == scope) {
        Some(role) => Ok(role.sid),
        None => Err(ApiError::invalid(name, format!("there is no role {sid} of type {scope}"))),
    }
}

fn present(url: &str, service: &ConversationService) -> Value {
    let url = format!("{url}/Configuration");
    json!({
        "chat_service_sid": service.sid,
        "default_conversation_creator_role_sid": service.creator_role_sid,
        "default_conversation_role_sid": service.participant_role_sid,
        "default_chat_service_role_sid": service.user_role_sid,
        "reachability_enabled": service.is_reachability_enabled,
        "links": {
            "notifications": format!("{url}/Notifications"),
            "webhooks": format!("{url}/Webhooks"),
        },
        "url": url,
    })
}
