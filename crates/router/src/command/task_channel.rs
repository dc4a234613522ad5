//! Commands about task channels.

use domain::{TaskChannelSid, Tick};

use crate::workspace::Workspace;
use crate::{NoticeKind, Noun, RecordKey, Refusal, Subject, Subjects, TaskChannel, checks};

/// Creates a task channel, and a worker channel for every worker.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateTaskChannel {
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// What paths and expressions call it: letters, digits, `_` and `$`, not beginning with a digit.
    pub unique_name: String,
    /// Whether a worker's idle time counts on this channel alone; default false.
    pub channel_optimized_routing: Option<bool>,
}

/// Changes a task channel.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateTaskChannel {
    /// The task channel.
    pub sid: TaskChannelSid,
    /// Another name.
    pub friendly_name: Option<String>,
    /// Whether a worker's idle time counts on this channel alone.
    pub channel_optimized_routing: Option<bool>,
}

/// Deletes a task channel, and every worker's channel of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTaskChannel {
    /// The task channel.
    pub sid: TaskChannelSid,
}

impl Workspace {
    pub(crate) fn create_task_channel(
        &mut self,
        command: CreateTaskChannel,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let friendly_name = checks::friendly_name(&command.friendly_name)?;
        self.check_unique_name(&command.unique_name)?;
        let channel = TaskChannel {
            sid: tick.sid(),
            friendly_name,
            unique_name: command.unique_name.into(),
            channel_optimized_routing: command.channel_optimized_routing.unwrap_or(false),
            is_default: false,
            date_created: tick.now,
            date_updated: tick.now,
        };
        Ok(Subject::TaskChannel(self.add_task_channel(channel, tick)))
    }

    /// Takes up a new task channel, and gives every worker a channel for it.
    pub(crate) fn add_task_channel(&mut self, channel: TaskChannel, tick: &mut Tick) -> TaskChannelSid {
        let sid = channel.sid;
        self.task_channels.insert(sid, channel);
        self.changes.put(RecordKey::TaskChannel(sid));
        self.announce_task_channel(NoticeKind::TaskChannelCreated, sid, tick);
        for worker in self.workers.keys().copied().collect::<Vec<_>>() {
            let channel = Self::new_worker_channel(sid, tick);
            let channels = &mut self.change_worker(worker, tick.now).channels;
            channels.push(channel);
            channels.sort_by_key(|channel| channel.task_channel_sid);
            self.reindex_worker(worker);
        }
        sid
    }

    pub(crate) fn update_task_channel(
        &mut self,
        command: UpdateTaskChannel,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let friendly_name = command.friendly_name.as_deref().map(checks::friendly_name).transpose()?;
        let channel =
            self.task_channels.get_mut(&sid).ok_or_else(|| Refusal::not_found(Noun::TaskChannel, sid))?;
        channel.friendly_name = friendly_name.unwrap_or_else(|| channel.friendly_name.clone());
        let optimized = command.channel_optimized_routing.unwrap_or(channel.channel_optimized_routing);
        channel.channel_optimized_routing = optimized;
        channel.date_updated = tick.now;
        self.changes.put(RecordKey::TaskChannel(sid));
        self.announce_task_channel(NoticeKind::TaskChannelUpdated, sid, tick);
        for worker in self.workers.keys().copied().collect::<Vec<_>>() {
            self.reindex_worker(worker);
        }
        Ok(Subject::TaskChannel(sid))
    }

    pub(crate) fn delete_task_channel(
        &mut self,
        command: DeleteTaskChannel,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let channel =
            self.task_channels.get(&sid).ok_or_else(|| Refusal::not_found(Noun::TaskChannel, sid))?;
        if channel.is_default {
            let reason =
                format!("task channel '{}' is a default one and can not be deleted", channel.unique_name);
            return Err(Refusal::wrong_state(reason));
        }
        if let Some(task) = self.tasks.values().find(|task| task.task_channel_sid == sid) {
            let reason =
                format!("task {} is on task channel '{}'; end it first", task.sid, channel.unique_name);
            return Err(Refusal::wrong_state(reason));
        }
        self.announce_task_channel(NoticeKind::TaskChannelDeleted, sid, tick);
        self.task_channels.remove(&sid);
        self.changes.delete(RecordKey::TaskChannel(sid));
        for worker in self.workers.keys().copied().collect::<Vec<_>>() {
            self.change_worker(worker, tick.now).channels.retain(|channel| channel.task_channel_sid != sid);
            self.reindex_worker(worker);
        }
        Ok(Subject::Deleted)
    }

    fn announce_task_channel(&mut self, kind: NoticeKind, sid: TaskChannelSid, tick: &mut Tick) {
        let task_channel = self.task_channels.get(&sid).cloned().map(Box::new);
        self.announce(kind, Subjects { task_channel, ..Subjects::default() }, tick);
    }

    fn check_unique_name(&self, name: &str) -> Result<(), Refusal> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
        let begins_well = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
        if !begins_well || !name.bytes().all(is_word) || name.len() > 64 {
            let reason = format!(
                "'{name}' is given; letters, digits, '_' and '$' are expected, at most 64, a digit not first"
            );
            return Err(Refusal::invalid("UniqueName", reason));
        }
        match self.find_task_channel(name) {
            Some(channel) => Err(Refusal::Conflict {
                reason: format!("the unique name '{name}' is taken by {}", channel.sid),
            }),
            None => Ok(()),
        }
    }
}
