//! The handle that everybody holds: cheap to clone, over whichever database there is.

use std::sync::Arc;

use crate::{Backend, Error, Lease, Query, Row, Unit};

/// A handle on the database.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
}

impl Store {
    /// Makes a handle on `backend`.
    pub fn new(backend: impl Backend) -> Self {
        Self { backend: Arc::new(backend) }
    }

    /// Writes a unit whole and durably, or not at all.
    pub async fn commit(&self, unit: Unit) -> Result<(), Error> {
        if unit.is_empty() {
            return Ok(());
        }
        self.backend.commit(unit).await
    }

    /// Takes or renews the lease under which this process writes.
    pub async fn acquire(&self, lease: Lease) -> Result<(), Error> {
        self.backend.acquire(lease).await
    }

    /// Answers a question from what is committed.
    pub(crate) async fn query(&self, query: Query) -> Result<Vec<Row>, Error> {
        self.backend.query(query).await
    }

    /// Counts what a query without parameters counts.
    pub(crate) async fn count(&self, sql: &'static str) -> Result<usize, Error> {
        let rows = self.query(Query::new(sql, Vec::new())).await?;
        let counted = rows.first().map_or(Ok(0), |row| row.integer(0))?;
        Ok(usize::try_from(counted).unwrap_or_default())
    }
}
