//! The loop of one workspace. While the database writes one batch of requests, the next one is decided.
//!
//! Nobody is answered before the commit of the own batch; a commit that fails takes back what was decided on top of it.

use std::sync::Arc;

use api::{Failure, Look};
use domain::{TaskSid, Timestamp, WorkspaceSid};
use router::{
    Action, Change, Command, Event, Outcome, RecordKey, Refusal, Requester, ReservationAnswer, Subject,
    UpdateReservation, Workspace,
};
use store::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{Request, read, write_changes};
use crate::errand::{Owed, TaskWish};
use crate::house::House;
use crate::work::{Packed, Work};
use crate::{clock, dispatch};

/// How many requests one commit takes at most: it bounds how long the first of them waits.
pub(super) const BATCH_MAX: usize = 256;

/// The loop of one workspace.
pub(super) struct Service {
    sid: WorkspaceSid,
    workspace: Workspace,
    inbox: mpsc::Receiver<Request>,
    house: Arc<House>,
    /// What was decided last.
    next: Batch,
    /// A full batch that waits for the database; its rows are made meanwhile.
    full: Option<Full>,
    /// What the database writes.
    under_way: Option<UnderWay>,
    /// How many requests the next commit takes: one after a failure, so that a bad one fails alone.
    batch_max: usize,
    is_deleted: bool,
}

/// What one commit writes, and who waits for it.
#[derive(Default)]
struct Batch {
    work: Work,
    decided: Vec<Decided>,
}

/// A batch to which nothing is added any more.
struct Full {
    /// Makes the rows.
    rows: JoinHandle<Packed>,
    closed: Closed,
}

/// A batch that is being written.
struct UnderWay {
    commit: JoinHandle<Result<(), Error>>,
    closed: Closed,
}

/// Who waits for a batch, and what it leaves.
struct Closed {
    decided: Vec<Decided>,
    deletes_workspace: bool,
    /// The workspace's time zone as this commit leaves it.
    time_zone: String,
}

/// A request that was decided and waits for its commit.
enum Decided {
    Command(oneshot::Sender<Result<Subject, Failure>>, Result<Subject, Failure>),
    Errand(oneshot::Sender<Result<(), Error>>),
    Look(Look),
}

impl Service {
    pub(super) fn new(house: Arc<House>, workspace: Workspace, inbox: mpsc::Receiver<Request>) -> Self {
        Self {
            sid: workspace.settings().sid,
            workspace,
            inbox,
            house,
            next: Batch::default(),
            full: None,
            under_way: None,
            batch_max: BATCH_MAX,
            is_deleted: false,
        }
    }

    /// Serves until the workspace is deleted or the process stops.
    pub(super) async fn run(mut self) {
        self.tell_time_zone(&self.workspace.settings().time_zone);
        while !self.is_deleted {
            let mut requests = Vec::new();
            let room = self.room();
            // 1. Wait for requests, for the engine's own next deadline, or for the commit that is under way.
            tokio::select! {
                verdict = verdict_of(&mut self.under_way) => self.finish(verdict).await,
                count = self.inbox.recv_many(&mut requests, room), if room > 0 => if count == 0 { return },
                () = sleep_until(self.workspace.next_timeout()), if room > 0 => {}
            }
            // 2. Decide what time has brought about, and every request.
            if self.room() > 0 {
                self.let_time_pass();
            }
            for request in requests {
                let decided = self.decide(request);
                self.next.decided.push(decided);
            }
            // 3. Commit; whoever asked is answered when that is done. A batch that is full is made ready meanwhile.
            if self.under_way.is_none() {
                self.commit();
            } else if self.full.is_none() && self.next.decided.len() >= self.batch_max {
                self.full = self.close();
            }
        }
        // Whoever waits for something decided after the deletion learns that the workspace is gone.
        self.house.workspaces.handles.write().remove(&self.sid);
    }

    /// Returns how many requests may be decided: none while somebody is to look at what a commit leaves.
    fn room(&self) -> usize {
        let under_way = self.under_way.as_ref().map(|batch| &batch.closed);
        let full = self.full.as_ref().map(|batch| &batch.closed);
        let is_looked_at = under_way.into_iter().chain(full).any(Closed::is_looked_at);
        if is_looked_at { 0 } else { self.batch_max.saturating_sub(self.next.decided.len()) }
    }

    fn let_time_pass(&mut self) {
        if self.workspace.next_timeout().is_some_and(|at| at <= clock::now()) {
            let actions = self.workspace.handle(Event::TimeReached, &mut clock::tick());
            self.perform(actions);
        }
    }

    fn decide(&mut self, request: Request) -> Decided {
        match request {
            Request::Execute(requester, command, answer) => {
                Decided::Command(answer, self.execute_for(requester, *command).map_err(Failure::from))
            }
            Request::CreateTask(ordered, answer) => {
                self.create_task(&ordered.0, &ordered.1);
                Decided::Errand(answer)
            }
            Request::Look(look) => Decided::Look(look),
        }
    }

    fn execute(&mut self, command: Command) -> Result<Subject, Refusal> {
        self.execute_for(None, command)
    }

    fn execute_for(&mut self, requester: Option<Requester>, command: Command) -> Result<Subject, Refusal> {
        let Outcome { actions, subject } =
            self.workspace.execute_for(requester, command, &mut clock::tick())?;
        self.perform(actions);
        Ok(subject)
    }

    fn perform(&mut self, actions: Vec<Action>) {
        for action in actions {
            dispatch::router_action(&mut self.next.work, self.workspace.settings(), action);
        }
    }

    /// Creates the task that somebody asked for, and owes them the outcome.
    fn create_task(&mut self, owed: &Owed, wish: &TaskWish) {
        self.next.work.settle(owed);
        let outcome = self.execute(Command::CreateTask(wish.command()));
        let told = match outcome {
            Ok(Subject::Task(task)) => {
                self.accept_at_once(wish, task.sid);
                wish.created(&task, &self.workspace)
            }
            Ok(other) => wish.refused(format!("the router made {other:?} of it"), &self.workspace),
            Err(refusal) => wish.refused(refusal.to_string(), &self.workspace),
        };
        self.next.work.owe(told);
    }

    /// The agent who comes back to a paused conversation has said so already.
    fn accept_at_once(&mut self, wish: &TaskWish, task: TaskSid) {
        let TaskWish::Invite(order) = wish else { return };
        let Some(worker) = order.accepted_for() else { return };
        let mut offers = self.workspace.reservations_of_task(task);
        let Some(sid) = offers.find(|offer| offer.worker_sid == worker).map(|offer| offer.sid) else {
            return;
        };
        drop(offers);
        let command = UpdateReservation { sid, if_match: None, answer: ReservationAnswer::Accept };
        if let Err(refusal) = self.execute(Command::UpdateReservation(command)) {
            tracing::warn!(%task, %refusal, "the agent who comes back has to accept by hand");
        }
    }

    /// Hands the batch that is due to the database.
    fn commit(&mut self) {
        let Some(Full { rows, closed }) = self.full.take().or_else(|| self.close()) else { return };
        let house = Arc::clone(&self.house);
        let commit = tokio::spawn(async move {
            let packed = rows.await.map_err(|error| Error::Unavailable(error.to_string()))?;
            house.commit_packed(packed).await
        });
        self.under_way = Some(UnderWay { commit, closed });
    }

    /// Closes the batch of what was decided, and has its rows made; none where there is nothing to write.
    fn close(&mut self) -> Option<Full> {
        let changes = self.workspace.take_changes();
        if self.next.decided.is_empty() && self.next.work.is_empty() && changes.is_empty() {
            return None;
        }
        let Batch { mut work, decided } = std::mem::take(&mut self.next);
        let deletes_workspace = changes.iter().any(is_deletion_of_workspace);
        let time_zone = self.workspace.settings().time_zone.clone();
        let sid = self.sid;
        let rows = tokio::spawn(async move {
            write_changes(&mut work, sid, &changes);
            work.pack()
        });
        Some(Full { rows, closed: Closed { decided, deletes_workspace, time_zone } })
    }

    /// Answers whom a commit concerns; a failed one takes the workspace back to what is on disk.
    async fn finish(&mut self, verdict: Result<(), Error>) {
        let Some(UnderWay { closed, .. }) = self.under_way.take() else { return };
        let Closed { decided, deletes_workspace, time_zone } = closed;
        let verdict = verdict.map_err(|error| failure_of(error, decided.len()));
        match &verdict {
            Ok(()) => {
                self.batch_max = (self.batch_max * 2).min(BATCH_MAX);
                self.is_deleted = deletes_workspace;
                self.tell_time_zone(&time_zone);
            }
            Err(error) => self.take_back(error).await,
        }
        answer(decided, &verdict, &self.workspace);
    }

    /// Forgets what failed to be written, and what was decided on top of it.
    async fn take_back(&mut self, error: &Error) {
        tracing::error!(workspace = %self.sid, %error, "a commit failed: the workspace is read again");
        self.batch_max = 1;
        self.reload().await;
        let built_on_it = Err(Error::Unavailable(error.to_string()));
        let full = self.full.take().map(|batch| batch.closed.decided);
        answer(full.unwrap_or_default(), &built_on_it, &self.workspace);
        answer(std::mem::take(&mut self.next).decided, &built_on_it, &self.workspace);
    }

    /// Flows tell time as the oldest workspace does.
    fn tell_time_zone(&self, committed: &str) {
        if self.house.workspaces.sids().first() == Some(&self.sid) {
            self.house.library.set_time_zone(committed);
        }
    }

    /// Reads the workspace again from what is committed, as often as it takes.
    async fn reload(&mut self) {
        loop {
            match read(&self.house, self.sid).await {
                Ok(workspace) => {
                    self.workspace = workspace;
                    return;
                }
                Err(error) => tracing::error!(workspace = %self.sid, %error, "the workspace can not be read"),
            }
            tokio::time::sleep(dispatch::RETRY_AFTER).await;
        }
    }
}

impl Closed {
    /// Tells whether somebody is to look at the workspace as this commit leaves it.
    fn is_looked_at(&self) -> bool {
        self.decided.iter().any(|decided| matches!(decided, Decided::Look(_)))
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

/// Answers everybody who waits for a commit.
fn answer(decided: Vec<Decided>, verdict: &Result<(), Error>, workspace: &Workspace) {
    for item in decided {
        item.answer(verdict, workspace);
    }
}

/// A guard that did not hold says nothing about the other requests of the same commit: they are to try again.
fn failure_of(error: Error, requests: usize) -> Error {
    let is_of_one = matches!(error, Error::Conflict(_) | Error::Duplicate(_));
    if is_of_one && requests > 1 { Error::Unavailable(error.to_string()) } else { error }
}

fn is_deletion_of_workspace(change: &Change) -> bool {
    matches!(change, Change::Delete(RecordKey::Workspace(_)))
}

/// Returns how the commit that is under way went; waits for ever where there is none.
async fn verdict_of(under_way: &mut Option<UnderWay>) -> Result<(), Error> {
    match under_way {
        Some(UnderWay { commit, .. }) => {
            commit.await.unwrap_or_else(|error| Err(Error::Unavailable(error.to_string())))
        }
        None => std::future::pending().await,
    }
}

/// Sleeps until a deadline; for ever where there is none.
async fn sleep_until(deadline: Option<Timestamp>) {
    match deadline {
        Some(at) => tokio::time::sleep(at.since(clock::now())).await,
        None => std::future::pending().await,
    }
}
