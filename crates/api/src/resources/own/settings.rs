//! All settings at one place, each with the resource that it belongs to; they are changed at that resource.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use store::{FlowRecord, PhoneNumber, resources};

use crate::app::{App, Shared, View};
use crate::error::ApiError;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/settings", get(fetch))
}

async fn fetch(State(app): State<Shared>) -> Answer {
    let account = app.account.to_string();
    let flows = resources::all::<FlowRecord>(&app.store, &account).await?;
    let numbers = resources::all::<PhoneNumber>(&app.store, &account).await?;
    Ok(Reply::ok(json!({
        "account_sid": app.account,
        "public_url": app.public_url,
        "api_domain": app.api_domain,
        "development_mode": app.is_development,
        "workspaces": workspaces(&app).await?,
        "flows": flows.iter().map(|it| json!({
            "sid": it.sid,
            "friendly_name": it.friendly_name,
            "strict_liquid": it.strict_liquid,
            "stuck_policy": it.stuck_policy,
        })).collect::<Vec<Value>>(),
        "incoming_phone_numbers": numbers.iter().map(|it| json!({
            "sid": it.sid,
            "phone_number": it.address,
            "conversations_exclusive": it.conversations_exclusive,
        })).collect::<Vec<Value>>(),
    })))
}

async fn workspaces(app: &App) -> Result<Vec<Value>, ApiError> {
    let mut found = Vec::new();
    for workspace in app.platform.workspaces() {
        // One that is deleted meanwhile is not listed.
        found.extend(app.look(workspace, present).await);
    }
    Ok(found)
}

fn present(view: &View<'_>) -> Value {
    let settings = view.workspace.settings();
    json!({
        "sid": settings.sid,
        "friendly_name": settings.friendly_name,
        "priority_order": settings.priority_order,
        "time_zone": settings.time_zone,
        "on_task_end": settings.on_task_end,
        "on_task_end_waiting_call": settings.on_task_end_waiting_call,
        "ended_tasks": settings.ended_tasks,
        "assigned_task_lifetime": settings.assigned_task_lifetime_secs,
        "workflows": view.workspace.workflows().map(|workflow| json!({
            "sid": workflow.sid,
            "friendly_name": workflow.friendly_name,
            "on_task_end": workflow.on_task_end,
            "on_task_end_waiting_call": workflow.on_task_end_waiting_call,
        })).collect::<Vec<Value>>(),
    })
}
