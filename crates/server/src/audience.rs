//! The audience: requests that wait for an execution to move on, woken by each commit that moves it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ExecutionSid;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Who waits for which execution.
#[derive(Clone, Default)]
pub(crate) struct Audience {
    seats: Arc<Mutex<BTreeMap<ExecutionSid, Arc<Notify>>>>,
}

/// A seat in front of one execution, given up when it is dropped.
pub(crate) struct Seat {
    audience: Audience,
    execution: ExecutionSid,
    notify: Arc<Notify>,
}

impl Audience {
    /// Takes a seat in front of an execution.
    pub(crate) fn sit_down(&self, execution: ExecutionSid) -> Seat {
        let notify = Arc::clone(self.seats.lock().entry(execution).or_default());
        Seat { audience: self.clone(), execution, notify }
    }

    /// Tells those in front of an execution that it moved on.
    pub(crate) fn tell(&self, execution: ExecutionSid) {
        if let Some(notify) = self.seats.lock().get(&execution) {
            notify.notify_waiters();
        }
    }
}

impl Seat {
    /// Returns what is ready when the execution moves on after this call.
    pub(crate) fn moved_on(&self) -> Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.audience.seats.lock();
        // The table holds one handle and this seat another.
        if Arc::strong_count(&self.notify) <= 2 {
            seats.remove(&self.execution);
        }
    }
}
