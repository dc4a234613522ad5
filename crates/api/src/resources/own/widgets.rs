//! The widget catalogue, as the editor's forms and completion need it.

use axum::Router;
use axum::routing::get;
use serde_json::json;

use crate::app::Shared;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/studio/widgets", get(list))
}

async fn list() -> Answer {
    Ok(Reply::ok(json!({ "widgets": flow::catalogue() })))
}
