//! Announcements: what happened, put together with the names and figures that listeners want.

use domain::{ReservationSid, TaskSid, Tick, WorkerSid};

use crate::workspace::Workspace;
use crate::{Action, Notice, NoticeKind, Subjects, Task, TaskSnapshot, WorkerSnapshot};

impl Workspace {
    /// Announces what happened to these subjects.
    pub(crate) fn announce(&mut self, kind: NoticeKind, subjects: Subjects, tick: &mut Tick) {
        let notice = Notice {
            sid: tick.sid(),
            at: tick.now,
            kind,
            account_sid: self.settings.account_sid,
            workspace_sid: self.settings.sid,
            workspace_name: self.settings.friendly_name.clone(),
            requester: self.requester.clone(),
            subjects,
        };
        self.actions.push(Action::Announce(Box::new(notice)));
    }

    /// Announces what happened to a live task.
    pub(crate) fn announce_task(&mut self, kind: NoticeKind, sid: TaskSid, tick: &mut Tick) {
        let task = self.tasks.get(&sid).map(|task| Box::new(self.snapshot_task(task)));
        self.announce(kind, Subjects { task, ..Subjects::default() }, tick);
    }

    /// Announces what happened to a worker.
    pub(crate) fn announce_worker(&mut self, kind: NoticeKind, sid: WorkerSid, tick: &mut Tick) {
        let worker = self.snapshot_worker(sid).map(WorkerSnapshot::without_channels).map(Box::new);
        self.announce(kind, Subjects { worker, ..Subjects::default() }, tick);
    }

    /// Announces what happened to a reservation, with its task and worker.
    pub(crate) fn announce_reservation(&mut self, kind: NoticeKind, sid: ReservationSid, tick: &mut Tick) {
        let Some(reservation) = self.reservations.get(&sid).cloned() else { return };
        let task = self.tasks.get(&reservation.task_sid).map(|task| Box::new(self.snapshot_task(task)));
        let worker = self.snapshot_worker(reservation.worker_sid);
        let worker = worker.map(WorkerSnapshot::without_channels).map(Box::new);
        let reservation = Some(Box::new(reservation));
        self.announce(kind, Subjects { task, worker, reservation, ..Subjects::default() }, tick);
    }

    /// Returns a task with the names of what it refers to.
    pub(crate) fn snapshot_task(&self, task: &Task) -> TaskSnapshot {
        let workflow = task.workflow_sid.and_then(|sid| self.workflows.get(&sid));
        let queue = task.task_queue_sid.and_then(|sid| self.task_queues.get(&sid));
        let channel = self.task_channels.get(&task.task_channel_sid);
        let target = task.standing.as_ref().and_then(|standing| standing.target.as_ref());
        TaskSnapshot {
            // Only the engine reads it, and only from the task's own row.
            task: Task { standing: None, ..task.clone() },
            workflow_name: workflow.map(|workflow| workflow.friendly_name.clone()),
            workflow_filter_name: target.and_then(|target| target.filter_name.clone()),
            task_queue_name: queue.map(|queue| queue.friendly_name.clone()),
            task_channel_unique_name: channel.map(|channel| channel.unique_name.clone()).unwrap_or_default(),
        }
    }

    /// Returns a worker with the names of what it refers to.
    pub(crate) fn snapshot_worker(&self, sid: WorkerSid) -> Option<WorkerSnapshot> {
        let worker = self.workers.get(&sid)?;
        let activity = self.activities.get(&worker.activity_sid);
        Some(WorkerSnapshot {
            worker: worker.clone(),
            activity_name: activity.map(|activity| activity.friendly_name.clone()).unwrap_or_default(),
            available: activity.is_some_and(|activity| activity.available),
            previous_activity: None,
            channel: None,
        })
    }
}

impl WorkerSnapshot {
    /// Leaves the worker's channels out: the log would hold them with every reservation, and nobody reads them there.
    pub(crate) fn without_channels(mut self) -> Self {
        self.worker.channels = vec![];
        self
    }
}
