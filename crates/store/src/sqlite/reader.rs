//! A few connections that answer queries beside the writer.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{CachedStatement, Connection, StatementStatus, params_from_iter};
use tokio::sync::Semaphore;

use super::connection::{open_for_reading, read_row, unavailable};
use crate::{Error, Query, Row};

/// How many queries run side by side.
const READERS: usize = 4;
/// More steps of SQLite's machine than a quick query takes that an index answers, <https://sqlite.org/opcode.html>.
const QUICK_STEPS_MAX: i32 = 3_000;

/// The readers of one file.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Opens the readers of the file at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let connections = (0..READERS).map(|_| open_for_reading(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(connections)), permits: Arc::new(Semaphore::new(READERS)) })
    }

    /// Answers a query on the next reader that is free.
    pub(super) async fn query(&self, query: Query) -> Result<Vec<Row>, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("the semaphore is never closed");
        let idle = Arc::clone(&self.idle);
        let is_quick = query.is_quick;
        let job = move || {
            let connection = lock(&idle).pop().expect("a permit stands for an idle connection");
            let rows = run(&connection, &query);
            lock(&idle).push(connection);
            drop(permit);
            rows
        };
        if is_quick {
            return job();
        }
        tokio::task::spawn_blocking(job).await.map_err(|error| Error::Unavailable(error.to_string()))?
    }
}

/// Locks the idle connections; a panic elsewhere leaves the list itself whole.
fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a query on one connection.
fn run(connection: &Connection, query: &Query) -> Result<Vec<Row>, Error> {
    let mut statement = connection.prepare_cached(&query.sql).map_err(unavailable)?;
    let columns = statement.column_count();
    let rows = statement
        .query_map(params_from_iter(query.values.iter()), |row| read_row(row, columns))
        .map_err(unavailable)?
        .collect::<Result<_, _>>()
        .map_err(unavailable);
    warn_of_scan(&statement, query);
    rows
}

/// Says so when a query that holds up its caller's thread reads far more than it was said to.
fn warn_of_scan(statement: &CachedStatement<'_>, query: &Query) {
    let steps = statement.reset_status(StatementStatus::VmStep);
    if query.is_quick && steps > QUICK_STEPS_MAX {
        tracing::warn!(steps, sql = %query.sql, "a quick query read much: it lacks an index");
    }
}
