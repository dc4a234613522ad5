//! Commands about transfers.

use domain::{ReservationSid, TaskSid, Tick, TransferSid, WorkerSid};

use crate::workspace::Workspace;
use crate::{
    Noun, Refusal, Reservation, ReservationStatus, Subject, Task, Transfer, TransferMode, TransferStatus,
    TransferTarget, checks,
};

/// Hands a task on.
#[derive(Debug, Clone, PartialEq)]
pub struct StartTransfer {
    /// The task.
    pub task_sid: TaskSid,
    /// The accepted reservation of the worker who hands it on.
    pub reservation_sid: ReservationSid,
    /// To whom.
    pub to: TransferTarget,
    /// What the worker does meanwhile; default warm.
    pub mode: Option<TransferMode>,
    /// Other attributes of the task, in place of all the old ones.
    pub attributes: Option<String>,
    /// Another precedence of the task.
    pub priority: Option<u32>,
}

/// Calls a transfer off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelTransfer {
    /// The task.
    pub task_sid: TaskSid,
    /// The transfer.
    pub sid: TransferSid,
}

impl Workspace {
    pub(crate) fn start_transfer(
        &mut self,
        command: StartTransfer,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.task_sid;
        let task = self.tasks.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Task, sid))?;
        let reservation = self.reservation_to_transfer(task, command.reservation_sid)?;
        self.check_transfer_target(task, reservation.worker_sid, command.to)?;
        let attributes = command.attributes.as_deref().map(checks::attributes).transpose()?;
        let priority = command.priority.unwrap_or(task.priority);
        let priority = checks::within("Priority", priority, 0..=checks::PRIORITY_MAX)?;
        let transfer = Transfer {
            sid: tick.sid(),
            mode: command.mode.unwrap_or(TransferMode::Warm),
            to: command.to,
            status: TransferStatus::Initiated,
            failed_reason: None,
            initiating_reservation_sid: reservation.sid,
            initiating_worker_sid: reservation.worker_sid,
            initiating_queue_sid: task.task_queue_sid,
            initiating_workflow_sid: task.workflow_sid,
            date_created: tick.now,
            date_updated: tick.now,
        };
        let task = self.change_task(sid, tick.now);
        task.priority = priority;
        task.attributes = attributes.unwrap_or_else(|| task.attributes.clone());
        self.hand_on(sid, transfer, tick);
        self.task_subject(sid)
    }

    pub(crate) fn cancel_transfer(
        &mut self,
        command: CancelTransfer,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let CancelTransfer { task_sid, sid } = command;
        let task = self.tasks.get(&task_sid).ok_or_else(|| Refusal::not_found(Noun::Task, task_sid))?;
        let transfer = task.transfers.iter().find(|transfer| transfer.sid == sid);
        let transfer = transfer.ok_or_else(|| Refusal::not_found(Noun::Transfer, sid))?;
        if transfer.status != TransferStatus::Initiated {
            let status = transfer.status;
            // The published service words it like this, the space before the full stop too.
            let reason = format!("Transfer {sid} is already {status} . Cannot cancel transfer.");
            return Err(Refusal::wrong_state(reason));
        }
        self.call_off(task_sid, tick);
        self.task_subject(task_sid)
    }

    fn reservation_to_transfer(&self, task: &Task, sid: ReservationSid) -> Result<&Reservation, Refusal> {
        let reservation = self.reservations.get(&sid).filter(|reservation| reservation.task_sid == task.sid);
        let reservation = reservation.ok_or_else(|| Refusal::not_found(Noun::Reservation, sid))?;
        if reservation.status != ReservationStatus::Accepted {
            let status = reservation.status;
            let reason = format!("reservation {sid} is {status}: only an accepted one hands its task on");
            return Err(Refusal::wrong_state(reason));
        }
        match task.open_transfer() {
            Some(open) => {
                let reason = format!("task {} is in transfer {}: cancel that first", task.sid, open.sid);
                Err(Refusal::wrong_state(reason))
            }
            None => Ok(reservation),
        }
    }

    fn check_transfer_target(
        &self,
        task: &Task,
        initiator: WorkerSid,
        to: TransferTarget,
    ) -> Result<(), Refusal> {
        let unknown = || Refusal::invalid("To", format!("there is no '{to}' in this workspace"));
        match to {
            TransferTarget::TaskQueue(queue) if self.task_queues.contains_key(&queue) => Ok(()),
            TransferTarget::TaskQueue(_) => Err(unknown()),
            TransferTarget::Worker(worker) if worker == initiator => {
                Err(Refusal::invalid("To", format!("{worker} has the task: another worker is expected")))
            }
            TransferTarget::Worker(sid) => {
                let worker = self.workers.get(&sid).ok_or_else(unknown)?;
                let name = &worker.friendly_name;
                if !self.is_available(worker) {
                    return Err(Refusal::wrong_state(format!("worker '{name}' is not available")));
                }
                if !self.roster.is_ready(sid, task.task_channel_sid) {
                    let reason = format!("worker '{name}' has no free capacity on the task's channel");
                    return Err(Refusal::wrong_state(reason));
                }
                Ok(())
            }
        }
    }
}
