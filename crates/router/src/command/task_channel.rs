//! Commands about task channels.

use domain::TaskChannelSid;

/// Creates a task channel, and a worker channel for every worker.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateTaskChannel {
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// What paths and expressions call it: letters, digits, `_` and `$`, not beginning with a digit.
    pub unique_name: String,
    /// Whether a worker's idle time counts on this channel alone; default false.
    pub channel_optimized_routing: Option<bool>,
}

/// Changes a task channel.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateTaskChannel {
    /// The task channel.
    pub sid: TaskChannelSid,
    /// Another name.
    pub friendly_name: Option<String>,
    /// Whether a worker's idle time counts on this channel alone.
    pub channel_optimized_routing: Option<bool>,
}

/// Deletes a task channel, and every worker's channel of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTaskChannel {
    /// The task channel.
    pub sid: TaskChannelSid,
}
