//! A recording that runs, or whose file is being written.

use domain::Timestamp;
use twiml::RecordingEvent;

use crate::{Link, RecordingRecord};

/// A recording and who is told of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recording {
    pub(crate) facts: RecordingRecord,
    pub(crate) callback: Option<RecordingCallback>,
    pub(crate) paused_at: Option<Timestamp>,
    pub(crate) paused_ms: u64,
}

/// Who is told of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordingCallback {
    pub(crate) link: Link,
    pub(crate) events: Vec<RecordingEvent>,
}

impl Recording {
    /// Returns how long it is so far, in seconds.
    pub(crate) fn duration_secs(&self, now: Timestamp) -> u64 {
        let end = self.paused_at.unwrap_or(now);
        let millis = end.since(self.facts.started_at).as_millis() as u64;
        millis.saturating_sub(self.paused_ms).div_ceil(1000)
    }
}
