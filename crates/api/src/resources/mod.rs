//! All resources: one file each, one line each in the lists below.

mod account;
mod content;
mod conversations;
mod desk;
mod flex;
pub(crate) mod live;
mod media;
mod messaging;
mod own;
pub(crate) mod sniffing;
mod studio;
pub(crate) mod taskrouter;
pub(crate) mod webhook;

use axum::Router;

use crate::app::Shared;
use crate::webchat;

pub(crate) use account::call_form::{call as call_of, link as link_of};
pub(crate) use account::message_form::AHEAD_MIN_SECS;
use account::webhooks as webhook_forms;
pub use media::{content_type as medium_type, filename as medium_name, media_link};
pub(crate) use media::{medium_of_message, serve_message_medium};
pub(crate) use taskrouter::{event_data, present_task, queue_in_real_time, resource_of};

/// Returns the routes of the published APIs.
pub(crate) fn published() -> Router<Shared> {
    Router::new()
        .merge(account::accounts::routes())
        .merge(account::applications::routes())
        .merge(account::available_numbers::routes())
        .merge(account::call_notes::routes())
        .merge(account::calls::routes())
        .merge(account::conferences::routes())
        .merge(account::credential_lists::routes())
        .merge(account::credentials::routes())
        .merge(account::ip_access_control_lists::routes())
        .merge(account::ip_addresses::routes())
        .merge(account::keys::routes())
        .merge(account::media::routes())
        .merge(account::message_feedback::routes())
        .merge(account::messages::routes())
        .merge(account::numbers::routes())
        .merge(account::participants::routes())
        .merge(account::queue_members::routes())
        .merge(account::queues::routes())
        .merge(account::recordings::routes())
        .merge(account::sip_domains::routes())
        .merge(account::sip_mappings::routes())
        .merge(account::streams::routes())
        .merge(account::user_defined_messages::routes())
        .merge(content::routes())
        .merge(conversations::routes())
        .merge(flex::routes())
        .merge(media::routes())
        .merge(messaging::routes())
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

/// Returns the routes whose paths are the leave to go them.
pub(crate) fn ticketed() -> Router<Shared> {
    media::ticketed()
}

/// Returns the routes of our own API.
pub(crate) fn own() -> Router<Shared> {
    Router::new()
        .merge(desk::routes())
        .merge(own::executions::routes())
        .merge(own::settings::routes())
        .merge(own::tokens::routes())
        .merge(own::trunks::routes())
        .merge(own::users::routes())
        .merge(own::widgets::routes())
        .merge(webchat::own_routes())
}

/// Returns the routes of the loopback network and the phone on it, for development mode.
pub(crate) fn loopback() -> Router<Shared> {
    Router::new().merge(own::dev::routes()).merge(own::phone::routes())
}

/// Returns the routes by which browsers log in.
pub(crate) fn entrance(app: &Shared) -> Router<Shared> {
    own::session::routes(app)
}
