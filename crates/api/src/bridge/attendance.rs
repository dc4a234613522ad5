//! Attendance: workers who go offline when their last browser leaves, over a restart of the server too.

use std::sync::Arc;
use std::time::Duration;

use domain::{WorkerSid, WorkspaceSid};
use router::{Activity, Command, UpdateWorker, Workspace};
use store::{Attendance, Unit, resources};
use tokio::time::sleep;

use super::presence::Presence;
use crate::app::{App, Shared};
use crate::error::ApiError;

/// How long a worker may be without a socket before that counts: the SDK's first attempt to come back takes a second.
const GRACE: Duration = Duration::from_secs(5);

/// How long browsers have to come back after a restart: the SDK waits longer after each attempt that failed.
const GRACE_AFTER_START: Duration = Duration::from_secs(15);

/// The name of the activity of workers who are not there.
const OFFLINE: &str = "Offline";

/// Notes that a worker goes offline when the desk is left.
pub(super) async fn note(app: &App, workspace: WorkspaceSid, worker: WorkerSid) {
    let attendance = Attendance { workspace, worker, date_created: app.now() };
    if let Err(error) = app.store.commit(Unit::new().with(resources::put(&attendance))).await {
        tracing::warn!(%worker, %error, "a restart will forget that a worker goes offline");
    }
}

/// Sets a worker offline who left and does not come back.
pub(super) async fn leave(app: &App, presence: &Presence, workspace: WorkspaceSid, worker: WorkerSid) {
    sleep(GRACE).await;
    settle(app, presence, workspace, worker).await;
}

/// Sets those workers offline who were at a desk when the process last stopped, and did not come back.
pub(super) async fn take_stock(app: Shared, presence: Arc<Presence>) {
    let mut expected = Vec::new();
    for workspace in app.platform.workspaces() {
        match resources::all::<Attendance>(&app.store, &workspace.to_string()).await {
            Ok(found) => expected.extend(found),
            Err(error) => tracing::warn!(%workspace, %error, "who was at a desk can not be read"),
        }
    }
    if expected.is_empty() {
        return;
    }
    sleep(GRACE_AFTER_START).await;
    for Attendance { workspace, worker, .. } in expected {
        settle(&app, &presence, workspace, worker).await;
    }
}

async fn settle(app: &App, presence: &Presence, workspace: WorkspaceSid, worker: WorkerSid) {
    if presence.has(worker) {
        return;
    }
    if let Err(error) = set_offline(app, workspace, worker).await {
        tracing::warn!(%worker, ?error, "a worker who left could not be set offline");
    }
    let forget = Unit::new().with(resources::delete(&Attendance::key(worker)));
    if let Err(error) = app.store.commit(forget).await {
        tracing::warn!(%worker, %error, "who left is looked for at the next start again");
    }
}

async fn set_offline(app: &App, workspace: WorkspaceSid, sid: WorkerSid) -> Result<(), ApiError> {
    let activity = app.look(workspace, |view| offline_activity(view.workspace).map(|it| it.sid)).await?;
    let command = UpdateWorker { activity_sid: activity, ..UpdateWorker::of(sid) };
    app.platform.route(workspace, None, Command::UpdateWorker(command)).await?;
    Ok(())
}

/// Returns the activity of workers who are not there: the one of that name, or the one after an unanswered offer.
fn offline_activity(workspace: &Workspace) -> Option<&Activity> {
    let mut activities = workspace.activities().filter(|it| !it.available);
    activities
        .find(|it| it.friendly_name.eq_ignore_ascii_case(OFFLINE))
        .or_else(|| workspace.activity(workspace.settings().timeout_activity_sid))
        .filter(|it| !it.available)
}
