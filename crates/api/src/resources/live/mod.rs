//! Live events: a WebSocket that tells programs and supervisors what happens, by topic.
//!
//! One way only. Who reads too slowly is disconnected and told so: the resources say what was missed.

mod frame;

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use domain::Timestamp;
use store::Role;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until, timeout};

use crate::app::{App, Shared};
use crate::auth;
use crate::bridge::token::{self, BearerRole};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::parameters::Parameters;
use crate::platform::{LiveEvents, Notices};

pub(crate) use frame::Topic;

/// How long a listener may take to read one event.
const READ_MAX: Duration = Duration::from_secs(10);

/// The most bytes that a listener may send at once; it has nothing to say.
const INCOMING_MAX: usize = 4096;

/// How long a listener without a token may stay without showing its credentials again.
const STAY_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the routes; who may listen is seen to here, since browsers can send no header.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/events", get(connect))
}

/// One who listens.
struct Listener {
    app: Shared,
    topics: BTreeSet<Topic>,
    notices: Notices,
    events: LiveEvents,
}

async fn connect(
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let unreadable = |reason| ApiError::new(catalog::INVALID, format!("The query can not be read: {reason}"));
    let query = Parameters::parse(query.unwrap_or_default().as_bytes()).map_err(unreadable)?;
    let leaves_at = leaves_at(&app, &query, &headers).await?;
    let topics = topics(&query)?;
    let upgrade = upgrade.map_err(|_| ApiError::new(catalog::INVALID, "A WebSocket is expected here"))?;
    // What happens from here on waits for the socket.
    let (notices, events) = (app.platform.notices(), app.platform.live_events());
    let end = Instant::now() + leaves_at.since(app.now());
    let listener = Listener { app, topics, notices, events };
    Ok(upgrade.max_message_size(INCOMING_MAX).on_upgrade(move |socket| listener.run(socket, end)))
}

/// Checks who listens, and returns until when: supervisors and those who draw flows, or the account itself.
async fn leaves_at(app: &App, query: &Parameters, headers: &HeaderMap) -> Result<Timestamp, ApiError> {
    let Some(token) = query.filled("token") else {
        let caller = auth::caller(app, headers).await?;
        caller.must_be(&[Role::Supervisor, Role::Admin, Role::Author])?;
        return Ok(app.now() + STAY_MAX);
    };
    let bearer = token::check(app, token).await?;
    match bearer.role {
        BearerRole::Supervisor | BearerRole::Admin => Ok(bearer.expires_at),
        BearerRole::Worker => {
            let message = "The access token is a worker's: one with the role supervisor or admin is expected";
            Err(ApiError::new(catalog::FORBIDDEN, message))
        }
    }
}

/// Reads the topics; all of them where none is named.
fn topics(query: &Parameters) -> Result<BTreeSet<Topic>, ApiError> {
    let named = query.list("topics");
    if named.is_empty() {
        return Ok(Topic::ALL.into_iter().collect());
    }
    let read = |name: &String| {
        Topic::named(name).ok_or_else(|| {
            let known = Topic::ALL.map(Topic::name).join(", ");
            ApiError::invalid("topics", format!("'{name}' is not known: {known} are expected"))
        })
    };
    named.iter().map(read).collect()
}

impl Listener {
    async fn run(mut self, mut socket: WebSocket, end: Instant) {
        if send(&mut socket, frame::greeting(&self.topics, self.app.now())).await.is_err() {
            return;
        }
        if let Err(goodbye) = self.serve(&mut socket, end).await {
            let _ = timeout(READ_MAX, socket.send(Message::Close(goodbye))).await;
        }
    }

    /// Tells what happens until one of both goes; the error says why the server goes, if it does.
    async fn serve(&mut self, socket: &mut WebSocket, end: Instant) -> Result<(), Option<CloseFrame>> {
        loop {
            let frames: Vec<String> = tokio::select! {
                () = sleep_until(end) => return Err(Some(close(close_code::POLICY, "the access has expired"))),
                incoming = socket.recv() => match incoming {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                    Some(Ok(_)) => continue,
                },
                notices = self.notices.recv() => {
                    let notices = notices.map_err(missed)?;
                    notices.iter().filter_map(|notice| frame::of_notice(notice, &self.topics)).collect()
                }
                events = self.events.recv() => {
                    let events = events.map_err(missed)?;
                    events.iter().filter_map(|event| frame::of_event(&self.app, event, &self.topics)).collect()
                }
            };
            for text in frames {
                send(socket, text).await.map_err(Some)?;
            }
        }
    }
}

/// Sends a frame; who does not take it in time is disconnected.
async fn send(socket: &mut WebSocket, text: String) -> Result<(), CloseFrame> {
    let sent = timeout(READ_MAX, socket.send(Message::Text(text.into()))).await;
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(close(close_code::AWAY, "the connection is gone")),
        Err(_) => Err(too_slow()),
    }
}

/// A listener who was overtaken by too many events must look at the resources; so must all when the server stops.
fn missed(error: RecvError) -> Option<CloseFrame> {
    match error {
        RecvError::Lagged(_) => Some(too_slow()),
        RecvError::Closed => Some(close(close_code::AWAY, "the server stops")),
    }
}

fn too_slow() -> CloseFrame {
    let reason = "events were missed: read faster, or ask for fewer topics; then look at the resources";
    close(close_code::AGAIN, reason)
}

fn close(code: u16, reason: &'static str) -> CloseFrame {
    CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
}
