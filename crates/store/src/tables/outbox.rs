//! The outbox: what one part of the house owes another, or the world.
//!
//! A row is written with the state that owes it, and deleted with the state of who received it:
//! as long as the row is there the errand is not done, and the unit that consumes it twice is refused.

use domain::Timestamp;

use crate::{Error, Query, Row, Statement, Store};

/// The meaning of a consumed row that is gone.
pub const ALREADY_DONE: &str = "the errand was done before";

/// Owes an errand: `body` is what dispatch makes of it.
pub fn owe(id: &str, at: Timestamp, body: String) -> Statement {
    Statement::new(
        "INSERT INTO outbox (id, date_created, body) VALUES ($1, $2, $3)",
        vec![id.into(), at.into(), body.into()],
    )
}

/// Settles an errand; refuses the unit when it was settled before.
pub fn settle(id: &str) -> Statement {
    Statement::exactly_one("DELETE FROM outbox WHERE id = $1", vec![id.into()], ALREADY_DONE)
}

/// Returns everything owed, the oldest first, with its id and body.
pub async fn all(store: &Store) -> Result<Vec<(String, String)>, Error> {
    let rows =
        store.query(Query::new("SELECT id, body FROM outbox ORDER BY date_created, id", vec![])).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<(String, String), Error> {
    Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
}
