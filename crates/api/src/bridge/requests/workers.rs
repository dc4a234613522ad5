//! Workers: the own one, and for supervisors every other.

use domain::WorkerSid;
use router::{Command, UpdateWorker};

use super::{Call, Payload, paging};
use crate::bridge::shapes::snapshot_of_worker;
use crate::error::ApiError;
use crate::resources::taskrouter::workers;

/// Lists the workers that the filters hold.
pub(super) async fn list(call: &Call<'_>) -> Payload {
    let parameters = call.parameters.clone();
    call.look(move |view, shapes| {
        let found = workers::select(view, &parameters)?;
        paging::page(
            &found,
            &parameters,
            |it| it.sid.to_string(),
            |it| shapes.worker(&snapshot_of_worker(view.workspace, it)),
        )
    })
    .await?
}

/// Shows a worker.
pub(super) async fn fetch(call: &Call<'_>, sid: WorkerSid) -> Payload {
    let found = call.look(move |view, shapes| {
        let worker = view.workspace.worker(sid)?;
        Some(shapes.worker(&snapshot_of_worker(view.workspace, worker)))
    });
    found.await?.ok_or_else(ApiError::not_found)
}

/// Changes a worker's activity or attributes; the name stays, since routing may depend on it.
pub(super) async fn update(call: &Call<'_>, sid: WorkerSid) -> Payload {
    call.must_be(sid)?;
    let update = workers::read_update(sid, call.if_match, &call.parameters)?;
    call.route(Command::UpdateWorker(UpdateWorker { friendly_name: None, ..update })).await?;
    fetch(call, sid).await
}
