//! Which application is asked and told of the conversations of one service.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use store::ConversationService;

use super::place::Service;
use super::service_configuration::save;
use super::{hooks, in_service, services};
use crate::app::Shared;
use crate::form::Form;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_service("/Configuration/Webhooks", get(fetch).post(update))
}

async fn fetch(State(app): State<Shared>, service: Service) -> Answer {
    Ok(Reply::ok(present(&service.url, &services::find(&app, service.sid).await?)))
}

async fn update(State(app): State<Shared>, service: Service, Form(form): Form) -> Answer {
    let mut it = services::find(&app, service.sid).await?;
    it.hooks = hooks::changed(it.hooks, &form)?;
    save(&app, &mut it).await?;
    Ok(Reply::ok(present(&service.url, &it)))
}

fn present(url: &str, service: &ConversationService) -> Value {
    json!({
        "account_sid": service.account_sid,
        "chat_service_sid": service.sid,
        "pre_webhook_url": service.hooks.pre_url,
        "post_webhook_url": service.hooks.post_url,
        "filters": service.hooks.filters,
        "method": service.hooks.method,
        "url": format!("{url}/Configuration/Webhooks"),
    })
}
