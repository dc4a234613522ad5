//! TaskRouter v1: reads are looks at the engine or the store, writes are commands to the engine.

pub(super) mod activities;
mod dates;
mod event_data;
pub(super) mod events;
pub(super) mod explanations;
mod ordering;
pub(crate) mod reservations;
pub(super) mod statistics;
pub(super) mod task_channels;
mod task_list;
pub(crate) mod task_queues;
pub(crate) mod tasks;
pub(super) mod warnings;
pub(super) mod worker_channels;
pub(crate) mod workers;
pub(super) mod workflows;
pub(super) mod workspaces;

use ::expression::{Expression, Scope};
use axum::http::StatusCode;
use domain::{TaskChannelSid, WorkspaceSid};
use router::{Command, Subject};
use serde_json::Value;
use store::Listing;

use crate::app::{App, View};
use crate::error::ApiError;
use crate::paging::List;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

use self::dates::dated;

pub(crate) use event_data::{event_data, resource_of};
pub(crate) use statistics::queue_in_real_time;
pub(crate) use tasks::present as present_task;

/// Returns the route of what lies below a workspace.
fn below_workspace(tail: &str) -> String {
    format!("/taskrouter/v1/Workspaces/{{workspace}}{tail}")
}

impl View<'_> {
    /// Returns the URL of something below the workspace; an empty tail gives the workspace's own.
    fn url(&self, tail: &str) -> String {
        format!("{}/taskrouter/v1/Workspaces/{}{tail}", self.public_url, self.workspace.settings().sid)
    }
}

/// What a look found: the resource, and its version where it has one.
type Found = Option<(Value, Option<u64>)>;

/// Answers with what a look finds, or that it is not there.
async fn show(
    app: &App,
    workspace: WorkspaceSid,
    find: impl FnOnce(&View<'_>) -> Found + Send + 'static,
) -> Answer {
    let found = app.look(workspace, find).await?;
    found.map(|found| reply(StatusCode::OK, found)).ok_or_else(ApiError::not_found)
}

/// Answers with a page of what a look finds.
async fn show_list(
    app: &App,
    workspace: WorkspaceSid,
    list: List,
    key: &'static str,
    find: impl FnOnce(&View<'_>, &List) -> Result<Listing<Value>, ApiError> + Send + 'static,
) -> Answer {
    let (list, listing) = app
        .look(workspace, move |view| {
            let listing = find(view, &list);
            (list, listing)
        })
        .await?;
    Ok(list.reply(key, listing?))
}

/// Carries out a command and answers with what it created or changed.
async fn carry_out(app: &App, workspace: WorkspaceSid, command: Command, status: StatusCode) -> Answer {
    let subject = app.route(workspace, command).await?;
    if subject == Subject::Deleted {
        return Ok(Reply::deleted());
    }
    let found = app.look(workspace, move |view| present(view, &subject)).await?;
    found.map(|found| reply(status, found)).ok_or_else(ApiError::not_found)
}

fn reply(status: StatusCode, (body, version): (Value, Option<u64>)) -> Reply {
    let reply = Reply::with_status(status, body);
    match version {
        Some(version) => reply.version(version),
        None => reply,
    }
}

/// Presents what a command created or changed; none when another request has deleted it since.
fn present(view: &View<'_>, subject: &Subject) -> Found {
    let workspace = view.workspace;
    let plain = |body| (body, None);
    match subject {
        Subject::Workspace => Some(plain(workspaces::present(view))),
        Subject::Activity(sid) => workspace.activity(*sid).map(|it| plain(activities::present(view, it))),
        Subject::TaskChannel(sid) => {
            workspace.task_channel(*sid).map(|it| plain(task_channels::present(view, it)))
        }
        Subject::Worker(sid) => {
            workspace.worker(*sid).map(|it| (workers::present(view, it), Some(it.version)))
        }
        Subject::WorkerChannel(worker, channel) => {
            let worker = workspace.worker(*worker)?;
            worker.channel(*channel).map(|it| plain(worker_channels::present(view, worker, it)))
        }
        Subject::TaskQueue(sid) => workspace.task_queue(*sid).map(|it| plain(task_queues::present(view, it))),
        Subject::Workflow(sid) => workspace.workflow(*sid).map(|it| plain(workflows::present(view, it))),
        Subject::Task(task) => Some((tasks::present(view, task), Some(task.version))),
        Subject::Reservation(it) => {
            Some((reservations::present(view, it, reservations::Side::Task), Some(it.version)))
        }
        Subject::Deleted => None,
    }
}

/// Reads the expression of a list's filter.
fn expression(parameter: &str, text: &str, scope: Scope) -> Result<Expression, ApiError> {
    Expression::parse(text, scope).map_err(|error| ApiError::invalid(parameter, error))
}

/// Reads the filter `TaskChannel`, a SID or unique name.
fn named_task_channel(view: &View<'_>, query: &Parameters) -> Result<Option<TaskChannelSid>, ApiError> {
    const NAME: &str = "TaskChannel";
    let Some(given) = query.filled(NAME) else { return Ok(None) };
    let unknown = || {
        let given: String = given.chars().take(64).collect();
        let reason = format!("there is no task channel '{given}': a SID or unique name is expected");
        ApiError::invalid(NAME, reason)
    };
    let found = view.workspace.find_task_channel(given.trim());
    found.map(|channel| Some(channel.sid)).ok_or_else(unknown)
}
