//! Reservations: the open ones of a worker, and the worker's answers.

use domain::{ReservationSid, TaskSid, WorkerSid};
use router::Reservation;

use super::{Call, Payload, paging};
use crate::bridge::shapes::snapshot_of_task;
use crate::error::ApiError;
use crate::resources::taskrouter::reservations::{self, Owner, Place};

/// Lists a worker's open reservations with their tasks.
pub(super) async fn list(call: &Call<'_>, worker: WorkerSid) -> Payload {
    let parameters = call.parameters.clone();
    call.look(move |view, shapes| {
        let workspace = view.workspace;
        let name = &workspace.worker(worker).ok_or_else(ApiError::not_found)?.friendly_name;
        let mut found: Vec<&Reservation> = workspace.reservations_of_worker(worker).collect();
        found.sort_by_key(|it| it.sid);
        let show = |it: &&Reservation| {
            let task = workspace.task(it.task_sid).map(|task| snapshot_of_task(workspace, task));
            shapes.reservation(it, task.as_ref(), Some(&**name))
        };
        paging::page(&found, &parameters, |it| it.sid.to_string(), show)
    })
    .await?
}

/// Takes a worker's answer.
pub(super) async fn update_of_worker(call: &Call<'_>, worker: WorkerSid, sid: ReservationSid) -> Payload {
    call.must_be(worker)?;
    answer(call, sid, Owner::Worker(worker)).await
}

/// Takes a supervisor's instruction for the call of another worker's reservation.
pub(super) async fn update_of_task(call: &Call<'_>, task: TaskSid, sid: ReservationSid) -> Payload {
    call.must_supervise(&format!("Reservation {sid} of other workers"))?;
    answer(call, sid, Owner::Task(task)).await
}

/// Answers without the task: the SDK takes that from the event that follows.
async fn answer(call: &Call<'_>, sid: ReservationSid, owner: Owner) -> Payload {
    let place = Place { workspace: call.bearer.workspace, sid, owner };
    let reservation = reservations::answer(call.app, &place, call.if_match, &call.parameters).await?;
    show(call, &reservation).await
}

/// Shows a reservation without its task.
pub(super) async fn show(call: &Call<'_>, reservation: &Reservation) -> Payload {
    let reservation = reservation.clone();
    call.look(move |view, shapes| {
        let worker = view.workspace.worker(reservation.worker_sid);
        shapes.reservation(&reservation, None, worker.map(|it| &*it.friendly_name))
    })
    .await
}
