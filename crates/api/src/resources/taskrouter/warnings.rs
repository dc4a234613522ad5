//! Warnings: rules that are valid and probably not meant, of the whole workspace or of one thing in it.

use std::str::FromStr;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{TaskQueueSid, TaskSid, WorkerSid, WorkflowSid, WorkspaceSid};
use router::{RecordKey, Warning, WarningCode};
use serde_json::{Value, json};

use super::{below_workspace, show_list};
use crate::app::{Shared, View};
use crate::error::ApiError;
use crate::form::Path;
use crate::paging::{List, each};
use crate::reply::Answer;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Warnings"), get(list))
        .route(&below_workspace("/Tasks/{sid}/Warnings"), get(list_of_task))
        .route(&below_workspace("/TaskQueues/{sid}/Warnings"), get(list_of_queue))
        .route(&below_workspace("/Workers/{sid}/Warnings"), get(list_of_worker))
        .route(&below_workspace("/Workflows/{sid}/Warnings"), get(list_of_workflow))
}

async fn list(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, list: List) -> Answer {
    show_list(&app, workspace, list, "warnings", |view, list| {
        let code = list.query.parsed::<WarningCode>("Code")?;
        let warnings = view.workspace.warnings().into_iter();
        let found = warnings.filter(|warning| code.is_none_or(|code| warning.code == code));
        Ok(each(list.cut(found.collect(), name_of), |warning| present(view, &warning)))
    })
    .await
}

async fn list_of_task(app: State<Shared>, path: Path<(WorkspaceSid, TaskSid)>, list: List) -> Answer {
    list_about(app, path, list, RecordKey::Task).await
}

async fn list_of_queue(app: State<Shared>, path: Path<(WorkspaceSid, TaskQueueSid)>, list: List) -> Answer {
    list_about(app, path, list, RecordKey::TaskQueue).await
}

async fn list_of_worker(app: State<Shared>, path: Path<(WorkspaceSid, WorkerSid)>, list: List) -> Answer {
    list_about(app, path, list, RecordKey::Worker).await
}

async fn list_of_workflow(app: State<Shared>, path: Path<(WorkspaceSid, WorkflowSid)>, list: List) -> Answer {
    list_about(app, path, list, RecordKey::Workflow).await
}

async fn list_about<S: FromStr + Send>(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, S)>,
    list: List,
    key: fn(S) -> RecordKey,
) -> Answer {
    let key = key(sid);
    show_list(&app, workspace, list, "warnings", move |view, list| {
        if !view.workspace.contains(key) {
            return Err(ApiError::not_found());
        }
        let found = view.workspace.warnings_about(key);
        Ok(each(list.cut(found, name_of), |warning| present(view, &warning)))
    })
    .await
}

/// Warnings have no SID: what they say names them for the links between pages.
fn name_of(warning: &Warning) -> String {
    let (_, sid) = about(warning.about);
    format!("{sid}{}{}", warning.code, warning.at.as_deref().unwrap_or_default())
}

/// Presents a warning.
fn present(view: &View<'_>, warning: &Warning) -> Value {
    let (folder, sid) = about(warning.about);
    let url = if folder.is_empty() { view.url("") } else { view.url(&format!("/{folder}/{sid}")) };
    json!({
        "code": warning.code,
        "error_code": published_code(warning.code),
        "message": warning.message,
        "hint": warning.hint,
        "at": warning.at,
        "resource_sid": sid,
        "resource_url": url,
    })
}

/// Returns the number under which the published service reports the same, where it does.
fn published_code(code: WarningCode) -> Option<u32> {
    match code {
        WarningCode::KnownWorkerNotInQueue => Some(40_152),
        WarningCode::OrderByNotInteger
        | WarningCode::HyphenatedKey
        | WarningCode::NeverMatches
        | WarningCode::UnknownAttribute
        | WarningCode::QueueWithoutWorkers
        | WarningCode::MissingQueue
        | WarningCode::UnreachableFilter
        | WarningCode::UnreachableTarget
        | WarningCode::NoDefaultFilter
        | WarningCode::TimedOutTasksAreCanceled
        | WarningCode::UnusedDefaultFilter
        | WarningCode::KnownWorkerMissing => None,
    }
}

fn about(key: RecordKey) -> (&'static str, String) {
    match key {
        RecordKey::Workspace(sid) => ("", sid.to_string()),
        RecordKey::Activity(sid) => ("Activities", sid.to_string()),
        RecordKey::TaskChannel(sid) => ("TaskChannels", sid.to_string()),
        RecordKey::Worker(sid) | RecordKey::IdleTime(sid) => ("Workers", sid.to_string()),
        RecordKey::TaskQueue(sid) => ("TaskQueues", sid.to_string()),
        RecordKey::Workflow(sid) => ("Workflows", sid.to_string()),
        RecordKey::Task(sid) => ("Tasks", sid.to_string()),
        RecordKey::Reservation(sid) => ("Reservations", sid.to_string()),
    }
}
