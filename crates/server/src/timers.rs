//! The one place that sleeps until an execution's next deadline.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{ExecutionSid, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::clock;

/// The deadlines of all executions, in order; rows in the database are the truth, this is their index in memory.
#[derive(Clone, Default)]
pub(crate) struct Timers {
    table: Arc<Mutex<Table>>,
    changed: Arc<Notify>,
}

#[derive(Default)]
struct Table {
    due: BTreeSet<(Timestamp, ExecutionSid)>,
    by_execution: BTreeMap<ExecutionSid, Timestamp>,
}

impl Timers {
    /// Sets when `execution` is to be woken, or that it is not.
    pub(crate) fn set(&self, execution: ExecutionSid, due_at: Option<Timestamp>) {
        self.table.lock().set(execution, due_at);
        self.changed.notify_one();
    }

    /// Returns the next execution whose deadline has come, once it has.
    pub(crate) async fn next(&self) -> ExecutionSid {
        loop {
            let changed = self.changed.notified();
            let now = clock::now();
            let first = self.table.lock().pop_due(now);
            match first {
                Ok(execution) => return execution,
                Err(None) => changed.await,
                Err(Some(due_at)) => {
                    // Either another deadline comes first, or this one arrives: both lead round the loop.
                    let _ = tokio::time::timeout(due_at.since(now), changed).await;
                }
            }
        }
    }
}

impl Table {
    fn set(&mut self, execution: ExecutionSid, due_at: Option<Timestamp>) {
        if let Some(earlier) = self.by_execution.remove(&execution) {
            self.due.remove(&(earlier, execution));
        }
        if let Some(due_at) = due_at {
            self.by_execution.insert(execution, due_at);
            self.due.insert((due_at, execution));
        }
    }

    /// Takes out the first entry when it is due; otherwise says when the first one will be.
    fn pop_due(&mut self, now: Timestamp) -> Result<ExecutionSid, Option<Timestamp>> {
        let &(due_at, execution) = self.due.first().ok_or(None)?;
        if due_at > now {
            return Err(Some(due_at));
        }
        self.set(execution, None);
        Ok(execution)
    }
}

#[cfg(test)]
mod tests {
    use domain::Sid;

    use super::*;

    #[test]
    fn the_earliest_deadline_comes_out_first_and_a_new_one_replaces_the_old() {
        let (first, second) = (ExecutionSid::from_bits(1), ExecutionSid::from_bits(2));
        let mut table = Table::default();
        table.set(first, Some(Timestamp::from_secs(10)));
        table.set(second, Some(Timestamp::from_secs(5)));
        table.set(first, Some(Timestamp::from_secs(3)));
        assert_eq!(table.pop_due(Timestamp::from_secs(4)), Ok(first));
        assert_eq!(table.pop_due(Timestamp::from_secs(4)), Err(Some(Timestamp::from_secs(5))));
        table.set(second, None);
        assert_eq!(table.pop_due(Timestamp::from_secs(9)), Err(None));
    }
}
