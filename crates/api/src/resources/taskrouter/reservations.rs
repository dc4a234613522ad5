//! Reservations, below their task and below their worker.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{ReservationSid, TaskSid, WorkerSid, WorkspaceSid};
use router::{
    CallInstruction, Command, Noun, Refusal, Reservation, ReservationAnswer, ReservationStatus, Subject,
    UpdateReservation,
};
use serde_json::{Value, json};
use store::reservations::{self, Filter};

use super::below_workspace;
use crate::app::{App, Shared, View};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, IfMatch, Path};
use crate::instructions::{Instruction, Order, Request};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::platform::Failure;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Tasks/{task}/Reservations"), get(list_of_task))
        .route(&below_workspace("/Tasks/{task}/Reservations/{sid}"), get(fetch_of_task).post(update_of_task))
        .route(&below_workspace("/Workers/{worker}/Reservations"), get(list_of_worker))
        .route(
            &below_workspace("/Workers/{worker}/Reservations/{sid}"),
            get(fetch_of_worker).post(update_of_worker),
        )
}

/// The side from which a reservation is looked at: its links lead back there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// From its task.
    Task,
    /// From its worker.
    Worker,
}

/// A reservation as a path names it.
pub(crate) struct Place {
    /// Its workspace.
    pub(crate) workspace: WorkspaceSid,
    /// The reservation.
    pub(crate) sid: ReservationSid,
    /// What stands before the reservation in the path.
    pub(crate) owner: Owner,
}

/// What a path names as having a reservation.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    /// The task offered.
    Task(TaskSid),
    /// The worker asked.
    Worker(WorkerSid),
}

impl Owner {
    fn side(self) -> Side {
        match self {
            Self::Task(_) => Side::Task,
            Self::Worker(_) => Side::Worker,
        }
    }

    fn has(self, reservation: &Reservation) -> bool {
        match self {
            Self::Task(sid) => reservation.task_sid == sid,
            Self::Worker(sid) => reservation.worker_sid == sid,
        }
    }
}

async fn list_of_task(
    State(app): State<Shared>,
    Path((workspace, task)): Path<(WorkspaceSid, TaskSid)>,
    list: List,
) -> Answer {
    let worker = list.query.parsed("WorkerSid")?;
    let filter = Filter { task: Some(task), worker, statuses: statuses(&list.query)? };
    show_list(&app, workspace, list, filter, Side::Task).await
}

async fn list_of_worker(
    State(app): State<Shared>,
    Path((workspace, worker)): Path<(WorkspaceSid, WorkerSid)>,
    list: List,
) -> Answer {
    let filter = Filter { task: None, worker: Some(worker), statuses: statuses(&list.query)? };
    show_list(&app, workspace, list, filter, Side::Worker).await
}

async fn show_list(app: &App, workspace: WorkspaceSid, list: List, filter: Filter, side: Side) -> Answer {
    let found = reservations::list(&app.store, workspace, &filter, &list.page()).await?;
    let shown = app.look(workspace, move |view| each(found, |it| present(view, &it, side))).await?;
    Ok(list.reply("reservations", shown))
}

fn statuses(query: &Parameters) -> Result<Vec<String>, ApiError> {
    const NAME: &str = "ReservationStatus";
    let read =
        |text: &String| text.parse::<ReservationStatus>().map_err(|error| ApiError::invalid(NAME, error));
    query.list(NAME).iter().map(|text| Ok(read(text)?.as_str().to_owned())).collect()
}

async fn fetch_of_task(
    State(app): State<Shared>,
    Path((workspace, task, sid)): Path<(WorkspaceSid, TaskSid, ReservationSid)>,
) -> Answer {
    let place = Place { workspace, sid, owner: Owner::Task(task) };
    let reservation = find(&app, &place).await?;
    show(&app, &place, reservation).await
}

async fn fetch_of_worker(
    State(app): State<Shared>,
    Path((workspace, worker, sid)): Path<(WorkspaceSid, WorkerSid, ReservationSid)>,
) -> Answer {
    let place = Place { workspace, sid, owner: Owner::Worker(worker) };
    let reservation = find(&app, &place).await?;
    show(&app, &place, reservation).await
}

async fn update_of_task(
    State(app): State<Shared>,
    Path((workspace, task, sid)): Path<(WorkspaceSid, TaskSid, ReservationSid)>,
    IfMatch(if_match): IfMatch,
    Form(form): Form,
) -> Answer {
    let place = Place { workspace, sid, owner: Owner::Task(task) };
    let reservation = answer(&app, &place, if_match, &form).await?;
    show(&app, &place, reservation).await
}

async fn update_of_worker(
    State(app): State<Shared>,
    Path((workspace, worker, sid)): Path<(WorkspaceSid, WorkerSid, ReservationSid)>,
    IfMatch(if_match): IfMatch,
    Form(form): Form,
) -> Answer {
    let place = Place { workspace, sid, owner: Owner::Worker(worker) };
    let reservation = answer(&app, &place, if_match, &form).await?;
    show(&app, &place, reservation).await
}

async fn find(app: &App, place: &Place) -> Result<Reservation, ApiError> {
    let found = reservations::fetch(&app.store, place.workspace, &place.sid.to_string()).await?;
    found.filter(|it| place.owner.has(it)).ok_or_else(ApiError::not_found)
}

async fn show(app: &App, place: &Place, reservation: Reservation) -> Answer {
    let (version, side) = (reservation.version, place.owner.side());
    let body = app.look(place.workspace, move |view| present(view, &reservation, side)).await?;
    Ok(Reply::ok(body).version(version))
}

/// Gives a worker's answer to the engine, and returns what became of the reservation.
pub(crate) async fn answer(
    app: &App,
    place: &Place,
    if_match: Option<u64>,
    form: &Parameters,
) -> Result<Reservation, ApiError> {
    let request = read_request(form, place.owner.side())?;
    let before = find(app, place).await?;
    let answered = match request {
        Request::Answer(answer) => {
            let command = UpdateReservation { sid: place.sid, if_match, answer };
            app.route(place.workspace, Command::UpdateReservation(command)).await
        }
        Request::Instruct(instruction) => {
            let order = Order { reservation: place.sid, if_match, instruction };
            app.platform.instruct(place.workspace, order).await
        }
    };
    match answered {
        Ok(Subject::Reservation(reservation)) => Ok(*reservation),
        Ok(_) => find(app, place).await,
        Err(Failure::Refused(Refusal::NotFound { what: Noun::Reservation, .. })) => Err(too_late(&before)),
        Err(failure) => Err(failure.into()),
    }
}

/// The task of a reservation has ended, so that the engine does not know it any more.
fn too_late(reservation: &Reservation) -> ApiError {
    let Reservation { sid, status, .. } = reservation;
    let entry = match status {
        ReservationStatus::TimedOut | ReservationStatus::Canceled | ReservationStatus::Rescinded => {
            catalog::GONE
        }
        ReservationStatus::Pending
        | ReservationStatus::Accepted
        | ReservationStatus::Rejected
        | ReservationStatus::Wrapping
        | ReservationStatus::Completed => catalog::INVALID,
    };
    ApiError::new(
        entry,
        format!("Reservation {sid} is {status} and its task has ended: it can not be changed any more"),
    )
}

/// Reads `ReservationStatus` or `Instruction`; accepting and rejecting can be said with either.
fn read_request(form: &Parameters, side: Side) -> Result<Request, ApiError> {
    let activity = form.parsed("WorkerActivitySid")?;
    match (form.filled("Instruction"), form.parsed::<ReservationStatus>("ReservationStatus")?) {
        (Some(instruction), _) if instruction.eq_ignore_ascii_case("accept") => {
            Ok(Request::Answer(ReservationAnswer::Accept))
        }
        (Some(instruction), _) if instruction.eq_ignore_ascii_case("reject") => {
            Ok(Request::Answer(ReservationAnswer::Reject(activity)))
        }
        (Some(_), _) => instruct(form, side).map(Request::Instruct),
        (None, Some(status)) => answer_of(status, activity).map(Request::Answer),
        (None, None) => Err(ApiError::missing("ReservationStatus or Instruction")),
    }
}

fn instruct(form: &Parameters, side: Side) -> Result<Instruction, ApiError> {
    let name: CallInstruction = form.required_as("Instruction")?;
    match (name, side) {
        (CallInstruction::Supervise, Side::Worker) => Err(ApiError::invalid(
            "Instruction",
            "supervise is taken below the task only: use …/Tasks/{WT}/Reservations",
        )),
        (_, Side::Task | Side::Worker) => Instruction::of_parameters(name, form),
    }
}

fn answer_of(
    status: ReservationStatus,
    activity: Option<domain::ActivitySid>,
) -> Result<ReservationAnswer, ApiError> {
    match status {
        ReservationStatus::Accepted => Ok(ReservationAnswer::Accept),
        ReservationStatus::Rejected => Ok(ReservationAnswer::Reject(activity)),
        ReservationStatus::Wrapping => Ok(ReservationAnswer::Wrap),
        ReservationStatus::Completed => Ok(ReservationAnswer::Complete),
        ReservationStatus::Pending
        | ReservationStatus::TimedOut
        | ReservationStatus::Canceled
        | ReservationStatus::Rescinded => {
            let reason = format!(
                "'{status}' is set by the system: accepted, rejected, wrapping or completed is expected"
            );
            Err(ApiError::invalid("ReservationStatus", reason))
        }
    }
}

/// Presents a reservation.
pub(super) fn present(view: &View<'_>, reservation: &Reservation, side: Side) -> Value {
    let settings = view.workspace.settings();
    let worker = view.workspace.worker(reservation.worker_sid);
    let task_url = view.url(&format!("/Tasks/{}", reservation.task_sid));
    let worker_url = view.url(&format!("/Workers/{}", reservation.worker_sid));
    let owner = match side {
        Side::Task => &task_url,
        Side::Worker => &worker_url,
    };
    json!({
        "sid": reservation.sid,
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "task_sid": reservation.task_sid,
        "worker_sid": reservation.worker_sid,
        "worker_name": worker.map(|it| &it.friendly_name),
        "reservation_status": reservation.status,
        "timeout": reservation.timeout_secs,
        "version": reservation.version.to_string(),
        "date_created": reservation.date_created.to_iso8601(),
        "date_updated": reservation.date_updated.to_iso8601(),
        "url": format!("{owner}/Reservations/{}", reservation.sid),
        "links": { "workspace": view.url(""), "task": task_url, "worker": worker_url },
    })
}
