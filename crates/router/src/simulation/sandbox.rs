//! The sandbox: a copy of the workspace in which a task may happen.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::{Tick, Timestamp, WorkerSid};

use super::HypotheticalWorker;
use crate::index::changes::Changes;
use crate::timer::Timers;
use crate::workspace::Workspace;
use crate::{Command, CreateWorker, Noun, Record, Refusal, Subject, UpdateWorkerChannel};

/// SIDs in a copy are never seen by others; they only have to differ from those in it.
const SEED: u64 = 0x51_0d_b0_c5;

/// Returns the tick of a step in the copy, by its number.
pub(super) fn tick(now: Timestamp, number: u64) -> Tick {
    Tick::new(now, SEED + number)
}

impl Workspace {
    /// Returns a copy with the same rules, these of its workers and no tasks, to simulate in.
    pub fn with_these_workers(&self, workers: &BTreeSet<WorkerSid>) -> Result<Workspace, Refusal> {
        if let Some(stranger) = workers.iter().find(|sid| !self.workers.contains_key(sid)) {
            return Err(Refusal::invalid("WorkerSids", format!("there is no worker {stranger}")));
        }
        let is_wanted = |record: &Record| match record {
            Record::Worker(worker) => workers.contains(&worker.sid),
            Record::IdleTime(idle) => workers.contains(&idle.worker_sid),
            Record::Workspace(_)
            | Record::Activity(_)
            | Record::TaskChannel(_)
            | Record::TaskQueue(_)
            | Record::Workflow(_)
            | Record::Task(_)
            | Record::Reservation(_) => is_rule(record),
        };
        let records = self.records().into_iter().filter(is_wanted).collect();
        Workspace::load(records).map_err(|error| Refusal::wrong_state(error.to_string()))
    }

    /// Returns a copy in which nothing but what comes in from here on happens.
    pub(super) fn sandbox(
        &self,
        workers: Option<&[HypotheticalWorker]>,
        now: Timestamp,
    ) -> Result<Workspace, Refusal> {
        if self.is_deleted {
            return Err(Refusal::not_found(Noun::Workspace, self.settings.sid));
        }
        let mut copy = match workers {
            None => self.clone(),
            Some(workers) => self.with_other_workers(workers, now)?,
        };
        copy.timers = Timers::default();
        copy.changes = Changes::default();
        Ok(copy)
    }

    fn with_other_workers(
        &self,
        workers: &[HypotheticalWorker],
        now: Timestamp,
    ) -> Result<Workspace, Refusal> {
        let rules = self.records().into_iter().filter(is_rule).collect();
        let mut copy = Workspace::load(rules).map_err(|error| Refusal::wrong_state(error.to_string()))?;
        let available = self.activities.values().find(|activity| activity.available);
        // Each gets a time of its own, so that SIDs differ and the first is the longest idle.
        for (number, hypothetical) in (0..).zip(workers) {
            let before = u64::try_from(workers.len()).unwrap_or(u64::MAX).saturating_sub(number);
            let mut tick = tick(now - Duration::from_millis(before), number);
            let worker = CreateWorker {
                activity_sid: hypothetical.worker.activity_sid.or(available.map(|activity| activity.sid)),
                ..hypothetical.worker.clone()
            };
            let outcome = copy.execute(Command::CreateWorker(worker), &mut tick)?;
            let Subject::Worker(worker_sid) = outcome.subject else { continue };
            for (channel, capacity) in &hypothetical.capacities {
                let (channel, capacity) = (channel.clone(), Some(*capacity));
                let update = UpdateWorkerChannel { worker_sid, channel, capacity, available: None };
                copy.execute(Command::UpdateWorkerChannel(update), &mut tick)?;
            }
        }
        Ok(copy)
    }
}

/// Tells whether a record says how tasks are routed, not who is there.
fn is_rule(record: &Record) -> bool {
    match record {
        Record::Workspace(_)
        | Record::Activity(_)
        | Record::TaskChannel(_)
        | Record::TaskQueue(_)
        | Record::Workflow(_) => true,
        Record::Worker(_) | Record::IdleTime(_) | Record::Task(_) | Record::Reservation(_) => false,
    }
}
