//! Configuration resources of every kind, one table: read whole, unique by name below their parent.

use domain::Timestamp;

use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Page, Query, Record, Row, Statement, Store, Value};

const SELECT: &str = "SELECT date_created, sid, body FROM resources";

/// Adds a record; a taken name or SID refuses the unit as `Duplicate`.
pub fn insert<R: Record>(record: &R) -> Statement {
    let values = vec![
        record.sid().into(),
        R::KIND.into(),
        record.parent().into(),
        record.name().into(),
        record.date_created().into(),
        record.date_updated().into(),
        json(record),
    ];
    Statement::new(
        "INSERT INTO resources (sid, kind, parent, name, version, date_created, date_updated, body)
         VALUES ($1, $2, $3, $4, 1, $5, $6, $7)",
        values,
    )
}

/// Writes a record whether it is there or not.
pub fn put<R: Record>(record: &R) -> Statement {
    put_body(R::KIND, record, record.date_created(), record.date_updated())
}

/// Writes a record over the one that was read, unless it has changed since `read_at`, its `date_updated` then.
pub fn update<R: Record>(record: &R, read_at: Timestamp) -> Statement {
    Statement::exactly_one(
        "UPDATE resources SET name = $1, version = version + 1, date_updated = $2, body = $3
         WHERE sid = $4 AND date_updated = $5",
        vec![
            record.name().into(),
            record.date_updated().into(),
            json(record),
            record.sid().into(),
            read_at.into(),
        ],
        "the resource was changed by another request in the meantime",
    )
}

/// Removes a resource.
pub fn delete(sid: &str) -> Statement {
    Statement::new("DELETE FROM resources WHERE sid = $1", vec![sid.into()])
}

/// Removes everything below a parent.
pub fn delete_below(parent: &str) -> Statement {
    Statement::new("DELETE FROM resources WHERE parent = $1", vec![parent.into()])
}

/// Returns the record with this SID.
pub async fn fetch<R: Record>(store: &Store, sid: &str) -> Result<Option<R>, Error> {
    let query = Query::quick(
        "SELECT body FROM resources WHERE sid = $1 AND kind = $2",
        vec![sid.into(), R::KIND.into()],
    );
    first(store, query).await
}

/// Returns the record with this unique name below `parent`.
pub async fn by_name<R: Record>(store: &Store, parent: &str, name: &str) -> Result<Option<R>, Error> {
    let query = Query::quick(
        "SELECT body FROM resources WHERE kind = $1 AND parent = $2 AND name = $3",
        vec![R::KIND.into(), parent.into(), name.into()],
    );
    first(store, query).await
}

/// Returns a page of the records below `parent`.
pub async fn list<R: Record>(store: &Store, parent: &str, page: &Page) -> Result<Listing<R>, Error> {
    let mut selection = Selection::of(SELECT);
    selection.filter("kind =", R::KIND);
    selection.filter("parent =", parent);
    selection.page(store, page, |row| row.json(2)).await
}

/// Returns all records below `parent`, oldest first.
pub async fn all<R: Record>(store: &Store, parent: &str) -> Result<Vec<R>, Error> {
    let query = Query::new(
        "SELECT body FROM resources WHERE kind = $1 AND parent = $2 ORDER BY date_created, sid",
        vec![R::KIND.into(), parent.into()],
    );
    store.query(query).await?.iter().map(|row| row.json(0)).collect()
}

/// Returns all bodies of `kind` below `parent`, for engines that read them themselves.
pub(super) async fn bodies(store: &Store, kind: &str, parent: &str) -> Result<Vec<Row>, Error> {
    let query = Query::new(
        "SELECT body FROM resources WHERE kind = $1 AND parent = $2 ORDER BY date_created, sid",
        vec![kind.into(), parent.into()],
    );
    store.query(query).await
}

/// Writes the body of a kind that another crate defines.
pub(super) fn put_row(kind: &'static str, keys: [Value; 3], body: Value, dates: [Timestamp; 2]) -> Statement {
    let [sid, parent, name] = keys;
    let [created, updated] = dates;
    Statement::new(
        "INSERT INTO resources (sid, kind, parent, name, version, date_created, date_updated, body)
         VALUES ($1, $2, $3, $4, 1, $5, $6, $7)
         ON CONFLICT (sid) DO UPDATE SET name = excluded.name, version = resources.version + 1,
           date_updated = excluded.date_updated, body = excluded.body",
        vec![sid, kind.into(), parent, name, created.into(), updated.into(), body],
    )
}

fn put_body<R: Record>(kind: &'static str, record: &R, created: Timestamp, updated: Timestamp) -> Statement {
    put_row(
        kind,
        [record.sid().into(), record.parent().into(), record.name().into()],
        json(record),
        [created, updated],
    )
}

async fn first<R: Record>(store: &Store, query: Query) -> Result<Option<R>, Error> {
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}
