//! Loading: a workspace is read back from its live rows; all else follows from them.

use std::time::Duration;

use expression::{Expression, Scope};

use crate::timer::Timer;
use crate::workflow::configuration::Routing;
use crate::workspace::Workspace;
use crate::{IdleTime, LoadError, Record, RecordKey, Reservation, ReservationStatus};

impl Workspace {
    /// Reads a workspace back from its live records, in any order; records of what has ended are passed over.
    pub fn load(records: Vec<Record>) -> Result<Workspace, LoadError> {
        let settings = records.iter().find_map(|record| match record {
            Record::Workspace(settings) => Some((**settings).clone()),
            Record::Activity(_)
            | Record::TaskChannel(_)
            | Record::Worker(_)
            | Record::IdleTime(_)
            | Record::TaskQueue(_)
            | Record::Workflow(_)
            | Record::Task(_)
            | Record::Reservation(_) => None,
        });
        let mut workspace = Workspace::empty(settings.ok_or(LoadError::NoWorkspace)?);
        let (mut reservations, mut idle_times) = (vec![], vec![]);
        for record in records.into_iter().filter(Record::is_live) {
            workspace.take_up(record, &mut reservations, &mut idle_times);
        }
        for idle in idle_times {
            if let Some(worker) = workspace.workers.get_mut(&idle.worker_sid) {
                worker.take_idle_time(&idle);
            }
        }
        workspace.index_rules()?;
        workspace.index_people(reservations)?;
        workspace.reindex_all_tasks();
        workspace.awake_workers.clear();
        workspace.awake_tasks.clear();
        Ok(workspace)
    }

    /// Returns a record of everything in memory.
    pub fn records(&self) -> Vec<Record> {
        let keys = [RecordKey::Workspace(self.settings.sid)]
            .into_iter()
            .chain(self.activities.keys().copied().map(RecordKey::Activity))
            .chain(self.task_channels.keys().copied().map(RecordKey::TaskChannel))
            .chain(self.workers.keys().copied().map(RecordKey::Worker))
            .chain(self.task_queues.keys().copied().map(RecordKey::TaskQueue))
            .chain(self.workflows.keys().copied().map(RecordKey::Workflow))
            .chain(self.tasks.keys().copied().map(RecordKey::Task))
            .chain(self.reservations.keys().copied().map(RecordKey::Reservation));
        keys.filter_map(|key| self.record(key)).collect()
    }

    fn take_up(
        &mut self,
        record: Record,
        reservations: &mut Vec<Reservation>,
        idle_times: &mut Vec<IdleTime>,
    ) {
        match record {
            Record::Workspace(_) => {}
            Record::Activity(activity) => {
                self.activities.insert(activity.sid, *activity);
            }
            Record::TaskChannel(channel) => {
                self.task_channels.insert(channel.sid, *channel);
            }
            Record::Worker(worker) => {
                self.workers.insert(worker.sid, *worker);
            }
            Record::IdleTime(idle) => idle_times.push(*idle),
            Record::TaskQueue(queue) => {
                self.task_queues.insert(queue.sid, *queue);
            }
            Record::Workflow(workflow) => {
                self.workflows.insert(workflow.sid, *workflow);
            }
            Record::Task(task) => {
                self.tasks.insert(task.sid, *task);
            }
            Record::Reservation(reservation) => reservations.push(*reservation),
        }
    }

    fn index_rules(&mut self) -> Result<(), LoadError> {
        for (sid, queue) in &self.task_queues {
            let expression = Expression::parse(&queue.target_workers, Scope::Worker)
                .map_err(|error| broken(RecordKey::TaskQueue(*sid), error))?;
            self.roster.put_queue(*sid, expression);
        }
        for (sid, workflow) in &self.workflows {
            let routing = Routing::read(&workflow.configuration)
                .map_err(|reason| broken(RecordKey::Workflow(*sid), reason))?;
            self.routings.insert(*sid, routing);
        }
        Ok(())
    }

    fn index_people(&mut self, mut reservations: Vec<Reservation>) -> Result<(), LoadError> {
        reservations.sort_by_key(|reservation| (reservation.date_created, reservation.sid));
        for reservation in reservations {
            let (sid, task, status) = (reservation.sid, reservation.task_sid, reservation.status);
            if !self.tasks.contains_key(&task) {
                return Err(broken(RecordKey::Reservation(sid), format!("its task {task} is missing")));
            }
            let expiry = reservation.date_created + Duration::from_secs(reservation.timeout_secs.into());
            let is_timed = status == ReservationStatus::Pending && !reservation.is_on_hold;
            self.timers.set(Timer::ReservationTimeout(sid), is_timed.then_some(expiry));
            self.reservations.insert(sid, reservation);
            self.reservations_by_task.entry(task).or_default().push(sid);
            self.count_load(sid, None, status);
        }
        for worker in self.workers.keys().copied().collect::<Vec<_>>() {
            self.reindex_worker(worker);
        }
        Ok(())
    }
}

fn broken(key: RecordKey, reason: impl ToString) -> LoadError {
    LoadError::Broken { key, reason: reason.to_string() }
}
