//! Messages that flows' webhooks were told of, with the execution that took each: who repeats a request finds it.

use domain::{ExecutionSid, FlowSid};

use crate::{Error, Query, Statement, Store};

/// Notes who took a message; a message that is given to the flow anew has the newest taker.
pub fn put(flow: FlowSid, message: &str, taker: ExecutionSid) -> Statement {
    Statement::new(
        "INSERT INTO webhook_messages (flow, message, execution) VALUES ($1, $2, $3)
         ON CONFLICT (flow, message) DO UPDATE SET execution = excluded.execution",
        vec![flow.to_string().into(), message.into(), taker.to_string().into()],
    )
}

/// Removes what is noted of an execution.
pub fn delete_of(execution: ExecutionSid) -> Statement {
    Statement::new("DELETE FROM webhook_messages WHERE execution = $1", vec![execution.to_string().into()])
}

/// Returns the SID of the execution that took a message.
pub async fn taker(store: &Store, flow: FlowSid, message: &str) -> Result<Option<ExecutionSid>, Error> {
    let query = Query::quick(
        "SELECT execution FROM webhook_messages WHERE flow = $1 AND message = $2",
        vec![flow.to_string().into(), message.into()],
    );
    let rows = store.query(query).await?;
    Ok(rows.first().map(|row| row.text(0)).transpose()?.and_then(|sid| sid.parse().ok()))
}
