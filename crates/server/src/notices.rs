//! Live listeners: what happened is told to them once it is on disk.
//!
//! The events log is the truth; a listener who is too slow misses notices, learns that, and looks at the workspace.

use std::sync::Arc;

use api::Notices;
use router::Notice;
use tokio::sync::broadcast;

/// How many commits a listener may lie behind.
const BEHIND_MAX: usize = 4096;

/// Where commits leave what happened.
pub(crate) struct NoticeBoard {
    sender: broadcast::Sender<Arc<Vec<Notice>>>,
}

impl Default for NoticeBoard {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BEHIND_MAX) }
    }
}

impl NoticeBoard {
    /// Listens from this moment on.
    pub(crate) fn subscribe(&self) -> Notices {
        self.sender.subscribe()
    }

    /// Tells all listeners what a commit brought about.
    pub(crate) fn publish(&self, notices: Vec<Notice>) {
        if !notices.is_empty() {
            // An error says that nobody listens.
            let _ = self.sender.send(Arc::new(notices));
        }
    }
}
