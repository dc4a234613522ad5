//! Idle times of workers: a short row each, written with every offer.

use domain::{WorkerSid, WorkspaceSid};
use router::IdleTime;

use crate::value::json;
use crate::{Error, Query, Row, Statement, Store};

/// Writes an idle time whether it is there or not.
pub(super) fn put(workspace: WorkspaceSid, idle: &IdleTime) -> Statement {
    Statement::new(
        "INSERT INTO idle_times (worker, workspace, body) VALUES ($1, $2, $3)
         ON CONFLICT (worker) DO UPDATE SET body = excluded.body",
        vec![idle.worker_sid.to_string().into(), workspace.to_string().into(), json(idle)],
    )
}

/// Removes the idle time of a worker.
pub(super) fn delete(worker: WorkerSid) -> Statement {
    Statement::new("DELETE FROM idle_times WHERE worker = $1", vec![worker.to_string().into()])
}

/// Returns the bodies of a workspace's idle times.
pub(super) async fn of(store: &Store, workspace: WorkspaceSid) -> Result<Vec<Row>, Error> {
    let sql = "SELECT body FROM idle_times WHERE workspace = $1 ORDER BY worker";
    store.query(Query::new(sql, vec![workspace.to_string().into()])).await
}
