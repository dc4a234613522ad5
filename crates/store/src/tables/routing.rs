//! Workspaces of the router: the rows that its changes write, and the live rows that it is loaded from.

use domain::{ReservationSid, TaskSid, Timestamp, WorkflowSid, WorkspaceSid};
use router::{Change, Record, RecordKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::resources::{bodies, put_row};
use super::{idle_times, reservations, resources, tasks};
use crate::value::json;
use crate::{Error, Query, Row, Statement, Store, Value};

const WORKSPACE: &str = "workspace";
const ACTIVITY: &str = "activity";
const TASK_CHANNEL: &str = "task_channel";
const WORKER: &str = "worker";
const TASK_QUEUE: &str = "task_queue";
const WORKFLOW: &str = "workflow";

/// Writes one change of a workspace.
pub fn write(workspace: WorkspaceSid, change: &Change) -> Vec<Statement> {
    match change {
        Change::Put(record) => vec![put(workspace, record)],
        Change::Delete(key) => delete(*key),
    }
}

/// Returns the SIDs of all workspaces, oldest first.
pub async fn workspaces(store: &Store) -> Result<Vec<WorkspaceSid>, Error> {
    let query = Query::new(
        "SELECT sid FROM resources WHERE kind = $1 ORDER BY date_created, sid",
        vec![WORKSPACE.into()],
    );
    let read = |row: &Row| row.text(0)?.parse().map_err(|error| Error::Corrupt(format!("{error}")));
    store.query(query).await?.iter().map(read).collect()
}

/// Returns the workspace that has this workflow.
pub async fn workspace_of(store: &Store, workflow: WorkflowSid) -> Result<Option<WorkspaceSid>, Error> {
    let query = Query::quick(
        "SELECT parent FROM resources WHERE sid = $1 AND kind = $2",
        vec![workflow.to_string().into(), WORKFLOW.into()],
    );
    Ok(store.query(query).await?.first().and_then(|row| row.text(0).ok()?.parse().ok()))
}

/// Returns the workspace that has or had this task.
pub async fn workspace_of_task(store: &Store, task: TaskSid) -> Result<Option<WorkspaceSid>, Error> {
    workspace_in(store, "SELECT workspace FROM tasks WHERE sid = $1", task.to_string()).await
}

/// Returns the workspace that has or had this reservation.
pub async fn workspace_of_reservation(
    store: &Store,
    reservation: ReservationSid,
) -> Result<Option<WorkspaceSid>, Error> {
    workspace_in(store, "SELECT workspace FROM reservations WHERE sid = $1", reservation.to_string()).await
}

async fn workspace_in(store: &Store, sql: &'static str, sid: String) -> Result<Option<WorkspaceSid>, Error> {
    let rows = store.query(Query::quick(sql, vec![sid.into()])).await?;
    Ok(rows.first().and_then(|row| row.text(0).ok()?.parse().ok()))
}

/// Reads the live rows of a workspace: all but tasks that have ended and their reservations.
pub async fn load(store: &Store, workspace: WorkspaceSid) -> Result<Vec<Record>, Error> {
    let sid = workspace.to_string();
    let mut records = Vec::new();
    let own = Query::new("SELECT body FROM resources WHERE sid = $1", vec![sid.as_str().into()]);
    read(&mut records, &store.query(own).await?, Record::Workspace)?;
    read(&mut records, &bodies(store, ACTIVITY, &sid).await?, Record::Activity)?;
    read(&mut records, &bodies(store, TASK_CHANNEL, &sid).await?, Record::TaskChannel)?;
    read(&mut records, &bodies(store, WORKER, &sid).await?, Record::Worker)?;
    read(&mut records, &idle_times::of(store, workspace).await?, Record::IdleTime)?;
    read(&mut records, &bodies(store, TASK_QUEUE, &sid).await?, Record::TaskQueue)?;
    read(&mut records, &bodies(store, WORKFLOW, &sid).await?, Record::Workflow)?;
    read(&mut records, &tasks::live(store, workspace).await?, Record::Task)?;
    read(&mut records, &reservations::live(store, workspace).await?, Record::Reservation)?;
    Ok(records)
}

fn read<T: DeserializeOwned>(
    records: &mut Vec<Record>,
    rows: &[Row],
    record: impl Fn(Box<T>) -> Record,
) -> Result<(), Error> {
    for row in rows {
        records.push(record(row.json(0)?));
    }
    Ok(())
}

fn put(workspace: WorkspaceSid, record: &Record) -> Statement {
    match record {
        Record::Workspace(it) => {
            let keys = [it.sid.to_string().into(), it.account_sid.to_string().into(), Value::Null];
            put_row(WORKSPACE, keys, json(it), [it.date_created, it.date_updated])
        }
        Record::Activity(it) => below(workspace, ACTIVITY, it.sid, it, [it.date_created, it.date_updated]),
        Record::TaskChannel(it) => {
            below(workspace, TASK_CHANNEL, it.sid, it, [it.date_created, it.date_updated])
        }
        Record::Worker(it) => below(workspace, WORKER, it.sid, it, [it.date_created, it.date_updated]),
        Record::IdleTime(it) => idle_times::put(workspace, it),
        Record::TaskQueue(it) => below(workspace, TASK_QUEUE, it.sid, it, [it.date_created, it.date_updated]),
        Record::Workflow(it) => below(workspace, WORKFLOW, it.sid, it, [it.date_created, it.date_updated]),
        Record::Task(it) => tasks::put(workspace, it),
        Record::Reservation(it) => reservations::put(workspace, it),
    }
}

/// Writes a resource of a workspace; that names are unique is the engine's own rule.
fn below<T: Serialize>(
    workspace: WorkspaceSid,
    kind: &'static str,
    sid: impl ToString,
    body: &T,
    dates: [Timestamp; 2],
) -> Statement {
    put_row(kind, [sid.to_string().into(), workspace.to_string().into(), Value::Null], json(body), dates)
}

fn delete(key: RecordKey) -> Vec<Statement> {
    match key {
        RecordKey::Workspace(sid) => delete_workspace(&sid.to_string()),
        RecordKey::Activity(sid) => vec![resources::delete(&sid.to_string())],
        RecordKey::TaskChannel(sid) => vec![resources::delete(&sid.to_string())],
        RecordKey::Worker(sid) => vec![resources::delete(&sid.to_string()), idle_times::delete(sid)],
        RecordKey::IdleTime(sid) => vec![idle_times::delete(sid)],
        RecordKey::TaskQueue(sid) => vec![resources::delete(&sid.to_string())],
        RecordKey::Workflow(sid) => vec![resources::delete(&sid.to_string())],
        RecordKey::Task(sid) => tasks::delete(sid),
        RecordKey::Reservation(sid) => {
            vec![Statement::new("DELETE FROM reservations WHERE sid = $1", vec![sid.to_string().into()])]
        }
    }
}

fn delete_workspace(sid: &str) -> Vec<Statement> {
    let all_of = |sql| Statement::new(sql, vec![sid.into()]);
    vec![
        resources::delete(sid),
        resources::delete_below(sid),
        all_of("DELETE FROM idle_times WHERE workspace = $1"),
        all_of("DELETE FROM tasks WHERE workspace = $1"),
        all_of("DELETE FROM reservations WHERE workspace = $1"),
        all_of("DELETE FROM event_groups WHERE workspace = $1"),
    ]
}
