//! The requests that the worker SDK makes: a file for each noun, a line for each request in the one list below.

mod activities;
mod paging;
mod participants;
mod reservations;
mod task_queues;
mod tasks;
mod transfers;
mod worker_channels;
mod workers;

use domain::{TaskSid, WorkerSid};
use router::{Actor, Command, Requester, Subject};
use serde_json::Value;

use super::shapes::Shapes;
use super::token::{Bearer, BearerRole};
use crate::app::{App, View};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::parameters::Parameters;

/// A request with who makes it.
pub(super) struct Call<'a> {
    /// The installation.
    pub(super) app: &'a App,
    /// Who asks.
    pub(super) bearer: Bearer,
    /// The version that the caller has read.
    pub(super) if_match: Option<u64>,
    /// What is asked for.
    pub(super) parameters: Parameters,
}

/// The methods that the SDK uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Reads.
    Get,
    /// Creates or changes.
    Post,
}

/// What a request is answered with.
type Payload = Result<Value, ApiError>;

/// Carries out the request for a path below the workspace.
pub(super) async fn carry_out(call: &Call<'_>, method: Method, path: &[&str]) -> Payload {
    use Method::{Get, Post};
    match (method, path) {
        (Get, ["Activities"]) => activities::list(call).await,
        (Get, ["TaskQueues"]) => task_queues::list(call).await,
        (Post, ["Tasks"]) => tasks::create(call).await,
        (Get, ["Tasks", task]) => tasks::fetch(call, sid(task)?).await,
        (Post, ["Tasks", task]) => tasks::update(call, sid(task)?).await,
        (Post, ["Tasks", task, "Reservations", reservation]) => {
            reservations::update_of_task(call, sid(task)?, sid(reservation)?).await
        }
        (Get, ["Workers"]) => workers::list(call).await,
        (Get, ["Workers", worker]) => workers::fetch(call, sid(worker)?).await,
        (Post, ["Workers", worker]) => workers::update(call, sid(worker)?).await,
        (Get, ["Workers", worker, "WorkerChannels"]) => worker_channels::list(call, sid(worker)?).await,
        (Get, ["Workers", worker, "Reservations"]) => reservations::list(call, sid(worker)?).await,
        (Post, ["Workers", worker, "Reservations", reservation]) => {
            reservations::update_of_worker(call, sid(worker)?, sid(reservation)?).await
        }
        (Post, ["Workers", worker, "Transfers"]) => transfers::start(call, sid(worker)?).await,
        (Post, ["Workers", worker, "Transfers", transfer]) => {
            transfers::update(call, sid(worker)?, transfer).await
        }
        (Post, ["Workers", worker, "CustomerParticipant"]) => {
            participants::update_customer(call, sid(worker)?).await
        }
        (Post, ["Workers", worker, "WorkerParticipant"]) => {
            participants::update_worker(call, sid(worker)?).await
        }
        (Post, ["Workers", worker, "HoldWorkerParticipant"]) => {
            participants::hold_worker(call, sid(worker)?).await
        }
        (Post, ["Workers", worker, "KickWorkerParticipant"]) => {
            participants::kick_worker(call, sid(worker)?).await
        }
        _ => Err(ApiError::not_found()),
    }
}

impl Call<'_> {
    /// Looks at the workspace and returns what the look found.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&View<'_>, &Shapes) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let look = move |view: &View<'_>| look(view, &Shapes::of_workspace(view.workspace, view.now));
        self.app.look(self.bearer.workspace, look).await
    }

    /// Has the workspace carry out a command.
    async fn route(&self, command: Command) -> Result<Subject, ApiError> {
        let requester =
            self.bearer.worker.map(|worker| Requester { actor: Actor::Worker(worker), address: None });
        Ok(self.app.platform.route(self.bearer.workspace, requester, command).await?)
    }

    /// Refuses a worker who wants to change another one.
    fn must_be(&self, worker: WorkerSid) -> Result<(), ApiError> {
        match self.bearer.worker == Some(worker) {
            true => Ok(()),
            false => self.must_supervise(&format!("Another worker, {worker},")),
        }
    }

    /// Refuses a worker who wants to change a task that was never offered to the worker.
    async fn must_have(&self, task: TaskSid) -> Result<(), ApiError> {
        let own = self.bearer.worker;
        let is_offered = self.look(move |view, _| {
            let mut reservations = view.workspace.reservations_of_task(task);
            view.workspace.task(task).is_none() || reservations.any(|it| Some(it.worker_sid) == own)
        });
        match is_offered.await? {
            true => Ok(()),
            false => self.must_supervise(&format!("Task {task} of other workers")),
        }
    }

    /// Refuses whoever is no supervisor.
    fn must_supervise(&self, what: &str) -> Result<(), ApiError> {
        match self.bearer.role {
            BearerRole::Supervisor | BearerRole::Admin => Ok(()),
            BearerRole::Worker => {
                let reason = format!("{what} can be changed with the role supervisor or admin only");
                Err(ApiError::new(catalog::FORBIDDEN, reason))
            }
        }
    }
}

/// Reads a SID of the path; what can not be one leads to nothing.
fn sid<T: std::str::FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}
