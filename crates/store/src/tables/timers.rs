//! When aggregates want to be woken: one row each, which goes with the aggregate's own rows.

use domain::Timestamp;

use crate::{Error, Query, Statement, Store};

/// Sets when `aggregate` wants to be woken next, or that it does not.
pub fn set(aggregate: &str, due_at: Option<Timestamp>) -> Statement {
    match due_at {
        Some(due_at) => Statement::new(
            "INSERT INTO timers (aggregate, due_at) VALUES ($1, $2)
             ON CONFLICT (aggregate) DO UPDATE SET due_at = excluded.due_at",
            vec![aggregate.into(), due_at.into()],
        ),
        None => Statement::new("DELETE FROM timers WHERE aggregate = $1", vec![aggregate.into()]),
    }
}

/// Returns all timers, the next one first.
pub async fn all(store: &Store) -> Result<Vec<(String, Timestamp)>, Error> {
    let rows =
        store.query(Query::new("SELECT aggregate, due_at FROM timers ORDER BY due_at", vec![])).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.timestamp(1)?))).collect()
}
