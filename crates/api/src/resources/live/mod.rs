//! Live events: a WebSocket that tells programs and supervisors what happens, by topic.
//!
//! One way only. Who reads too slowly is disconnected and told so: the resources say what was missed.

mod frame;
mod scope;

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use domain::{Timestamp, WorkerSid, WorkspaceSid};
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
use crate::websocket::modest;

use self::scope::Scope;

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

/// Who may listen, and until when.
struct Access {
    ends_at: Timestamp,
    /// The worker whose conversations are told, where not all are.
    agent: Option<(WorkspaceSid, WorkerSid)>,
}

impl Access {
    async fn scope(&self, app: &App) -> Result<Scope, ApiError> {
        match self.agent {
            None => Ok(Scope::All),
            Some((workspace, worker)) => Scope::of_worker(app, workspace, worker).await,
        }
    }
}

/// One who listens.
struct Listener {
    app: Shared,
    topics: BTreeSet<Topic>,
    scope: Scope,
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
    let topics = topics(&query)?;
    let access = access(&app, &query, &headers, &topics).await?;
    let upgrade = upgrade.map_err(|_| ApiError::new(catalog::INVALID, "A WebSocket is expected here"))?;
    // What happens from here on waits for the socket.
    let (notices, events) = (app.platform.notices(), app.platform.live_events());
    let end = Instant::now() + access.ends_at.since(app.now());
    let scope = access.scope(&app).await?;
    let listener = Listener { app, topics, scope, notices, events };
    Ok(modest(upgrade, INCOMING_MAX).on_upgrade(move |socket| listener.run(socket, end)))
}

/// Checks who listens: supervisors and those who draw flows, or the account itself; an agent hears of conversations.
async fn access(
    app: &App,
    query: &Parameters,
    headers: &HeaderMap,
    topics: &BTreeSet<Topic>,
) -> Result<Access, ApiError> {
    let Some(token) = query.filled("token") else {
        let caller = auth::caller(app, headers).await?;
        caller.must_be(&[Role::Supervisor, Role::Admin, Role::Author])?;
        return Ok(Access { ends_at: app.now() + STAY_MAX, agent: None });
    };
    let bearer = token::check(app, token).await?;
    let is_of_conversations = topics.iter().all(|topic| *topic == Topic::Conversations);
    let agent = bearer.worker.map(|worker| (bearer.workspace, worker));
    match (bearer.role, agent.filter(|_| is_of_conversations)) {
        // Who takes tasks hears of the own conversations, whatever else they may do: a desk asks for no more.
        (BearerRole::Supervisor | BearerRole::Admin, _) if query.filled("scope") != Some("own") => {
            Ok(Access { ends_at: bearer.expires_at, agent: None })
        }
        (_, Some(agent)) => Ok(Access { ends_at: bearer.expires_at, agent: Some(agent) }),
        (_, None) => {
            let message = "The access token is a worker's: it opens topics=conversations, of the worker's own; for \
                           more, one with the role supervisor or admin is expected";
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
                    let heard = events.iter().filter(|event| self.scope.hears(event));
                    heard.filter_map(|event| frame::of_event(&self.app, event, &self.topics)).collect()
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
