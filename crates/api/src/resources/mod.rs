//! All resources: one file each, one line each in the lists below.

mod account;
mod conversations;
mod flex;
pub(crate) mod live;
mod own;
mod studio;
pub(crate) mod taskrouter;
pub(crate) mod webhook;

use axum::Router;

use crate::app::{App, Shared};
use crate::webchat;

pub(crate) use own::tokens::signing_key;
pub(crate) use taskrouter::{event_data, present_task, queue_in_real_time, resource_of};

/// Returns the routes of the published APIs.
pub(crate) fn published() -> Router<Shared> {
    Router::new()
        .merge(account::accounts::routes())
        .merge(account::keys::routes())
        .merge(account::media::routes())
        .merge(account::messages::routes())
        .merge(account::numbers::routes())
        .merge(conversations::routes())
        .merge(flex::routes())
        .merge(studio::executions::routes())
        .merge(studio::flows::routes())
        .merge(studio::flows_v1::routes())
        .merge(studio::revisions::routes())
        .merge(studio::steps::routes())
        .merge(studio::test_users::routes())
        .merge(taskrouter::activities::routes())
        .merge(taskrouter::events::routes())
        .merge(taskrouter::explanations::routes())
        .merge(taskrouter::reservations::routes())
        .merge(taskrouter::statistics::routes())
        .merge(taskrouter::task_channels::routes())
        .merge(taskrouter::task_queues::routes())
        .merge(taskrouter::tasks::routes())
        .merge(taskrouter::warnings::routes())
        .merge(taskrouter::worker_channels::routes())
        .merge(taskrouter::workers::routes())
        .merge(taskrouter::workflows::routes())
        .merge(taskrouter::workspaces::routes())
}

/// Returns the routes of our own API; the loopback network is there in development mode only.
pub(crate) fn own(app: &App) -> Router<Shared> {
    let routes = Router::new()
        .merge(own::executions::routes())
        .merge(own::settings::routes())
        .merge(own::tokens::routes())
        .merge(own::users::routes())
        .merge(own::widgets::routes())
        .merge(webchat::own_routes());
    match app.is_development {
        true => routes.merge(own::dev::routes()),
        false => routes,
    }
}
