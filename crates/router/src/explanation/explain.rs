//! The explanation as a whole, and its sentence for people.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::{TaskSid, Timestamp};

use super::{Candidate, Explanation, Line, ObstacleKind, OpenOffer, TaskPlace};
use crate::workspace::Workspace;
use crate::{ReservationStatus, Task, TaskStatus};

/// How many workers are shown.
const CANDIDATES_MAX: usize = 200;

impl Workspace {
    /// Explains where a live task is, why, what comes next and what keeps each worker from it.
    pub fn explain(&self, task: TaskSid, now: Timestamp) -> Option<Explanation> {
        let task = self.tasks.get(&task)?;
        let channel = self.task_channels.get(&task.task_channel_sid);
        let mut candidates = self.candidates(task);
        let obstacles = tally(&candidates);
        let place = self.place_of(task);
        let line = self.line_of(task);
        let summary = summary(task, place.as_ref(), line.as_ref(), &candidates, now);
        let candidates_left_out = candidates.len().saturating_sub(CANDIDATES_MAX);
        candidates.truncate(CANDIDATES_MAX);
        Some(Explanation {
            task_sid: task.sid,
            status: task.status,
            priority: task.priority,
            age_secs: task.age_secs(now),
            task_channel: channel.map(|channel| channel.unique_name.clone()).unwrap_or_default(),
            summary,
            next: self.upcoming(task),
            wait: self.wait_of(task, line.as_ref(), now),
            place,
            line,
            candidates,
            candidates_left_out,
            obstacles,
        })
    }

    /// Holds all workers against a task that still looks for one, the nearest to taking it first.
    fn candidates(&self, task: &Task) -> Vec<Candidate> {
        if !matches!(task.status, TaskStatus::Pending | TaskStatus::Reserved) {
            return vec![];
        }
        let held = self.workers.values().map(|worker| self.candidate(task, worker));
        let mut candidates: Vec<Candidate> = held.collect();
        candidates.sort_by_key(|candidate| (Reverse(candidate.offer.is_some()), candidate.obstacles.len()));
        candidates
    }
}

fn tally(candidates: &[Candidate]) -> BTreeMap<ObstacleKind, usize> {
    let mut tally = BTreeMap::new();
    for obstacle in candidates.iter().flat_map(|candidate| &candidate.obstacles) {
        *tally.entry(obstacle.kind()).or_default() += 1;
    }
    tally
}

fn summary(
    task: &Task,
    place: Option<&TaskPlace>,
    line: Option<&Line>,
    candidates: &[Candidate],
    now: Timestamp,
) -> String {
    let (status, secs) = (task.status, task.age_secs(now));
    let name = place.and_then(|place| place.task_queue_name.as_deref());
    let queue = name.map(|name| format!(" in queue '{name}'")).unwrap_or_default();
    let line = line.map(|line| format!(", {} of {} in line", line.position, line.length)).unwrap_or_default();
    let what = format!("The task is {status}{queue}{line}, {secs} s after its creation.");
    match task.status {
        TaskStatus::Pending => format!("{what} {}", why_nobody(place, candidates)),
        TaskStatus::Reserved => format!("{what} {}", who_is_asked(candidates)),
        TaskStatus::Assigned | TaskStatus::Wrapping | TaskStatus::Completed | TaskStatus::Canceled => what,
    }
}

fn who_is_asked(candidates: &[Candidate]) -> String {
    let is_asked = |offer: &OpenOffer| offer.reservation_status == ReservationStatus::Pending;
    let asked = candidates.iter().filter(|candidate| candidate.offer.as_ref().is_some_and(is_asked));
    let names: Vec<&str> = asked.map(|candidate| &*candidate.worker_name).collect();
    if names.is_empty() {
        return "Its worker hands it on, and nobody can be asked yet.".to_owned();
    }
    format!("Asked, and yet to answer: {}.", names.join(", "))
}

fn why_nobody(place: Option<&TaskPlace>, candidates: &[Candidate]) -> String {
    let known_worker = place.and_then(|place| place.known_worker.as_ref());
    if let Some(known) = known_worker.filter(|known| known.worker_sid.is_none()) {
        let (attribute, value) = (&known.attribute, known.value.as_deref().unwrap_or("nothing"));
        return format!("It waits for the worker whom {attribute} names, but that holds {value}: nobody.");
    }
    if candidates.is_empty() {
        return "There are no workers.".to_owned();
    }
    let counts = tally(candidates).into_iter().map(|(kind, count)| (words(kind), count));
    let why: Vec<String> = counts.map(|(words, count)| format!("{count} {words}")).collect();
    format!("Of {} workers: {}.", candidates.len(), why.join(", "))
}

/// Says of how many workers an obstacle holds.
fn words(kind: ObstacleKind) -> &'static str {
    match kind {
        ObstacleKind::NotTheRoutingTarget => "not the routing target",
        ObstacleKind::NotTheKnownWorker => "not the known worker",
        ObstacleKind::QueueExpression => "not serving the queue",
        ObstacleKind::TargetExpression => "not suiting the target",
        ObstacleKind::Activity => "not available",
        ObstacleKind::ChannelOff => "not taking tasks on the channel",
        ObstacleKind::CapacityFull => "without free capacity",
        ObstacleKind::HasATask => "with a task already",
    }
}
