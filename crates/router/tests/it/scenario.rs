//! A contact centre in a few lines: names for SIDs, virtual time, and the whole list of actions to hold against.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{
    AccountSid, ActivitySid, ReservationSid, Sid, TaskQueueSid, TaskSid, Tick, Timestamp, WorkerSid,
    WorkflowSid,
};
use router::*;
use serde_json::Value;

/// A workspace under test with the names of what is in it.
pub(crate) struct Scenario {
    pub(crate) workspace: Workspace,
    pub(crate) now: Timestamp,
    seed: u64,
    names: BTreeMap<String, String>,
    actions: Vec<Action>,
}

pub(crate) fn offer(task: &str, worker: &str) -> String {
    format!("offer {task} to {worker}")
}

pub(crate) fn rescind(task: &str, worker: &str) -> String {
    format!("rescind {task} from {worker}")
}

pub(crate) fn release(task: &str, status: &str) -> String {
    format!("release {task}, {status}")
}

pub(crate) fn skills(skills: &[&str]) -> Value {
    serde_json::json!({ "skills": skills })
}

impl Scenario {
    /// A workspace with the queue and workflow of the FIFO template, both called `everyone`.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut CreateWorkspace)) -> Self {
        let mut setup = CreateWorkspace {
            account_sid: AccountSid::from_bits(1),
            friendly_name: "Centre".to_owned(),
            template: Template::Fifo,
            event_callback_url: None,
            events_filter: None,
            multi_task_enabled: None,
            prioritize_queue_order: None,
        };
        change(&mut setup);
        let now = Timestamp::from_secs(1_000_000);
        let (workspace, _) = Workspace::create(setup, &mut Tick::new(now, 0)).unwrap();
        let mut scenario = Self { workspace, now, seed: 0, names: BTreeMap::new(), actions: vec![] };
        for activity in scenario.workspace.activities().cloned().collect::<Vec<_>>() {
            scenario.name(&activity.friendly_name, activity.sid);
        }
        let queue = scenario.workspace.task_queues().next().unwrap().sid;
        let workflow = scenario.workspace.workflows().next().unwrap().sid;
        scenario.name("everyone", queue);
        scenario.name("everyone's workflow", workflow);
        scenario
    }

    /// Adds an available worker.
    pub(crate) fn worker(mut self, name: &str, attributes: Value) -> Self {
        let command = CreateWorker {
            friendly_name: name.to_owned(),
            activity_sid: Some(self.activity("Available")),
            attributes: Some(attributes.to_string()),
        };
        self.run(Command::CreateWorker(command));
        let sid = self.workspace.find_worker(name).unwrap().sid;
        self.name(name, sid);
        self.after(0)
    }

    pub(crate) fn queue(self, name: &str, target_workers: &str) -> Self {
        self.queue_with(name, |queue| queue.target_workers = Some(target_workers.to_owned()))
    }

    pub(crate) fn queue_with(mut self, name: &str, change: impl FnOnce(&mut CreateTaskQueue)) -> Self {
        let mut command = CreateTaskQueue { friendly_name: name.to_owned(), ..CreateTaskQueue::default() };
        change(&mut command);
        let Subject::TaskQueue(sid) = self.run(Command::CreateTaskQueue(command)) else { panic!("no queue") };
        self.name(name, sid);
        self
    }

    /// Gives the workspace's workflow other rules; queues are written `{name}`.
    pub(crate) fn rules(mut self, rules: &str) -> Self {
        let command = UpdateWorkflow { configuration: Some(self.fill(rules)), ..self.workflow_update() };
        self.run(Command::UpdateWorkflow(command));
        self
    }

    pub(crate) fn workflow_update(&self) -> UpdateWorkflow {
        UpdateWorkflow::of(self.workflow())
    }

    pub(crate) fn task(self, name: &str, attributes: Value) -> Self {
        self.task_with(name, |task| task.attributes = Some(attributes.to_string()))
    }

    pub(crate) fn task_with(mut self, name: &str, change: impl FnOnce(&mut CreateTask)) -> Self {
        let mut command = CreateTask { workflow_sid: Some(self.workflow()), ..CreateTask::default() };
        change(&mut command);
        let Subject::Task(task) = self.run(Command::CreateTask(command)) else { panic!("no task") };
        self.name(name, task.sid);
        self
    }

    pub(crate) fn accept(self, task: &str, worker: &str) -> Self {
        self.answer(task, worker, ReservationAnswer::Accept)
    }

    pub(crate) fn reject(self, task: &str, worker: &str) -> Self {
        self.answer(task, worker, ReservationAnswer::Reject(None))
    }

    pub(crate) fn wrap(self, task: &str, worker: &str) -> Self {
        self.answer(task, worker, ReservationAnswer::Wrap)
    }

    pub(crate) fn complete(self, task: &str, worker: &str) -> Self {
        self.answer(task, worker, ReservationAnswer::Complete)
    }

    pub(crate) fn answer(mut self, task: &str, worker: &str, answer: ReservationAnswer) -> Self {
        let sid = self.reservation(task, worker);
        self.run(Command::UpdateReservation(UpdateReservation { sid, if_match: None, answer }));
        self
    }

    /// Hands a task on to a worker or a queue.
    pub(crate) fn transfer(mut self, task: &str, worker: &str, to: &str, mode: TransferMode) -> Self {
        let worker: WorkerSid = self.sid(worker);
        let held = |one: &&Reservation| one.worker_sid == worker && one.status == ReservationStatus::Accepted;
        let command = StartTransfer {
            task_sid: self.sid(task),
            reservation_sid: self.workspace.reservations_of_task(self.sid(task)).find(held).unwrap().sid,
            to: self.names[to].parse().unwrap(),
            mode: Some(mode),
            attributes: None,
            priority: None,
        };
        self.run(Command::StartTransfer(command));
        self
    }

    /// Calls the open transfer of a task off.
    pub(crate) fn cancel_transfer(mut self, task: &str) -> Self {
        let task = self.task_named(task);
        let (task_sid, sid) = (task.sid, task.open_transfer().unwrap().sid);
        self.run(Command::CancelTransfer(CancelTransfer { task_sid, sid }));
        self
    }

    pub(crate) fn activity_of(mut self, worker: &str, activity: &str) -> Self {
        let activity_sid = Some(self.activity(activity));
        self.run(Command::UpdateWorker(UpdateWorker { activity_sid, ..UpdateWorker::of(self.sid(worker)) }));
        self
    }

    pub(crate) fn capacity(mut self, worker: &str, channel: &str, capacity: u32) -> Self {
        let (worker_sid, channel) = (self.sid(worker), channel.to_owned());
        let command = UpdateWorkerChannel { worker_sid, channel, capacity: Some(capacity), available: None };
        self.run(Command::UpdateWorkerChannel(command));
        self
    }

    pub(crate) fn update_task(mut self, name: &str, change: impl FnOnce(&mut UpdateTask)) -> Self {
        let mut command = UpdateTask::of(self.sid(name));
        change(&mut command);
        self.run(Command::UpdateTask(command));
        self
    }

    pub(crate) fn settings(mut self, change: impl FnOnce(&mut UpdateWorkspace)) -> Self {
        let mut command = UpdateWorkspace::default();
        change(&mut command);
        self.run(Command::UpdateWorkspace(command));
        self
    }

    /// Lets seconds pass, waking the engine whenever it asked for it.
    pub(crate) fn after(mut self, seconds: u64) -> Self {
        let end = self.now + Duration::from_secs(seconds);
        while let Some(at) = self.workspace.next_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            let mut tick = self.tick();
            let actions = self.workspace.handle(Event::TimeReached, &mut tick);
            self.actions.extend(actions);
        }
        // Two things never happen at quite the same time.
        self.now = end + Duration::from_millis(1);
        self
    }

    /// Holds all that was asked of the world, but for announcements, against a list, and forgets it.
    #[track_caller]
    pub(crate) fn expect<const N: usize>(mut self, expected: [String; N]) -> Self {
        let actions = std::mem::take(&mut self.actions);
        let asked: Vec<String> = actions.iter().filter_map(|action| self.words(action)).collect();
        assert_eq!(asked, expected);
        self
    }

    /// Holds all announcements against a list, and forgets everything.
    #[track_caller]
    pub(crate) fn expect_events<const N: usize>(mut self, expected: [&str; N]) -> Self {
        let actions = std::mem::take(&mut self.actions);
        let announced: Vec<&str> = actions.iter().filter_map(event).collect();
        assert_eq!(announced, expected);
        self
    }

    /// Goes on with another state of the same things.
    pub(crate) fn in_place(self, workspace: Workspace) -> Self {
        Self { workspace, ..self }
    }

    /// Forgets what was asked so far.
    pub(crate) fn meanwhile(mut self) -> Self {
        self.actions.clear();
        self
    }

    #[track_caller]
    pub(crate) fn run(&mut self, command: Command) -> Subject {
        let outcome = self.try_run(command).unwrap_or_else(|refusal| panic!("refused: {refusal}"));
        self.actions.extend(outcome.actions);
        outcome.subject
    }

    pub(crate) fn try_run(&mut self, command: Command) -> Result<Outcome, Refusal> {
        let mut tick = self.tick();
        self.now = self.now + Duration::from_millis(1);
        self.workspace.execute(command, &mut tick)
    }

    pub(crate) fn sid<S: Sid>(&self, name: &str) -> S {
        self.names[name].parse().unwrap_or_else(|_| panic!("'{name}' is not a {}", S::PREFIX))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    pub(crate) fn activity(&self, name: &str) -> ActivitySid {
        self.sid(name)
    }

    pub(crate) fn workflow(&self) -> WorkflowSid {
        self.sid("everyone's workflow")
    }

    pub(crate) fn task_named(&self, name: &str) -> &Task {
        self.workspace.task(self.sid::<TaskSid>(name)).unwrap()
    }

    pub(crate) fn worker_named(&self, name: &str) -> &Worker {
        self.workspace.worker(self.sid::<WorkerSid>(name)).unwrap()
    }

    pub(crate) fn queue_named(&self, name: &str) -> TaskQueueSid {
        self.sid(name)
    }

    /// The last reservation of a task for a worker.
    pub(crate) fn reservation(&self, task: &str, worker: &str) -> ReservationSid {
        let worker: WorkerSid = self.sid(worker);
        let own = self.workspace.reservations_of_task(self.sid(task)).filter(|one| one.worker_sid == worker);
        own.last().unwrap_or_else(|| panic!("{task} was not offered")).sid
    }

    pub(crate) fn actions(&self) -> &[Action] {
        &self.actions
    }

    fn fill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, sid)| text.replace(&format!("{{{name}}}"), sid))
    }

    fn name(&mut self, name: &str, sid: impl ToString) {
        self.names.insert(name.to_owned(), sid.to_string());
    }

    fn tick(&mut self) -> Tick {
        self.seed += 1;
        Tick::new(self.now, self.seed)
    }

    fn words(&self, action: &Action) -> Option<String> {
        match action {
            Action::Announce(_) => None,
            Action::OfferReservation(made) => {
                Some(offer(&self.name_of(made.task.sid), &made.worker.worker.friendly_name))
            }
            Action::RescindReservation(withdrawal) => {
                let worker = self.name_of(withdrawal.reservation.worker_sid);
                Some(rescind(&self.name_of(withdrawal.reservation.task_sid), &worker))
            }
            Action::ReleaseContact(ended) => {
                Some(release(&self.name_of(ended.task.sid), ended.task.status.as_str()))
            }
        }
    }

    fn name_of(&self, sid: impl ToString) -> String {
        let sid = sid.to_string();
        let named = self.names.iter().find(|(_, other)| **other == sid);
        named.map_or(sid, |(name, _)| name.clone())
    }
}

fn event(action: &Action) -> Option<&str> {
    match action {
        Action::Announce(notice) => Some(notice.kind.as_str()),
        Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    }
}
