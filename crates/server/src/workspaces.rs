//! Workspaces: each has one loop that owns its engine, decides, commits and only then answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::{Failure, Look};
use domain::{TaskSid, Timestamp, WorkflowSid, WorkspaceSid};
use parking_lot::RwLock;
use router::{
    Action, Change, Command, CreateWorkspace, Event, Outcome, RecordKey, Refusal, ReservationAnswer, Subject,
    UpdateReservation, Workspace,
};
use store::{Error, routing};
use tokio::sync::{mpsc, oneshot};

use crate::errand::{Owed, TaskOrder, TaskWish};
use crate::house::House;
use crate::work::Work;
use crate::{clock, dispatch, statistics};

/// How many requests one commit takes at most: it bounds how long the first of them waits.
const BATCH_MAX: usize = 256;

/// How many requests may wait for a workspace before their senders wait too.
const WAITING_MAX: usize = 4096;

/// All workspaces of this process.
#[derive(Default)]
pub(crate) struct Workspaces {
    handles: RwLock<BTreeMap<WorkspaceSid, Handle>>,
}

/// A handle on the loop of one workspace.
#[derive(Clone)]
pub(crate) struct Handle {
    requests: mpsc::Sender<Request>,
}

/// What a workspace's loop is asked.
enum Request {
    /// Carry out a command and answer once it is on disk.
    Execute(Box<Command>, oneshot::Sender<Result<Subject, Failure>>),
    /// Create the task of an errand and owe who asked the outcome, in the same commit.
    CreateTask(Box<(Owed, TaskWish)>, oneshot::Sender<Result<(), Error>>),
    /// Look at what is committed.
    Look(Look),
}

/// A request that was decided and waits for its commit.
enum Decided {
    Command(oneshot::Sender<Result<Subject, Failure>>, Result<Subject, Failure>),
    Errand(oneshot::Sender<Result<(), Error>>),
    Look(Look),
}

/// Loads every workspace and starts its loop.
pub(crate) async fn load(house: &Arc<House>) -> anyhow::Result<()> {
    let started_at = clock::now();
    for sid in routing::workspaces(&house.store).await? {
        let workspace = Workspace::load(routing::load(&house.store, sid).await?)?;
        house.statistics.announce(sid);
        house.workspaces.start(house, workspace);
    }
    tokio::spawn(statistics::open_books(Arc::clone(house), started_at));
    Ok(())
}

/// Creates a workspace and starts its loop.
pub(crate) async fn create(house: &Arc<House>, setup: CreateWorkspace) -> Result<WorkspaceSid, Failure> {
    let (mut workspace, actions) = Workspace::create(setup, &mut clock::tick())?;
    let sid = workspace.settings().sid;
    let mut work = Work::default();
    for action in actions {
        dispatch::router_action(&mut work, workspace.settings(), action);
    }
    write_changes(&mut work, sid, &workspace.take_changes());
    house.commit(work).await?;
    house.statistics.begin(&workspace);
    house.workspaces.start(house, workspace);
    Ok(sid)
}

/// Has the task of an errand created by the workspace that its workflow belongs to.
pub(crate) async fn create_task(house: &Arc<House>, owed: &Owed, order: &TaskOrder) -> Result<(), Error> {
    match of_workflow(house, &order.task.workflow).await? {
        Some(workspace) => workspace.create_task(owed.clone(), TaskWish::Execution(order.clone())).await,
        None => {
            let mut work = Work::settling(owed);
            work.owe(order.refused(format!("there is no workflow '{}'", order.task.workflow)));
            house.commit(work).await
        }
    }
}

/// Returns the workspace that has this workflow.
async fn of_workflow(house: &House, workflow: &str) -> Result<Option<Handle>, Error> {
    let Ok(workflow) = workflow.parse::<WorkflowSid>() else { return Ok(None) };
    let workspace = routing::workspace_of(&house.store, workflow).await?;
    Ok(workspace.and_then(|sid| house.workspaces.get(sid).ok()))
}

impl Workspaces {
    /// Returns the handle of a workspace.
    pub(crate) fn get(&self, sid: WorkspaceSid) -> Result<Handle, Failure> {
        self.handles.read().get(&sid).cloned().ok_or(Failure::NotFound)
    }

    /// Returns the SIDs of all workspaces, oldest first.
    pub(crate) fn sids(&self) -> Vec<WorkspaceSid> {
        self.handles.read().keys().copied().collect()
    }

    fn start(&self, house: &Arc<House>, workspace: Workspace) {
        let (requests, inbox) = mpsc::channel(WAITING_MAX);
        let sid = workspace.settings().sid;
        let house = Arc::clone(house);
        self.handles.write().insert(sid, Handle { requests });
        tokio::spawn(Service { sid, workspace, inbox, house, batch_max: BATCH_MAX, is_deleted: false }.run());
    }
}

impl Handle {
    /// Carries out a command; returns once it is on disk.
    pub(crate) async fn execute(&self, command: Command) -> Result<Subject, Failure> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Execute(Box::new(command), answer)).await?;
        answered.await.map_err(|_| Failure::NotFound)?
    }

    /// Creates the task of an errand; returns once the outcome is on disk.
    pub(crate) async fn create_task(&self, owed: Owed, wish: TaskWish) -> Result<(), Error> {
        let gone = || Error::Unavailable("the workspace was deleted".to_owned());
        let (answer, answered) = oneshot::channel();
        self.send(Request::CreateTask(Box::new((owed, wish)), answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Looks at what is committed; the look itself carries its answer away.
    pub(crate) async fn look(&self, look: Look) -> Result<(), Failure> {
        self.send(Request::Look(look)).await
    }

    async fn send(&self, request: Request) -> Result<(), Failure> {
        self.requests.send(request).await.map_err(|_| Failure::NotFound)
    }
}

/// The loop of one workspace.
struct Service {
    sid: WorkspaceSid,
    workspace: Workspace,
    inbox: mpsc::Receiver<Request>,
    house: Arc<House>,
    /// How many requests the next commit takes: one after a failure, so that a bad one fails alone.
    batch_max: usize,
    is_deleted: bool,
}

impl Service {
    /// Serves until the workspace is deleted or the process stops.
    async fn run(mut self) {
        self.tell_time_zone();
        while !self.is_deleted {
            let mut requests = Vec::new();
            // 1. Wait for requests, or for the engine's own next deadline.
            tokio::select! {
                count = self.inbox.recv_many(&mut requests, self.batch_max) => if count == 0 { return },
                () = sleep_until(self.workspace.next_timeout()) => {}
            }
            // 2. Decide what time has brought about, and every request.
            let mut work = Work::default();
            self.let_time_pass(&mut work);
            let decided: Vec<Decided> =
                requests.into_iter().map(|request| self.decide(request, &mut work)).collect();
            // 3. Commit, then answer.
            self.finish(work, decided).await;
        }
        self.house.workspaces.handles.write().remove(&self.sid);
    }

    fn let_time_pass(&mut self, work: &mut Work) {
        if self.workspace.next_timeout().is_some_and(|at| at <= clock::now()) {
            let actions = self.workspace.handle(Event::TimeReached, &mut clock::tick());
            self.perform(work, actions);
        }
    }

    fn decide(&mut self, request: Request, work: &mut Work) -> Decided {
        match request {
            Request::Execute(command, answer) => {
                let outcome = self.execute(*command, work);
                Decided::Command(answer, outcome.map_err(Failure::from))
            }
            Request::CreateTask(ordered, answer) => {
                self.create_task(&ordered.0, &ordered.1, work);
                Decided::Errand(answer)
            }
            Request::Look(look) => Decided::Look(look),
        }
    }

    fn execute(&mut self, command: Command, work: &mut Work) -> Result<Subject, Refusal> {
        let Outcome { actions, subject } = self.workspace.execute(command, &mut clock::tick())?;
        self.perform(work, actions);
        Ok(subject)
    }

    fn perform(&self, work: &mut Work, actions: Vec<Action>) {
        for action in actions {
            dispatch::router_action(work, self.workspace.settings(), action);
        }
    }

    /// Creates the task that somebody asked for, and owes them the outcome.
    fn create_task(&mut self, owed: &Owed, wish: &TaskWish, work: &mut Work) {
        work.settle(owed);
        let outcome = self.execute(Command::CreateTask(wish.command()), work);
        let told = match outcome {
            Ok(Subject::Task(task)) => {
                self.accept_at_once(wish, task.sid, work);
                wish.created(&task, &self.workspace)
            }
            Ok(other) => wish.refused(format!("the router made {other:?} of it"), &self.workspace),
            Err(refusal) => wish.refused(refusal.to_string(), &self.workspace),
        };
        work.owe(told);
    }

    /// The agent who comes back to a paused conversation has said so already.
    fn accept_at_once(&mut self, wish: &TaskWish, task: TaskSid, work: &mut Work) {
        let TaskWish::Invite(order) = wish else { return };
        let Some(worker) = order.accepted_for() else { return };
        let mut offers = self.workspace.reservations_of_task(task);
        let Some(sid) = offers.find(|offer| offer.worker_sid == worker).map(|offer| offer.sid) else {
            return;
        };
        drop(offers);
        let command = UpdateReservation { sid, if_match: None, answer: ReservationAnswer::Accept };
        if let Err(refusal) = self.execute(Command::UpdateReservation(command), work) {
            tracing::warn!(%task, %refusal, "the agent who comes back has to accept by hand");
        }
    }

    /// Commits and answers; a failed commit takes the workspace back to what is on disk.
    async fn finish(&mut self, mut work: Work, decided: Vec<Decided>) {
        let changes = self.workspace.take_changes();
        write_changes(&mut work, self.sid, &changes);
        let verdict = self.house.commit(work).await.map_err(|error| self.failure_of(error, decided.len()));
        match &verdict {
            Ok(()) => {
                self.batch_max = (self.batch_max * 2).min(BATCH_MAX);
                self.is_deleted = changes.iter().any(is_deletion_of_workspace);
                self.tell_time_zone();
            }
            Err(error) => {
                tracing::error!(workspace = %self.sid, %error, "a commit failed: the workspace is read again");
                self.batch_max = 1;
                self.reload().await;
            }
        }
        for item in decided {
            item.answer(&verdict, &self.workspace);
        }
    }

    /// Flows tell time as the oldest workspace does.
    fn tell_time_zone(&self) {
        if self.house.workspaces.sids().first() == Some(&self.sid) {
            self.house.library.set_time_zone(&self.workspace.settings().time_zone);
        }
    }

    /// A guard that did not hold says nothing about the other requests of the same commit: they are to try again.
    fn failure_of(&self, error: Error, requests: usize) -> Error {
        let is_of_one = matches!(error, Error::Conflict(_) | Error::Duplicate(_));
        if is_of_one && requests > 1 { Error::Unavailable(error.to_string()) } else { error }
    }

    /// Reads the workspace again from what is committed, as often as it takes.
    async fn reload(&mut self) {
        loop {
            match self.read().await {
                Ok(workspace) => {
                    self.workspace = workspace;
                    return;
                }
                Err(error) => tracing::error!(workspace = %self.sid, %error, "the workspace can not be read"),
            }
            tokio::time::sleep(dispatch::RETRY_AFTER).await;
        }
    }

    async fn read(&self) -> anyhow::Result<Workspace> {
        Ok(Workspace::load(routing::load(&self.house.store, self.sid).await?)?)
    }
}

impl Decided {
    /// Answers whoever asked; they may have gone meanwhile.
    fn answer(self, verdict: &Result<(), Error>, workspace: &Workspace) {
        match self {
            Self::Command(answer, outcome) => {
                let _ = answer.send(verdict.clone().map_err(Failure::from).and(outcome));
            }
            Self::Errand(answer) => {
                let _ = answer.send(verdict.clone());
            }
            Self::Look(look) => look(workspace),
        }
    }
}

fn write_changes(work: &mut Work, workspace: WorkspaceSid, changes: &[Change]) {
    work.write_all(changes.iter().flat_map(|change| routing::write(workspace, change)));
}

fn is_deletion_of_workspace(change: &Change) -> bool {
    matches!(change, Change::Delete(RecordKey::Workspace(_)))
}

/// Sleeps until a deadline; for ever where there is none.
async fn sleep_until(deadline: Option<Timestamp>) {
    match deadline {
        Some(at) => tokio::time::sleep(at.since(clock::now())).await,
        None => std::future::pending().await,
    }
}
