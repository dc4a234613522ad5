//! What is noted of calls' applications: requests and errors, a row each, for as long as history is kept.

use domain::{CallSid, NotificationSid, Timestamp};

use crate::page::Selection;
use crate::value::json;
use crate::{CallRequest, Error, Listing, LogLevel, Notification, Page, Query, Statement, Store, Value};

/// The kind of rows that hold requests.
const REQUEST: &str = "request";

const SELECT: &str = "SELECT date_created, sid, body FROM call_notes";

/// Which notifications a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NotificationFilter {
    /// Only those of this call.
    pub call: Option<CallSid>,
    /// Only those of this level.
    pub log: Option<LogLevel>,
    /// Only those of this time or later.
    pub from: Option<Timestamp>,
    /// Only those from before this time.
    pub before: Option<Timestamp>,
}

/// Adds a request under a SID of its own.
pub fn insert_request(sid: NotificationSid, request: &CallRequest) -> Statement {
    insert(sid, request.call, REQUEST, request.date_created, json(request))
}

/// Adds a notification.
pub fn insert_notification(note: &Notification) -> Statement {
    insert(note.sid, note.call, note.log.as_str(), note.date_created, json(note))
}

/// Removes what is noted of a call.
pub fn delete_of(call: CallSid) -> Statement {
    Statement::new("DELETE FROM call_notes WHERE call = $1", vec![call.to_string().into()])
}

/// Returns a page of a call's requests.
pub async fn requests(store: &Store, call: CallSid, page: &Page) -> Result<Listing<CallRequest>, Error> {
    let mut selection = Selection::of(SELECT);
    selection.filter("call =", call.to_string());
    selection.filter("kind =", REQUEST);
    selection.page(store, page, |row| row.json(2)).await
}

/// Returns a page of notifications.
pub async fn notifications(
    store: &Store,
    filter: &NotificationFilter,
    page: &Page,
) -> Result<Listing<Notification>, Error> {
    let mut selection = Selection::of(SELECT);
    match filter.log {
        Some(log) => selection.filter("kind =", log.as_str()),
        None => selection.filter("kind <>", REQUEST),
    }
    selection.equal("call", filter.call.map(|call| call.to_string()).as_deref());
    if let Some(from) = filter.from {
        selection.filter("date_created >=", from);
    }
    if let Some(before) = filter.before {
        selection.filter("date_created <", before);
    }
    selection.page(store, page, |row| row.json(2)).await
}

/// Returns the notification with this SID.
pub async fn notification(store: &Store, sid: NotificationSid) -> Result<Option<Notification>, Error> {
    let query = Query::quick(
        "SELECT body FROM call_notes WHERE sid = $1 AND kind <> $2",
        vec![sid.to_string().into(), REQUEST.into()],
    );
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

fn insert(sid: NotificationSid, call: CallSid, kind: &'static str, at: Timestamp, body: Value) -> Statement {
    Statement::new(
        "INSERT INTO call_notes (sid, call, kind, date_created, body) VALUES ($1, $2, $3, $4, $5)",
        vec![sid.to_string().into(), call.to_string().into(), kind.into(), at.into(), body],
    )
}
