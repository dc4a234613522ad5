//! Workspaces: each has one loop that owns its engine, decides, commits and only then answers.

mod service;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use api::{Failure, Look};
use domain::{WorkflowSid, WorkspaceSid};
use parking_lot::RwLock;
use router::{Change, Command, CreateWorkspace, Requester, Subject, Workspace};
use store::{Error, routing};
use tokio::sync::{mpsc, oneshot};

use self::service::Service;
use crate::errand::{Owed, TaskOrder, TaskWish};
use crate::house::House;
use crate::work::Work;
use crate::{clock, dispatch, statistics};

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
    Execute(Option<Requester>, Box<Command>, oneshot::Sender<Result<Subject, Failure>>),
    /// Create the task of an errand and owe who asked the outcome, in the same commit.
    CreateTask(Box<(Owed, TaskWish)>, oneshot::Sender<Result<(), Error>>),
    /// Look at what is committed.
    Look(Look),
}

/// Loads every workspace and starts its loop.
pub(crate) async fn load(house: &Arc<House>) -> anyhow::Result<()> {
    let started_at = clock::now();
    for sid in routing::workspaces(&house.store).await? {
        let workspace = read(house, sid).await?;
        house.statistics.announce(sid);
        house.workspaces.start(house, workspace);
    }
    tokio::spawn(statistics::open_books(Arc::clone(house), started_at));
    Ok(())
}

/// Reads a workspace from what is committed.
async fn read(house: &House, sid: WorkspaceSid) -> anyhow::Result<Workspace> {
    Ok(Workspace::load(routing::load(&house.store, sid).await?)?)
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
        tokio::spawn(Service::new(house, workspace, inbox).run());
    }
}

impl Handle {
    /// Carries out a command; returns once it is on disk.
    pub(crate) async fn execute(&self, command: Command) -> Result<Subject, Failure> {
        self.execute_for(None, command).await
    }

    /// Carries out somebody's command; returns once it is on disk.
    pub(crate) async fn execute_for(
        &self,
        requester: Option<Requester>,
        command: Command,
    ) -> Result<Subject, Failure> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Execute(requester, Box::new(command), answer)).await?;
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

fn write_changes(work: &mut Work, workspace: WorkspaceSid, changes: &[Change]) {
    work.write_all(changes.iter().flat_map(|change| routing::write(workspace, change)));
}
