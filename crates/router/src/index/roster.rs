//! The roster: which workers serve which queues, and who of them is ready, longest idle first.
//!
//! All of it follows from workers and queues; nothing of it is stored.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ReservationSid, TaskChannelSid, TaskQueueSid, Timestamp, WorkerSid};
use expression::{Expression, Facts, Requirement, Segment};
use serde_json::Value;

use super::topics::{Line, Topic, Topics};

/// What expressions call the worker's load: `worker.channel.voice.assigned_tasks`.
pub(crate) const CHANNEL_FACTS: &str = "channel";

/// Ready workers by queue and channel, longest idle first.
type Ready = BTreeMap<(TaskQueueSid, TaskChannelSid), Line>;

/// Who serves what, and who is ready.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roster {
    entries: BTreeMap<WorkerSid, Entry>,
    queues: BTreeMap<TaskQueueSid, Crew>,
    /// The workers with free capacity.
    ready: Ready,
    /// The same by what they have of what targets ask for.
    topics: Topics,
    /// The workers whose idle time on a channel began anew since they were seated there: they are seated again
    /// before somebody is chosen on that channel, not with every task that they get on another.
    stale: BTreeMap<TaskChannelSid, BTreeSet<WorkerSid>>,
    /// Lower-case names, which are unique.
    by_name: BTreeMap<String, WorkerSid>,
}

/// What the roster knows of a worker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// What expressions see of the worker.
    pub(crate) facts: Value,
    /// The queues that the worker serves, in order.
    pub(crate) queues: Vec<TaskQueueSid>,
    /// The channels on which the worker can take a task.
    pub(crate) ready: Vec<Seat>,
    /// The reservations that hold capacity.
    pub(crate) reservations: BTreeSet<ReservationSid>,
    topics: Vec<Topic>,
    name: String,
}

/// A worker's place among those who are ready on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) channel: TaskChannelSid,
    idle_since: Timestamp,
    /// The idle time by which the worker is in line.
    pub(crate) seated_by: Timestamp,
}

/// What the roster knows of a queue.
#[derive(Debug, Clone)]
struct Crew {
    expression: Expression,
    /// Whether the expression reads the worker's load, which changes with every reservation.
    reads_load: bool,
    workers: BTreeSet<WorkerSid>,
}

impl Roster {
    /// Returns what is known of a worker.
    pub(crate) fn entry(&self, worker: WorkerSid) -> Option<&Entry> {
        self.entries.get(&worker)
    }

    /// Returns what is known of a worker, for changing; a worker who is new gets an empty entry.
    pub(crate) fn entry_mut(&mut self, worker: WorkerSid) -> &mut Entry {
        self.entries.entry(worker).or_default()
    }

    /// Returns the worker of this name, whatever its case.
    pub(crate) fn by_name(&self, name: &str) -> Option<WorkerSid> {
        self.by_name.get(&name.to_lowercase()).copied()
    }

    /// Returns the expression that picks a queue's workers.
    pub(crate) fn expression(&self, queue: TaskQueueSid) -> Option<&Expression> {
        self.queues.get(&queue).map(|crew| &crew.expression)
    }

    /// Returns the workers of a queue, ready or not.
    pub(crate) fn crew(&self, queue: TaskQueueSid) -> impl Iterator<Item = WorkerSid> {
        self.queues.get(&queue).into_iter().flat_map(|crew| crew.workers.iter().copied())
    }

    /// Tells whether a worker serves a queue.
    pub(crate) fn serves(&self, worker: WorkerSid, queue: TaskQueueSid) -> bool {
        self.queues.get(&queue).is_some_and(|crew| crew.workers.contains(&worker))
    }

    /// Returns the ready workers of a queue on a channel, longest idle first; [`Roster::freshen`] goes before.
    pub(crate) fn ready(
        &self,
        queue: TaskQueueSid,
        channel: TaskChannelSid,
    ) -> impl Iterator<Item = WorkerSid> {
        self.ready.get(&(queue, channel)).into_iter().flatten().map(|(_, worker)| *worker)
    }

    /// Takes up the attributes by which a target asks for workers.
    pub(crate) fn learn(&mut self, requirements: &[Requirement<'_>]) {
        let mut has_learned = false;
        for requirement in requirements {
            has_learned |= self.topics.learn(requirement.path);
        }
        if has_learned {
            let workers: Vec<WorkerSid> = self.entries.keys().copied().collect();
            workers.into_iter().for_each(|worker| self.review_topics(worker));
        }
    }

    /// Returns the ready workers of a queue on a channel who may have what is required, longest idle first: the
    /// shortest line in which all who have it stand.
    pub(crate) fn candidates(
        &self,
        queue: TaskQueueSid,
        channel: TaskChannelSid,
        requirements: Vec<Requirement<'_>>,
    ) -> impl Iterator<Item = WorkerSid> {
        let topics = requirements.into_iter().filter_map(|required| self.topics.of_requirement(required));
        let lines = topics.map(|topic| self.topics.line(channel, &topic));
        // Where nobody stands in a line, nobody has what is required.
        let shortest = std::iter::once(self.ready.get(&(queue, channel)))
            .chain(lines)
            .min_by_key(|line| line.map_or(0, BTreeSet::len));
        let workers = shortest.flatten().into_iter().flatten().map(|(_, worker)| *worker);
        workers.filter(move |worker| self.serves(*worker, queue))
    }

    /// Tells whether a worker can take a task on a channel.
    pub(crate) fn is_ready(&self, worker: WorkerSid, channel: TaskChannelSid) -> bool {
        self.entries.get(&worker).is_some_and(|entry| entry.ready.iter().any(|seat| seat.channel == channel))
    }

    /// Brings the lines of a channel in step with the idle times of those who are in them.
    pub(crate) fn freshen(&mut self, channel: TaskChannelSid) {
        for worker in self.stale.remove(&channel).unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(&worker) else { continue };
            let Some(seat) = entry.ready.iter_mut().find(|seat| seat.channel == channel) else { continue };
            let before = *seat;
            seat.seated_by = seat.idle_since;
            self.topics.remove(&entry.topics, worker, before);
            self.topics.insert(&entry.topics, worker, *seat);
            for queue in &entry.queues {
                remove_ready(&mut self.ready, *queue, worker, before);
                insert_ready(&mut self.ready, *queue, worker, *seat);
            }
        }
    }

    /// Takes up a queue or its changed expression, and returns the workers who joined it.
    pub(crate) fn put_queue(&mut self, queue: TaskQueueSid, expression: Expression) -> Vec<WorkerSid> {
        let reads_load = expression.paths().any(
            |path| matches!(path.segments().first(), Some(Segment::Key(key)) if &**key == CHANNEL_FACTS),
        );
        let matches = |(_, entry): &(&WorkerSid, &Entry)| expression.matches(&Facts::worker(&entry.facts));
        let workers: BTreeSet<WorkerSid> = self.entries.iter().filter(matches).map(|(sid, _)| *sid).collect();
        let crew = Crew { expression, reads_load, workers: workers.clone() };
        let before = self.queues.insert(queue, crew).map(|crew| crew.workers).unwrap_or_default();
        for worker in before.difference(&workers) {
            self.leave(*worker, queue);
        }
        let joined: Vec<WorkerSid> = workers.difference(&before).copied().collect();
        for worker in &joined {
            self.join(*worker, queue);
        }
        joined
    }

    /// Forgets a queue.
    pub(crate) fn remove_queue(&mut self, queue: TaskQueueSid) {
        let crew = self.queues.remove(&queue).map(|crew| crew.workers).unwrap_or_default();
        for worker in crew {
            self.leave(worker, queue);
        }
    }

    /// Takes up a worker's name, and changed facts in all queues.
    pub(crate) fn put_worker(&mut self, worker: WorkerSid, name: &str, facts: Value) {
        let name = name.to_lowercase();
        let entry = self.entries.entry(worker).or_default();
        if entry.name != name {
            let before = std::mem::replace(&mut entry.name, name.clone());
            self.by_name.remove(&before);
            self.by_name.insert(name, worker);
        }
        self.entry_mut(worker).facts = facts;
        self.review_topics(worker);
        let queues: Vec<TaskQueueSid> = self.queues.keys().copied().collect();
        self.review(worker, &queues);
    }

    /// Holds a worker's changed load against the queues that read it.
    pub(crate) fn review_load(&mut self, worker: WorkerSid) {
        let reading = self.queues.iter().filter(|(_, crew)| crew.reads_load).map(|(sid, _)| *sid);
        let queues: Vec<TaskQueueSid> = reading.collect();
        self.review(worker, &queues);
    }

    /// Notes the channels on which a worker is ready, with the time since when the worker is idle.
    pub(crate) fn set_ready(
        &mut self,
        worker: WorkerSid,
        ready: impl Iterator<Item = (TaskChannelSid, Timestamp)>,
    ) {
        let Some(entry) = self.entries.get_mut(&worker) else { return };
        let before = std::mem::take(&mut entry.ready);
        for (channel, idle_since) in ready {
            let seated = before.iter().find(|seat| seat.channel == channel);
            let seat =
                Seat { channel, idle_since, seated_by: seated.map_or(idle_since, |seat| seat.seated_by) };
            entry.ready.push(seat);
            if seated.is_none() {
                self.topics.insert(&entry.topics, worker, seat);
                entry.queues.iter().for_each(|queue| insert_ready(&mut self.ready, *queue, worker, seat));
            }
            if seat.seated_by != idle_since {
                self.stale.entry(channel).or_default().insert(worker);
            }
        }
        for seat in before {
            if entry.ready.iter().all(|other| other.channel != seat.channel) {
                self.topics.remove(&entry.topics, worker, seat);
                entry.queues.iter().for_each(|queue| remove_ready(&mut self.ready, *queue, worker, seat));
            }
        }
    }

    /// Forgets a worker.
    pub(crate) fn remove_worker(&mut self, worker: WorkerSid) {
        self.set_ready(worker, std::iter::empty());
        if let Some(entry) = self.entries.remove(&worker) {
            self.by_name.remove(&entry.name);
            for queue in entry.queues {
                self.queues.entry(queue).and_modify(|crew| {
                    crew.workers.remove(&worker);
                });
            }
        }
    }

    /// Brings a worker's topics in step with the facts, and the lines with them.
    fn review_topics(&mut self, worker: WorkerSid) {
        let Some(entry) = self.entries.get_mut(&worker) else { return };
        let topics = self.topics.of_worker(&entry.facts);
        let before = std::mem::replace(&mut entry.topics, topics);
        for seat in &entry.ready {
            self.topics.remove(&before, worker, *seat);
            self.topics.insert(&entry.topics, worker, *seat);
        }
    }

    /// Holds a worker against the expressions of some queues.
    fn review(&mut self, worker: WorkerSid, queues: &[TaskQueueSid]) {
        for queue in queues {
            let (Some(entry), Some(crew)) = (self.entries.get(&worker), self.queues.get_mut(queue)) else {
                continue;
            };
            let is_match = crew.expression.matches(&Facts::worker(&entry.facts));
            match (crew.workers.contains(&worker), is_match) {
                (false, true) => {
                    crew.workers.insert(worker);
                    self.join(worker, *queue);
                }
                (true, false) => {
                    crew.workers.remove(&worker);
                    self.leave(worker, *queue);
                }
                (true, true) | (false, false) => {}
            }
        }
    }

    fn join(&mut self, worker: WorkerSid, queue: TaskQueueSid) {
        let Some(entry) = self.entries.get_mut(&worker) else { return };
        if let Err(index) = entry.queues.binary_search(&queue) {
            entry.queues.insert(index, queue);
        }
        entry.ready.iter().for_each(|seat| insert_ready(&mut self.ready, queue, worker, *seat));
    }

    fn leave(&mut self, worker: WorkerSid, queue: TaskQueueSid) {
        let Some(entry) = self.entries.get_mut(&worker) else { return };
        entry.queues.retain(|other| *other != queue);
        entry.ready.iter().for_each(|seat| remove_ready(&mut self.ready, queue, worker, *seat));
    }
}

fn insert_ready(ready: &mut Ready, queue: TaskQueueSid, worker: WorkerSid, seat: Seat) {
    ready.entry((queue, seat.channel)).or_default().insert((seat.seated_by, worker));
}

fn remove_ready(ready: &mut Ready, queue: TaskQueueSid, worker: WorkerSid, seat: Seat) {
    if let Some(workers) = ready.get_mut(&(queue, seat.channel)) {
        workers.remove(&(seat.seated_by, worker));
        if workers.is_empty() {
            ready.remove(&(queue, seat.channel));
        }
    }
}
