//! Opening the file, its settings and its schema.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};

use crate::migrations::MIGRATIONS;
use crate::{Error, Row, Value};

/// Statements kept prepared per connection: all of ours fit.
const STATEMENTS_MAX: usize = 128;

/// The writer's settings. Its cache (in KiB where negative) holds the upper pages of all indexes and what one commit
/// changes, so that no page is read back or spilled in the midst of a commit; it fills only under load. The log is
/// copied into the file beside the writer, who only does it (for so many pages) when commits come without a pause: then
/// the log begins anew.
const WRITER_PRAGMAS: [(&str, &str); 5] = [
    ("journal_mode", "WAL"),
    ("synchronous", "FULL"),
    ("wal_autocheckpoint", "64000"),
    ("cache_size", "-32768"),
    ("temp_store", "MEMORY"),
];

/// How long a reader waits while the file is busy, as in a checkpoint.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the file for the one writer; durable to the last commit (`synchronous=FULL`).
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path).map_err(unavailable)?;
    configure(&connection)?;
    for (name, value) in WRITER_PRAGMAS {
        connection.pragma_update(None, name, value).map_err(unavailable)?;
    }
    Ok(connection)
}

/// Opens the file for copying the log into it, as durably as the writer writes the log.
pub(super) fn open_for_checkpoints(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path).map_err(unavailable)?;
    configure(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(unavailable)?;
    Ok(connection)
}

/// Opens the file for a reader, which sees what is committed.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(unavailable)?;
    configure(&connection)?;
    Ok(connection)
}

/// Brings the schema to this version's, one transaction a migration.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(unavailable)?;
    let done = usize::try_from(version).unwrap_or(0);
    if done > MIGRATIONS.len() {
        return Err(Error::Corrupt(format!(
            "the data is of schema version {done}, this program knows {} at most: start a newer version",
            MIGRATIONS.len()
        )));
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(done) {
        let transaction = connection.transaction().map_err(unavailable)?;
        transaction.execute_batch(migration).map_err(unavailable)?;
        transaction.pragma_update(None, "user_version", index as i64 + 1).map_err(unavailable)?;
        transaction.commit().map_err(unavailable)?;
    }
    Ok(())
}

/// Sets what every connection needs.
fn configure(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(unavailable)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(())
}

/// Makes sure that no other process writes to `folder`, for as long as the file lives.
pub(super) fn lock_folder(folder: &Path) -> Result<File, Error> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))
        .map_err(|error| Error::Unavailable(error.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::InUse),
        Err(std::fs::TryLockError::Error(error)) => Err(Error::Unavailable(error.to_string())),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Copies a row out of the database.
pub(super) fn read_row(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Row> {
    (0..columns).map(|column| row.get_ref(column).map(read_value)).collect::<Result<_, _>>().map(Row)
}

/// Copies a column; our tables hold no reals, which would read as NULL.
fn read_value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}

/// Tells a taken key from a database that does not work.
pub(super) fn unavailable(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => Error::Duplicate(error.to_string()),
        _ => Error::Unavailable(error.to_string()),
    }
}
