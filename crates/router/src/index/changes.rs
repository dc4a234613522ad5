//! Changes: which rows are due to be written.

use std::collections::BTreeMap;

use domain::{ReservationSid, TaskSid};

use crate::{Record, RecordKey, Reservation, Task};

/// The rows that changed since they were last taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    due: BTreeMap<RecordKey, Due>,
}

/// What to write for a key.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// The thing as it is in memory when the rows are taken.
    AsItIs,
    /// The last row of something that has left memory.
    Last(Record),
    /// Nothing: the row goes.
    Gone,
}

impl Changes {
    /// Notes that something in memory changed.
    pub(crate) fn put(&mut self, key: RecordKey) {
        self.due.insert(key, Due::AsItIs);
    }

    /// Notes the last row of something that leaves memory.
    pub(crate) fn put_last(&mut self, record: Record) {
        self.due.insert(record.key(), Due::Last(record));
    }

    /// Notes that a row goes.
    pub(crate) fn delete(&mut self, key: RecordKey) {
        self.due.insert(key, Due::Gone);
    }

    /// Returns all that is due, and forgets it.
    pub(crate) fn take(&mut self) -> BTreeMap<RecordKey, Due> {
        std::mem::take(&mut self.due)
    }

    /// Returns a task that has ended since the rows were last taken.
    pub(crate) fn last_task(&self, sid: TaskSid) -> Option<&Task> {
        match self.due.get(&RecordKey::Task(sid)) {
            Some(Due::Last(Record::Task(task))) => Some(task),
            Some(Due::Last(_) | Due::AsItIs | Due::Gone) | None => None,
        }
    }

    /// Returns a reservation whose task has ended since the rows were last taken.
    pub(crate) fn last_reservation(&self, sid: ReservationSid) -> Option<&Reservation> {
        match self.due.get(&RecordKey::Reservation(sid)) {
            Some(Due::Last(Record::Reservation(reservation))) => Some(reservation),
            Some(Due::Last(_) | Due::AsItIs | Due::Gone) | None => None,
        }
    }
}
