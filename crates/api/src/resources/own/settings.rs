//! All settings at one place, each with the resource that it belongs to; they are changed at that resource,
//! those of the whole installation here.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use store::{FlowRecord, InstallationSettings, PhoneNumber, Role, Unit, resources};

use crate::app::{App, Shared, View};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::form::Form;
use crate::reply::{Answer, Reply};
use crate::resources::AHEAD_MIN_SECS;

/// The longest that history can be told to stay: a hundred years, in days.
const RETENTION_DAYS_MAX: u32 = 36_500;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/settings", get(fetch).post(update))
}

async fn fetch(State(app): State<Shared>) -> Answer {
    let account = app.account.to_string();
    let flows = resources::all::<FlowRecord>(&app.store, &account).await?;
    let numbers = resources::all::<PhoneNumber>(&app.store, &account).await?;
    let installation = installation(&app).await?;
    Ok(Reply::ok(json!({
        "account_sid": app.account,
        "public_url": app.public_url,
        "api_domain": app.api_domain,
        "development_mode": app.is_development,
        "retention_days": installation.retention_days,
        "schedule_ahead": installation.schedule_ahead_secs.unwrap_or(AHEAD_MIN_SECS),
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

/// Changes what is set for the whole installation.
async fn update(State(app): State<Shared>, caller: Caller, Form(form): Form) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let mut settings = installation(&app).await?;
    if let Some(days) = form.number("RetentionDays")? {
        if days > RETENTION_DAYS_MAX {
            let expected =
                format!("a number of days up to {RETENTION_DAYS_MAX} is expected, 0 keeps everything");
            return Err(ApiError::invalid("RetentionDays", format!("it is {days}; {expected}")));
        }
        settings.retention_days = days;
    }
    settings.schedule_ahead_secs = form.number("ScheduleAhead")?.or(settings.schedule_ahead_secs);
    settings.date_updated = app.platform.tick().now;
    app.store.commit(Unit::new().with(resources::put(&settings))).await?;
    fetch(State(app)).await
}

async fn installation(app: &App) -> Result<InstallationSettings, ApiError> {
    Ok(resources::fetch(&app.store, InstallationSettings::KEY).await?.unwrap_or_default())
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
