//! SQLite: one file, one writer with group commit, a few readers beside it (WAL).

mod checkpoints;
mod connection;
mod reader;
mod writer;

use std::fs::File;
use std::path::Path;

use async_trait::async_trait;

use self::checkpoints::{Checkpoints, LOG_PAGES};
use self::reader::Readers;
use self::writer::Writer;
use crate::{Backend, Error, Lease, Query, Row, Unit};

/// The embedded database.
pub struct Sqlite {
    writer: Writer,
    readers: Readers,
    /// Held for as long as the database is open: it keeps other processes out.
    _lock: File,
}

impl Sqlite {
    /// Opens the database at `path`, made and migrated where needed; `InUse` when another process has it open.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let lock = connection::lock_folder(folder)?;
        let mut connection = connection::open_for_writing(path)?;
        connection::migrate(&mut connection)?;
        Ok(Self {
            readers: Readers::open(path)?,
            writer: Writer::start(connection, Checkpoints::start(path, LOG_PAGES)?)?,
            _lock: lock,
        })
    }
}

#[async_trait]
impl Backend for Sqlite {
    async fn commit(&self, unit: Unit) -> Result<(), Error> {
        self.writer.commit(unit).await
    }

    async fn query(&self, query: Query) -> Result<Vec<Row>, Error> {
        self.readers.query(query).await
    }

    async fn acquire(&self, lease: Lease) -> Result<(), Error> {
        self.writer.acquire(lease).await
    }
}
