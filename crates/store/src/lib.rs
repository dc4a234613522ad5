//! The only SQL of the house: rows, event log, outbox and timers, written together or not at all.
//!
//! What changes together is a [`Unit`]: a list of [`Statement`]s that [`Store::commit`] writes in one transaction.
//! Units that wait together share one transaction and one flush to disk (group commit), yet each stands or falls alone.
//! Every commit checks the fencing epoch of the lease under which this process writes.
//!
//! What it is not: it decides nothing. Rows hold what engines and records serialise; only the keys that
//! lists are filtered by are columns.
//!
//! The SQL is the subset that SQLite and PostgreSQL share: `$1` parameters, `ON CONFLICT`, BIGINT microseconds,
//! JSON as TEXT. Another database is another [`Backend`].

mod backend;
mod error;
mod lease;
mod migrations;
mod page;
mod records;
mod sqlite;
mod statement;
mod store;
mod tables;
mod unit;
mod value;

pub use backend::Backend;
pub use error::Error;
pub use lease::{Fence, Lease};
pub use page::{Cursor, Listing, Page};
pub use records::*;
pub use sqlite::Sqlite;
pub use statement::{Guard, Query, Statement};
pub use store::Store;
pub use tables::*;
pub use unit::Unit;
pub use value::{Row, Value};
