//! Commands about the workspace itself.

use domain::{AccountSid, ActivitySid, Tick};

use crate::workspace::Workspace;
use crate::{
    Action, CreateActivity, CreateTaskQueue, CreateWorkflow, EndedTasks, NoticeKind, OnTaskEnd,
    OnTaskEndWaitingCall, PriorityOrder, RecordKey, Refusal, Settings, Subject, Subjects, TaskChannel,
    TaskOrder, Template, checks,
};

/// The activities of a new workspace; the first is the default and the timeout activity.
const ACTIVITIES: [(&str, bool); 4] =
    [("Offline", false), ("Available", true), ("Unavailable", false), ("Break", false)];
/// The task channels of a new workspace by unique name and name.
const TASK_CHANNELS: [(&str, &str); 5] = [
    ("default", "Default"),
    ("sms", "SMS"),
    ("chat", "Programmable Chat"),
    ("voice", "Voice"),
    ("video", "Video"),
];

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

impl Workspace {
    /// Makes a workspace with its default activities and task channels, and what the template adds.
    pub fn create(command: CreateWorkspace, tick: &mut Tick) -> Result<(Workspace, Vec<Action>), Refusal> {
        let template = command.template;
        let mut workspace = Workspace::empty(new_settings(command, tick)?);
        workspace.changes.put(RecordKey::Workspace(workspace.settings.sid));
        workspace.announce(NoticeKind::WorkspaceCreated, Subjects::default(), tick);
        workspace.furnish(tick)?;
        match template {
            Template::None => {}
            Template::Fifo => workspace.furnish_fifo(tick)?,
        }
        let actions = std::mem::take(&mut workspace.actions);
        Ok((workspace, actions))
    }

    pub(crate) fn update_workspace(
        &mut self,
        command: UpdateWorkspace,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        self.check_named_activity("DefaultActivitySid", command.default_activity_sid)?;
        self.check_named_activity("TimeoutActivitySid", command.timeout_activity_sid)?;
        self.check_policy(command.on_task_end)?;
        let changed = changed_settings(&self.settings, command)?;
        self.settings = Settings { date_updated: tick.now, ..changed };
        self.changes.put(RecordKey::Workspace(self.settings.sid));
        self.announce(NoticeKind::WorkspaceUpdated, Subjects::default(), tick);
        // Another order or lifetime concerns every task, multitasking every worker.
        self.reindex_all_tasks();
        for worker in self.workers.keys().copied().collect::<Vec<_>>() {
            self.reindex_load(worker);
        }
        Ok(Subject::Workspace)
    }

    pub(crate) fn delete_workspace(
        &mut self,
        _: DeleteWorkspace,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        for task in self.tasks.keys().copied().collect::<Vec<_>>() {
            self.remove_task(task, NoticeKind::TaskDeleted, tick);
        }
        self.announce(NoticeKind::WorkspaceDeleted, Subjects::default(), tick);
        self.changes.delete(RecordKey::Workspace(self.settings.sid));
        self.is_deleted = true;
        Ok(Subject::Deleted)
    }

    fn furnish(&mut self, tick: &mut Tick) -> Result<(), Refusal> {
        for (friendly_name, available) in ACTIVITIES {
            self.create_activity(
                CreateActivity { friendly_name: friendly_name.to_owned(), available },
                tick,
            )?;
        }
        if let Some(first) = self.activities.keys().next() {
            self.settings.default_activity_sid = *first;
            self.settings.timeout_activity_sid = *first;
        }
        for (unique_name, friendly_name) in TASK_CHANNELS {
            let channel = TaskChannel {
                sid: tick.sid(),
                friendly_name: friendly_name.into(),
                unique_name: unique_name.into(),
                channel_optimized_routing: false,
                is_default: true,
                date_created: tick.now,
                date_updated: tick.now,
            };
            self.add_task_channel(channel, tick);
        }
        Ok(())
    }

    fn furnish_fifo(&mut self, tick: &mut Tick) -> Result<(), Refusal> {
        let queue =
            CreateTaskQueue { friendly_name: "Sample Queue".to_owned(), ..CreateTaskQueue::default() };
        self.create_task_queue(queue, tick)?;
        let Some(queue) = self.task_queues.keys().next() else { return Ok(()) };
        let configuration =
            serde_json::json!({"task_routing": {"filters": [], "default_filter": {"queue": queue}}});
        let workflow = CreateWorkflow {
            friendly_name: "Default Fifo Workflow".to_owned(),
            configuration: configuration.to_string(),
            ..CreateWorkflow::default()
        };
        self.create_workflow(workflow, tick)?;
        Ok(())
    }
}

fn new_settings(command: CreateWorkspace, tick: &mut Tick) -> Result<Settings, Refusal> {
    Ok(Settings {
        sid: tick.sid(),
        account_sid: command.account_sid,
        friendly_name: checks::friendly_name(&command.friendly_name)?,
        event_callback_url: command.event_callback_url.and_then(checks::url),
        events_filter: command.events_filter.unwrap_or_default(),
        multi_task_enabled: command.multi_task_enabled.unwrap_or(true),
        prioritize_queue_order: command.prioritize_queue_order.unwrap_or(TaskOrder::Fifo),
        // Replaced as soon as the activities exist.
        default_activity_sid: tick.sid(),
        timeout_activity_sid: tick.sid(),
        priority_order: PriorityOrder::LargestFirst,
        time_zone: "UTC".to_owned(),
        on_task_end: OnTaskEnd::Close,
        on_task_end_waiting_call: OnTaskEndWaitingCall::Continue,
        ended_tasks: EndedTasks::Keep,
        assigned_task_lifetime_secs: 0,
        date_created: tick.now,
        date_updated: tick.now,
    })
}

fn changed_settings(settings: &Settings, command: UpdateWorkspace) -> Result<Settings, Refusal> {
    if command.multi_task_enabled == Some(false) && settings.multi_task_enabled {
        let reason =
            "a workspace with multitasking can not go back to one task per worker; create another workspace";
        return Err(Refusal::wrong_state(reason));
    }
    let mut changed = settings.clone();
    if let Some(name) = command.friendly_name {
        changed.friendly_name = checks::friendly_name(&name)?;
    }
    if let Some(url) = command.event_callback_url {
        changed.event_callback_url = checks::url(url);
    }
    if let Some(zone) = command.time_zone {
        changed.time_zone = check_time_zone(zone)?;
    }
    changed.events_filter = command.events_filter.unwrap_or(changed.events_filter);
    changed.multi_task_enabled = command.multi_task_enabled.unwrap_or(changed.multi_task_enabled);
    changed.prioritize_queue_order = command.prioritize_queue_order.unwrap_or(changed.prioritize_queue_order);
    changed.default_activity_sid = command.default_activity_sid.unwrap_or(changed.default_activity_sid);
    changed.timeout_activity_sid = command.timeout_activity_sid.unwrap_or(changed.timeout_activity_sid);
    changed.priority_order = command.priority_order.unwrap_or(changed.priority_order);
    changed.on_task_end = command.on_task_end.unwrap_or(changed.on_task_end);
    changed.on_task_end_waiting_call =
        command.on_task_end_waiting_call.unwrap_or(changed.on_task_end_waiting_call);
    changed.ended_tasks = command.ended_tasks.unwrap_or(changed.ended_tasks);
    changed.assigned_task_lifetime_secs =
        command.assigned_task_lifetime_secs.unwrap_or(changed.assigned_task_lifetime_secs);
    Ok(changed)
}

/// Checks the form of a time zone's name; whether this machine knows it is the shell's question.
fn check_time_zone(name: String) -> Result<String, Refusal> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(is_name) {
        let reason = format!("'{name}' is given, an IANA name such as UTC or Europe/Berlin is expected");
        return Err(Refusal::invalid("TimeZone", reason));
    }
    Ok(name)
}
