//! The WebSocket: one way, from the server to a worker's browser; what the browser sends is not looked at.

use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{TaskSid, WorkerSid};
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::presence::{Closing, Connection};
use super::token::{self, Bearer};
use super::{Bridge, attendance};
use crate::app::App;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::parameters::Parameters;
use crate::websocket::modest;

/// How often a sign of life goes out: the SDK gives a socket up that is silent for 30 seconds.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long a browser may take to read one event.
const READ_MAX: Duration = Duration::from_secs(10);

/// The most bytes that a browser may send at once; it has nothing to say.
const INCOMING_MAX: usize = 4096;

/// A worker's connection with what was asked of it.
struct Session {
    bridge: Bridge,
    bearer: Bearer,
    connection: Connection,
    goes_offline: bool,
}

/// Connects a worker's browser.
pub(super) async fn connect(
    State(bridge): State<Bridge>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let unreadable = |reason| ApiError::new(catalog::INVALID, format!("The query can not be read: {reason}"));
    let query = Parameters::parse(query.unwrap_or_default().as_bytes()).map_err(unreadable)?;
    let upgrade = upgrade.map_err(|_| ApiError::new(catalog::INVALID, "A WebSocket is expected here"))?;
    let bearer = token::check(&bridge.app, query.filled("token").unwrap_or_default()).await?;
    let worker = bearer.worker.ok_or_else(|| {
        ApiError::new(catalog::TOKEN_INVALID, "Invalid access token: it names no worker_sid to connect")
    })?;
    let goes_offline = query.boolean("setWorkerOfflineIfDisconnected")?.unwrap_or(false);
    let closes_others = query.boolean("closeExistingSessions")?.unwrap_or(false);
    // Before there is a socket, a failure can still be told.
    tasks_of(&bridge.app, &bearer, worker).await?;
    Ok(modest(upgrade, INCOMING_MAX).on_upgrade(move |socket| async move {
        let connection = bridge.presence.join(worker, closes_others);
        Session { bridge, bearer, connection, goes_offline }.run(socket).await;
    }))
}

impl Session {
    /// Tells the browser what happens until one of both goes.
    async fn run(mut self, mut socket: WebSocket) {
        // What happens from here on waits in the queue; what happened before is read now.
        let tasks = tasks_of(&self.bridge.app, &self.bearer, self.connection.worker).await;
        self.bridge.presence.follow(self.connection.worker, tasks.unwrap_or_default());
        if self.goes_offline {
            attendance::note(&self.bridge.app, self.bearer.workspace, self.connection.worker).await;
        }
        if send(&mut socket, self.greeting()).await {
            let goodbye = self.serve(&mut socket).await;
            let _ = timeout(READ_MAX, socket.send(Message::Close(goodbye))).await;
        }
        if self.bridge.presence.leave(&self.connection) && self.goes_offline {
            tokio::spawn(self.go_offline());
        }
    }

    /// Returns why the socket is to be closed; nothing when the browser went.
    async fn serve(&mut self, socket: &mut WebSocket) -> Option<CloseFrame> {
        let expiry = Instant::now() + self.bearer.expires_at.since(self.bridge.app.now());
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        loop {
            let text = tokio::select! {
                biased;
                closing = &mut self.connection.closing => return Some(goodbye(closing.ok())),
                () = sleep_until(expiry) => return Some(frame(close_code::POLICY, "the access token has expired")),
                incoming = socket.recv() => match incoming {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => continue,
                },
                text = self.connection.events.recv() => text?,
                _ = heartbeat.tick() => Utf8Bytes::from_static(" "),
            };
            if !send(socket, text).await {
                return None;
            }
        }
    }

    fn greeting(&self) -> Utf8Bytes {
        let lifetime = self.bearer.expires_at.since(self.bridge.app.now());
        let payload = json!({
            "channel_id": self.connection.worker,
            "account_sid": self.bridge.app.account,
            "workspace_sid": self.bearer.workspace,
            "token_lifetime": u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX),
        });
        json!({ "event_type": "init", "payload": payload }).to_string().into()
    }

    /// Sets the worker offline who does not come back.
    async fn go_offline(self) {
        let Self { bridge, bearer, connection, .. } = self;
        attendance::leave(&bridge.app, &bridge.presence, bearer.workspace, connection.worker).await;
    }
}

/// Returns the tasks of a worker's open reservations; an error says that there is no such worker.
async fn tasks_of(app: &App, bearer: &Bearer, worker: WorkerSid) -> Result<Vec<TaskSid>, ApiError> {
    let found = app.look(bearer.workspace, move |view| {
        view.workspace.worker(worker)?;
        Some(view.workspace.reservations_of_worker(worker).map(|it| it.task_sid).collect())
    });
    found.await?.ok_or_else(ApiError::not_found)
}

/// Sends a text, and tells whether the browser took it in time.
async fn send(socket: &mut WebSocket, text: Utf8Bytes) -> bool {
    matches!(timeout(READ_MAX, socket.send(Message::Text(text))).await, Ok(Ok(())))
}

fn goodbye(closing: Option<Closing>) -> CloseFrame {
    match closing {
        Some(Closing::ConnectedElsewhere) => frame(close_code::NORMAL, "the worker connected elsewhere"),
        Some(Closing::TooSlow) => frame(close_code::AGAIN, "events were not read in time: connect again"),
        Some(Closing::Missed) | None => frame(close_code::AGAIN, "events were missed: connect again"),
    }
}

fn frame(code: u16, reason: &'static str) -> CloseFrame {
    CloseFrame { code, reason: reason.into() }
}
