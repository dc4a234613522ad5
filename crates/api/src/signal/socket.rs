//! The socket of one device: it shows its token first, then speaks and is told things until one side goes.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::frames::{self, Frame};
use crate::app::Shared;
use crate::auth::access_token::{self, Claims};
use crate::devices::{Device, FromDevice, Outgoing, ToDevice};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::websocket::modest;

/// How often a sign of life goes out: the SDK gives a socket up that is silent for 15 seconds.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How long a browser may take to read one frame, and to show its token.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of one frame: an offer with many candidates has a few thousand.
const INCOMING_MAX: usize = 64 * 1024;

/// How many frames may wait for a device before it counts as gone.
const WAITING_MAX: usize = 256;

/// The longest that a call is kept for a device that dropped, seconds.
const RECONNECT_SECS_MAX: u64 = 30;

/// The protocol's codes for tokens that do not open this door.
const TOKEN_EXPIRED: u32 = 31205;
const TOKEN_INVALID: u32 = 31204;
const NOT_AUTHORIZED: u32 = 31201;
const BAD_REQUEST: u32 = 31400;

/// A device that has shown its token.
struct Session {
    app: Shared,
    identity: String,
    to_calls: mpsc::Sender<FromDevice>,
    told: mpsc::Receiver<ToDevice>,
}

/// Connects a browser's device.
pub(super) async fn connect(
    State(app): State<Shared>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| ApiError::new(catalog::INVALID, "A WebSocket is expected here"))?;
    Ok(modest(upgrade, INCOMING_MAX).on_upgrade(move |mut socket| async move {
        if let Some(session) = listen(app, &mut socket).await {
            session.serve(socket).await;
        }
    }))
}

/// Waits for the token that opens the device's session; whatever else comes first closes the socket.
async fn listen(app: Shared, socket: &mut WebSocket) -> Option<Session> {
    let text = timeout(PATIENCE, next_text(socket)).await.ok()??;
    let refused = match serde_json::from_str::<Frame>(&text) {
        Ok(frame) if frame.kind == "listen" => match admit(&app, &frame).await {
            Ok((claims, greeting)) => {
                let session = open(app, &claims, &frame);
                return send(socket, greeting).await.then_some(session);
            }
            Err(refused) => refused,
        },
        _ => frames::error(BAD_REQUEST, "the first message must be 'listen' with a token", None),
    };
    send(socket, refused).await;
    None
}

/// Checks the token of a `listen`; returns what it says with the greeting, or the frame that refuses it.
async fn admit(app: &Shared, frame: &Frame) -> Result<(Claims, String), String> {
    let claims = access_token::check(app, &frame.payload.token).await.map_err(|error| refusal(&error))?;
    if claims.grants.voice.is_none() || claims.grants.identity.is_empty() {
        return Err(frames::error(NOT_AUTHORIZED, "the token has no voice grant with an identity", None));
    }
    let ttl = claims.expires_at().since(app.now()).as_secs();
    let greeting = frames::connected(&claims.grants.identity, ttl);
    Ok((claims, greeting))
}

fn refusal(error: &ApiError) -> String {
    let code = if error.entry().code == catalog::TOKEN_EXPIRED.code { TOKEN_EXPIRED } else { TOKEN_INVALID };
    frames::error(code, error.message(), None)
}

fn open(app: Shared, claims: &Claims, frame: &Frame) -> Session {
    let (tell, told) = mpsc::channel(WAITING_MAX);
    let voice = claims.grants.voice.clone().unwrap_or_default();
    let to_calls = app.devices.connect(Device {
        identity: claims.grants.identity.clone(),
        may_be_called: voice.incoming.is_some_and(|grant| grant.allow),
        outgoing: voice.outgoing.map(|grant| Outgoing {
            application: grant.application_sid,
            parameters: grant.params.iter().map(|(name, value)| (name.clone(), text_of(value))).collect(),
        }),
        reconnect_secs: frame.payload.reconnect_timeout.as_u64().unwrap_or(0).min(RECONNECT_SECS_MAX),
        expires_at: claims.expires_at(),
        tell,
    });
    Session { app, identity: claims.grants.identity.clone(), to_calls, told }
}

fn text_of(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Session {
    /// Passes frames in both directions until one side goes.
    async fn serve(mut self, mut socket: WebSocket) {
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let text = tokio::select! {
                incoming = socket.recv() => match incoming {
                    Some(Ok(Message::Text(text))) => match self.take(&text).await {
                        Ok(reply) => reply,
                        Err(Gone) => return,
                    },
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => None,
                },
                told = self.told.recv() => match told {
                    Some(told) => Some(frames::write(&told)),
                    None => return,
                },
                _ = heartbeat.tick() => Some("\n".to_owned()),
            };
            if let Some(text) = text
                && !send(&mut socket, text).await
            {
                return;
            }
        }
    }

    /// Takes a frame; returns what is to be answered at once.
    async fn take(&self, text: &str) -> Result<Option<String>, Gone> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let frame: Frame = match serde_json::from_str(text) {
            Ok(frame) => frame,
            Err(error) => {
                return Ok(Some(frames::error(BAD_REQUEST, &format!("not a message: {error}"), None)));
            }
        };
        if frame.kind == "listen" {
            return Ok(Some(self.renew(&frame).await));
        }
        match frame.read() {
            Ok(said) => self.to_calls.send(said).await.map(|()| None).map_err(|_| Gone),
            Err(reason) => Ok(Some(frames::error(BAD_REQUEST, &reason, None))),
        }
    }

    /// Takes a fresh token for the same identity.
    async fn renew(&self, frame: &Frame) -> String {
        match admit(&self.app, frame).await {
            Ok((claims, greeting)) if claims.grants.identity == self.identity => greeting,
            Ok(_) => frames::error(TOKEN_INVALID, "the new token is for another identity", None),
            Err(refused) => refused,
        }
    }
}

/// The calls do not listen any longer.
struct Gone;

async fn next_text(socket: &mut WebSocket) -> Option<String> {
    loop {
        match socket.recv().await? {
            Ok(Message::Text(text)) if !text.trim().is_empty() => return Some(text.to_string()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Sends a text, and tells whether the browser took it in time.
async fn send(socket: &mut WebSocket, text: String) -> bool {
    matches!(timeout(PATIENCE, socket.send(Message::Text(text.into()))).await, Ok(Ok(())))
}
