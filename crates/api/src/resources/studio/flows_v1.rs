//! Flows in version 1 of the API: what is published of them, without their definitions.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::FlowSid;
use serde_json::{Value, json};
use store::{FlowRecord, resources};

use super::edition::{ENGAGEMENTS, V1};
use super::flow_record;
use super::flows::{remove, status_name};
use crate::app::{App, Shared};
use crate::form::Path;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(V1.flows, get(list))
        .route(&format!("{}/{{flow}}", V1.flows), get(fetch).delete(remove))
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let account = app.account.to_string();
    let found = resources::list::<FlowRecord>(&app.store, &account, &list.page()).await?;
    Ok(list.reply("flows", each(found, |record| present(&app, &record))))
}

async fn fetch(State(app): State<Shared>, Path(sid): Path<FlowSid>) -> Answer {
    Ok(Reply::ok(present(&app, &flow_record(&app, sid).await?)))
}

/// Presents a flow as live traffic has it.
fn present(app: &App, record: &FlowRecord) -> Value {
    let own = format!("{}{}/{}", app.public_url, V1.flows, record.sid);
    let status = match record.published_revision {
        Some(_) => store::FlowStatus::Published,
        None => store::FlowStatus::Draft,
    };
    json!({
        "sid": record.sid,
        "account_sid": record.account,
        "friendly_name": record.friendly_name,
        "status": status_name(status),
        "version": record.published_revision.unwrap_or(record.revision),
        "date_created": record.date_created.to_iso8601(),
        "date_updated": record.date_updated.to_iso8601(),
        "url": own,
        "links": {
            "engagements": format!("{own}{}", ENGAGEMENTS.runs),
            "executions": format!("{own}{}", V1.runs),
        },
    })
}
