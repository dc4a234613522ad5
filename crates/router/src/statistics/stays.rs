//! Stays: how long each worker was in which activity.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use domain::{ActivitySid, Timestamp, WorkerSid};
use serde::{Deserialize, Serialize};

/// How long workers stayed in an activity within a time, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivityDuration {
    /// The activity.
    pub sid: ActivitySid,
    /// Its name.
    pub friendly_name: Arc<str>,
    /// The shortest stay.
    pub min: u64,
    /// The longest stay.
    pub max: u64,
    /// The average stay, rounded down.
    pub avg: u64,
    /// All stays together.
    pub total: u64,
}

/// Who was in which activity from when to when.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Stays {
    by_worker: BTreeMap<WorkerSid, Vec<Stay>>,
    activities: BTreeMap<ActivitySid, Known>,
}

#[derive(Debug, Clone, PartialEq)]
struct Stay {
    activity: ActivitySid,
    since: Timestamp,
    /// None for what the worker is doing.
    until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
struct Known {
    name: Arc<str>,
    is_deleted: bool,
}

impl Stays {
    /// Notes an activity's name.
    pub(super) fn name(&mut self, activity: ActivitySid, name: &Arc<str>) {
        self.activities.insert(activity, Known { name: name.clone(), is_deleted: false });
    }

    /// Notes that an activity is no more; what workers did in it is still told.
    pub(super) fn delete(&mut self, activity: ActivitySid) {
        if let Some(known) = self.activities.get_mut(&activity) {
            known.is_deleted = true;
        }
    }

    /// Tells whether it is known what a worker is doing.
    pub(super) fn knows(&self, worker: WorkerSid) -> bool {
        self.by_worker.get(&worker).and_then(|stays| stays.last()).is_some_and(|stay| stay.until.is_none())
    }

    /// Notes that a worker is in an activity from a time on.
    pub(super) fn begin(&mut self, worker: WorkerSid, activity: ActivitySid, since: Timestamp) {
        self.end(worker, since);
        self.by_worker.entry(worker).or_default().push(Stay { activity, since, until: None });
    }

    /// Notes that a worker leaves their activity.
    pub(super) fn end(&mut self, worker: WorkerSid, at: Timestamp) {
        let stay = self.by_worker.get_mut(&worker).and_then(|stays| stays.last_mut());
        if let Some(stay) = stay.filter(|stay| stay.until.is_none()) {
            stay.until = Some(at);
        }
    }

    /// Forgets the stays that ended before a time.
    pub(super) fn forget_before(&mut self, time: Timestamp) {
        for stays in self.by_worker.values_mut() {
            stays.retain(|stay| stay.until.is_none_or(|until| until >= time));
        }
        self.by_worker.retain(|_, stays| !stays.is_empty());
    }

    /// Returns how long workers, or all, stayed in each activity between two times; stays are cut at both ends.
    pub(super) fn durations(
        &self,
        workers: Option<&BTreeSet<WorkerSid>>,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<ActivityDuration> {
        let wanted = self.by_worker.iter().filter(|(sid, _)| workers.is_none_or(|only| only.contains(sid)));
        let mut lengths: BTreeMap<ActivitySid, Vec<Duration>> = BTreeMap::new();
        for stay in wanted.flat_map(|(_, stays)| stays) {
            let (since, until) = (stay.since.max(from), stay.until.unwrap_or(to).min(to));
            if since < until {
                lengths.entry(stay.activity).or_default().push(until.since(since));
            }
        }
        let known = self.activities.iter();
        let shown = known.filter(|(sid, known)| !known.is_deleted || lengths.contains_key(sid));
        shown.map(|(sid, known)| duration(*sid, known, lengths.get(sid))).collect()
    }
}

fn duration(sid: ActivitySid, known: &Known, lengths: Option<&Vec<Duration>>) -> ActivityDuration {
    let lengths = lengths.map(Vec::as_slice).unwrap_or_default();
    let total: Duration = lengths.iter().sum();
    ActivityDuration {
        sid,
        friendly_name: known.name.clone(),
        min: lengths.iter().min().map_or(0, Duration::as_secs),
        max: lengths.iter().max().map_or(0, Duration::as_secs),
        avg: total.as_secs() / u64::try_from(lengths.len().max(1)).unwrap_or(u64::MAX),
        total: total.as_secs(),
    }
}
