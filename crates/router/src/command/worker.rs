//! Commands about workers and their channels.

use domain::{ActivitySid, TaskChannelSid, Tick, WorkerSid};

use crate::refusal::check_version;
use crate::workspace::Workspace;
use crate::{
    NoticeKind, Noun, RecordKey, Refusal, ReservationStatus, Subject, Subjects, Worker, WorkerChannel,
    WorkerChannelSnapshot, checks,
};

/// The capacity of a new worker on each channel.
const CAPACITY_DEFAULT: u32 = 1;

/// Creates a worker, with a channel for each task channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateWorker {
    /// The worker's name, at most 64 characters, unique without regard to case.
    pub friendly_name: String,
    /// What the worker does first; default the workspace's default activity.
    pub activity_sid: Option<ActivitySid>,
    /// The user's own facts: a JSON object of at most 4096 characters.
    pub attributes: Option<String>,
}

/// Changes a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateWorker {
    /// The worker.
    pub sid: WorkerSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
    /// Another name.
    pub friendly_name: Option<String>,
    /// Another activity.
    pub activity_sid: Option<ActivitySid>,
    /// Other attributes, in place of all the old ones.
    pub attributes: Option<String>,
    /// Whether offers that wait for an answer are rejected when the new activity takes no tasks.
    pub reject_pending_reservations: bool,
}

/// Deletes a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteWorker {
    /// The worker.
    pub sid: WorkerSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
}

/// Changes a worker's channel.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateWorkerChannel {
    /// The worker.
    pub worker_sid: WorkerSid,
    /// The channel: the SID of the worker channel or the task channel, or the task channel's unique name.
    pub channel: String,
    /// How many tasks the worker can have on it; 0 for none.
    pub capacity: Option<u32>,
    /// Whether the worker takes tasks on it.
    pub available: Option<bool>,
}

impl UpdateWorker {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: WorkerSid) -> Self {
        Self {
            sid,
            if_match: None,
            friendly_name: None,
            activity_sid: None,
            attributes: None,
            reject_pending_reservations: false,
        }
    }
}

impl Workspace {
    pub(crate) fn create_worker(
        &mut self,
        command: CreateWorker,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let friendly_name = checks::friendly_name(&command.friendly_name)?;
        let attributes = checks::attributes(command.attributes.as_deref().unwrap_or_default())?;
        self.check_worker_name(&friendly_name, None)?;
        self.check_named_activity("ActivitySid", command.activity_sid)?;
        let worker = Worker {
            sid: tick.sid(),
            friendly_name,
            activity_sid: command.activity_sid.unwrap_or(self.settings.default_activity_sid),
            attributes,
            channels: self.task_channels.keys().map(|sid| Self::new_worker_channel(*sid, tick)).collect(),
            idle_since: tick.now,
            version: 0,
            date_created: tick.now,
            date_updated: tick.now,
            date_status_changed: tick.now,
        };
        let sid = worker.sid;
        self.workers.insert(sid, worker);
        self.changes.put(RecordKey::Worker(sid));
        self.reindex_worker(sid);
        self.announce_worker(NoticeKind::WorkerCreated, sid, tick);
        Ok(Subject::Worker(sid))
    }

    pub(crate) fn update_worker(
        &mut self,
        command: UpdateWorker,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let worker = self.workers.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Worker, sid))?;
        check_version(command.if_match, worker.version)?;
        let friendly_name = command.friendly_name.as_deref().map(checks::friendly_name).transpose()?;
        let attributes = command.attributes.as_deref().map(checks::attributes).transpose()?;
        // The same value again changes nothing, not even the version.
        let friendly_name = friendly_name.filter(|name| *name != worker.friendly_name);
        let attributes = attributes.filter(|attributes| *attributes != worker.attributes);
        if let Some(name) = &friendly_name {
            self.check_worker_name(name, Some(sid))?;
        }
        self.check_named_activity("ActivitySid", command.activity_sid)?;
        if let Some(name) = friendly_name {
            self.change_worker(sid, tick.now).friendly_name = name;
            self.reindex_worker(sid);
        }
        if let Some(attributes) = attributes {
            self.change_worker(sid, tick.now).attributes = attributes;
            self.reindex_worker(sid);
            self.announce_worker(NoticeKind::WorkerAttributesUpdate, sid, tick);
        }
        if let Some(activity) = command.activity_sid {
            self.move_worker(sid, activity, command.reject_pending_reservations, tick);
        }
        Ok(Subject::Worker(sid))
    }

    pub(crate) fn delete_worker(
        &mut self,
        command: DeleteWorker,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let worker = self.workers.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Worker, sid))?;
        check_version(command.if_match, worker.version)?;
        if self.is_available(worker) {
            let reason = format!(
                "worker '{}' is available; give the worker an activity that is not",
                worker.friendly_name
            );
            return Err(Refusal::wrong_state(reason));
        }
        let open = self.roster.entry(sid).map_or(0, |entry| entry.reservations.len());
        if open > 0 {
            let reason =
                format!("worker '{}' has {open} open reservations; end them first", worker.friendly_name);
            return Err(Refusal::wrong_state(reason));
        }
        self.announce_worker(NoticeKind::WorkerDeleted, sid, tick);
        self.workers.remove(&sid);
        self.roster.remove_worker(sid);
        self.changes.delete(RecordKey::Worker(sid));
        Ok(Subject::Deleted)
    }

    pub(crate) fn update_worker_channel(
        &mut self,
        command: UpdateWorkerChannel,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.worker_sid;
        let worker = self.workers.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Worker, sid))?;
        let found = self.find_worker_channel(worker, &command.channel);
        let channel = found.ok_or_else(|| Refusal::not_found(Noun::WorkerChannel, &command.channel))?;
        let (task_channel, was_available) = (channel.task_channel_sid, channel.available);
        let (capacity_before, free_before) =
            (channel.configured_capacity, channel.available_capacity_percentage());
        let capacity = command.capacity.unwrap_or(capacity_before);
        let available = command.available.unwrap_or(was_available);
        if (capacity, available) == (capacity_before, was_available) {
            return Ok(Subject::WorkerChannel(sid, task_channel));
        }
        if let Some(channel) = self.change_worker(sid, tick.now).channel_mut(task_channel) {
            channel.configured_capacity = capacity;
            channel.available = available;
            channel.date_updated = tick.now;
        }
        self.reindex_worker(sid);
        if capacity != capacity_before {
            self.announce_channel(NoticeKind::WorkerCapacityUpdate, (sid, task_channel), free_before, tick);
        }
        if available != was_available {
            let kind = NoticeKind::WorkerChannelAvailabilityUpdate;
            self.announce_channel(kind, (sid, task_channel), free_before, tick);
        }
        Ok(Subject::WorkerChannel(sid, task_channel))
    }

    /// Makes the channel that a worker gets for a task channel.
    pub(crate) fn new_worker_channel(task_channel: TaskChannelSid, tick: &mut Tick) -> WorkerChannel {
        WorkerChannel {
            sid: tick.sid(),
            task_channel_sid: task_channel,
            available: true,
            configured_capacity: CAPACITY_DEFAULT,
            last_reserved: None,
            idle_since: tick.now,
            used: 0,
            assigned_tasks: 0,
            date_created: tick.now,
            date_updated: tick.now,
        }
    }

    /// Gives a worker another activity, and rejects what waits for an answer where that is asked for.
    fn move_worker(&mut self, sid: WorkerSid, activity: ActivitySid, rejects: bool, tick: &mut Tick) {
        let takes_tasks = self.activities.get(&activity).is_some_and(|activity| activity.available);
        self.set_activity(sid, activity, tick);
        if !rejects || takes_tasks {
            return;
        }
        let held = self.roster.entry(sid).map(|entry| entry.reservations.clone()).unwrap_or_default();
        for reservation in held {
            if self.reservations[&reservation].status == ReservationStatus::Pending {
                self.reject(reservation, None, tick);
            }
        }
    }

    fn announce_channel(
        &mut self,
        kind: NoticeKind,
        (sid, task_channel): (WorkerSid, TaskChannelSid),
        previous_capacity_percentage: u32,
        tick: &mut Tick,
    ) {
        let unique_name = self.task_channels.get(&task_channel).map(|channel| channel.unique_name.clone());
        let snapshot = self.snapshot_worker(sid).map(|mut snapshot| {
            snapshot.channel = snapshot.worker.channel(task_channel).map(|channel| WorkerChannelSnapshot {
                sid: channel.sid,
                task_channel_sid: task_channel,
                task_channel_unique_name: unique_name.unwrap_or_default(),
                available: channel.available,
                configured_capacity: channel.configured_capacity,
                available_capacity_percentage: channel.available_capacity_percentage(),
                previous_capacity_percentage,
                assigned_tasks: channel.assigned_tasks,
            });
            Box::new(snapshot)
        });
        self.announce(kind, Subjects { worker: snapshot, ..Subjects::default() }, tick);
    }

    fn check_worker_name(&self, name: &str, own: Option<WorkerSid>) -> Result<(), Refusal> {
        match self.roster.by_name(name).filter(|other| Some(*other) != own) {
            Some(other) => {
                Err(Refusal::Conflict { reason: format!("the name '{name}' is taken by worker {other}") })
            }
            None => Ok(()),
        }
    }
}
