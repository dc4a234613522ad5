//! Transfers: a worker hands a task on to another worker or a queue, or calls that off.

use domain::{ReservationSid, TaskSid, TransferSid, WorkerSid};
use router::{CancelTransfer, Command, StartTransfer, Subject, TransferStatus};

use super::{Call, Payload, sid};
use crate::error::ApiError;

/// Begins a transfer.
pub(super) async fn start(call: &Call<'_>, worker: WorkerSid) -> Payload {
    call.must_be(worker)?;
    let form = &call.parameters;
    let reservation: ReservationSid = form.required_as("ReservationSid")?;
    let command = StartTransfer {
        task_sid: form.required_as("TaskSid")?,
        reservation_sid: reservation,
        to: form.required_as("To")?,
        mode: form.parsed("Mode")?,
        attributes: form.text("Attributes"),
        priority: form.number("Priority")?,
    };
    must_hold(call, worker, reservation).await?;
    let task = command.task_sid;
    let subject = call.route(Command::StartTransfer(command)).await?;
    show(call, task, &subject, None).await
}

/// Calls a transfer off.
pub(super) async fn update(call: &Call<'_>, worker: WorkerSid, transfer: &str) -> Payload {
    const NAME: &str = "TransferStatus";
    call.must_be(worker)?;
    let (transfer, task): (TransferSid, TaskSid) = (sid(transfer)?, call.parameters.required_as("TaskSid")?);
    let status: TransferStatus = call.parameters.required_as(NAME)?;
    if status != TransferStatus::Canceled {
        return Err(ApiError::invalid(
            NAME,
            format!("'{status}' is set by the system: canceled is expected"),
        ));
    }
    must_have_begun(call, worker, task, transfer).await?;
    let command = CancelTransfer { task_sid: task, sid: transfer };
    let subject = call.route(Command::CancelTransfer(command)).await?;
    show(call, task, &subject, Some(transfer)).await
}

/// Who hands on what another worker holds is told that there is nothing of the kind.
async fn must_hold(call: &Call<'_>, worker: WorkerSid, sid: ReservationSid) -> Result<(), ApiError> {
    let held = call.look(move |view, _| {
        view.workspace.reservation(sid).is_some_and(|reservation| reservation.worker_sid == worker)
    });
    held.await?.then_some(()).ok_or_else(ApiError::not_found)
}

async fn must_have_begun(
    call: &Call<'_>,
    worker: WorkerSid,
    task: TaskSid,
    sid: TransferSid,
) -> Result<(), ApiError> {
    let begun = call.look(move |view, _| {
        let transfers = view.workspace.task(task).map(|task| task.transfers.as_slice()).unwrap_or_default();
        transfers.iter().any(|transfer| transfer.sid == sid && transfer.initiating_worker_sid == worker)
    });
    begun.await?.then_some(()).ok_or_else(ApiError::not_found)
}

/// Shows a transfer of a task as the command left it; the latest one where none is named.
async fn show(call: &Call<'_>, task: TaskSid, subject: &Subject, sid: Option<TransferSid>) -> Payload {
    let transfers = match subject {
        Subject::Task(task) => task.transfers.as_slice(),
        Subject::Workspace
        | Subject::Activity(_)
        | Subject::TaskChannel(_)
        | Subject::Worker(_)
        | Subject::WorkerChannel(..)
        | Subject::TaskQueue(_)
        | Subject::Workflow(_)
        | Subject::Reservation(_)
        | Subject::Deleted => &[],
    };
    let found = transfers.iter().rev().find(|transfer| sid.is_none_or(|sid| transfer.sid == sid));
    let transfer = found.cloned().ok_or_else(ApiError::not_found)?;
    call.look(move |_, shapes| shapes.transfer(task, &transfer)).await
}
