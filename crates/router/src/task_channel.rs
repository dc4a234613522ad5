//! Task channels: the kinds of work, each with its own capacity per worker.

use std::sync::Arc;

use domain::{TaskChannelSid, Timestamp};
use serde::{Deserialize, Serialize};

/// A kind of work, such as voice or chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskChannel {
    /// The task channel.
    pub sid: TaskChannelSid,
    /// What people call it.
    pub friendly_name: Arc<str>,
    /// What paths, expressions and tasks call it; never changes.
    pub unique_name: Arc<str>,
    /// Whether a worker's idle time counts on this channel alone.
    pub channel_optimized_routing: bool,
    /// Whether the workspace came with it, so that it can not be deleted.
    pub is_default: bool,
    /// When it was created.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}
