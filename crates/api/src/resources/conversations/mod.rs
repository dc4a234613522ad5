//! Conversations v1: reads are looks at the engine or the store, writes are commands to the engine.
//!
//! Everything below a service has two paths: one names the service, the short one means the account's own.

mod addresses;
mod bindings;
mod configuration;
mod conversation;
mod credentials;
mod global_webhook;
mod hooks;
mod messages;
mod notifications;
mod parameters;
mod participant_conversations;
mod participants;
mod place;
mod receipts;
mod roles;
mod seats;
mod service_configuration;
mod service_webhook;
mod services;
mod user_conversations;
mod users;
mod webhooks;
mod with_participants;

use axum::Router;
use axum::routing::MethodRouter;

use crate::app::Shared;

pub(super) use self::messages::present as present_message;
pub(super) use self::participants::{present as present_participant, unexpected};
pub(super) use self::services::settings_of as settings;
pub(super) use self::users::identity as check_identity;

/// What is in front of every path.
const BASE: &str = "/conversations/v1";

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(addresses::routes())
        .merge(bindings::routes())
        .merge(configuration::routes())
        .merge(conversation::routes())
        .merge(credentials::routes())
        .merge(global_webhook::routes())
        .merge(messages::routes())
        .merge(notifications::routes())
        .merge(participant_conversations::routes())
        .merge(participants::routes())
        .merge(receipts::routes())
        .merge(roles::routes())
        .merge(service_configuration::routes())
        .merge(service_webhook::routes())
        .merge(services::routes())
        .merge(user_conversations::routes())
        .merge(users::routes())
        .merge(webhooks::routes())
        .merge(with_participants::routes())
}

/// Returns a route in both forms: of the account's own service, and of a service that the path names.
fn in_both_forms(tail: &str, methods: MethodRouter<Shared>) -> Router<Shared> {
    Router::new()
        .route(&format!("{BASE}{tail}"), methods.clone())
        .route(&format!("{BASE}/Services/{{service}}{tail}"), methods)
}

/// Returns a route of what only a path that names its service has.
fn in_service(tail: &str, methods: MethodRouter<Shared>) -> Router<Shared> {
    Router::new().route(&format!("{BASE}/Services/{{service}}{tail}"), methods)
}
