//! Commands about tasks.

use std::ops::RangeInclusive;

use domain::{TaskChannelSid, TaskQueueSid, TaskSid, Tick, Timestamp, WorkflowSid};

use crate::refusal::check_version;
use crate::reservation::ReservationEvent;
use crate::task::TaskEvent;
use crate::workspace::Workspace;
use crate::{
    NoticeKind, Noun, RecordKey, Refusal, ReservationStatus, RoutingTarget, Subject, Task, TaskStatus, checks,
};

/// How long a task may wait for a worker.
const TIMEOUT: RangeInclusive<u32> = 1..=1_209_600;
/// How long a task waits for a worker where nothing is said.
const TIMEOUT_DEFAULT: u32 = 86_400;
/// The task channel of a task where nothing is said.
const TASK_CHANNEL_DEFAULT: &str = "default";
/// 1900-01-01, the earliest virtual start time.
const VIRTUAL_START_MIN: Timestamp = Timestamp::from_secs(-2_208_988_800);

/// Creates a task.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateTask {
    /// The user's own facts: a JSON object of at most 4096 characters.
    pub attributes: Option<String>,
    /// The facts that add-ons brought, as JSON text.
    pub addons: Option<String>,
    /// The workflow; may be left out where the workspace has exactly one, or with a routing target.
    pub workflow_sid: Option<WorkflowSid>,
    /// The task channel by SID or unique name; default `default`.
    pub task_channel: Option<String>,
    /// Its precedence, 0 to 2,147,483,647; default 0.
    pub priority: Option<u32>,
    /// How long it may wait for a worker, at most 1,209,600 s; default 86,400.
    pub timeout_secs: Option<u32>,
    /// The time by which it is put in order; default its creation.
    pub virtual_start_time: Option<Timestamp>,
    /// Where it goes directly.
    pub routing_target: Option<RoutingTarget>,
    /// Whether a direct offer goes to a worker who is unavailable or full; default true for one.
    pub ignore_capacity: Option<bool>,
    /// The queue to count a directly routed task in.
    pub task_queue_sid: Option<TaskQueueSid>,
}

/// Changes or ends a task.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateTask {
    /// The task.
    pub sid: TaskSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
    /// Other attributes, in place of all the old ones.
    pub attributes: Option<String>,
    /// Where to move it: canceled, wrapping or completed.
    pub status: Option<TaskStatus>,
    /// Why it ends.
    pub reason: Option<String>,
    /// Another precedence.
    pub priority: Option<u32>,
    /// Another task channel, by SID or unique name.
    pub task_channel: Option<String>,
    /// Another time by which it is put in order.
    pub virtual_start_time: Option<Timestamp>,
}

/// Deletes a task.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTask {
    /// The task.
    pub sid: TaskSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
}

impl UpdateTask {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: TaskSid) -> Self {
        Self {
            sid,
            if_match: None,
            attributes: None,
            status: None,
            reason: None,
            priority: None,
            task_channel: None,
            virtual_start_time: None,
        }
    }
}

impl Workspace {
    pub(crate) fn create_task(&mut self, command: CreateTask, tick: &mut Tick) -> Result<Subject, Refusal> {
        let task = self.new_task(command, tick)?;
        let sid = task.sid;
        self.tasks.insert(sid, task);
        self.changes.put(RecordKey::Task(sid));
        self.reindex_task(sid);
        self.announce_task(NoticeKind::TaskCreated, sid, tick);
        self.route(sid, tick);
        self.task_subject(sid)
    }

    pub(crate) fn update_task(&mut self, command: UpdateTask, tick: &mut Tick) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let task = self.tasks.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Task, sid))?;
        check_version(command.if_match, task.version)?;
        let step = command.status.map(|status| self.step_to(task, status)).transpose()?;
        let changed = self.changed_task(task, &command, tick.now)?;
        let has_changed = changed != *task;
        if has_changed {
            *self.change_task(sid, tick.now) =
                Task { version: changed.version + 1, date_updated: tick.now, ..changed };
            self.reindex_task(sid);
            self.announce_task(NoticeKind::TaskUpdated, sid, tick);
        }
        if step.is_some() {
            self.call_off(sid, tick);
        }
        if !self.tasks.contains_key(&sid) {
            // Nobody had it any more but those to whom it was handed on.
            return self.task_subject(sid);
        }
        match step {
            Some(Step::Cancel) => self.cancel_task(sid, command.reason.as_deref().unwrap_or_default(), tick),
            Some(Step::Complete) => self.complete_task(sid, command.reason.map(Into::into), tick),
            Some(Step::Wrap) => self.wrap_all(sid, command.reason, tick),
            // Where it waits it may suit somebody else; it is routed anew at its next evaluation only.
            None => {
                self.offer_if_suited(sid, tick);
            }
        }
        self.task_subject(sid)
    }

    pub(crate) fn delete_task(&mut self, command: DeleteTask, tick: &mut Tick) -> Result<Subject, Refusal> {
        let task = self.tasks.get(&command.sid).ok_or_else(|| Refusal::not_found(Noun::Task, command.sid))?;
        check_version(command.if_match, task.version)?;
        self.remove_task(command.sid, NoticeKind::TaskDeleted, tick);
        Ok(Subject::Deleted)
    }

    /// Returns the task that a command asks for, before it goes anywhere.
    pub(crate) fn new_task(&self, command: CreateTask, tick: &mut Tick) -> Result<Task, Refusal> {
        let attributes = checks::attributes(command.attributes.as_deref().unwrap_or_default())?;
        let channel = command.task_channel.as_deref().unwrap_or(TASK_CHANNEL_DEFAULT);
        let timeout = command.timeout_secs.unwrap_or(TIMEOUT_DEFAULT);
        let start = command.virtual_start_time.unwrap_or(tick.now);
        let is_direct = matches!(command.routing_target, Some(RoutingTarget::Worker(_)));
        self.check_routing_target(command.routing_target)?;
        self.check_task_queue(command.task_queue_sid)?;
        Ok(Task {
            sid: tick.sid(),
            attributes,
            addons: command.addons.as_deref().unwrap_or("{}").into(),
            status: TaskStatus::Pending,
            reason: None,
            priority: checks::within("Priority", command.priority.unwrap_or(0), 0..=checks::PRIORITY_MAX)?,
            timeout_secs: checks::within("Timeout", timeout, TIMEOUT)?,
            virtual_start_time: check_start(start, tick.now)?,
            workflow_sid: self.workflow_for(&command)?,
            task_queue_sid: command.task_queue_sid.filter(|_| is_direct),
            task_queue_entered_date: command.task_queue_sid.filter(|_| is_direct).map(|_| tick.now),
            task_channel_sid: self.named_task_channel(channel)?,
            routing_target: command.routing_target,
            ignore_capacity: is_direct && command.ignore_capacity.unwrap_or(true),
            assignment_count: 0,
            version: 0,
            date_created: tick.now,
            date_updated: tick.now,
            date_assigned: None,
            date_ended: None,
            transfers: vec![],
            standing: None,
        })
    }

    /// Returns the workflow of a new task; it may be left out where there is no choice.
    fn workflow_for(&self, command: &CreateTask) -> Result<Option<WorkflowSid>, Refusal> {
        if let Some(RoutingTarget::Workflow(sid)) = command.routing_target {
            return Ok(Some(sid));
        }
        if let Some(sid) = command.workflow_sid {
            let reason =
                || Refusal::invalid("WorkflowSid", format!("there is no workflow '{sid}' in this workspace"));
            return self.workflows.contains_key(&sid).then_some(Some(sid)).ok_or_else(reason);
        }
        let mut workflows = self.workflows.keys();
        match (workflows.next(), workflows.next()) {
            (Some(only), None) => Ok(Some(*only)),
            (Some(_), Some(_)) | (None, _) if command.routing_target.is_some() => Ok(None),
            (Some(_), Some(_)) => {
                let count = self.workflows.len();
                Err(Refusal::invalid(
                    "WorkflowSid",
                    format!("the workspace has {count} workflows: say which one"),
                ))
            }
            (None, _) => {
                Err(Refusal::invalid("WorkflowSid", "the workspace has no workflow: create one first"))
            }
        }
    }

    fn check_routing_target(&self, target: Option<RoutingTarget>) -> Result<(), Refusal> {
        let Some(target) = target else { return Ok(()) };
        let is_known = match target {
            RoutingTarget::Worker(sid) => self.workers.contains_key(&sid),
            RoutingTarget::TaskQueue(sid) => self.task_queues.contains_key(&sid),
            RoutingTarget::Workflow(sid) => self.workflows.contains_key(&sid),
        };
        let reason =
            || Refusal::invalid("RoutingTarget", format!("there is no '{target}' in this workspace"));
        is_known.then_some(()).ok_or_else(reason)
    }

    fn check_task_queue(&self, queue: Option<TaskQueueSid>) -> Result<(), Refusal> {
        match queue.filter(|queue| !self.task_queues.contains_key(queue)) {
            Some(queue) => {
                let reason = format!("there is no task queue '{queue}' in this workspace");
                Err(Refusal::invalid("TaskQueueSid", reason))
            }
            None => Ok(()),
        }
    }

    fn named_task_channel(&self, name: &str) -> Result<TaskChannelSid, Refusal> {
        let reason = || format!("there is no task channel '{name}' in this workspace");
        let channel =
            self.find_task_channel(name).ok_or_else(|| Refusal::invalid("TaskChannel", reason()))?;
        Ok(channel.sid)
    }

    fn changed_task(&self, task: &Task, command: &UpdateTask, now: Timestamp) -> Result<Task, Refusal> {
        let mut changed = task.clone();
        if let Some(text) = &command.attributes {
            changed.attributes = checks::attributes(text)?;
        }
        if let Some(priority) = command.priority {
            changed.priority = checks::within("Priority", priority, 0..=checks::PRIORITY_MAX)?;
        }
        if let Some(start) = command.virtual_start_time {
            changed.virtual_start_time = check_start(start, now)?;
        }
        if let Some(channel) = &command.task_channel {
            changed.task_channel_sid = self.named_task_channel(channel)?;
        }
        if changed.task_channel_sid != task.task_channel_sid && task.status != TaskStatus::Pending {
            let reason =
                format!("task {} is {}: only a pending task changes its task channel", task.sid, task.status);
            return Err(Refusal::wrong_state(reason));
        }
        Ok(changed)
    }

    /// Returns what a status asked for means, or why the task can not go there.
    fn step_to(&self, task: &Task, status: TaskStatus) -> Result<Step, Refusal> {
        let (step, event) = match status {
            TaskStatus::Canceled => (Step::Cancel, TaskEvent::Canceled),
            TaskStatus::Wrapping => (Step::Wrap, TaskEvent::Wrapped),
            TaskStatus::Completed => (Step::Complete, TaskEvent::Completed),
            TaskStatus::Pending | TaskStatus::Reserved | TaskStatus::Assigned => {
                let reason =
                    format!("'{status}' can not be set by hand: canceled, wrapping or completed is expected");
                return Err(Refusal::invalid("AssignmentStatus", reason));
            }
        };
        // A task that is being handed on is still its worker's.
        let status = if task.open_transfer().is_some() { TaskStatus::Assigned } else { task.status };
        match status.after(event) {
            Some(_) => Ok(step),
            None => Err(Refusal::wrong_state(self.misstep(task, step))),
        }
    }

    fn misstep(&self, task: &Task, step: Step) -> String {
        let (sid, status) = (task.sid, task.status);
        let (workspace, account) = (self.settings.sid, self.settings.account_sid);
        let place = format!("task {sid} in workspace {workspace} for account {account}");
        match step {
            Step::Cancel => format!(
                "Cannot cancel {place} because it is {status}: only pending and reserved tasks can be canceled."
            ),
            Step::Wrap => format!("Cannot wrap up a {place} because it is not currently assigned."),
            Step::Complete => format!(
                "Cannot complete {place} because it is {status}: only assigned and wrapping tasks can be completed."
            ),
        }
    }

    /// Wraps a task with all who work on it.
    fn wrap_all(&mut self, sid: TaskSid, reason: Option<String>, tick: &mut Tick) {
        if let Some(reason) = reason {
            self.change_task(sid, tick.now).reason = Some(reason.into());
        }
        for reservation in self.reservations_with(sid, ReservationStatus::Accepted) {
            self.step_reservation(reservation, ReservationEvent::Wrapped, tick);
        }
        self.wrap_task(sid, tick);
    }

    /// Returns a task as the answer to a command, even when the command ended it.
    pub(crate) fn task_subject(&self, sid: TaskSid) -> Result<Subject, Refusal> {
        let task = self.tasks.get(&sid).or_else(|| self.changes.last_task(sid));
        let task = task.ok_or_else(|| Refusal::not_found(Noun::Task, sid))?;
        Ok(Subject::Task(Box::new(task.clone())))
    }
}

/// Where a caller may move a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Cancel,
    Wrap,
    Complete,
}

fn check_start(start: Timestamp, now: Timestamp) -> Result<Timestamp, Refusal> {
    if start > now {
        let reason = format!("{} lies in the future, a time up to now is expected", start.to_iso8601());
        return Err(Refusal::invalid("VirtualStartTime", reason));
    }
    if start < VIRTUAL_START_MIN {
        let reason = format!("{} lies before 1900", start.to_iso8601());
        return Err(Refusal::invalid("VirtualStartTime", reason));
    }
    Ok(start)
}
