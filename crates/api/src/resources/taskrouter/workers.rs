//! Workers: who takes tasks.

use ::expression::{Expression, Facts, Scope};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use domain::{ActivitySid, TaskQueueSid, WorkerSid, WorkspaceSid};
use router::{Command, CreateWorker, DeleteWorker, TaskQueue, UpdateWorker, Worker};
use serde_json::{Value, json};

use super::ordering::Ordering;
use super::{below_workspace, carry_out, expression, show, show_list};
use crate::app::{Shared, View};
use crate::error::ApiError;
use crate::form::{Form, IfMatch, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::Answer;

/// What a list of workers can be ordered by.
const ORDERINGS: &[&str] = &["DateStatusChanged", "DateCreated", "DateUpdated"];

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Workers"), get(list).post(create))
        .route(&below_workspace("/Workers/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, list: List) -> Answer {
    show_list(&app, workspace, list, "workers", |view, list| {
        let found = select(view, &list.query)?;
        Ok(each(list.cut(found, |it| it.sid.to_string()), |it| present(view, it)))
    })
    .await
}

/// Returns the workers that a list's filters hold, in its order.
pub(crate) fn select<'a>(view: &View<'a>, query: &Parameters) -> Result<Vec<&'a Worker>, ApiError> {
    let filter = Filter::read(query)?;
    let ordering = Ordering::of(query, ORDERINGS)?;
    let mut found: Vec<&Worker> = view.workspace.workers().filter(|it| filter.holds(view, it)).collect();
    ordering.sort(&mut found, |worker, field| {
        let date = match field {
            "DateStatusChanged" => worker.date_status_changed,
            "DateUpdated" => worker.date_updated,
            _ => worker.date_created,
        };
        date.as_micros()
    });
    Ok(found)
}

async fn create(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, Form(form): Form) -> Answer {
    let command = CreateWorker {
        friendly_name: form.required("FriendlyName")?,
        activity_sid: form.parsed("ActivitySid")?,
        attributes: form.text("Attributes"),
    };
    carry_out(&app, workspace, Command::CreateWorker(command), StatusCode::CREATED).await
}

async fn fetch(State(app): State<Shared>, Path((workspace, sid)): Path<(WorkspaceSid, WorkerSid)>) -> Answer {
    show(&app, workspace, move |view| {
        let worker = view.workspace.worker(sid)?;
        Some((present(view, worker), Some(worker.version)))
    })
    .await
}

async fn update(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, WorkerSid)>,
    IfMatch(if_match): IfMatch,
    Form(form): Form,
) -> Answer {
    let command = Command::UpdateWorker(read_update(sid, if_match, &form)?);
    carry_out(&app, workspace, command, StatusCode::OK).await
}

/// Reads what is to change about a worker.
pub(crate) fn read_update(
    sid: WorkerSid,
    if_match: Option<u64>,
    form: &Parameters,
) -> Result<UpdateWorker, ApiError> {
    Ok(UpdateWorker {
        sid,
        if_match,
        friendly_name: form.text("FriendlyName"),
        activity_sid: form.parsed("ActivitySid")?,
        attributes: form.text("Attributes"),
        reject_pending_reservations: form.boolean("RejectPendingReservations")?.unwrap_or(false),
    })
}

async fn remove(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, WorkerSid)>,
    IfMatch(if_match): IfMatch,
) -> Answer {
    let command = Command::DeleteWorker(DeleteWorker { sid, if_match });
    carry_out(&app, workspace, command, StatusCode::NO_CONTENT).await
}

/// Presents a worker.
pub(super) fn present(view: &View<'_>, worker: &Worker) -> Value {
    let settings = view.workspace.settings();
    let activity = view.workspace.activity(worker.activity_sid);
    let own = view.url(&format!("/Workers/{}", worker.sid));
    json!({
        "sid": worker.sid,
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "friendly_name": worker.friendly_name,
        "activity_sid": worker.activity_sid,
        "activity_name": activity.map(|it| &it.friendly_name),
        "available": view.workspace.is_available(worker),
        "attributes": worker.attributes.text(),
        "date_created": worker.date_created.to_iso8601(),
        "date_updated": worker.date_updated.to_iso8601(),
        "date_status_changed": worker.date_status_changed.to_iso8601(),
        "version": worker.version.to_string(),
        "url": own,
        "links": {
            "workspace": view.url(""),
            "activity": view.url(&format!("/Activities/{}", worker.activity_sid)),
            "channels": format!("{own}/Channels"),
            "worker_channels": format!("{own}/Channels"),
            "reservations": format!("{own}/Reservations"),
            "worker_statistics": format!("{own}/Statistics"),
            "statistics": view.url("/Workers/Statistics"),
            "real_time_statistics": view.url("/Workers/RealTimeStatistics"),
            "cumulative_statistics": view.url("/Workers/CumulativeStatistics"),
            "warnings": format!("{own}/Warnings"),
        },
    })
}

/// Which workers a list holds.
struct Filter<'a> {
    name: Option<&'a str>,
    activity_name: Option<&'a str>,
    activity_sid: Option<ActivitySid>,
    available: Option<bool>,
    queue_name: Option<&'a str>,
    queue_sid: Option<TaskQueueSid>,
    expression: Option<Expression>,
}

impl<'a> Filter<'a> {
    fn read(query: &'a Parameters) -> Result<Self, ApiError> {
        const EXPRESSION: &str = "TargetWorkersExpression";
        let parse = |text| expression(EXPRESSION, text, Scope::Worker);
        Ok(Self {
            name: query.filled("FriendlyName"),
            activity_name: query.filled("ActivityName"),
            activity_sid: query.parsed("ActivitySid")?,
            available: query.boolean("Available")?,
            queue_name: query.filled("TaskQueueName"),
            queue_sid: query.parsed("TaskQueueSid")?,
            expression: query.filled(EXPRESSION).map(parse).transpose()?,
        })
    }

    fn holds(&self, view: &View<'_>, worker: &Worker) -> bool {
        let activity = view.workspace.activity(worker.activity_sid);
        self.name.is_none_or(|name| worker.friendly_name.eq_ignore_ascii_case(name))
            && self.activity_sid.is_none_or(|sid| worker.activity_sid == sid)
            && self.activity_name.is_none_or(|name| activity.is_some_and(|it| *it.friendly_name == *name))
            && self.available.is_none_or(|is| view.workspace.is_available(worker) == is)
            && self.is_chosen(view, worker)
    }

    fn is_chosen(&self, view: &View<'_>, worker: &Worker) -> bool {
        let is_asked = |queue: &TaskQueue| {
            self.queue_sid.is_none_or(|sid| queue.sid == sid)
                && self.queue_name.is_none_or(|name| *queue.friendly_name == *name)
        };
        let names_queue = self.queue_name.is_some() || self.queue_sid.is_some();
        let facts = view.workspace.facts_of_worker(worker.sid).unwrap_or(&Value::Null);
        (!names_queue || view.workspace.queues_of_worker(worker.sid).any(is_asked))
            && self.expression.as_ref().is_none_or(|it| it.matches(&Facts::worker(facts)))
    }
}
