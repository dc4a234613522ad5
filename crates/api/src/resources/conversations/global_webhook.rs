//! Which application is asked and told of all conversations of the account.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use store::ConversationSettings;

use super::{BASE, configuration, hooks, services};
use crate::app::{App, Shared};
use crate::form::Form;
use crate::reply::{Answer, Reply};

const PATH: &str = "/Configuration/Webhooks";

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route(&format!("{BASE}{PATH}"), get(fetch).post(update))
}

async fn fetch(State(app): State<Shared>) -> Answer {
    Ok(Reply::ok(present(&app, &services::settings_of(&app).await?)))
}

async fn update(State(app): State<Shared>, Form(form): Form) -> Answer {
    let mut settings = services::settings_of(&app).await?;
    settings.hooks = hooks::changed(settings.hooks, &form)?;
    settings.hook_target = form.parsed("Target")?.unwrap_or(settings.hook_target);
    configuration::save(&app, &mut settings).await?;
    Ok(Reply::ok(present(&app, &settings)))
}

fn present(app: &App, settings: &ConversationSettings) -> Value {
    json!({
        "account_sid": settings.account_sid,
        "method": settings.hooks.method,
        "filters": settings.hooks.filters,
        "pre_webhook_url": settings.hooks.pre_url,
        "post_webhook_url": settings.hooks.post_url,
        "target": settings.hook_target,
        "url": format!("{}{BASE}{PATH}", app.public_url),
    })
}
