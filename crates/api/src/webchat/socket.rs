//! The two ways on which a visitor hears: a WebSocket, and server-sent events where that does not pass.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use futures::stream::{self, Stream};
use tokio::time::timeout;

use super::Webchat;
use super::listener::Listener;
use super::visitor::Visitor;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::parameters::Parameters;
use crate::websocket::modest;

/// How long a visitor may take to read one frame.
const READ_MAX: Duration = Duration::from_secs(10);

/// The most bytes that a visitor may send at once: what is said comes by requests.
const INCOMING_MAX: usize = 4096;

/// By which browsers say how far they got.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Returns the routes.
pub(super) fn routes() -> Router<Webchat> {
    Router::new()
        .route("/webchat/v1/sessions/{session}/socket", get(connect))
        .route("/webchat/v1/sessions/{session}/events", get(events))
}

async fn connect(
    State(chat): State<Webchat>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| ApiError::new(catalog::INVALID, "A WebSocket is expected here"))?;
    let listener = Listener::begin(chat.app, visitor, after(query.as_deref())?).await?;
    Ok(modest(upgrade, INCOMING_MAX).on_upgrade(move |socket| serve(socket, listener)))
}

async fn events(
    State(chat): State<Webchat>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let last = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()?.parse().ok());
    let after = match last {
        Some(last) => Some(last),
        None => after(query.as_deref())?,
    };
    let listener = Listener::begin(chat.app, visitor, after).await?;
    let frames = stream::unfold(listener, |mut listener| async {
        let frame = listener.next().await?;
        let event = Event::default().data(frame.text());
        let event = frame.id.map(|id| event.clone().id(id.to_string())).unwrap_or(event);
        Some((Ok(event), listener))
    });
    Ok(Sse::new(frames))
}

/// Reads how far the visitor got.
fn after(query: Option<&str>) -> Result<Option<u64>, ApiError> {
    let query = Parameters::parse(query.unwrap_or_default().as_bytes());
    query.map_err(|reason| ApiError::invalid("after", reason))?.number("after")
}

async fn serve(mut socket: WebSocket, mut listener: Listener) {
    loop {
        tokio::select! {
            frame = listener.next() => {
                let Some(frame) = frame else { break };
                let sent = timeout(READ_MAX, socket.send(Message::Text(frame.text().into()))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
            incoming = socket.recv() => match incoming {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
    let _ = timeout(READ_MAX, socket.send(Message::Close(None))).await;
}
