//! Messages that carriers have, or may have, and what carriers have told.

use domain::{MessageSid, Timestamp};

use crate::{Error, Query, Statement, Store, Unit, Value};

/// Notes that a message is being submitted: from here on its carrier may have it.
pub fn begin(message: MessageSid, carrier: &str) -> Statement {
    put(message, carrier, Value::Null)
}

/// Notes that a carrier has a message, and the provider's id for it.
pub fn accept(message: MessageSid, carrier: &str, provider_id: &str) -> Statement {
    put(message, carrier, provider_id.into())
}

/// Notes that the carrier has not taken a message.
pub fn withdraw(message: MessageSid) -> Statement {
    Statement::new("DELETE FROM submissions WHERE message = $1", vec![message.to_string().into()])
}

/// Tells whether a carrier has, or may have, a message.
pub async fn is_begun(store: &Store, message: MessageSid) -> Result<bool, Error> {
    let values = vec![message.to_string().into()];
    let query = Query::quick("SELECT carrier FROM submissions WHERE message = $1", values);
    Ok(!store.query(query).await?.is_empty())
}

/// Returns the message that a carrier knows by the provider's id, or that it was given with this SID.
pub async fn find(
    store: &Store,
    carrier: &str,
    provider_id: &str,
    message: Option<&str>,
) -> Result<Option<String>, Error> {
    let query = Query::quick(
        "SELECT message FROM submissions
         WHERE carrier = $1 AND (provider_id = $2 OR (provider_id IS NULL AND message = $3))
         ORDER BY message DESC LIMIT 1",
        vec![carrier.into(), provider_id.into(), message.into()],
    );
    store.query(query).await?.first().map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

/// Notes that a carrier has told something; the unit is refused when it has told it before.
pub fn note_event(
    carrier: &str,
    (event, provider_id): (&str, &str),
    at: Timestamp,
    early_receipt: Option<String>,
) -> Statement {
    Statement::new(
        "INSERT INTO carrier_events (carrier, event, provider_id, date_created, early_receipt)
         VALUES ($1, $2, $3, $4, $5)",
        vec![carrier.into(), event.into(), provider_id.into(), at.into(), early_receipt.into()],
    )
}

/// Tells whether a carrier has told something before.
pub async fn is_noted(store: &Store, carrier: &str, event: &str) -> Result<bool, Error> {
    let query = Query::quick(
        "SELECT event FROM carrier_events WHERE carrier = $1 AND event = $2",
        vec![carrier.into(), event.into()],
    );
    Ok(!store.query(query).await?.is_empty())
}

/// Returns the receipts that came before their message was known by this id, in their order.
pub async fn early_receipts(store: &Store, carrier: &str, provider_id: &str) -> Result<Vec<String>, Error> {
    let query = Query::new(
        "SELECT early_receipt FROM carrier_events
         WHERE carrier = $1 AND provider_id = $2 AND early_receipt IS NOT NULL ORDER BY date_created",
        vec![carrier.into(), provider_id.into()],
    );
    store.query(query).await?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Keeps a part of a text that came in, in place of an older one that looks the same.
pub async fn keep_part(
    store: &Store,
    (carrier, whole): (&str, &str),
    part: u8,
    units: String,
    at: Timestamp,
) -> Result<(), Error> {
    let mut unit = Unit::new();
    unit.push(Statement::new(
        "INSERT INTO message_parts (carrier, whole, part, units, date_created) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (carrier, whole, part)
         DO UPDATE SET units = excluded.units, date_created = excluded.date_created",
        vec![carrier.into(), whole.into(), i64::from(part).into(), units.into(), at.into()],
    ));
    store.commit(unit).await.map(drop)
}

/// Returns the parts of a text that came in since, in their order.
pub async fn parts(
    store: &Store,
    (carrier, whole): (&str, &str),
    since: Timestamp,
) -> Result<Vec<String>, Error> {
    let query = Query::new(
        "SELECT units FROM message_parts
         WHERE carrier = $1 AND whole = $2 AND date_created >= $3 ORDER BY part",
        vec![carrier.into(), whole.into(), since.into()],
    );
    store.query(query).await?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Forgets the parts of a text.
pub fn forget_parts((carrier, whole): (&str, &str)) -> Statement {
    Statement::new(
        "DELETE FROM message_parts WHERE carrier = $1 AND whole = $2",
        vec![carrier.into(), whole.into()],
    )
}

/// Keeps how far the correspondence of our address and theirs has got.
pub fn keep_thread(carrier: &str, (ours, theirs): (&str, &str), thread: String) -> Statement {
    Statement::new(
        "INSERT INTO message_threads (carrier, ours, theirs, thread) VALUES ($1, $2, $3, $4)
         ON CONFLICT (carrier, ours, theirs) DO UPDATE SET thread = excluded.thread",
        vec![carrier.into(), ours.into(), theirs.into(), thread.into()],
    )
}

/// Returns how far the correspondence of our address and theirs has got.
pub async fn thread(
    store: &Store,
    carrier: &str,
    (ours, theirs): (&str, &str),
) -> Result<Option<String>, Error> {
    let query = Query::quick(
        "SELECT thread FROM message_threads WHERE carrier = $1 AND ours = $2 AND theirs = $3",
        vec![carrier.into(), ours.into(), theirs.into()],
    );
    store.query(query).await?.first().map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

/// Forgets what carriers told before `cutoff`; it would count as news if it were told again.
pub async fn forget_told(store: &Store, cutoff: Timestamp) -> Result<(), Error> {
    let mut unit = Unit::new();
    unit.push(Statement::new("DELETE FROM carrier_events WHERE date_created < $1", vec![cutoff.into()]));
    unit.push(Statement::new("DELETE FROM message_parts WHERE date_created < $1", vec![cutoff.into()]));
    store.commit(unit).await.map(drop)
}

fn put(message: MessageSid, carrier: &str, provider_id: Value) -> Statement {
    Statement::new(
        "INSERT INTO submissions (message, carrier, provider_id) VALUES ($1, $2, $3)
         ON CONFLICT (message) DO UPDATE SET carrier = excluded.carrier, provider_id = excluded.provider_id",
        vec![message.to_string().into(), carrier.into(), provider_id],
    )
}
