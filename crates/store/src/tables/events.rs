//! The event log of workspaces: written with what happened, never changed.

use domain::{Timestamp, WorkspaceSid};
use router::Notice;

use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Page, Query, Statement, Store, Value};

/// Which events a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those at this time or later.
    pub from: Option<Timestamp>,
    /// Only those before or at this time.
    pub to: Option<Timestamp>,
    /// Only those of this type, as published.
    pub kind: Option<String>,
    /// Only those about this task.
    pub task: Option<String>,
    /// Only those about this worker.
    pub worker: Option<String>,
    /// Only those about this reservation.
    pub reservation: Option<String>,
    /// Only those in this queue.
    pub queue: Option<String>,
    /// Only those in this workflow.
    pub workflow: Option<String>,
    /// Only those about tasks of this task channel, or about the channel itself.
    pub task_channel: Option<String>,
    /// Only the one with this SID.
    pub sid: Option<String>,
}

/// Logs what happened.
pub fn insert(notice: &Notice) -> Statement {
    let subjects = &notice.subjects;
    let task = subjects.task.as_ref().map(|snapshot| &snapshot.task);
    let queue = task.and_then(|task| task.task_queue_sid).map(|sid| sid.to_string());
    let own_queue = subjects.task_queue.as_ref().map(|queue| queue.sid.to_string());
    let workflow = task.and_then(|task| task.workflow_sid).map(|sid| sid.to_string());
    let own_workflow = subjects.workflow.as_ref().map(|workflow| workflow.sid.to_string());
    let channel = task.map(|task| task.task_channel_sid.to_string());
    let own_channel = subjects.task_channel.as_ref().map(|channel| channel.sid.to_string());
    Statement::new(
        "INSERT INTO events
           (sid, workspace, kind, task, worker, reservation, queue, workflow, date_created, body, task_channel)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        vec![
            notice.sid.to_string().into(),
            notice.workspace_sid.to_string().into(),
            notice.kind.as_str().into(),
            text(task.map(|task| task.sid)),
            text(subjects.worker.as_ref().map(|snapshot| snapshot.worker.sid)),
            text(subjects.reservation.as_ref().map(|reservation| reservation.sid)),
            queue.or(own_queue).into(),
            workflow.or(own_workflow).into(),
            notice.at.into(),
            json(notice),
            channel.or(own_channel).into(),
        ],
    )
}

/// Returns the event with this SID.
pub async fn fetch(store: &Store, workspace: WorkspaceSid, event: &str) -> Result<Option<Notice>, Error> {
    let query = Query::quick(
        "SELECT body FROM events WHERE sid = $1 AND workspace = $2",
        vec![event.into(), workspace.to_string().into()],
    );
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns a page of a workspace's events.
pub async fn list(
    store: &Store,
    workspace: WorkspaceSid,
    filter: &Filter,
    page: &Page,
) -> Result<Listing<Notice>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM events");
    selection.filter("workspace =", workspace.to_string());
    if let Some(from) = filter.from {
        selection.filter("date_created >=", from);
    }
    if let Some(to) = filter.to {
        selection.filter("date_created <=", to);
    }
    for (column, value) in columns(filter) {
        selection.equal(column, value.as_deref());
    }
    selection.page(store, page, |row| row.json(2)).await
}

/// The filters that compare a column with a text.
fn columns(filter: &Filter) -> [(&'static str, &Option<String>); 8] {
    [
        ("kind", &filter.kind),
        ("task", &filter.task),
        ("worker", &filter.worker),
        ("reservation", &filter.reservation),
        ("queue", &filter.queue),
        ("workflow", &filter.workflow),
        ("task_channel", &filter.task_channel),
        ("sid", &filter.sid),
    ]
}

fn text(sid: Option<impl ToString>) -> Value {
    sid.map(|sid| sid.to_string()).into()
}
