//! The workspace: one aggregate with everything in memory, its door, and its book-keeping.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ActivitySid, ReservationSid, TaskChannelSid, TaskQueueSid, TaskSid, Tick, Timestamp, WorkerSid,
    WorkflowSid,
};

use crate::index::changes::{Changes, Due};
use crate::index::pace::Pace;
use crate::index::roster::Roster;
use crate::index::waiting::WaitingTasks;
use crate::timer::{Timer, Timers};
use crate::workflow::configuration::Routing;
use crate::{
    Action, Activity, Change, Command, Event, Noun, Outcome, Record, RecordKey, Refusal, Requester,
    Reservation, Settings, Subject, Task, TaskChannel, TaskQueue, Worker, Workflow,
};

/// Everything of one workspace: its settings, its people, its rules and its live tasks.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(crate) settings: Settings,
    pub(crate) is_deleted: bool,
    pub(crate) activities: BTreeMap<ActivitySid, Activity>,
    pub(crate) task_channels: BTreeMap<TaskChannelSid, TaskChannel>,
    pub(crate) workers: BTreeMap<WorkerSid, Worker>,
    pub(crate) task_queues: BTreeMap<TaskQueueSid, TaskQueue>,
    pub(crate) workflows: BTreeMap<WorkflowSid, Workflow>,
    /// Live tasks only.
    pub(crate) tasks: BTreeMap<TaskSid, Task>,
    /// The reservations of live tasks, ended ones too: a late answer is told apart from a wrong one.
    pub(crate) reservations: BTreeMap<ReservationSid, Reservation>,
    /// The workflows' configurations, read.
    pub(crate) routings: BTreeMap<WorkflowSid, Routing>,
    pub(crate) reservations_by_task: BTreeMap<TaskSid, Vec<ReservationSid>>,
    pub(crate) roster: Roster,
    pub(crate) waiting: WaitingTasks,
    pub(crate) timers: Timers,
    pub(crate) pace: Pace,
    pub(crate) changes: Changes,
    /// Who asked for the step at hand; what the workspace does of itself is done by nobody.
    pub(crate) requester: Option<Requester>,
    /// What the step at hand asks of the world.
    pub(crate) actions: Vec<Action>,
    /// Workers to whom the step at hand may give work.
    pub(crate) awake_workers: BTreeSet<WorkerSid>,
    /// Tasks that the step at hand may give to workers.
    pub(crate) awake_tasks: BTreeSet<TaskSid>,
}

impl Workspace {
    /// Makes a workspace that holds nothing.
    pub(crate) fn empty(settings: Settings) -> Self {
        Self {
            settings,
            is_deleted: false,
            activities: BTreeMap::new(),
            task_channels: BTreeMap::new(),
            workers: BTreeMap::new(),
            task_queues: BTreeMap::new(),
            workflows: BTreeMap::new(),
            tasks: BTreeMap::new(),
            reservations: BTreeMap::new(),
            routings: BTreeMap::new(),
            reservations_by_task: BTreeMap::new(),
            roster: Roster::default(),
            waiting: WaitingTasks::default(),
            timers: Timers::default(),
            pace: Pace::default(),
            changes: Changes::default(),
            requester: None,
            actions: vec![],
            awake_workers: BTreeSet::new(),
            awake_tasks: BTreeSet::new(),
        }
    }

    /// Carries out a command, or says why not. A refusal changes nothing.
    pub fn execute(&mut self, command: Command, tick: &mut Tick) -> Result<Outcome, Refusal> {
        self.execute_for(None, command, tick)
    }

    /// Carries out somebody's command, who is named in the notices of what it changes, but not in those of what the
    /// workspace decides upon it.
    pub fn execute_for(
        &mut self,
        requester: Option<Requester>,
        command: Command,
        tick: &mut Tick,
    ) -> Result<Outcome, Refusal> {
        if self.is_deleted {
            return Err(Refusal::not_found(Noun::Workspace, self.settings.sid));
        }
        self.requester = requester;
        let carried_out = self.carry_out(command, tick);
        self.requester = None;
        let subject = carried_out?;
        self.settle(tick);
        let subject = self.as_settled(subject);
        Ok(Outcome { actions: std::mem::take(&mut self.actions), subject })
    }

    /// Applies one event and returns what the world must do.
    pub fn handle(&mut self, event: Event, tick: &mut Tick) -> Vec<Action> {
        match event {
            Event::TimeReached => self.reach_time(tick),
        }
        self.settle(tick);
        std::mem::take(&mut self.actions)
    }

    /// Returns when the engine next wants to be called with [`Event::TimeReached`].
    pub fn next_timeout(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    /// Returns the rows to write since this was last asked.
    pub fn take_changes(&mut self) -> Vec<Change> {
        let due = self.changes.take();
        due.into_iter().filter_map(|(key, due)| self.change(key, due)).collect()
    }

    fn carry_out(&mut self, command: Command, tick: &mut Tick) -> Result<Subject, Refusal> {
        match command {
            Command::UpdateWorkspace(command) => self.update_workspace(command, tick),
            Command::DeleteWorkspace(command) => self.delete_workspace(command, tick),
            Command::CreateActivity(command) => self.create_activity(command, tick),
            Command::UpdateActivity(command) => self.update_activity(command, tick),
            Command::DeleteActivity(command) => self.delete_activity(command, tick),
            Command::CreateTaskChannel(command) => self.create_task_channel(command, tick),
            Command::UpdateTaskChannel(command) => self.update_task_channel(command, tick),
            Command::DeleteTaskChannel(command) => self.delete_task_channel(command, tick),
            Command::CreateWorker(command) => self.create_worker(command, tick),
            Command::UpdateWorker(command) => self.update_worker(command, tick),
            Command::DeleteWorker(command) => self.delete_worker(command, tick),
            Command::UpdateWorkerChannel(command) => self.update_worker_channel(command, tick),
            Command::CreateTaskQueue(command) => self.create_task_queue(command, tick),
            Command::UpdateTaskQueue(command) => self.update_task_queue(command, tick),
            Command::DeleteTaskQueue(command) => self.delete_task_queue(command, tick),
            Command::CreateWorkflow(command) => self.create_workflow(command, tick),
            Command::UpdateWorkflow(command) => self.update_workflow(command, tick),
            Command::DeleteWorkflow(command) => self.delete_workflow(command, tick),
            Command::CreateTask(command) => self.create_task(command, tick),
            Command::UpdateTask(command) => self.update_task(command, tick),
            Command::DeleteTask(command) => self.delete_task(command, tick),
            Command::UpdateReservation(command) => self.update_reservation(command, tick),
            Command::StartTransfer(command) => self.start_transfer(command, tick),
            Command::CancelTransfer(command) => self.cancel_transfer(command, tick),
        }
    }

    fn reach_time(&mut self, tick: &mut Tick) {
        while let Some(timer) = self.timers.pop_due(tick.now) {
            match timer {
                Timer::ReservationTimeout(reservation) => self.time_out_reservation(reservation, tick),
                Timer::TargetTimeout(task) => self.pass_deadlines(task, tick),
                Timer::TaskTimeout(task) => self.cancel_task(task, crate::step::ending::TTL_EXCEEDED, tick),
                Timer::AssignedTaskLifetime(task) => self.system_delete_task(task, tick),
            }
        }
    }

    /// Matching may move a task or reservation on after its command: the answer shows it as it is then.
    fn as_settled(&self, subject: Subject) -> Subject {
        match subject {
            Subject::Task(task) => {
                let settled = self.tasks.get(&task.sid).or_else(|| self.changes.last_task(task.sid)).cloned();
                Subject::Task(settled.map_or(task, Box::new))
            }
            Subject::Reservation(old) => {
                let last = || self.changes.last_reservation(old.sid);
                let settled = self.reservations.get(&old.sid).or_else(last).cloned();
                Subject::Reservation(settled.map_or(old, Box::new))
            }
            Subject::Workspace
            | Subject::Activity(_)
            | Subject::TaskChannel(_)
            | Subject::Worker(_)
            | Subject::WorkerChannel(..)
            | Subject::TaskQueue(_)
            | Subject::Workflow(_)
            | Subject::Deleted => subject,
        }
    }

    fn change(&self, key: RecordKey, due: Due) -> Option<Change> {
        match due {
            Due::AsItIs => self.record(key).map(Change::Put),
            Due::Last(record) => Some(Change::Put(record)),
            Due::Gone => Some(Change::Delete(key)),
        }
    }
}

/// Book-keeping: whoever changes a thing takes it from here, so that its version and its row follow.
impl Workspace {
    /// Returns a live task for changing.
    pub(crate) fn change_task(&mut self, sid: TaskSid, now: Timestamp) -> &mut Task {
        self.changes.put(RecordKey::Task(sid));
        let task = self.tasks.get_mut(&sid).expect("only live tasks are changed");
        task.version += 1;
        task.date_updated = now;
        task
    }

    /// Returns a reservation of a live task for changing.
    pub(crate) fn change_reservation(&mut self, sid: ReservationSid, now: Timestamp) -> &mut Reservation {
        self.changes.put(RecordKey::Reservation(sid));
        let reservation =
            self.reservations.get_mut(&sid).expect("only reservations of live tasks are changed");
        reservation.version += 1;
        reservation.date_updated = now;
        reservation
    }

    /// Returns a worker whose idle time starts anew, for changing that alone.
    pub(crate) fn change_idle_time(&mut self, sid: WorkerSid, now: Timestamp) -> &mut Worker {
        self.changes.put(RecordKey::IdleTime(sid));
        let worker = self.workers.get_mut(&sid).expect("only workers who exist are offered tasks");
        worker.version += 1;
        worker.date_updated = now;
        worker
    }

    /// Returns a worker for changing.
    pub(crate) fn change_worker(&mut self, sid: WorkerSid, now: Timestamp) -> &mut Worker {
        self.changes.put(RecordKey::Worker(sid));
        let worker = self.workers.get_mut(&sid).expect("only workers who exist are changed");
        worker.version += 1;
        worker.date_updated = now;
        worker
    }

    /// Lets the step at hand look for a worker for this task.
    pub(crate) fn wake_task(&mut self, sid: TaskSid) {
        self.awake_tasks.insert(sid);
    }

    /// Returns a row as it is.
    pub(crate) fn record(&self, key: RecordKey) -> Option<Record> {
        match key {
            RecordKey::Workspace(_) => Some(Record::Workspace(Box::new(self.settings.clone()))),
            RecordKey::Activity(sid) => {
                self.activities.get(&sid).cloned().map(Box::new).map(Record::Activity)
            }
            RecordKey::TaskChannel(sid) => {
                self.task_channels.get(&sid).cloned().map(Box::new).map(Record::TaskChannel)
            }
            RecordKey::IdleTime(sid) => {
                self.workers.get(&sid).map(Worker::idle_time).map(Box::new).map(Record::IdleTime)
            }
            RecordKey::Worker(sid) => self.workers.get(&sid).cloned().map(Box::new).map(Record::Worker),
            RecordKey::TaskQueue(sid) => {
                self.task_queues.get(&sid).cloned().map(Box::new).map(Record::TaskQueue)
            }
            RecordKey::Workflow(sid) => self.workflows.get(&sid).cloned().map(Box::new).map(Record::Workflow),
            RecordKey::Task(sid) => self.tasks.get(&sid).cloned().map(Box::new).map(Record::Task),
            RecordKey::Reservation(sid) => {
                self.reservations.get(&sid).cloned().map(Box::new).map(Record::Reservation)
            }
        }
    }
}
