//! Executions of flows: at most one that is active for each contact of a flow.

use domain::{ConversationSid, ExecutionSid, FlowSid, Timestamp};
use flow::{Execution, Status, TriggerKind};

use crate::page::Selection;
use crate::value::json;
use crate::{Cursor, Error, Listing, Page, Query, Statement, Store, Value};

/// How many executions one search looks at.
pub const LOOKS_MAX: usize = 10_000;

/// How many executions are read in one query of a search.
const LOOKS_AT_ONCE: usize = 500;

/// Which executions a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those of this flow.
    pub flow: Option<FlowSid>,
    /// Only those that go on, or only those that have ended.
    pub status: Option<Status>,
    /// Only those with this person, or at this address of ours.
    pub contact: Option<String>,
    /// Only those with this call.
    pub call: Option<String>,
    /// Only those that stand at the widget with this name.
    pub widget: Option<String>,
    /// Only those that count as stuck at this time.
    pub stuck_at: Option<Timestamp>,
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
        "INSERT INTO executions
           (sid, flow, contact_key, date_created, contact, ours, call, conversation, widget, stuck_at, status,
            version, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        [
            vec![
                execution.sid().to_string().into(),
                execution.flow_sid().to_string().into(),
                contact_key(execution).into(),
                execution.date_created().into(),
            ],
            changing_values(execution),
        ]
        .concat(),
    )
}

/// Writes an execution over the version that was read.
pub fn update(execution: &Execution, read_version: u64) -> Statement {
    let key = vec![execution.sid().to_string().into(), version(read_version).into()];
    Statement::exactly_one(
        "UPDATE executions SET contact = $1, ours = $2, call = $3, conversation = $4, widget = $5,
           stuck_at = $6, status = $7, version = $8, body = $9
         WHERE sid = $10 AND version = $11",
        [changing_values(execution), key].concat(),
        "the execution was moved on by another process",
    )
}

/// Returns the values of the columns from `contact` to `body`.
fn changing_values(execution: &Execution) -> Vec<Value> {
    vec![
        execution.contact_address().into(),
        execution.flow_address().into(),
        execution.call_sid().into(),
        execution.conversation_sid().into(),
        execution.visit().map(|visit| visit.widget.as_str()).into(),
        execution.stuck_at().into(),
        execution.status().as_str().into(),
        version(execution.version()).into(),
        json(execution),
    ]
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

/// Returns the active execution of a flow that hears what is written in a conversation.
pub async fn in_conversation(
    store: &Store,
    flow: FlowSid,
    conversation: ConversationSid,
) -> Result<Option<Execution>, Error> {
    let query = Query::quick(
        "SELECT body FROM executions WHERE conversation = $1 AND status = 'active' AND flow = $2
         ORDER BY date_created DESC, sid DESC LIMIT 1",
        vec![conversation.to_string().into(), flow.to_string().into()],
    );
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns the newest execution of a flow that has this call.
pub async fn of_call(store: &Store, flow: FlowSid, call: &str) -> Result<Option<Execution>, Error> {
    let query = Query::quick(
        "SELECT body FROM executions WHERE call = $1 AND flow = $2 ORDER BY date_created DESC, sid DESC LIMIT 1",
        vec![call.into(), flow.to_string().into()],
    );
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns how many executions are active.
pub async fn count_active(store: &Store) -> Result<usize, Error> {
    store.count("SELECT count(*) FROM executions WHERE status = 'active'").await
}

/// Returns a page of executions.
pub async fn list(store: &Store, filter: &Filter, page: &Page) -> Result<Listing<Execution>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM executions");
    selection.equal("flow", filter.flow.map(|sid| sid.to_string()));
    selection.equal("status", filter.status.map(Status::as_str));
    selection.any_equal(&["contact", "ours"], filter.contact.as_deref());
    selection.equal("call", filter.call.as_deref());
    selection.equal("widget", filter.widget.as_deref());
    if let Some(now) = filter.stuck_at {
        selection.filter("stuck_at <=", now);
    }
    if let Some(from) = filter.created_from {
        selection.filter("date_created >=", from);
    }
    if let Some(to) = filter.created_to {
        selection.filter("date_created <=", to);
    }
    selection.page(store, page, |row| row.json(2)).await
}

/// Returns a page of the executions that a look at each keeps, and looks at [`LOOKS_MAX`] at most: a page may hold less
/// than it could, and still have a next one.
pub async fn search(
    store: &Store,
    filter: &Filter,
    page: &Page,
    is_kept: impl Fn(&Execution) -> bool,
) -> Result<Listing<Execution>, Error> {
    let mut found = Listing { items: Vec::new(), previous: None, next: page.cursor.clone() };
    for _ in 0..LOOKS_MAX / LOOKS_AT_ONCE {
        let part = Page { size: LOOKS_AT_ONCE, cursor: found.next.take(), ..page.clone() };
        let mut part = list(store, filter, &part).await?;
        part.items.retain(&is_kept);
        found.items.append(&mut part.items);
        found.next = part.next;
        if found.items.len() > page.size {
            found.items.truncate(page.size);
            let last = found.items.last();
            found.next = last.map(|last| Cursor::After(last.date_created(), last.sid().to_string()));
        }
        if found.items.len() >= page.size || found.next.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Versions count changes from 0 and stay far below the column's limit.
fn version(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
