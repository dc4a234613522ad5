//! Web chat: visitors of web pages who write to the contact centre, by a small protocol of our own.
//!
//! A visitor's session is one conversation and one identity, both named by a signed token; nothing else is kept of it.
//! What the visitor does comes in by requests, what happens goes out as numbered frames by WebSocket or as server-sent
//! events: the number is the last message's index, so that who comes back says how far it got.

mod attachments;
mod deployments;
mod frames;
mod limits;
mod listener;
mod opening_hours;
mod origins;
mod pages;
mod sending;
mod sessions;
mod socket;
mod token;
mod transcript;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::http::{HeaderName, Method, header};
use tower_http::cors::{Any, CorsLayer};

use crate::app::Shared;

/// What the web chat's handlers share.
#[derive(Clone)]
struct Webchat {
    app: Shared,
    limits: Arc<limits::Limits>,
    attachments: Arc<attachments::Waiting>,
}

impl FromRef<Webchat> for Shared {
    fn from_ref(chat: &Webchat) -> Self {
        chat.app.clone()
    }
}

/// Returns the routes of visitors: their protocol, the widget and the demo page.
pub(crate) fn routes(app: &Shared) -> Router<Shared> {
    let chat = Webchat { app: app.clone(), limits: Arc::default(), attachments: Arc::default() };
    Router::new()
        .merge(sessions::routes())
        .merge(sending::routes())
        .merge(socket::routes())
        .merge(attachments::routes())
        .merge(transcript::routes())
        .layer(cross_origin())
        .with_state(chat)
        .merge(pages::routes())
}

/// Returns the routes of those who run the web chat.
pub(crate) fn own_routes() -> Router<Shared> {
    deployments::routes()
}

/// Pages of any origin may ask, since no cookie says who they are; which are answered is seen to by each request.
fn cross_origin() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([header::RETRY_AFTER, header::CONTENT_DISPOSITION])
}
