//! The worker SDK's bridge: a WebSocket that tells a worker's browsers what happens, and requests tunnelled in POSTs.
//!
//! Both carry an access token, and nothing else says who asks: pages of any origin may call.

mod attendance;
mod event;
mod presence;
mod requests;
mod shapes;
mod socket;
pub(crate) mod token;
mod tunnel;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Method;
use axum::routing::get;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

use self::presence::Presence;
use crate::app::Shared;

/// Where the SDK finds both.
const PATH: &str = "/event-bridge/v1/wschannels";

/// How long a browser may remember that it is allowed to call.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(3600);

/// What the bridge's handlers share.
#[derive(Clone)]
struct Bridge {
    app: Shared,
    presence: Arc<Presence>,
}

/// Returns the bridge's routes, and starts telling connected workers what happens.
pub(crate) fn routes(app: &Shared) -> Router<Shared> {
    let presence = Presence::start(app.platform.notices());
    tokio::spawn(attendance::take_stock(Arc::clone(app), Arc::clone(&presence)));
    let anybody = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(PREFLIGHT_MAX_AGE);
    Router::new()
        // The layer answers a browser's question whether it may call, but sees only methods that the route takes.
        .route(PATH, get(socket::connect).post(tunnel::carry).options(|| async {}))
        .layer(anybody)
        .with_state(Bridge { app: Arc::clone(app), presence })
}
