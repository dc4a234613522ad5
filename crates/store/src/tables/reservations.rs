//! Reservations, by task and by worker.

use domain::{TaskSid, WorkerSid, WorkspaceSid};
use router::Reservation;

use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Page, Query, Row, Statement, Store};

/// Which reservations a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those of this task.
    pub task: Option<TaskSid>,
    /// Only those of this worker.
    pub worker: Option<WorkerSid>,
    /// Only those in one of these states; empty for all.
    pub statuses: Vec<String>,
}

/// The reservations of a worker, by an index on the bucket and the worker: the entries of one commit share a few pages,
/// where an index on the worker alone would write a page for each.
const BY_WORKER: &str = "number / 4096 IN (
   WITH RECURSIVE bucket (of) AS (
     SELECT 0 UNION ALL SELECT of + 1 FROM bucket WHERE of < (SELECT MAX(number) / 4096 FROM reservations))
   SELECT of FROM bucket) AND worker =";

/// Writes a reservation whether it is there or not.
pub(super) fn put(workspace: WorkspaceSid, reservation: &Reservation) -> Statement {
    Statement::new(
        "INSERT INTO reservations (sid, workspace, task, worker, status, is_live, date_created, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (sid) DO UPDATE SET
           status = excluded.status, is_live = excluded.is_live, body = excluded.body",
        vec![
            reservation.sid.to_string().into(),
            workspace.to_string().into(),
            reservation.task_sid.to_string().into(),
            reservation.worker_sid.to_string().into(),
            reservation.status.as_str().into(),
            i64::from(!reservation.is_history).into(),
            reservation.date_created.into(),
            json(reservation),
        ],
    )
}

/// Returns the bodies of the reservations whose task has not ended.
pub(super) async fn live(store: &Store, workspace: WorkspaceSid) -> Result<Vec<Row>, Error> {
    let query = Query::new(
        "SELECT body FROM reservations WHERE workspace = $1 AND is_live = 1 ORDER BY date_created, sid",
        vec![workspace.to_string().into()],
    );
    store.query(query).await
}

/// Returns the reservation with this SID, ended or not.
pub async fn fetch(
    store: &Store,
    workspace: WorkspaceSid,
    reservation: &str,
) -> Result<Option<Reservation>, Error> {
    let query = Query::quick(
        "SELECT body FROM reservations WHERE sid = $1 AND workspace = $2",
        vec![reservation.into(), workspace.to_string().into()],
    );
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns a page of a task's or a worker's reservations.
pub async fn list(
    store: &Store,
    workspace: WorkspaceSid,
    filter: &Filter,
    page: &Page,
) -> Result<Listing<Reservation>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM reservations");
    selection.filter("workspace =", workspace.to_string());
    selection.equal("task", filter.task.map(|sid| sid.to_string()));
    if let Some(worker) = filter.worker {
        selection.filter(BY_WORKER, worker.to_string());
    }
    selection.one_of("status", &filter.statuses);
    selection.page(store, page, |row| row.json(2)).await
}
