//! Read access for those who show the workspace: nothing here changes it.

use domain::{ActivitySid, ReservationSid, TaskChannelSid, TaskQueueSid, TaskSid, WorkerSid, WorkflowSid};

use crate::workspace::Workspace;
use crate::{
    Activity, RecordKey, Reservation, Settings, Task, TaskChannel, TaskQueue, Worker, WorkerChannel, Workflow,
};

impl Workspace {
    /// Returns the workspace's own resource.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns an activity.
    pub fn activity(&self, sid: ActivitySid) -> Option<&Activity> {
        self.activities.get(&sid)
    }

    /// Returns the activities in the order of their creation.
    pub fn activities(&self) -> impl DoubleEndedIterator<Item = &Activity> {
        self.activities.values()
    }

    /// Returns a task channel.
    pub fn task_channel(&self, sid: TaskChannelSid) -> Option<&TaskChannel> {
        self.task_channels.get(&sid)
    }

    /// Returns the task channel with this SID or unique name, as paths and parameters give it.
    pub fn find_task_channel(&self, sid_or_unique_name: &str) -> Option<&TaskChannel> {
        match sid_or_unique_name.parse() {
            Ok(sid) => self.task_channels.get(&sid),
            Err(_) => self.task_channels.values().find(|channel| &*channel.unique_name == sid_or_unique_name),
        }
    }

    /// Returns the task channels in the order of their creation.
    pub fn task_channels(&self) -> impl DoubleEndedIterator<Item = &TaskChannel> {
        self.task_channels.values()
    }

    /// Returns a worker.
    pub fn worker(&self, sid: WorkerSid) -> Option<&Worker> {
        self.workers.get(&sid)
    }

    /// Returns the workers in the order of their creation.
    pub fn workers(&self) -> impl DoubleEndedIterator<Item = &Worker> {
        self.workers.values()
    }

    /// Tells whether a worker's activity takes tasks.
    pub fn is_available(&self, worker: &Worker) -> bool {
        self.activities.get(&worker.activity_sid).is_some_and(|activity| activity.available)
    }

    /// Returns a worker's channel by its own SID, its task channel's SID or that one's unique name.
    pub fn find_worker_channel<'a>(&self, worker: &'a Worker, channel: &str) -> Option<&'a WorkerChannel> {
        if let Ok(sid) = channel.parse::<domain::WorkerChannelSid>() {
            return worker.channels.iter().find(|channel| channel.sid == sid);
        }
        worker.channel(self.find_task_channel(channel)?.sid)
    }

    /// Returns a task queue.
    pub fn task_queue(&self, sid: TaskQueueSid) -> Option<&TaskQueue> {
        self.task_queues.get(&sid)
    }

    /// Returns the task queues in the order of their creation.
    pub fn task_queues(&self) -> impl DoubleEndedIterator<Item = &TaskQueue> {
        self.task_queues.values()
    }

    /// Returns a workflow.
    pub fn workflow(&self, sid: WorkflowSid) -> Option<&Workflow> {
        self.workflows.get(&sid)
    }

    /// Returns the workflows in the order of their creation.
    pub fn workflows(&self) -> impl DoubleEndedIterator<Item = &Workflow> {
        self.workflows.values()
    }

    /// Returns a live task; ended ones are history.
    pub fn task(&self, sid: TaskSid) -> Option<&Task> {
        self.tasks.get(&sid)
    }

    /// Returns the live tasks in the order of their creation.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.tasks.values()
    }

    /// Returns a reservation of a live task.
    pub fn reservation(&self, sid: ReservationSid) -> Option<&Reservation> {
        self.reservations.get(&sid)
    }

    /// Tells whether something is there.
    pub fn contains(&self, key: RecordKey) -> bool {
        match key {
            RecordKey::Workspace(sid) => self.settings.sid == sid,
            RecordKey::Activity(sid) => self.activities.contains_key(&sid),
            RecordKey::TaskChannel(sid) => self.task_channels.contains_key(&sid),
            RecordKey::Worker(sid) | RecordKey::IdleTime(sid) => self.workers.contains_key(&sid),
            RecordKey::TaskQueue(sid) => self.task_queues.contains_key(&sid),
            RecordKey::Workflow(sid) => self.workflows.contains_key(&sid),
            RecordKey::Task(sid) => self.tasks.contains_key(&sid),
            RecordKey::Reservation(sid) => self.reservations.contains_key(&sid),
        }
    }
}

/// How things hang together.
impl Workspace {
    /// Returns the reservations of a live task in the order of their offers, ended ones too.
    pub fn reservations_of_task(&self, task: TaskSid) -> impl Iterator<Item = &Reservation> {
        let sids = self.reservations_by_task.get(&task).into_iter().flatten();
        sids.filter_map(|sid| self.reservations.get(sid))
    }

    /// Returns the open reservations of a worker: pending, accepted and wrapping ones.
    pub fn reservations_of_worker(&self, worker: WorkerSid) -> impl Iterator<Item = &Reservation> {
        let entry = self.roster.entry(worker).into_iter();
        entry.flat_map(|entry| &entry.reservations).filter_map(|sid| self.reservations.get(sid))
    }

    /// Returns the workers whom a task queue's expression picks, in any activity.
    pub fn workers_of_queue(&self, queue: TaskQueueSid) -> impl Iterator<Item = &Worker> {
        self.roster.crew(queue).filter_map(|worker| self.workers.get(&worker))
    }

    /// Returns the task queues that a worker serves.
    pub fn queues_of_worker(&self, worker: WorkerSid) -> impl Iterator<Item = &TaskQueue> {
        let entry = self.roster.entry(worker).into_iter();
        entry.flat_map(|entry| &entry.queues).filter_map(|sid| self.task_queues.get(sid))
    }

    /// Returns the worker of this name, whatever its case.
    pub fn find_worker(&self, friendly_name: &str) -> Option<&Worker> {
        self.workers.get(&self.roster.by_name(friendly_name)?)
    }

    /// Returns what expressions see of a worker: attributes and built-in names.
    pub fn facts_of_worker(&self, worker: WorkerSid) -> Option<&serde_json::Value> {
        self.roster.entry(worker).map(|entry| &entry.facts)
    }
}
