//! Workers: who gets tasks, with their capacity on each task channel.

use std::sync::Arc;

use domain::{ActivitySid, Attributes, TaskChannelSid, Timestamp, WorkerChannelSid, WorkerSid};
use serde::{Deserialize, Serialize};

/// Someone who takes tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    /// The worker.
    pub sid: WorkerSid,
    /// The worker's name, unique without regard to case.
    pub friendly_name: Arc<str>,
    /// What the worker is doing.
    pub activity_sid: ActivitySid,
    /// The user's own facts about the worker.
    pub attributes: Arc<Attributes>,
    /// The worker's channels, one for each task channel, in the order of their task channels' SIDs.
    pub channels: Vec<WorkerChannel>,
    /// When the worker was last offered or finished a task: who has been idle longest goes first.
    pub idle_since: Timestamp,
    /// The version for If-Match.
    pub version: u64,
    /// When the worker was created.
    pub date_created: Timestamp,
    /// When the worker last changed.
    pub date_updated: Timestamp,
    /// When the activity last changed.
    pub date_status_changed: Timestamp,
}

/// A worker's capacity on one task channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerChannel {
    /// The worker channel.
    pub sid: WorkerChannelSid,
    /// The task channel.
    pub task_channel_sid: TaskChannelSid,
    /// Whether the worker takes tasks on this channel.
    pub available: bool,
    /// How many tasks the worker can have on this channel at once.
    pub configured_capacity: u32,
    /// When the worker was last offered a task on this channel.
    pub last_reserved: Option<Timestamp>,
    /// When the worker was last offered or finished a task on this channel.
    pub idle_since: Timestamp,
    /// How many reservations hold capacity: pending, accepted and wrapping ones. Counted, never stored.
    #[serde(skip)]
    pub used: u32,
    /// How many reservations are accepted. Counted, never stored.
    #[serde(skip)]
    pub assigned_tasks: u32,
    /// When it was created.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// What offers and completions change about a worker: written alone, for they are many and workers are long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdleTime {
    /// The worker.
    pub worker_sid: WorkerSid,
    /// The worker's version then.
    pub version: u64,
    /// When the worker was last offered or finished a task.
    pub idle_since: Timestamp,
    /// When the worker last changed.
    pub date_updated: Timestamp,
    /// The channels on which the worker was ever offered a task.
    pub channels: Vec<ChannelIdleTime>,
}

/// What offers and completions change about a worker's channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelIdleTime {
    /// The task channel.
    pub task_channel_sid: TaskChannelSid,
    /// When the worker was last offered a task on it.
    pub last_reserved: Timestamp,
    /// When the worker was last offered or finished a task on it.
    pub idle_since: Timestamp,
}

impl Worker {
    /// Returns the worker's channel for a task channel.
    pub fn channel(&self, task_channel: TaskChannelSid) -> Option<&WorkerChannel> {
        let index =
            self.channels.binary_search_by_key(&task_channel, |channel| channel.task_channel_sid).ok()?;
        self.channels.get(index)
    }
}

impl WorkerChannel {
    /// Returns how much of the capacity is free, in whole percent rounded down.
    pub fn available_capacity_percentage(&self) -> u32 {
        let free = u64::from(self.configured_capacity.saturating_sub(self.used));
        u32::try_from((free * 100).checked_div(u64::from(self.configured_capacity)).unwrap_or(0))
            .unwrap_or(100)
    }
}

impl Worker {
    /// Returns the worker's channel for a task channel, for changing.
    pub(crate) fn channel_mut(&mut self, task_channel: TaskChannelSid) -> Option<&mut WorkerChannel> {
        self.channels.iter_mut().find(|channel| channel.task_channel_sid == task_channel)
    }
    /// Returns what the last offer or completion changed.
    pub(crate) fn idle_time(&self) -> IdleTime {
        let reserved = |channel: &WorkerChannel| {
            Some(ChannelIdleTime {
                task_channel_sid: channel.task_channel_sid,
                last_reserved: channel.last_reserved?,
                idle_since: channel.idle_since,
            })
        };
        IdleTime {
            worker_sid: self.sid,
            version: self.version,
            idle_since: self.idle_since,
            date_updated: self.date_updated,
            channels: self.channels.iter().filter_map(reserved).collect(),
        }
    }

    /// Takes over an idle time that was written after the worker.
    pub(crate) fn take_idle_time(&mut self, idle: &IdleTime) {
        if (idle.version, idle.idle_since) < (self.version, self.idle_since) {
            return;
        }
        self.version = idle.version;
        self.idle_since = idle.idle_since;
        self.date_updated = idle.date_updated;
        for reserved in &idle.channels {
            if let Some(channel) = self.channel_mut(reserved.task_channel_sid) {
                channel.last_reserved = Some(reserved.last_reserved);
                channel.idle_since = reserved.idle_since;
            }
        }
    }
}
