//! Test users of a flow: the addresses that get the newest draft.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::FlowSid;
use serde_json::{Value, json};
use store::{FlowRecord, Unit, resources};

use super::{below_flow, flow_record, url};
use crate::app::{App, Shared};
use crate::form::{Form, Path};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route(&below_flow("/TestUsers"), get(fetch).post(update))
}

async fn fetch(State(app): State<Shared>, Path(flow): Path<FlowSid>) -> Answer {
    Ok(Reply::ok(present(&app, &flow_record(&app, flow).await?)))
}

/// Replaces the list; one empty value clears it.
async fn update(State(app): State<Shared>, Path(flow): Path<FlowSid>, Form(form): Form) -> Answer {
    let before = flow_record(&app, flow).await?;
    form.text("TestUsers").ok_or_else(|| crate::error::ApiError::missing("TestUsers"))?;
    let users = form.all("TestUsers").into_iter().map(|user| user.trim().to_owned());
    let record = FlowRecord {
        test_users: users.filter(|user| !user.is_empty()).collect(),
        date_updated: app.now(),
        ..before.clone()
    };
    app.store.commit(Unit::new().with(resources::update(&record, before.date_updated))).await?;
    Ok(Reply::ok(present(&app, &record)))
}

fn present(app: &App, record: &FlowRecord) -> Value {
    json!({ "sid": record.sid, "test_users": record.test_users, "url": url(app, record.sid, "/TestUsers") })
}
