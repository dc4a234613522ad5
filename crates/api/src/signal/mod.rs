//! The voice SDK's socket at `/signal`: JSON frames between a browser's device and the calls.

mod frames;
mod socket;

use axum::Router;
use axum::routing::get;

use crate::app::Shared;

/// Returns the route. The SDK asks for `/signal` under whatever host and path it was given.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/signal", get(socket::connect))
}
