//! What holds for all conversations of the account.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use store::{ConversationSettings, Unit, resources};

use super::parameters::{present_timer, timers};
use super::{BASE, services};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route(&format!("{BASE}/Configuration"), get(fetch).post(update))
}

async fn fetch(State(app): State<Shared>) -> Answer {
    Ok(Reply::ok(present(&app, &services::settings_of(&app).await?)))
}

async fn update(State(app): State<Shared>, Form(form): Form) -> Answer {
    let mut settings = services::settings_of(&app).await?;
    if let Some(sid) = form.parsed("DefaultChatServiceSid")? {
        let missing = |_| ApiError::invalid("DefaultChatServiceSid", format!("there is no service {sid}"));
        settings.default_service_sid = services::find(&app, sid).await.map_err(missing)?.sid;
    }
    let messaging = form.parsed("DefaultMessagingServiceSid")?;
    settings.default_messaging_service_sid = messaging.or(settings.default_messaging_service_sid);
    settings.timers = timers(&form, ["DefaultInactiveTimer", "DefaultClosedTimer"], settings.timers)?;
    save(&app, &mut settings).await?;
    Ok(Reply::ok(present(&app, &settings)))
}

/// Writes the account's settings, the first time or over the old ones.
pub(super) async fn save(app: &App, settings: &mut ConversationSettings) -> Result<(), ApiError> {
    settings.date_updated = app.now();
    Ok(app.store.commit(Unit::new().with(resources::put(settings))).await?)
}

fn present(app: &App, settings: &ConversationSettings) -> Value {
    let (base, service) = (format!("{}{BASE}", app.public_url), settings.default_service_sid);
    json!({
        "account_sid": settings.account_sid,
        "default_chat_service_sid": service,
        "default_messaging_service_sid": settings.default_messaging_service_sid,
        "default_inactive_timer": present_timer(settings.timers.inactive),
        "default_closed_timer": present_timer(settings.timers.closed),
        "url": format!("{base}/Configuration"),
        "links": {
            "service": format!("{base}/Services/{service}/Configuration"),
            "webhooks": format!("{base}/Configuration/Webhooks"),
        },
    })
}
