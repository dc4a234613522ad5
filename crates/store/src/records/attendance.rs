//! Who is at a desk and goes offline when the desk is left: kept so that a restart does not forget it.

use domain::{Timestamp, WorkerSid, WorkspaceSid};
use serde::{Deserialize, Serialize};

use super::Record;

/// A worker whose browser asked that the worker goes offline with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attendance {
    /// The workspace.
    pub workspace: WorkspaceSid,
    /// The worker.
    pub worker: WorkerSid,
    /// Since when.
    pub date_created: Timestamp,
}

impl Attendance {
    /// Returns the key of a worker's row.
    pub fn key(worker: WorkerSid) -> String {
        format!("attendance:{worker}")
    }
}

impl Record for Attendance {
    const KIND: &'static str = "attendance";

    fn sid(&self) -> String {
        Self::key(self.worker)
    }

    fn parent(&self) -> String {
        self.workspace.to_string()
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_created
    }
}
