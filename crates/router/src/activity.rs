//! Activities: what a worker can be doing, and whether that takes work.

use std::sync::Arc;

use domain::{ActivitySid, Timestamp};
use serde::{Deserialize, Serialize};

/// What a worker can be doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// The activity.
    pub sid: ActivitySid,
    /// What people call it.
    pub friendly_name: Arc<str>,
    /// Whether a worker in this activity takes tasks; never changes.
    pub available: bool,
    /// When it was created.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}
