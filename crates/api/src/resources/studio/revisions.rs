//! Revisions of a flow: each saved state, never changed.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::FlowSid;
use serde_json::{Value, json};
use store::{FlowRevision, resources};

use super::flows::{revision, status_name};
use super::{below_flow, flow_record, url};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_flow("/Revisions"), get(list))
        .route(&below_flow("/Revisions/{revision}"), get(fetch))
}

async fn list(State(app): State<Shared>, Path(flow): Path<FlowSid>, list: List) -> Answer {
    flow_record(&app, flow).await?;
    let page = list.page().newest_first();
    let found = resources::list::<FlowRevision>(&app.store, &flow.to_string(), &page).await?;
    Ok(list.reply("revisions", each(found, |revision| present(&app, &revision))))
}

/// Answers with a revision by its number, or with the newest of a status.
async fn fetch(State(app): State<Shared>, Path((flow, name)): Path<(FlowSid, String)>) -> Answer {
    let record = flow_record(&app, flow).await?;
    let number = match name.as_str() {
        "LatestPublished" => record.published_revision,
        "LatestDraft" => Some(record.revision),
        number => number.parse().ok(),
    };
    let found = revision(&app, &record, number.ok_or_else(ApiError::not_found)?).await?;
    Ok(Reply::ok(present(&app, &found)))
}

fn present(app: &App, revision: &FlowRevision) -> Value {
    let findings = flow::validate(&revision.definition);
    json!({
        "sid": revision.flow,
        "account_sid": revision.account,
        "author_sid": null,
        "friendly_name": revision.friendly_name,
        "definition": revision.definition,
        "status": status_name(revision.status),
        "revision": revision.revision,
        "commit_message": revision.commit_message,
        "valid": findings.is_valid(),
        "errors": findings.errors,
        "date_created": revision.date_created.to_iso8601(),
        "date_updated": revision.date_created.to_iso8601(),
        "url": url(app, revision.flow, &format!("/Revisions/{}", revision.revision)),
    })
}
