//! What an agent's desk does with the work at hand: the conversation of a task, and more people in a call.
//!
//! The published APIs are the account's. Here a person has only what the person's worker takes part in.

mod agent;
mod attachments;
mod callers;
mod hand_over;
mod thread;

use axum::Router;

use crate::app::Shared;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(attachments::routes())
        .merge(callers::routes())
        .merge(hand_over::routes())
        .merge(thread::routes())
}
