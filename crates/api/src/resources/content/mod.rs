//! Content templates: texts with placeholders, in the forms that each network shows.

mod approvals;
mod templates;

use axum::Router;

use crate::app::Shared;

/// What all paths begin with.
const BASE: &str = "/content/v1/Content";

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new().merge(approvals::routes()).merge(templates::routes())
}
