//! Commands about the workspace itself.

use domain::{AccountSid, ActivitySid};

use crate::{EndedTasks, OnTaskEnd, OnTaskEndWaitingCall, PriorityOrder, TaskOrder, Template};

/// What a workspace is created with; see [`Workspace::create`](crate::Workspace::create).
#[derive(Debug, Clone, PartialEq)]
pub struct CreateWorkspace {
    /// The account that it belongs to.
    pub account_sid: AccountSid,
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// What it comes with.
    pub template: Template,
    /// Where events are posted.
    pub event_callback_url: Option<String>,
    /// The event types that are posted, comma-separated.
    pub events_filter: Option<String>,
    /// Whether a worker may have several tasks at once; default true.
    pub multi_task_enabled: Option<bool>,
    /// Which kind of queue goes first; default FIFO.
    pub prioritize_queue_order: Option<TaskOrder>,
}

/// Changes the workspace's own resource.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UpdateWorkspace {
    /// Another name.
    pub friendly_name: Option<String>,
    /// Another address for events; empty for none.
    pub event_callback_url: Option<String>,
    /// Other event types to post, comma-separated; empty for all.
    pub events_filter: Option<String>,
    /// Whether a worker may have several tasks at once; can only be turned on.
    pub multi_task_enabled: Option<bool>,
    /// Which kind of queue goes first.
    pub prioritize_queue_order: Option<TaskOrder>,
    /// Another activity for new workers.
    pub default_activity_sid: Option<ActivitySid>,
    /// Another activity for workers whose reservation timed out.
    pub timeout_activity_sid: Option<ActivitySid>,
    /// What a priority number means.
    pub priority_order: Option<PriorityOrder>,
    /// Another time zone, by its IANA name.
    pub time_zone: Option<String>,
    /// What follows the end of a task whose conversation is open.
    pub on_task_end: Option<OnTaskEnd>,
    /// What becomes of a caller who still waits.
    pub on_task_end_waiting_call: Option<OnTaskEndWaitingCall>,
    /// How long the API shows ended tasks.
    pub ended_tasks: Option<EndedTasks>,
    /// How long a task may be assigned; 0 sets no limit.
    pub assigned_task_lifetime_secs: Option<u64>,
}

/// Deletes the workspace and all in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteWorkspace;
