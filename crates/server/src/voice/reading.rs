//! Looks at workspaces on behalf of calls.

use api::Failure;
use domain::{ReservationSid, TaskSid, WorkerSid, WorkspaceSid};
use router::{Reservation, Task, Worker, Workspace};
use tokio::sync::oneshot;

use crate::house::House;

/// A reservation with its task and worker.
pub(super) struct Assigned {
    pub(super) reservation: Reservation,
    pub(super) task: Task,
    pub(super) worker: Worker,
}

/// Returns a live task.
pub(super) async fn task(
    house: &House,
    workspace: WorkspaceSid,
    sid: TaskSid,
) -> Result<Option<Task>, Failure> {
    look(house, workspace, move |it| it.task(sid).cloned()).await
}

/// Returns a worker.
pub(super) async fn worker(
    house: &House,
    workspace: WorkspaceSid,
    sid: WorkerSid,
) -> Result<Option<Worker>, Failure> {
    look(house, workspace, move |it| it.worker(sid).cloned()).await
}

/// Returns a live reservation with its task and worker.
pub(super) async fn assigned(
    house: &House,
    workspace: WorkspaceSid,
    sid: ReservationSid,
) -> Result<Option<Assigned>, Failure> {
    let found = look(house, workspace, move |it| {
        let reservation = it.reservation(sid)?.clone();
        let task = it.task(reservation.task_sid)?.clone();
        let worker = it.worker(reservation.worker_sid)?.clone();
        Some(Assigned { reservation, task, worker })
    });
    found.await
}

async fn look<T: Send + 'static>(
    house: &House,
    workspace: WorkspaceSid,
    look: impl FnOnce(&Workspace) -> T + Send + 'static,
) -> Result<T, Failure> {
    let (answer, answered) = oneshot::channel();
    let carry_away = Box::new(move |workspace: &Workspace| {
        // Whoever looks may have gone meanwhile.
        let _ = answer.send(look(workspace));
    });
    house.workspaces.get(workspace)?.look(carry_away).await?;
    answered.await.map_err(|_| Failure::NotFound)
}
