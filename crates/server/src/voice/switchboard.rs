//! The way to the exchange's loop, for all who ask or tell something about calls.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::devices::{DeviceChange, DeviceId};

/// How many requests may wait for the loop before their senders wait too.
const WAITING_MAX: usize = 4096;

/// What the exchange's loop is asked and told.
pub(crate) enum Request {
    /// A browser's device came, spoke or went.
    Device(DeviceId, DeviceChange),
}

/// A handle on the exchange's loop; what is sent before the loop starts waits for it.
pub(crate) struct Switchboard {
    requests: mpsc::Sender<Request>,
    inbox: Mutex<Option<mpsc::Receiver<Request>>>,
    devices: AtomicU64,
}

impl Default for Switchboard {
    fn default() -> Self {
        let (requests, inbox) = mpsc::channel(WAITING_MAX);
        Self { requests, inbox: Mutex::new(Some(inbox)), devices: AtomicU64::new(0) }
    }
}

impl Switchboard {
    /// Sends a request; there is nobody to take it once the process stops.
    pub(crate) async fn send(&self, request: Request) -> Result<(), Closed> {
        self.requests.send(request).await.map_err(|_| Closed)
    }

    /// Returns a way to send requests.
    pub(crate) fn requests(&self) -> mpsc::Sender<Request> {
        self.requests.clone()
    }

    /// Hands out what was sent, to the one loop that serves it.
    pub(super) fn take_inbox(&self) -> Option<mpsc::Receiver<Request>> {
        self.inbox.lock().take()
    }

    /// Returns a number that no device had before.
    pub(super) fn next_device(&self) -> DeviceId {
        DeviceId(self.devices.fetch_add(1, Ordering::Relaxed))
    }
}

/// The loop has ended.
#[derive(Debug)]
pub(crate) struct Closed;
