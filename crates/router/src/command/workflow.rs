//! Commands about workflows.

use std::ops::RangeInclusive;

use domain::{Tick, WorkflowSid};

use crate::evaluation::{RESERVATION_TIMEOUT_SECS, workflow_of};
use crate::workflow::configuration::Routing;
use crate::workspace::Workspace;
use crate::{
    NoticeKind, Noun, OnTaskEnd, OnTaskEndWaitingCall, RecordKey, Refusal, Subject, Subjects, TaskStatus,
    Workflow, checks,
};

/// How long a worker may be given to think about an offer.
const RESERVATION_TIMEOUT: RangeInclusive<u32> = 1..=86_400;

/// Creates a workflow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateWorkflow {
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// The rules, as JSON.
    pub configuration: String,
    /// Where each reservation is announced.
    pub assignment_callback_url: Option<String>,
    /// Where it is announced when that fails.
    pub fallback_assignment_callback_url: Option<String>,
    /// How long a worker may think about an offer, 1 to 86,400 s; default 120.
    pub task_reservation_timeout_secs: Option<u32>,
    /// What follows the end of a task; default the workspace's policy.
    pub on_task_end: Option<OnTaskEnd>,
    /// What becomes of a waiting caller; default the workspace's policy.
    pub on_task_end_waiting_call: Option<OnTaskEndWaitingCall>,
}

/// Changes a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateWorkflow {
    /// The workflow.
    pub sid: WorkflowSid,
    /// Another name.
    pub friendly_name: Option<String>,
    /// Other rules, as JSON.
    pub configuration: Option<String>,
    /// Another assignment callback; empty for none.
    pub assignment_callback_url: Option<String>,
    /// Another fallback callback; empty for none.
    pub fallback_assignment_callback_url: Option<String>,
    /// Another time to think about an offer.
    pub task_reservation_timeout_secs: Option<u32>,
    /// Whether waiting tasks are walked through the rules from the top.
    pub re_evaluate_tasks: bool,
    /// What follows the end of a task.
    pub on_task_end: Option<OnTaskEnd>,
    /// What becomes of a waiting caller.
    pub on_task_end_waiting_call: Option<OnTaskEndWaitingCall>,
}

/// Deletes a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteWorkflow {
    /// The workflow.
    pub sid: WorkflowSid,
}

impl UpdateWorkflow {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: WorkflowSid) -> Self {
        Self {
            sid,
            friendly_name: None,
            configuration: None,
            assignment_callback_url: None,
            fallback_assignment_callback_url: None,
            task_reservation_timeout_secs: None,
            re_evaluate_tasks: false,
            on_task_end: None,
            on_task_end_waiting_call: None,
        }
    }
}

impl Workspace {
    pub(crate) fn create_workflow(
        &mut self,
        command: CreateWorkflow,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let friendly_name = checks::friendly_name(&command.friendly_name)?;
        let routing = self.read_configuration(&command.configuration)?;
        self.check_policy(command.on_task_end)?;
        let timeout = command.task_reservation_timeout_secs.unwrap_or(RESERVATION_TIMEOUT_SECS);
        let workflow = Workflow {
            sid: tick.sid(),
            friendly_name,
            configuration: command.configuration.into(),
            assignment_callback_url: command.assignment_callback_url.and_then(checks::url),
            fallback_assignment_callback_url: command.fallback_assignment_callback_url.and_then(checks::url),
            task_reservation_timeout_secs: checks::within(
                "TaskReservationTimeout",
                timeout,
                RESERVATION_TIMEOUT,
            )?,
            on_task_end: command.on_task_end,
            on_task_end_waiting_call: command.on_task_end_waiting_call,
            date_created: tick.now,
            date_updated: tick.now,
            revision: 0,
        };
        let sid = workflow.sid;
        self.workflows.insert(sid, workflow);
        self.routings.insert(sid, routing);
        self.changes.put(RecordKey::Workflow(sid));
        self.announce_workflow(NoticeKind::WorkflowCreated, sid, tick);
        Ok(Subject::Workflow(sid))
    }

    pub(crate) fn update_workflow(
        &mut self,
        command: UpdateWorkflow,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let workflow = self.workflows.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Workflow, sid))?;
        let changed = self.changed_workflow(workflow, &command)?;
        let has_other_rules = changed.configuration != workflow.configuration;
        if has_other_rules {
            self.routings.insert(sid, self.read_configuration(&changed.configuration)?);
        }
        let revision = changed.revision + u64::from(has_other_rules);
        self.workflows.insert(sid, Workflow { date_updated: tick.now, revision, ..changed });
        self.changes.put(RecordKey::Workflow(sid));
        self.announce_workflow(NoticeKind::WorkflowUpdated, sid, tick);
        if command.re_evaluate_tasks {
            self.re_evaluate_tasks_of(sid, tick);
        }
        Ok(Subject::Workflow(sid))
    }

    pub(crate) fn delete_workflow(
        &mut self,
        command: DeleteWorkflow,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let workflow = self.workflows.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Workflow, sid))?;
        let routed = |task: &&crate::Task| workflow_of(task).or(task.workflow_sid) == Some(sid);
        if let Some(task) = self.tasks.values().find(routed) {
            let reason =
                format!("task {} is in workflow '{}'; end it first", task.sid, workflow.friendly_name);
            return Err(Refusal::wrong_state(reason));
        }
        self.announce_workflow(NoticeKind::WorkflowDeleted, sid, tick);
        self.workflows.remove(&sid);
        self.routings.remove(&sid);
        self.changes.delete(RecordKey::Workflow(sid));
        Ok(Subject::Deleted)
    }

    /// Refuses a policy that sends tasks to a workflow that does not exist.
    pub(crate) fn check_policy(&self, policy: Option<OnTaskEnd>) -> Result<(), Refusal> {
        match policy {
            Some(OnTaskEnd::Workflow(sid)) if !self.workflows.contains_key(&sid) => {
                Err(Refusal::invalid("OnTaskEnd", format!("there is no workflow '{sid}' in this workspace")))
            }
            Some(OnTaskEnd::Workflow(_) | OnTaskEnd::Close | OnTaskEnd::Reinvite) | None => Ok(()),
        }
    }

    fn changed_workflow(&self, workflow: &Workflow, command: &UpdateWorkflow) -> Result<Workflow, Refusal> {
        let mut changed = workflow.clone();
        if let Some(name) = &command.friendly_name {
            changed.friendly_name = checks::friendly_name(name)?;
        }
        if let Some(text) = &command.configuration {
            changed.configuration = text.as_str().into();
        }
        if let Some(url) = command.assignment_callback_url.clone() {
            changed.assignment_callback_url = checks::url(url);
        }
        if let Some(url) = command.fallback_assignment_callback_url.clone() {
            changed.fallback_assignment_callback_url = checks::url(url);
        }
        if let Some(timeout) = command.task_reservation_timeout_secs {
            changed.task_reservation_timeout_secs =
                checks::within("TaskReservationTimeout", timeout, RESERVATION_TIMEOUT)?;
        }
        self.check_policy(command.on_task_end)?;
        changed.on_task_end = command.on_task_end.or(changed.on_task_end);
        changed.on_task_end_waiting_call =
            command.on_task_end_waiting_call.or(changed.on_task_end_waiting_call);
        Ok(changed)
    }

    fn read_configuration(&self, text: &str) -> Result<Routing, Refusal> {
        Routing::parse(text, |queue| self.task_queues.contains_key(&queue))
    }

    /// Walks all pending tasks of a workflow through its rules from the top.
    fn re_evaluate_tasks_of(&mut self, sid: WorkflowSid, tick: &mut Tick) {
        let waiting = self.tasks.values().filter(|task| task.status == TaskStatus::Pending);
        let own = waiting.filter(|task| workflow_of(task) == Some(sid)).map(|task| task.sid);
        for task in own.collect::<Vec<_>>() {
            self.enter_workflow(task, sid, tick);
        }
    }

    fn announce_workflow(&mut self, kind: NoticeKind, sid: WorkflowSid, tick: &mut Tick) {
        let workflow = self.workflows.get(&sid).cloned().map(Box::new);
        self.announce(kind, Subjects { workflow, ..Subjects::default() }, tick);
    }
}
