//! A worker's capacity on each task channel, named by SID or the task channel's unique name.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use domain::{WorkerSid, WorkspaceSid};
use router::{Command, UpdateWorkerChannel, Worker, WorkerChannel};
use serde_json::{Value, json};

use super::{below_workspace, carry_out, show, show_list};
use crate::app::{Shared, View};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::reply::Answer;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Workers/{worker}/Channels"), get(list))
        .route(&below_workspace("/Workers/{worker}/Channels/{name}"), get(fetch).post(update))
}

async fn list(
    State(app): State<Shared>,
    Path((workspace, worker)): Path<(WorkspaceSid, WorkerSid)>,
    list: List,
) -> Answer {
    show_list(&app, workspace, list, "channels", move |view, list| {
        let worker = view.workspace.worker(worker).ok_or_else(ApiError::not_found)?;
        let page = list.cut(worker.channels.iter().collect(), |it| it.sid.to_string());
        Ok(each(page, |it| present(view, worker, it)))
    })
    .await
}

async fn fetch(
    State(app): State<Shared>,
    Path((workspace, worker, name)): Path<(WorkspaceSid, WorkerSid, String)>,
) -> Answer {
    show(&app, workspace, move |view| {
        let worker = view.workspace.worker(worker)?;
        Some((present(view, worker, view.workspace.find_worker_channel(worker, &name)?), None))
    })
    .await
}

async fn update(
    State(app): State<Shared>,
    Path((workspace, worker_sid, channel)): Path<(WorkspaceSid, WorkerSid, String)>,
    Form(form): Form,
) -> Answer {
    let command = UpdateWorkerChannel {
        worker_sid,
        channel,
        capacity: form.number("Capacity")?,
        available: form.boolean("Available")?,
    };
    carry_out(&app, workspace, Command::UpdateWorkerChannel(command), StatusCode::OK).await
}

/// Presents a worker's channel.
pub(super) fn present(view: &View<'_>, worker: &Worker, channel: &WorkerChannel) -> Value {
    let settings = view.workspace.settings();
    let task_channel = view.workspace.task_channel(channel.task_channel_sid);
    json!({
        "sid": channel.sid,
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "worker_sid": worker.sid,
        "task_channel_sid": channel.task_channel_sid,
        "task_channel_unique_name": task_channel.map(|it| &it.unique_name),
        "available": channel.available,
        "configured_capacity": channel.configured_capacity,
        "available_capacity_percentage": channel.available_capacity_percentage(),
        "assigned_tasks": channel.assigned_tasks,
        "date_created": channel.date_created.to_iso8601(),
        "date_updated": channel.date_updated.to_iso8601(),
        "url": view.url(&format!("/Workers/{}/Channels/{}", worker.sid, channel.sid)),
    })
}
