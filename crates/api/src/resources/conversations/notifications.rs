//! What the devices of a service's users are told; kept and shown, nothing is pushed.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use store::{ConversationService, NotificationKind};

use super::parameters::text_over;
use super::place::Service;
use super::service_configuration::save;
use super::{in_service, services};
use crate::app::Shared;
use crate::error::ApiError;
use crate::form::Form;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_service("/Configuration/Notifications", get(fetch).post(update))
}

async fn fetch(State(app): State<Shared>, service: Service) -> Answer {
    Ok(Reply::ok(present(&service.url, &services::find(&app, service.sid).await?)))
}

async fn update(State(app): State<Shared>, service: Service, Form(form): Form) -> Answer {
    let mut it = services::find(&app, service.sid).await?;
    let kinds = &mut it.notifications;
    kinds.is_logged = form.boolean("LogEnabled")?.unwrap_or(kinds.is_logged);
    change(&mut kinds.new_message, &form, "NewMessage")?;
    change(&mut kinds.with_media, &form, "NewMessage.WithMedia")?;
    change(&mut kinds.added, &form, "AddedToConversation")?;
    change(&mut kinds.removed, &form, "RemovedFromConversation")?;
    save(&app, &mut it).await?;
    Ok(Reply::ok(present(&service.url, &it)))
}

fn change(kind: &mut NotificationKind, form: &Parameters, prefix: &str) -> Result<(), ApiError> {
    let name = |tail: &str| format!("{prefix}.{tail}");
    kind.is_enabled = form.boolean(&name("Enabled"))?.unwrap_or(kind.is_enabled);
    kind.has_badge = form.boolean(&name("BadgeCountEnabled"))?.unwrap_or(kind.has_badge);
    kind.template = text_over(form, &name("Template"), kind.template.take());
    kind.sound = text_over(form, &name("Sound"), kind.sound.take());
    Ok(())
}

fn present(url: &str, service: &ConversationService) -> Value {
    let kinds = &service.notifications;
    let kind = |kind: &NotificationKind| json!({ "enabled": kind.is_enabled, "template": kind.template, "sound": kind.sound });
    let mut new_message = kind(&kinds.new_message);
    new_message["badge_count_enabled"] = kinds.new_message.has_badge.into();
    new_message["with_media"] =
        json!({ "enabled": kinds.with_media.is_enabled, "template": kinds.with_media.template });
    json!({
        "account_sid": service.account_sid,
        "chat_service_sid": service.sid,
        "new_message": new_message,
        "added_to_conversation": kind(&kinds.added),
        "removed_from_conversation": kind(&kinds.removed),
        "log_enabled": kinds.is_logged,
        "url": format!("{url}/Configuration/Notifications"),
    })
}
