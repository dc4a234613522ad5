//! Calls, queues and their members, conferences and participants, recordings: the facts that the exchange hands out.

use call::{
    CallRecord, ConferenceRecord, ParticipantRecord, QueueMemberRecord, QueueRecord, Record, RecordingRecord,
};
use domain::{AccountSid, CallSid, ConferenceSid, QueueSid, RecordingSid, Timestamp};

use super::resources;
use super::resources::{bodies, put_row};
use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Page, Query, Row, Statement, Store};

/// The kind under which queues stand among the resources.
const QUEUE: &str = "call_queue";

/// Which calls a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallFilter {
    /// Only those to this address.
    pub to: Option<String>,
    /// Only those from this address.
    pub from: Option<String>,
    /// Only those that this call placed.
    pub parent: Option<String>,
    /// Only those in this state.
    pub status: Option<String>,
    /// Only those that began at this time or later.
    pub started_from: Option<Timestamp>,
    /// Only those that began before this time.
    pub started_before: Option<Timestamp>,
    /// Only those that ended at this time or later.
    pub ended_from: Option<Timestamp>,
    /// Only those that ended before this time.
    pub ended_before: Option<Timestamp>,
}

/// Which conferences a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConferenceFilter {
    /// Only those of this name.
    pub name: Option<String>,
    /// Only those in this state.
    pub status: Option<String>,
    /// Only those made at this time or later.
    pub created_from: Option<Timestamp>,
    /// Only those made before this time.
    pub created_before: Option<Timestamp>,
    /// Only those changed at this time or later.
    pub updated_from: Option<Timestamp>,
    /// Only those changed before this time.
    pub updated_before: Option<Timestamp>,
}

/// Which recordings a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordingFilter {
    /// Only those of this call.
    pub call: Option<String>,
    /// Only those of this conference.
    pub conference: Option<String>,
    /// Only those made at this time or later.
    pub created_from: Option<Timestamp>,
    /// Only those made before this time.
    pub created_before: Option<Timestamp>,
}

/// Writes a fact of the exchange.
pub fn write(account: AccountSid, record: &Record) -> Statement {
    match record {
        Record::Call(call) => put_call(call),
        Record::Queue(queue) => put_queue(account, queue),
        Record::QueueDeleted(queue) => resources::delete(&queue.to_string()),
        Record::QueueMember(member) => put_member(member),
        Record::QueueMemberLeft(_, call) => {
            Statement::new("DELETE FROM queue_members WHERE call = $1", vec![call.to_string().into()])
        }
        Record::Conference(conference) => put_conference(conference),
        Record::Participant(participant) => put_participant(participant),
        Record::Recording(recording) => put_recording(recording),
    }
}

/// Removes a call.
pub fn delete_call(sid: CallSid) -> Statement {
    Statement::new("DELETE FROM calls WHERE sid = $1", vec![sid.to_string().into()])
}

/// Removes a recording.
pub fn delete_recording(sid: RecordingSid) -> Statement {
    Statement::new("DELETE FROM recordings WHERE sid = $1", vec![sid.to_string().into()])
}

/// Returns the call with this SID.
pub async fn fetch(store: &Store, sid: CallSid) -> Result<Option<CallRecord>, Error> {
    one(store, "SELECT body FROM calls WHERE sid = $1", &sid.to_string()).await
}

/// Returns the conference with this SID.
pub async fn fetch_conference(store: &Store, sid: ConferenceSid) -> Result<Option<ConferenceRecord>, Error> {
    one(store, "SELECT body FROM conferences WHERE sid = $1", &sid.to_string()).await
}

/// Returns the recording with this SID.
pub async fn fetch_recording(store: &Store, sid: RecordingSid) -> Result<Option<RecordingRecord>, Error> {
    one(store, "SELECT body FROM recordings WHERE sid = $1", &sid.to_string()).await
}

/// Returns all queues, oldest first.
pub async fn queues(store: &Store, account: AccountSid) -> Result<Vec<QueueRecord>, Error> {
    read(&bodies(store, QUEUE, &account.to_string()).await?)
}

/// Returns a page of queues.
pub async fn list_queues(
    store: &Store,
    account: AccountSid,
    page: &Page,
) -> Result<Listing<QueueRecord>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM resources");
    selection.filter("kind =", QUEUE);
    selection.filter("parent =", account.to_string());
    selection.page(store, page, |row| row.json(2)).await
}

/// Returns the queue with this SID.
pub async fn fetch_queue(store: &Store, sid: QueueSid) -> Result<Option<QueueRecord>, Error> {
    one(store, "SELECT body FROM resources WHERE sid = $1", &sid.to_string()).await
}

/// Returns those who wait in a queue, in no order.
pub async fn members(store: &Store, queue: QueueSid) -> Result<Vec<QueueMemberRecord>, Error> {
    let query = Query::new("SELECT body FROM queue_members WHERE queue = $1", vec![queue.to_string().into()]);
    read(&store.query(query).await?)
}

/// Returns everybody who waits in any queue.
pub async fn all_members(store: &Store) -> Result<Vec<QueueMemberRecord>, Error> {
    read(&store.query(Query::new("SELECT body FROM queue_members", Vec::new())).await?)
}

/// Returns the calls that have not ended.
pub async fn live(store: &Store) -> Result<Vec<CallRecord>, Error> {
    let query = Query::new("SELECT body FROM calls WHERE date_ended IS NULL ORDER BY sid", Vec::new());
    read(&store.query(query).await?)
}

/// Returns how many calls have not ended.
pub async fn count_live(store: &Store) -> Result<usize, Error> {
    store.count("SELECT count(*) FROM calls WHERE date_ended IS NULL").await
}

/// Returns the conferences that are not over.
pub async fn live_conferences(store: &Store) -> Result<Vec<ConferenceRecord>, Error> {
    let query = Query::new("SELECT body FROM conferences WHERE status <> 'completed'", Vec::new());
    read(&store.query(query).await?)
}

/// Returns the recordings that have no file yet.
pub async fn unfinished_recordings(store: &Store) -> Result<Vec<RecordingRecord>, Error> {
    let query =
        Query::new("SELECT body FROM recordings WHERE status NOT IN ('completed', 'absent')", Vec::new());
    read(&store.query(query).await?)
}

/// Returns a page of calls.
pub async fn list(store: &Store, filter: &CallFilter, page: &Page) -> Result<Listing<CallRecord>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM calls");
    selection.equal("callee", filter.to.as_deref());
    selection.equal("caller", filter.from.as_deref());
    selection.equal("parent", filter.parent.as_deref());
    selection.equal("status", filter.status.as_deref());
    between(
        &mut selection,
        ["date_created >=", "date_created <"],
        filter.started_from,
        filter.started_before,
    );
    between(&mut selection, ["date_ended >=", "date_ended <"], filter.ended_from, filter.ended_before);
    selection.page(store, page, |row| row.json(2)).await
}

/// Returns a page of conferences.
pub async fn list_conferences(
    store: &Store,
    filter: &ConferenceFilter,
    page: &Page,
) -> Result<Listing<ConferenceRecord>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM conferences");
    selection.equal("name", filter.name.as_deref());
    selection.equal("status", filter.status.as_deref());
    between(
        &mut selection,
        ["date_created >=", "date_created <"],
        filter.created_from,
        filter.created_before,
    );
    between(
        &mut selection,
        ["date_updated >=", "date_updated <"],
        filter.updated_from,
        filter.updated_before,
    );
    selection.page(store, page, |row| row.json(2)).await
}

/// Returns a conference's participants who have not left, in the order in which they came.
pub async fn participants(store: &Store, conference: ConferenceSid) -> Result<Vec<ParticipantRecord>, Error> {
    let query = Query::new(
        "SELECT body FROM participants WHERE conference = $1 AND status NOT IN ('complete', 'failed')
         ORDER BY date_created, sid",
        vec![conference.to_string().into()],
    );
    read(&store.query(query).await?)
}

/// Returns a page of recordings.
pub async fn list_recordings(
    store: &Store,
    filter: &RecordingFilter,
    page: &Page,
) -> Result<Listing<RecordingRecord>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM recordings");
    selection.equal("call", filter.call.as_deref());
    selection.equal("conference", filter.conference.as_deref());
    between(
        &mut selection,
        ["date_created >=", "date_created <"],
        filter.created_from,
        filter.created_before,
    );
    selection.page(store, page, |row| row.json(2)).await
}

fn between(
    selection: &mut Selection,
    [from, before]: [&str; 2],
    earliest: Option<Timestamp>,
    latest: Option<Timestamp>,
) {
    if let Some(at) = earliest {
        selection.filter(from, at);
    }
    if let Some(at) = latest {
        selection.filter(before, at);
    }
}

fn put_call(call: &CallRecord) -> Statement {
    Statement::new(
        "INSERT INTO calls (sid, parent, caller, callee, status, date_created, date_ended, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (sid) DO UPDATE SET
           status = excluded.status, date_ended = excluded.date_ended, body = excluded.body",
        vec![
            call.sid.to_string().into(),
            call.parent.map(|sid| sid.to_string()).into(),
            call.from.as_str().into(),
            call.to.as_str().into(),
            call.status.as_str().into(),
            call.date_created.into(),
            call.ended_at.into(),
            json(call),
        ],
    )
}

fn put_queue(account: AccountSid, queue: &QueueRecord) -> Statement {
    put_row(
        QUEUE,
        [queue.sid.to_string().into(), account.to_string().into(), queue.friendly_name.as_str().into()],
        json(queue),
        [queue.date_created, queue.date_updated],
    )
}

fn put_member(member: &QueueMemberRecord) -> Statement {
    Statement::new(
        "INSERT INTO queue_members (call, queue, body) VALUES ($1, $2, $3)
         ON CONFLICT (call) DO UPDATE SET queue = excluded.queue, body = excluded.body",
        vec![member.call.to_string().into(), member.queue.to_string().into(), json(member)],
    )
}

fn put_conference(conference: &ConferenceRecord) -> Statement {
    Statement::new(
        "INSERT INTO conferences (sid, name, status, date_created, date_updated, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sid) DO UPDATE SET
           status = excluded.status, date_updated = excluded.date_updated, body = excluded.body",
        vec![
            conference.sid.to_string().into(),
            conference.friendly_name.as_str().into(),
            conference.status.as_str().into(),
            conference.date_created.into(),
            conference.date_updated.into(),
            json(conference),
        ],
    )
}

fn put_participant(participant: &ParticipantRecord) -> Statement {
    Statement::new(
        "INSERT INTO participants (conference, sid, status, date_created, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (conference, sid) DO UPDATE SET status = excluded.status, body = excluded.body",
        vec![
            participant.conference.to_string().into(),
            participant.call.to_string().into(),
            participant.status.as_str().into(),
            participant.date_created.into(),
            json(participant),
        ],
    )
}

fn put_recording(recording: &RecordingRecord) -> Statement {
    Statement::new(
        "INSERT INTO recordings (sid, call, conference, status, date_created, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sid) DO UPDATE SET status = excluded.status, body = excluded.body",
        vec![
            recording.sid.to_string().into(),
            recording.call.to_string().into(),
            recording.conference.map(|sid| sid.to_string()).into(),
            recording.status.as_str().into(),
            recording.started_at.into(),
            json(recording),
        ],
    )
}

async fn one<T: serde::de::DeserializeOwned>(
    store: &Store,
    sql: &'static str,
    sid: &str,
) -> Result<Option<T>, Error> {
    store.query(Query::quick(sql, vec![sid.into()])).await?.first().map(|row| row.json(0)).transpose()
}

fn read<T: serde::de::DeserializeOwned>(rows: &[Row]) -> Result<Vec<T>, Error> {
    rows.iter().map(|row| row.json(0)).collect()
}
