//! What an access token opens to the worker SDK: a workspace, and a worker in it.

use domain::{Timestamp, WorkerSid, WorkspaceSid};
use serde::Serialize;

use crate::app::App;
use crate::auth::access_token::{self, Claims, TaskRouterGrant, invalid};
use crate::error::ApiError;

/// What the bearer of a token may do in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BearerRole {
    /// Sees the workspace; changes the own worker, its reservations and their tasks.
    Worker,
    /// Changes other workers too.
    Supervisor,
    /// As a supervisor.
    Admin,
}

/// Who shows a token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bearer {
    /// The name under which the browser is known.
    pub(crate) identity: String,
    /// The workspace that the token opens.
    pub(crate) workspace: WorkspaceSid,
    /// The bearer's own worker; who only looks on has none.
    pub(crate) worker: Option<WorkerSid>,
    /// What the bearer may do.
    pub(crate) role: BearerRole,
    /// When the token ends.
    pub(crate) expires_at: Timestamp,
}

impl Bearer {
    /// Returns the grant that gives a bearer what this one has.
    pub(crate) fn grant(&self) -> TaskRouterGrant {
        let role = match self.role {
            BearerRole::Worker => "worker",
            BearerRole::Supervisor => "supervisor",
            BearerRole::Admin => "admin",
        };
        TaskRouterGrant {
            workspace_sid: Some(self.workspace.to_string()),
            worker_sid: self.worker.map(|sid| sid.to_string()),
            role: Some(role.to_owned()),
        }
    }
}

/// Checks a token and says who shows it.
pub(crate) async fn check(app: &App, token: &str) -> Result<Bearer, ApiError> {
    bearer(access_token::check(app, token).await?)
}

fn bearer(claims: Claims) -> Result<Bearer, ApiError> {
    let expires_at = claims.expires_at();
    let grant = claims.grants.task_router.ok_or_else(|| invalid("it has no task_router grant"))?;
    let workspace = grant.workspace_sid.as_deref().and_then(|sid| sid.parse().ok());
    let worker = grant.worker_sid.as_deref().filter(|sid| !sid.is_empty());
    let worker =
        worker.map(|sid| sid.parse().map_err(|_| invalid("its worker_sid is not the SID of a worker")));
    Ok(Bearer {
        identity: claims.grants.identity,
        workspace: workspace.ok_or_else(|| invalid("its task_router grant names no workspace_sid"))?,
        worker: worker.transpose()?,
        role: role(grant.role.as_deref().unwrap_or_default()),
        expires_at,
    })
}

/// Flex has roles of its own beside the published ones: what is not known may do the least.
fn role(name: &str) -> BearerRole {
    match name {
        "admin" => BearerRole::Admin,
        "supervisor" => BearerRole::Supervisor,
        _ => BearerRole::Worker,
    }
}
