//! Scripts: what the contact of an execution is to perform, kept until whoever has the contact asks for it.

use domain::ExecutionSid;

use crate::{Error, Query, Statement, Store};

/// Writes the script of an execution over the one before.
pub fn put(execution: ExecutionSid, body: String) -> Statement {
    Statement::new(
        "INSERT INTO scripts (execution, body) VALUES ($1, $2)
         ON CONFLICT (execution) DO UPDATE SET body = excluded.body",
        vec![execution.to_string().into(), body.into()],
    )
}

/// Removes the script of an execution.
pub fn delete_of(execution: ExecutionSid) -> Statement {
    Statement::new("DELETE FROM scripts WHERE execution = $1", vec![execution.to_string().into()])
}

/// Returns the newest script of an execution.
pub async fn fetch(store: &Store, execution: ExecutionSid) -> Result<Option<String>, Error> {
    let query =
        Query::quick("SELECT body FROM scripts WHERE execution = $1", vec![execution.to_string().into()]);
    store.query(query).await?.first().map(|row| row.text(0).map(str::to_owned)).transpose()
}
