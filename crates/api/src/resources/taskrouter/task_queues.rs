//! Task queues: where tasks wait, and for whom.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use domain::{ActivitySid, TaskQueueSid, WorkerSid, WorkspaceSid};
use expression::{Expression, Facts, Scope};
use router::{Command, CreateTaskQueue, DeleteTaskQueue, TaskQueue, UpdateTaskQueue};
use serde_json::{Value, json};

use super::ordering::Ordering;
use super::{below_workspace, carry_out, show, show_list};
use crate::app::{Shared, View};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::Answer;

/// What a list of task queues can be ordered by.
const ORDERINGS: &[&str] = &["DateUpdated", "DateCreated"];

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/TaskQueues"), get(list).post(create))
        .route(&below_workspace("/TaskQueues/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, list: List) -> Answer {
    show_list(&app, workspace, list, "task_queues", |view, list| {
        let found = select(view, &list.query)?;
        Ok(each(list.cut(found, |it| it.sid.to_string()), |it| present(view, it)))
    })
    .await
}

/// Returns the task queues that a list's filters hold, in its order.
pub(crate) fn select<'a>(view: &View<'a>, query: &Parameters) -> Result<Vec<&'a TaskQueue>, ApiError> {
    let name = query.filled("FriendlyName");
    let chooser = Chooser::read(query)?;
    let ordering = Ordering::of(query, ORDERINGS)?;
    let is_wanted = |queue: &&TaskQueue| {
        name.is_none_or(|name| *queue.friendly_name == *name) && chooser.holds(view, queue)
    };
    let mut found: Vec<&TaskQueue> = view.workspace.task_queues().filter(is_wanted).collect();
    ordering.sort(&mut found, |queue, field| match field {
        "DateUpdated" => queue.date_updated.as_micros(),
        _ => queue.date_created.as_micros(),
    });
    Ok(found)
}

/// The workers whom listed queues must match: an imagined one, a real one, or both.
struct Chooser {
    imagined: Option<Value>,
    worker: Option<WorkerSid>,
}

impl Chooser {
    fn read(query: &Parameters) -> Result<Self, ApiError> {
        let imagined = query.object("EvaluateWorkerAttributes")?.map(Value::Object);
        Ok(Self { imagined, worker: query.parsed("WorkerSid")? })
    }

    fn holds(&self, view: &View<'_>, queue: &TaskQueue) -> bool {
        let serves = |sid: &WorkerSid| view.workspace.queues_of_worker(*sid).any(|it| it.sid == queue.sid);
        // What the engine took as an expression can be read again.
        let matches = |facts: &Value| {
            Expression::parse(&queue.target_workers, Scope::Worker)
                .is_ok_and(|it| it.matches(&Facts::worker(facts)))
        };
        self.worker.as_ref().is_none_or(serves) && self.imagined.as_ref().is_none_or(matches)
    }
}

async fn create(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, Form(form): Form) -> Answer {
    let command = CreateTaskQueue {
        friendly_name: form.required("FriendlyName")?,
        target_workers: form.text("TargetWorkers"),
        max_reserved_workers: form.number("MaxReservedWorkers")?,
        task_order: form.parsed("TaskOrder")?,
        reservation_activity_sid: form.parsed("ReservationActivitySid")?,
        assignment_activity_sid: form.parsed("AssignmentActivitySid")?,
    };
    carry_out(&app, workspace, Command::CreateTaskQueue(command), StatusCode::CREATED).await
}

async fn fetch(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, TaskQueueSid)>,
) -> Answer {
    show(&app, workspace, move |view| Some((present(view, view.workspace.task_queue(sid)?), None))).await
}

async fn update(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, TaskQueueSid)>,
    Form(form): Form,
) -> Answer {
    let command = UpdateTaskQueue {
        sid,
        friendly_name: form.text("FriendlyName"),
        target_workers: form.text("TargetWorkers"),
        max_reserved_workers: form.number("MaxReservedWorkers")?,
        task_order: form.parsed("TaskOrder")?,
        reservation_activity_sid: form.parsed("ReservationActivitySid")?,
        assignment_activity_sid: form.parsed("AssignmentActivitySid")?,
    };
    carry_out(&app, workspace, Command::UpdateTaskQueue(command), StatusCode::OK).await
}

async fn remove(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, TaskQueueSid)>,
) -> Answer {
    let command = Command::DeleteTaskQueue(DeleteTaskQueue { sid });
    carry_out(&app, workspace, command, StatusCode::NO_CONTENT).await
}

/// Presents a task queue.
pub(super) fn present(view: &View<'_>, queue: &TaskQueue) -> Value {
    let settings = view.workspace.settings();
    let name = |sid: Option<ActivitySid>| {
        sid.and_then(|sid| view.workspace.activity(sid)).map(|it| &it.friendly_name)
    };
    let own = view.url(&format!("/TaskQueues/{}", queue.sid));
    let url = |sid: Option<ActivitySid>| sid.map(|sid| view.url(&format!("/Activities/{sid}")));
    json!({
        "sid": queue.sid,
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "friendly_name": queue.friendly_name,
        "target_workers": queue.target_workers,
        "max_reserved_workers": queue.max_reserved_workers,
        "task_order": queue.task_order,
        "reservation_activity_sid": queue.reservation_activity_sid,
        "reservation_activity_name": name(queue.reservation_activity_sid),
        "assignment_activity_sid": queue.assignment_activity_sid,
        "assignment_activity_name": name(queue.assignment_activity_sid),
        "date_created": queue.date_created.to_iso8601(),
        "date_updated": queue.date_updated.to_iso8601(),
        "url": own,
        "links": {
            "workspace": view.url(""),
            "statistics": format!("{own}/Statistics"),
            "real_time_statistics": format!("{own}/RealTimeStatistics"),
            "cumulative_statistics": format!("{own}/CumulativeStatistics"),
            "warnings": format!("{own}/Warnings"),
            "reservation_activity": url(queue.reservation_activity_sid),
            "assignment_activity": url(queue.assignment_activity_sid),
        },
    })
}
