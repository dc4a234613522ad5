//! The steps of executions: written once, read by those who watch or debug.

use domain::ExecutionSid;
use flow::Step;

use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Page, Query, Statement, Store};

/// Records a step.
pub fn insert(execution: ExecutionSid, step: &Step) -> Statement {
    Statement::new(
        "INSERT INTO steps (sid, execution, date_created, body) VALUES ($1, $2, $3, $4)",
        vec![step.sid.to_string().into(), execution.to_string().into(), step.date_created.into(), json(step)],
    )
}

/// Removes the steps of an execution.
pub fn delete_of(execution: ExecutionSid) -> Statement {
    Statement::new("DELETE FROM steps WHERE execution = $1", vec![execution.to_string().into()])
}

/// Returns one step of an execution.
pub async fn fetch(store: &Store, execution: ExecutionSid, step: &str) -> Result<Option<Step>, Error> {
    let query = Query::quick(
        "SELECT body FROM steps WHERE sid = $1 AND execution = $2",
        vec![step.into(), execution.to_string().into()],
    );
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns a page of an execution's steps.
pub async fn list(store: &Store, execution: ExecutionSid, page: &Page) -> Result<Listing<Step>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM steps");
    selection.filter("execution =", execution.to_string());
    selection.page(store, page, |row| row.json(2)).await
}
