//! Executions of flows: at most one that is active for each contact of a flow.

use domain::{ExecutionSid, FlowSid, Timestamp};
use flow::{Execution, Status, TriggerKind};

use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Page, Query, Statement, Store};

/// Which executions a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those of this flow.
    pub flow: Option<FlowSid>,
    /// Only those that go on, or only those that have ended.
    pub status: Option<Status>,
    /// Only those made at this time or later.
    pub created_from: Option<Timestamp>,
    /// Only those made before or at this time.
    pub created_to: Option<Timestamp>,
}

/// Returns the key that only one active execution may have.
///
/// Messages and REST requests share it by flow and both addresses; a call, and a subflow, is its own.
pub fn contact_key(execution: &Execution) -> String {
    match execution.trigger() {
        TriggerKind::IncomingMessage | TriggerKind::IncomingRequest => {
            key_of(execution.flow_sid(), execution.contact_address(), execution.flow_address())
        }
        TriggerKind::IncomingConversationMessage => {
            format!("{}/{}", execution.flow_sid(), execution.flow_address())
        }
        TriggerKind::IncomingCall | TriggerKind::IncomingParent => execution.sid().to_string(),
    }
}

fn key_of(flow: FlowSid, contact: &str, ours: &str) -> String {
    format!("{flow}/{contact}/{ours}")
}

/// Adds an execution; a second active one with its key is refused as `Duplicate`.
pub fn insert(execution: &Execution) -> Statement {
    Statement::new(
        "INSERT INTO executions (sid, flow, contact_key, status, version, date_created, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vec![
            execution.sid().to_string().into(),
            execution.flow_sid().to_string().into(),
            contact_key(execution).into(),
            execution.status().as_str().into(),
            version(execution.version()).into(),
            execution.date_created().into(),
            json(execution),
        ],
    )
}

/// Writes an execution over the version that was read.
pub fn update(execution: &Execution, read_version: u64) -> Statement {
    Statement::exactly_one(
        "UPDATE executions SET status = $1, version = $2, body = $3 WHERE sid = $4 AND version = $5",
        vec![
            execution.status().as_str().into(),
            version(execution.version()).into(),
            json(execution),
            execution.sid().to_string().into(),
            version(read_version).into(),
        ],
        "the execution was moved on by another process",
    )
}

/// Removes an execution.
pub fn delete(execution: ExecutionSid) -> Statement {
    Statement::new("DELETE FROM executions WHERE sid = $1", vec![execution.to_string().into()])
}

/// Returns the execution with this SID.
pub async fn fetch(store: &Store, execution: ExecutionSid) -> Result<Option<Execution>, Error> {
    let query =
        Query::quick("SELECT body FROM executions WHERE sid = $1", vec![execution.to_string().into()]);
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns the active execution of a flow between these two addresses.
pub async fn active(
    store: &Store,
    flow: FlowSid,
    contact: &str,
    ours: &str,
) -> Result<Option<Execution>, Error> {
    let query = Query::quick(
        "SELECT body FROM executions WHERE contact_key = $1 AND status = 'active'",
        vec![key_of(flow, contact, ours).into()],
    );
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns a page of executions.
pub async fn list(store: &Store, filter: &Filter, page: &Page) -> Result<Listing<Execution>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM executions");
    selection.equal("flow", filter.flow.map(|sid| sid.to_string()));
    selection.equal("status", filter.status.map(Status::as_str));
    if let Some(from) = filter.created_from {
        selection.filter("date_created >=", from);
    }
    if let Some(to) = filter.created_to {
        selection.filter("date_created <=", to);
    }
    selection.page(store, page, |row| row.json(2)).await
}

/// Versions count changes from 0 and stay far below the column's limit.
fn version(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
