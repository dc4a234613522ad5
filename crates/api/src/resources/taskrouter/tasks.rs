//! Tasks: live ones from the engine, ended ones from the store.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use domain::{TaskSid, Timestamp, WorkspaceSid};
use router::{
    Change, Command, CreateTask, DeleteTask, EndedTasks, Noun, RecordKey, Refusal, Task, UpdateTask,
};
use serde_json::{Value, json};
use store::{Unit, routing};

use super::{below_workspace, carry_out, show, task_list};
use crate::app::{App, Shared, View};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, IfMatch, Path};
use crate::parameters::Parameters;
use crate::platform::Failure;
use crate::reply::{Answer, Reply};

/// How long ended tasks are listed without being asked for, and shown at all where the workspace forgets them.
pub(super) const FRESHLY_ENDED: Duration = Duration::from_secs(300);

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Tasks"), get(task_list::list).post(create))
        .route(&below_workspace("/Tasks/{sid}"), get(fetch).post(update).delete(remove))
}

async fn create(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, Form(form): Form) -> Answer {
    carry_out(&app, workspace, Command::CreateTask(read_creation(&form)?), StatusCode::CREATED).await
}

/// Reads what a new task is to be.
pub(crate) fn read_creation(form: &Parameters) -> Result<CreateTask, ApiError> {
    Ok(CreateTask {
        attributes: form.text("Attributes"),
        addons: form.text("Addons"),
        workflow_sid: form.parsed("WorkflowSid")?,
        task_channel: form.filled("TaskChannel").map(str::to_owned),
        priority: form.number("Priority")?,
        timeout_secs: form.number("Timeout")?,
        virtual_start_time: form.date("VirtualStartTime")?,
        routing_target: form.parsed("RoutingTarget")?,
        ignore_capacity: form.boolean("IgnoreCapacity")?,
        task_queue_sid: form.parsed("TaskQueueSid")?,
    })
}

async fn fetch(State(app): State<Shared>, Path((workspace, sid)): Path<(WorkspaceSid, TaskSid)>) -> Answer {
    let live = show(&app, workspace, move |view| {
        let task = view.workspace.task(sid)?;
        Some((present(view, task), Some(task.version)))
    });
    match live.await {
        Err(error) if error.entry() == catalog::NOT_FOUND => {
            let task = ended(&app, workspace, sid).await?.ok_or_else(ApiError::not_found)?;
            show(&app, workspace, move |view| Some((present(view, &task), Some(task.version)))).await
        }
        answer => answer,
    }
}

async fn update(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, TaskSid)>,
    IfMatch(if_match): IfMatch,
    Form(form): Form,
) -> Answer {
    let command = read_update(sid, if_match, &form)?;
    let answer = carry_out(&app, workspace, Command::UpdateTask(command), StatusCode::OK).await;
    match answer {
        Err(error) if error.entry() == catalog::NOT_FOUND => Err(too_late(&app, workspace, sid).await?),
        answer => answer,
    }
}

/// Reads what is to change about a task.
pub(crate) fn read_update(
    sid: TaskSid,
    if_match: Option<u64>,
    form: &Parameters,
) -> Result<UpdateTask, ApiError> {
    Ok(UpdateTask {
        sid,
        if_match,
        attributes: form.text("Attributes"),
        status: form.parsed("AssignmentStatus")?,
        reason: form.text("Reason"),
        priority: form.number("Priority")?,
        task_channel: form.filled("TaskChannel").map(str::to_owned),
        virtual_start_time: form.date("VirtualStartTime")?,
    })
}

/// Returns the error of a change of a task that the engine does not know: it has ended, or never was.
pub(crate) async fn too_late(app: &App, workspace: WorkspaceSid, sid: TaskSid) -> Result<ApiError, ApiError> {
    Ok(match ended(app, workspace, sid).await? {
        Some(task) => ApiError::new(
            catalog::INVALID,
            format!("Task {sid} is {}: it can not be changed any more", task.status),
        ),
        None => ApiError::not_found(),
    })
}

async fn remove(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, TaskSid)>,
    IfMatch(if_match): IfMatch,
) -> Answer {
    let deleted = app.route(workspace, Command::DeleteTask(DeleteTask { sid, if_match })).await;
    match deleted {
        Ok(_) => Ok(Reply::deleted()),
        Err(Failure::Refused(Refusal::NotFound { what: Noun::Task, .. })) => {
            let task = ended(&app, workspace, sid).await?.ok_or_else(ApiError::not_found)?;
            forget(&app, workspace, &task).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Removes a task that has ended: history is the store's, the engine does not know it any more.
async fn forget(app: &App, workspace: WorkspaceSid, task: &Task) -> Answer {
    let mut unit = Unit::new();
    unit.extend(routing::write(workspace, &Change::Delete(RecordKey::Task(task.sid))));
    app.store.commit(unit).await?;
    Ok(Reply::deleted())
}

/// Returns a task that has ended, for as long as the workspace shows it.
pub(crate) async fn ended(
    app: &App,
    workspace: WorkspaceSid,
    sid: TaskSid,
) -> Result<Option<Task>, ApiError> {
    let since = shown_since(app, workspace).await?;
    let task = store::tasks::fetch(&app.store, workspace, sid).await?;
    Ok(task.filter(|task| task.date_ended.is_some_and(|at| since.is_none_or(|since| at >= since))))
}

/// Returns since when a task must have ended to be shown; none where all are shown.
pub(super) async fn shown_since(app: &App, workspace: WorkspaceSid) -> Result<Option<Timestamp>, ApiError> {
    let policy = app.look(workspace, |view| view.workspace.settings().ended_tasks).await?;
    match policy {
        EndedTasks::Keep => Ok(None),
        EndedTasks::ForgetAfter5Minutes => Ok(Some(app.now() - FRESHLY_ENDED)),
    }
}

/// Presents a task.
pub(crate) fn present(view: &View<'_>, task: &Task) -> Value {
    let settings = view.workspace.settings();
    let workflow = task.workflow_sid.and_then(|sid| view.workspace.workflow(sid));
    let queue = task.task_queue_sid.and_then(|sid| view.workspace.task_queue(sid));
    let channel = view.workspace.task_channel(task.task_channel_sid);
    let own = view.url(&format!("/Tasks/{}", task.sid));
    json!({
        "sid": task.sid,
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "workflow_sid": task.workflow_sid,
        "workflow_friendly_name": workflow.map(|it| &it.friendly_name),
        "task_queue_sid": task.task_queue_sid,
        "task_queue_friendly_name": queue.map(|it| &it.friendly_name),
        "task_queue_entered_date": task.task_queue_entered_date.map(Timestamp::to_iso8601),
        "task_channel_sid": task.task_channel_sid,
        "task_channel_unique_name": channel.map(|it| &it.unique_name),
        "assignment_status": task.status,
        "reason": task.reason,
        "attributes": task.attributes.text(),
        "addons": task.addons,
        "age": task.age_secs(task.date_ended.unwrap_or(view.now)),
        "priority": task.priority,
        "timeout": task.timeout_secs,
        "virtual_start_time": task.virtual_start_time.to_iso8601(),
        "routing_target": task.routing_target,
        "ignore_capacity": task.ignore_capacity,
        "version": task.version.to_string(),
        "date_created": task.date_created.to_iso8601(),
        "date_updated": task.date_updated.to_iso8601(),
        "url": own,
        "links": {
            "workspace": view.url(""),
            "workflow": task.workflow_sid.map(|sid| view.url(&format!("/Workflows/{sid}"))),
            "task_queue": task.task_queue_sid.map(|sid| view.url(&format!("/TaskQueues/{sid}"))),
            "reservations": format!("{own}/Reservations"),
            "explanation": format!("{own}/Explanation"),
        },
    })
}
