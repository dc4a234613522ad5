//! Re-indexing: brings the roster, the lines and the timers in step with what changed about workers and tasks.

use std::time::Duration;

use domain::{ReservationSid, TaskChannelSid, TaskSid, Timestamp, WorkerSid};
use serde_json::{Map, Value, json};

use crate::index::roster::CHANNEL_FACTS;
use crate::index::waiting::Turn;
use crate::timer::Timer;
use crate::workspace::Workspace;
use crate::{ReservationStatus, Worker, WorkerChannel};

impl Workspace {
    /// Takes up a worker whose name, attributes, activity or channels changed.
    pub(crate) fn reindex_worker(&mut self, sid: WorkerSid) {
        let Some(worker) = self.workers.get(&sid) else { return };
        let (name, facts) = (worker.friendly_name.clone(), self.facts_of(worker));
        self.roster.put_worker(sid, &name, facts);
        self.reindex_load(sid);
    }

    /// Takes up a worker whose counted load or idle time changed, and lets the step at hand look for work.
    pub(crate) fn reindex_load(&mut self, sid: WorkerSid) {
        let Some(worker) = self.workers.get(&sid) else { return };
        let ready = self.readiness(worker);
        self.roster.review_load(sid);
        self.roster.set_ready(sid, ready.into_iter());
        self.awake_workers.insert(sid);
    }

    /// Counts a reservation that comes to another status; none is the status before the offer.
    pub(crate) fn count_load(
        &mut self,
        sid: ReservationSid,
        before: Option<ReservationStatus>,
        after: ReservationStatus,
    ) {
        let reservation = &self.reservations[&sid];
        let (worker_sid, channel) = (reservation.worker_sid, reservation.task_channel_sid);
        let (held, holds) = (before.is_some_and(ReservationStatus::holds_capacity), after.holds_capacity());
        let was_accepted = before == Some(ReservationStatus::Accepted);
        let is_accepted = after == ReservationStatus::Accepted;
        let entry = self.roster.entry_mut(worker_sid);
        if holds {
            entry.reservations.insert(sid);
        } else {
            entry.reservations.remove(&sid);
        }
        let worker = self.workers.get_mut(&worker_sid);
        let Some(channel) = worker.and_then(|worker| worker.channel_mut(channel)) else { return };
        channel.used = channel.used + u32::from(holds) - u32::from(held);
        channel.assigned_tasks = channel.assigned_tasks + u32::from(is_accepted) - u32::from(was_accepted);
        let unique_name =
            self.task_channels.get(&channel.task_channel_sid).map(|channel| &*channel.unique_name);
        let facts = entry.facts.get_mut(CHANNEL_FACTS).and_then(|facts| facts.get_mut(unique_name?));
        if let Some(facts) = facts {
            facts["assigned_tasks"] = channel.assigned_tasks.into();
            facts["available_capacity_percentage"] = channel.available_capacity_percentage().into();
        }
    }

    /// Brings the lines and timers in step with a task.
    pub(crate) fn reindex_task(&mut self, sid: TaskSid) {
        let Some(task) = self.tasks.get(&sid) else { return };
        let standing = task.standing.as_ref().filter(|_| self.is_waiting(task));
        let order = self.settings.priority_order;
        let seat = standing
            .and_then(|standing| self.lane_of(standing, task))
            .map(|(lane, task_order)| (lane, Turn::of(task, task_order, order)));
        let deadline = standing.and_then(|standing| standing.deadline);
        let is_unassigned = task.is_unassigned();
        let expiry = task.date_created + Duration::from_secs(task.timeout_secs.into());
        let lifetime = self.settings.assigned_task_lifetime_secs;
        let assigned = task.date_assigned.filter(|_| lifetime > 0 && !is_unassigned);
        self.waiting.set(sid, seat);
        self.timers.set(Timer::TargetTimeout(sid), deadline);
        self.timers.set(Timer::TaskTimeout(sid), is_unassigned.then_some(expiry));
        self.timers
            .set(Timer::AssignedTaskLifetime(sid), assigned.map(|at| at + Duration::from_secs(lifetime)));
    }

    /// Brings the lines in step with another order.
    pub(crate) fn reindex_all_tasks(&mut self) {
        for task in self.tasks.keys().copied().collect::<Vec<_>>() {
            self.reindex_task(task);
        }
    }

    /// Returns what expressions see of a worker; the built-in names win over attributes.
    fn facts_of(&self, worker: &Worker) -> Value {
        let activity = self.activities.get(&worker.activity_sid);
        let mut facts: Map<String, Value> = worker.attributes.map().clone();
        facts.insert("sid".to_owned(), worker.sid.to_string().into());
        facts.insert("friendly_name".to_owned(), (*worker.friendly_name).into());
        facts.insert("activity_sid".to_owned(), worker.activity_sid.to_string().into());
        facts.insert(
            "activity_name".to_owned(),
            activity.map_or("", |activity| &activity.friendly_name).into(),
        );
        facts.insert(CHANNEL_FACTS.to_owned(), self.all_load_facts(worker));
        Value::Object(facts)
    }

    fn all_load_facts(&self, worker: &Worker) -> Value {
        let named = worker.channels.iter().filter_map(|channel| {
            let task_channel = self.task_channels.get(&channel.task_channel_sid)?;
            Some((task_channel.unique_name.to_string(), load_facts(channel)))
        });
        Value::Object(named.collect::<Map<_, _>>())
    }

    /// Returns the channels on which a worker can take a task, each with the time since when the worker is idle.
    fn readiness(&self, worker: &Worker) -> Vec<(TaskChannelSid, Timestamp)> {
        let is_busy = worker.channels.iter().any(|channel| channel.used > 0);
        if !self.is_available(worker) || (is_busy && !self.settings.multi_task_enabled) {
            return vec![];
        }
        let open = worker
            .channels
            .iter()
            .filter(|channel| channel.available && channel.used < channel.configured_capacity);
        let idle = open.map(|channel| {
            let task_channel = self.task_channels.get(&channel.task_channel_sid);
            let counts_alone = task_channel.is_some_and(|channel| channel.channel_optimized_routing);
            let idle_since = if counts_alone { channel.idle_since } else { worker.idle_since };
            (channel.task_channel_sid, idle_since)
        });
        idle.collect()
    }
}

/// Returns what expressions see of a worker's load on one channel.
fn load_facts(channel: &WorkerChannel) -> Value {
    json!({
        "configured_capacity": channel.configured_capacity,
        "assigned_tasks": channel.assigned_tasks,
        "available_capacity_percentage": channel.available_capacity_percentage(),
    })
}
