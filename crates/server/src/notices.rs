//! Live listeners: what happened is told to them once it is on disk.
//!
//! The tables are the truth; a listener who is too slow misses something, learns that, and looks there.

use std::sync::Arc;

use tokio::sync::broadcast;

/// How many commits a listener may lie behind.
const BEHIND_MAX: usize = 4096;

/// Where commits leave what happened.
pub(crate) struct NoticeBoard<T> {
    sender: broadcast::Sender<Arc<Vec<T>>>,
}

impl<T: Clone> Default for NoticeBoard<T> {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BEHIND_MAX) }
    }
}

impl<T> NoticeBoard<T> {
    /// Listens from this moment on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Vec<T>>> {
        self.sender.subscribe()
    }

    /// Tells all listeners what a commit brought about.
    pub(crate) fn publish(&self, notices: Vec<T>) {
        if !notices.is_empty() {
            // An error says that nobody listens.
            let _ = self.sender.send(Arc::new(notices));
        }
    }
}
