//! Task channels: kinds of work, named by SID or unique name.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use domain::{TaskChannelSid, WorkspaceSid};
use router::{Command, CreateTaskChannel, DeleteTaskChannel, TaskChannel, UpdateTaskChannel};
use serde_json::{Value, json};

use super::{below_workspace, carry_out, show, show_list};
use crate::app::{App, Shared, View};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::reply::Answer;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/TaskChannels"), get(list).post(create))
        .route(&below_workspace("/TaskChannels/{name}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, list: List) -> Answer {
    show_list(&app, workspace, list, "channels", |view, list| {
        let page = list.cut(view.workspace.task_channels().collect(), |it| it.sid.to_string());
        Ok(each(page, |it| present(view, it)))
    })
    .await
}

async fn create(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, Form(form): Form) -> Answer {
    let command = CreateTaskChannel {
        friendly_name: form.required("FriendlyName")?,
        unique_name: form.required("UniqueName")?,
        channel_optimized_routing: form.boolean("ChannelOptimizedRouting")?,
    };
    carry_out(&app, workspace, Command::CreateTaskChannel(command), StatusCode::CREATED).await
}

async fn fetch(State(app): State<Shared>, Path((workspace, name)): Path<(WorkspaceSid, String)>) -> Answer {
    show(&app, workspace, move |view| Some((present(view, view.workspace.find_task_channel(&name)?), None)))
        .await
}

async fn update(
    State(app): State<Shared>,
    Path((workspace, name)): Path<(WorkspaceSid, String)>,
    Form(form): Form,
) -> Answer {
    let command = UpdateTaskChannel {
        sid: sid_of(&app, workspace, name).await?,
        friendly_name: form.text("FriendlyName"),
        channel_optimized_routing: form.boolean("ChannelOptimizedRouting")?,
    };
    carry_out(&app, workspace, Command::UpdateTaskChannel(command), StatusCode::OK).await
}

async fn remove(State(app): State<Shared>, Path((workspace, name)): Path<(WorkspaceSid, String)>) -> Answer {
    let sid = sid_of(&app, workspace, name).await?;
    let command = Command::DeleteTaskChannel(DeleteTaskChannel { sid });
    carry_out(&app, workspace, command, StatusCode::NO_CONTENT).await
}

async fn sid_of(app: &App, workspace: WorkspaceSid, name: String) -> Result<TaskChannelSid, ApiError> {
    let found =
        app.look(workspace, move |view| view.workspace.find_task_channel(&name).map(|it| it.sid)).await?;
    found.ok_or_else(ApiError::not_found)
}

/// Presents a task channel.
pub(super) fn present(view: &View<'_>, channel: &TaskChannel) -> Value {
    let settings = view.workspace.settings();
    json!({
        "sid": channel.sid,
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "friendly_name": channel.friendly_name,
        "unique_name": channel.unique_name,
        "channel_optimized_routing": channel.channel_optimized_routing,
        "date_created": channel.date_created.to_iso8601(),
        "date_updated": channel.date_updated.to_iso8601(),
        "url": view.url(&format!("/TaskChannels/{}", channel.sid)),
        "links": { "workspace": view.url("") },
    })
}
