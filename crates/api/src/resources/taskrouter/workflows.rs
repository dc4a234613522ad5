//! Workflows: the rules by which tasks reach queues.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use domain::{WorkflowSid, WorkspaceSid};
use router::{Command, CreateWorkflow, DeleteWorkflow, UpdateWorkflow, Workflow};
use serde_json::{Value, json};

use super::{below_workspace, carry_out, show, show_list};
use crate::app::{Shared, View};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::Answer;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Workflows"), get(list).post(create))
        .route(&below_workspace("/Workflows/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, list: List) -> Answer {
    show_list(&app, workspace, list, "workflows", |view, list| {
        let name = list.query.filled("FriendlyName");
        let found =
            view.workspace.workflows().filter(|it| name.is_none_or(|name| *it.friendly_name == *name));
        let page = list.cut(found.collect(), |it| it.sid.to_string());
        Ok(each(page, |it| present(view, it)))
    })
    .await
}

async fn create(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, Form(form): Form) -> Answer {
    let command = CreateWorkflow {
        friendly_name: form.required("FriendlyName")?,
        configuration: form.required("Configuration")?,
        assignment_callback_url: form.text("AssignmentCallbackUrl"),
        fallback_assignment_callback_url: form.text("FallbackAssignmentCallbackUrl"),
        task_reservation_timeout_secs: form.number("TaskReservationTimeout")?,
        on_task_end: form.parsed("OnTaskEnd")?,
        on_task_end_waiting_call: form.parsed("OnTaskEndWaitingCall")?,
    };
    carry_out(&app, workspace, Command::CreateWorkflow(command), StatusCode::CREATED).await
}

async fn fetch(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, WorkflowSid)>,
) -> Answer {
    show(&app, workspace, move |view| Some((present(view, view.workspace.workflow(sid)?), None))).await
}

async fn update(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, WorkflowSid)>,
    Form(form): Form,
) -> Answer {
    let command = UpdateWorkflow {
        sid,
        friendly_name: form.text("FriendlyName"),
        configuration: form.text("Configuration"),
        assignment_callback_url: form.text("AssignmentCallbackUrl"),
        fallback_assignment_callback_url: form.text("FallbackAssignmentCallbackUrl"),
        task_reservation_timeout_secs: form.number("TaskReservationTimeout")?,
        re_evaluate_tasks: re_evaluate_tasks(&form)?,
        on_task_end: form.parsed("OnTaskEnd")?,
        on_task_end_waiting_call: form.parsed("OnTaskEndWaitingCall")?,
    };
    carry_out(&app, workspace, Command::UpdateWorkflow(command), StatusCode::OK).await
}

/// The parameter was published as a yes or no, and as the name of what is evaluated again.
fn re_evaluate_tasks(form: &Parameters) -> Result<bool, ApiError> {
    const NAME: &str = "ReEvaluateTasks";
    match form.filled(NAME) {
        Some(text) if text.trim().eq_ignore_ascii_case("WAITING_TASKS") => Ok(true),
        Some(_) | None => Ok(form.boolean(NAME)?.unwrap_or(false)),
    }
}

async fn remove(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, WorkflowSid)>,
) -> Answer {
    let command = Command::DeleteWorkflow(DeleteWorkflow { sid });
    carry_out(&app, workspace, command, StatusCode::NO_CONTENT).await
}

/// Presents a workflow.
pub(super) fn present(view: &View<'_>, workflow: &Workflow) -> Value {
    let settings = view.workspace.settings();
    let own = view.url(&format!("/Workflows/{}", workflow.sid));
    json!({
        "sid": workflow.sid,
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "friendly_name": workflow.friendly_name,
        "configuration": workflow.configuration,
        "document_content_type": "application/json",
        "assignment_callback_url": workflow.assignment_callback_url,
        "fallback_assignment_callback_url": workflow.fallback_assignment_callback_url,
        "task_reservation_timeout": workflow.task_reservation_timeout_secs,
        "on_task_end": workflow.on_task_end,
        "on_task_end_waiting_call": workflow.on_task_end_waiting_call,
        "date_created": workflow.date_created.to_iso8601(),
        "date_updated": workflow.date_updated.to_iso8601(),
        "url": own,
        "links": {
            "workspace": view.url(""),
            "statistics": format!("{own}/Statistics"),
            "real_time_statistics": format!("{own}/RealTimeStatistics"),
            "cumulative_statistics": format!("{own}/CumulativeStatistics"),
            "warnings": format!("{own}/Warnings"),
        },
    })
}
