//! Commands about task queues.

use std::ops::RangeInclusive;

use domain::{ActivitySid, TaskQueueSid, Tick};
use expression::{Expression, Scope};

use crate::workspace::Workspace;
use crate::{NoticeKind, Noun, RecordKey, Refusal, Subject, Subjects, TaskOrder, TaskQueue, checks};

/// How many workers may be asked at once.
const MAX_RESERVED_WORKERS: RangeInclusive<u32> = 1..=50;

/// Creates a task queue.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateTaskQueue {
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// The expression that picks its workers; default `1==1`, empty picks none.
    pub target_workers: Option<String>,
    /// How many workers are offered a task at once, 1 to 50; default 1.
    pub max_reserved_workers: Option<u32>,
    /// Which task goes first; default FIFO.
    pub task_order: Option<TaskOrder>,
    /// In single-tasking: the activity of a worker who is offered a task.
    pub reservation_activity_sid: Option<ActivitySid>,
    /// In single-tasking: the activity of a worker who accepted a task.
    pub assignment_activity_sid: Option<ActivitySid>,
}

/// Changes a task queue.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateTaskQueue {
    /// The task queue.
    pub sid: TaskQueueSid,
    /// Another name.
    pub friendly_name: Option<String>,
    /// Another expression.
    pub target_workers: Option<String>,
    /// Another number of workers to ask at once.
    pub max_reserved_workers: Option<u32>,
    /// Another order.
    pub task_order: Option<TaskOrder>,
    /// Another reservation activity.
    pub reservation_activity_sid: Option<ActivitySid>,
    /// Another assignment activity.
    pub assignment_activity_sid: Option<ActivitySid>,
}

/// Deletes a task queue.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTaskQueue {
    /// The task queue.
    pub sid: TaskQueueSid,
}

impl UpdateTaskQueue {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: TaskQueueSid) -> Self {
        Self {
            sid,
            friendly_name: None,
            target_workers: None,
            max_reserved_workers: None,
            task_order: None,
            reservation_activity_sid: None,
            assignment_activity_sid: None,
        }
    }
}

impl Workspace {
    pub(crate) fn create_task_queue(
        &mut self,
        command: CreateTaskQueue,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let friendly_name = checks::friendly_name(&command.friendly_name)?;
        let target_workers = command.target_workers.as_deref().unwrap_or("1==1");
        let expression = read_target_workers(target_workers)?;
        let count = command.max_reserved_workers.unwrap_or(1);
        self.check_named_activity("ReservationActivitySid", command.reservation_activity_sid)?;
        self.check_named_activity("AssignmentActivitySid", command.assignment_activity_sid)?;
        let queue = TaskQueue {
            sid: tick.sid(),
            friendly_name,
            target_workers: target_workers.into(),
            max_reserved_workers: checks::within("MaxReservedWorkers", count, MAX_RESERVED_WORKERS)?,
            task_order: command.task_order.unwrap_or(TaskOrder::Fifo),
            reservation_activity_sid: command.reservation_activity_sid,
            assignment_activity_sid: command.assignment_activity_sid,
            date_created: tick.now,
            date_updated: tick.now,
        };
        let sid = queue.sid;
        self.task_queues.insert(sid, queue);
        self.changes.put(RecordKey::TaskQueue(sid));
        self.roster.put_queue(sid, expression);
        self.announce_task_queue(NoticeKind::TaskQueueCreated, sid, tick);
        Ok(Subject::TaskQueue(sid))
    }

    pub(crate) fn update_task_queue(
        &mut self,
        command: UpdateTaskQueue,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let queue = self.task_queues.get(&sid).ok_or_else(|| Refusal::not_found(Noun::TaskQueue, sid))?;
        let changed = self.changed_queue(queue, &command)?;
        let expression = read_target_workers(&changed.target_workers)?;
        let has_other_workers = changed.target_workers != queue.target_workers;
        let has_other_order = changed.task_order != queue.task_order;
        self.task_queues.insert(sid, TaskQueue { date_updated: tick.now, ..changed });
        self.changes.put(RecordKey::TaskQueue(sid));
        if has_other_workers {
            let joined = self.roster.put_queue(sid, expression);
            self.awake_workers.extend(joined);
            self.announce_task_queue(NoticeKind::TaskQueueExpressionUpdated, sid, tick);
        }
        if has_other_order {
            self.reindex_all_tasks();
        }
        Ok(Subject::TaskQueue(sid))
    }

    pub(crate) fn delete_task_queue(
        &mut self,
        command: DeleteTaskQueue,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let queue = self.task_queues.get(&sid).ok_or_else(|| Refusal::not_found(Noun::TaskQueue, sid))?;
        if let Some(task) = self.tasks.values().find(|task| task.task_queue_sid == Some(sid)) {
            let reason =
                format!("task {} is in task queue '{}'; end it first", task.sid, queue.friendly_name);
            return Err(Refusal::wrong_state(reason));
        }
        self.announce_task_queue(NoticeKind::TaskQueueDeleted, sid, tick);
        self.task_queues.remove(&sid);
        self.roster.remove_queue(sid);
        self.pace.forget(sid);
        self.changes.delete(RecordKey::TaskQueue(sid));
        Ok(Subject::Deleted)
    }

    fn changed_queue(&self, queue: &TaskQueue, command: &UpdateTaskQueue) -> Result<TaskQueue, Refusal> {
        let mut changed = queue.clone();
        if let Some(name) = &command.friendly_name {
            changed.friendly_name = checks::friendly_name(name)?;
        }
        if let Some(text) = &command.target_workers {
            changed.target_workers = text.as_str().into();
        }
        if let Some(count) = command.max_reserved_workers {
            changed.max_reserved_workers = checks::within("MaxReservedWorkers", count, MAX_RESERVED_WORKERS)?;
        }
        self.check_named_activity("ReservationActivitySid", command.reservation_activity_sid)?;
        self.check_named_activity("AssignmentActivitySid", command.assignment_activity_sid)?;
        changed.reservation_activity_sid =
            command.reservation_activity_sid.or(changed.reservation_activity_sid);
        changed.assignment_activity_sid = command.assignment_activity_sid.or(changed.assignment_activity_sid);
        changed.task_order = command.task_order.unwrap_or(changed.task_order);
        Ok(changed)
    }

    fn announce_task_queue(&mut self, kind: NoticeKind, sid: TaskQueueSid, tick: &mut Tick) {
        let task_queue = self.task_queues.get(&sid).cloned().map(Box::new);
        self.announce(kind, Subjects { task_queue, ..Subjects::default() }, tick);
    }
}

fn read_target_workers(text: &str) -> Result<Expression, Refusal> {
    Expression::parse(text, Scope::Worker).map_err(|error| Refusal::invalid("TargetWorkers", error))
}
