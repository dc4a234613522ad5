//! Real-time statistics: how things stand in the live workspace.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ActivitySid, TaskChannelSid, TaskSid, Timestamp};
use serde::{Deserialize, Serialize};

use super::Scope;
use crate::{Task, TaskStatus, Worker, Workspace};

/// How things stand. Which figures are published of which scope is the API's to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RealTimeStatistics {
    /// How many workers are in each activity; of a queue those who serve it, of a workflow none.
    pub activity_statistics: Vec<ActivityCount>,
    /// How many workers there are; of a queue those who are eligible, in whatever activity.
    pub total_workers: usize,
    /// How many of them are in an activity that takes tasks, busy ones too.
    pub total_available_workers: usize,
    /// How many tasks are alive.
    pub total_tasks: usize,
    /// How many tasks are in each status.
    pub tasks_by_status: BTreeMap<TaskStatus, usize>,
    /// How many tasks have each priority.
    pub tasks_by_priority: BTreeMap<u32, usize>,
    /// The age in seconds of the oldest task that no worker has accepted; 0 where there is none.
    pub longest_task_waiting_age: u64,
    /// That task.
    pub longest_task_waiting_sid: Option<TaskSid>,
    /// The seconds since the entry into its queue of the task that has waited there for the longest.
    pub longest_relative_task_age_in_queue: u64,
    /// That task.
    pub longest_relative_task_sid_in_queue: Option<TaskSid>,
}

/// How many workers are in an activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivityCount {
    /// The activity.
    pub sid: ActivitySid,
    /// Its name.
    pub friendly_name: Arc<str>,
    /// How many workers.
    pub workers: usize,
}

impl Workspace {
    /// Returns how things stand; a task channel leaves only its tasks, and the workers who can take some.
    pub fn real_time_statistics(
        &self,
        scope: &Scope,
        task_channel: Option<TaskChannelSid>,
        now: Timestamp,
    ) -> RealTimeStatistics {
        let workers = self.workers_in(scope);
        let is_open = |worker: &&Worker| task_channel.is_none_or(|channel| takes(worker, channel));
        let available = workers.iter().copied().filter(|worker| self.is_available(worker)).filter(is_open);
        let tasks: Vec<&Task> = self
            .tasks_in(scope)
            .filter(|task| task_channel.is_none_or(|only| only == task.task_channel_sid))
            .collect();
        let oldest = longest(&tasks, now, |task| Some(task.date_created));
        let longest_here = longest(&tasks, now, |task| task.task_queue_entered_date);
        RealTimeStatistics {
            activity_statistics: self.count_activities(&workers),
            total_workers: workers.len(),
            total_available_workers: available.count(),
            total_tasks: tasks.len(),
            tasks_by_status: by_status(&tasks),
            tasks_by_priority: by_priority(&tasks),
            longest_task_waiting_age: oldest.map_or(0, |(age, _)| age),
            longest_task_waiting_sid: oldest.map(|(_, sid)| sid),
            longest_relative_task_age_in_queue: longest_here.map_or(0, |(age, _)| age),
            longest_relative_task_sid_in_queue: longest_here.map(|(_, sid)| sid),
        }
    }

    fn workers_in(&self, scope: &Scope) -> Vec<&Worker> {
        match scope {
            Scope::Workspace => self.workers().collect(),
            Scope::TaskQueue(queue) => self.workers_of_queue(*queue).collect(),
            Scope::Workflow(_) => vec![],
            Scope::Workers(workers) => workers.iter().filter_map(|sid| self.worker(*sid)).collect(),
        }
    }

    fn tasks_in(&self, scope: &Scope) -> impl Iterator<Item = &Task> {
        self.tasks().filter(move |task| match scope {
            Scope::Workspace => true,
            Scope::TaskQueue(queue) => task.task_queue_sid == Some(*queue),
            Scope::Workflow(workflow) => task.workflow_sid == Some(*workflow),
            Scope::Workers(workers) => {
                let mut open = self.reservations_of_task(task.sid).filter(|one| one.status.holds_capacity());
                open.any(|reservation| workers.contains(&reservation.worker_sid))
            }
        })
    }

    fn count_activities(&self, workers: &[&Worker]) -> Vec<ActivityCount> {
        let count = |sid| workers.iter().filter(|worker| worker.activity_sid == sid).count();
        let counts = self.activities().map(|activity| ActivityCount {
            sid: activity.sid,
            friendly_name: activity.friendly_name.clone(),
            workers: count(activity.sid),
        });
        counts.collect()
    }
}

/// Tells whether a worker takes tasks on a channel at all, busy or not.
fn takes(worker: &Worker, channel: TaskChannelSid) -> bool {
    worker.channel(channel).is_some_and(|channel| channel.available && channel.configured_capacity > 0)
}

fn by_status(tasks: &[&Task]) -> BTreeMap<TaskStatus, usize> {
    let live = TaskStatus::ALL.iter().filter(|status| !status.is_ended());
    let mut counts: BTreeMap<TaskStatus, usize> = live.map(|status| (*status, 0)).collect();
    for task in tasks {
        *counts.entry(task.status).or_default() += 1;
    }
    counts
}

fn by_priority(tasks: &[&Task]) -> BTreeMap<u32, usize> {
    let mut counts = BTreeMap::new();
    for task in tasks {
        *counts.entry(task.priority).or_default() += 1;
    }
    counts
}

/// Returns the task that waits since the earliest time, and for how many seconds.
fn longest(
    tasks: &[&Task],
    now: Timestamp,
    since: impl Fn(&Task) -> Option<Timestamp>,
) -> Option<(u64, TaskSid)> {
    let waiting = tasks.iter().filter(|task| task.is_unassigned());
    let first = waiting.filter_map(|task| Some((since(task)?, task.sid))).min()?;
    Some((now.secs_since(first.0), first.1))
}
