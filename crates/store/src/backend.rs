//! What a database must be able to do for us: one suite of tests runs against every implementation.

use async_trait::async_trait;

use crate::{Error, Lease, Query, Row, Unit};

/// A database that commits units and answers queries.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Writes a unit whole, durably, under the lease that was acquired; a refused unit changes nothing.
    async fn commit(&self, unit: Unit) -> Result<(), Error>;

    /// Answers a question from what is committed.
    async fn query(&self, query: Query) -> Result<Vec<Row>, Error>;

    /// Takes or renews the lease and remembers its epoch for every later commit.
    async fn acquire(&self, lease: Lease) -> Result<(), Error>;
}
