//! The messaging API: services, and the numbers that send for them.

mod opt_out_words;
mod phone_numbers;
mod services;

use axum::Router;

use crate::app::Shared;

/// What all paths begin with.
const BASE: &str = "/messaging/v1";

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new().merge(phone_numbers::routes()).merge(services::routes())
}
