//! Workspaces: everything else of TaskRouter lies in one.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use domain::WorkspaceSid;
use router::{Command, CreateWorkspace, Template, UpdateWorkspace};
use serde_json::{Value, json};

use super::{below_workspace, carry_out, show};
use crate::app::{App, Shared, View};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::List;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/taskrouter/v1/Workspaces", get(list).post(create))
        .route(&below_workspace(""), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let mut found = Vec::new();
    for workspace in app.platform.workspaces() {
        // One that is deleted meanwhile is not listed.
        found.extend(app.look(workspace, present).await);
    }
    if let Some(name) = list.query.filled("FriendlyName") {
        found.retain(|workspace| workspace["friendly_name"] == name);
    }
    let page = list.cut(found, |workspace| workspace["sid"].as_str().unwrap_or_default().to_owned());
    Ok(list.reply("workspaces", page))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let setup = CreateWorkspace {
        account_sid: app.account,
        friendly_name: form.required("FriendlyName")?,
        template: form.parsed("Template")?.unwrap_or(Template::None),
        event_callback_url: form.text("EventCallbackUrl"),
        events_filter: form.text("EventsFilter"),
        multi_task_enabled: form.boolean("MultiTaskEnabled")?,
        prioritize_queue_order: form.parsed("PrioritizeQueueOrder")?,
    };
    let policies = policies(&form)?;
    let workspace = app.platform.create_workspace(setup).await?;
    if policies != UpdateWorkspace::default() {
        set_policies(&app, workspace, policies).await?;
    }
    Ok(Reply::created(app.look(workspace, present).await?))
}

/// Sets the policies of a workspace just made; a refusal takes the workspace back.
async fn set_policies(app: &App, workspace: WorkspaceSid, policies: UpdateWorkspace) -> Result<(), ApiError> {
    let set = app.route(workspace, Command::UpdateWorkspace(policies)).await;
    if set.is_err() {
        app.platform.delete_workspace(workspace).await?;
    }
    Ok(set.map(drop)?)
}

async fn fetch(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>) -> Answer {
    show(&app, workspace, |view| Some((present(view), None))).await
}

async fn update(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, Form(form): Form) -> Answer {
    let command = UpdateWorkspace {
        friendly_name: form.text("FriendlyName"),
        event_callback_url: form.text("EventCallbackUrl"),
        events_filter: form.text("EventsFilter"),
        multi_task_enabled: form.boolean("MultiTaskEnabled")?,
        prioritize_queue_order: form.parsed("PrioritizeQueueOrder")?,
        default_activity_sid: form.parsed("DefaultActivitySid")?,
        timeout_activity_sid: form.parsed("TimeoutActivitySid")?,
        ..policies(&form)?
    };
    carry_out(&app, workspace, Command::UpdateWorkspace(command), StatusCode::OK).await
}

/// Reads the settings that are ours.
fn policies(form: &Parameters) -> Result<UpdateWorkspace, ApiError> {
    Ok(UpdateWorkspace {
        priority_order: form.parsed("PriorityOrder")?,
        time_zone: time_zone(form)?,
        on_task_end: form.parsed("OnTaskEnd")?,
        on_task_end_waiting_call: form.parsed("OnTaskEndWaitingCall")?,
        ended_tasks: form.parsed("EndedTasks")?,
        assigned_task_lifetime_secs: form.number("AssignedTaskLifetime")?,
        ..UpdateWorkspace::default()
    })
}

/// Flows tell time in the workspace's zone, so what they can not read is refused here.
fn time_zone(form: &Parameters) -> Result<Option<String>, ApiError> {
    const NAME: &str = "TimeZone";
    let Some(name) = form.filled(NAME) else { return Ok(None) };
    let known = flow::Settings::default().with_time_zone(name);
    known.map(|_| Some(name.to_owned())).map_err(|reason| ApiError::invalid(NAME, reason))
}

async fn remove(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>) -> Answer {
    app.platform.delete_workspace(workspace).await?;
    Ok(Reply::deleted())
}

/// Presents the workspace's own resource.
pub(super) fn present(view: &View<'_>) -> Value {
    let settings = view.workspace.settings();
    let name = |sid| view.workspace.activity(sid).map(|activity| &activity.friendly_name);
    json!({
        "sid": settings.sid,
        "account_sid": settings.account_sid,
        "friendly_name": settings.friendly_name,
        "event_callback_url": settings.event_callback_url,
        "events_filter": settings.events_filter,
        "multi_task_enabled": settings.multi_task_enabled,
        "prioritize_queue_order": settings.prioritize_queue_order,
        "default_activity_sid": settings.default_activity_sid,
        "default_activity_name": name(settings.default_activity_sid),
        "timeout_activity_sid": settings.timeout_activity_sid,
        "timeout_activity_name": name(settings.timeout_activity_sid),
        "priority_order": settings.priority_order,
        "time_zone": settings.time_zone,
        "on_task_end": settings.on_task_end,
        "on_task_end_waiting_call": settings.on_task_end_waiting_call,
        "ended_tasks": settings.ended_tasks,
        "assigned_task_lifetime": settings.assigned_task_lifetime_secs,
        "date_created": settings.date_created.to_iso8601(),
        "date_updated": settings.date_updated.to_iso8601(),
        "url": view.url(""),
        "links": {
            "activities": view.url("/Activities"),
            "task_queues": view.url("/TaskQueues"),
            "tasks": view.url("/Tasks"),
            "workers": view.url("/Workers"),
            "workflows": view.url("/Workflows"),
            "task_channels": view.url("/TaskChannels"),
            "events": view.url("/Events"),
            "statistics": view.url("/Statistics"),
            "real_time_statistics": view.url("/RealTimeStatistics"),
            "cumulative_statistics": view.url("/CumulativeStatistics"),
            "warnings": view.url("/Warnings"),
        },
    })
}
