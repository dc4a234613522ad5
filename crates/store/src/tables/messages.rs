//! Messages, listed newest first by sender, recipient and date.

use domain::{AccountSid, Address, Timestamp};

use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Message, Page, Query, Statement, Store};

/// Which messages a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those to this address.
    pub to: Option<String>,
    /// Only those from this address.
    pub from: Option<String>,
    /// Only those sent at this time or later.
    pub sent_from: Option<Timestamp>,
    /// Only those sent before this time.
    pub sent_before: Option<Timestamp>,
}

/// Writes a message whether it is there or not.
pub fn put(message: &Message) -> Statement {
    Statement::new(
        "INSERT INTO messages (sid, account, sender, recipient, status, date_created, date_sent, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (sid) DO UPDATE SET
           status = excluded.status, date_sent = excluded.date_sent, body = excluded.body",
        vec![
            message.sid.to_string().into(),
            message.account.to_string().into(),
            message.from.as_str().into(),
            message.to.as_str().into(),
            message.status.as_str().into(),
            message.date_created.into(),
            message.date_sent.into(),
            json(message),
        ],
    )
}

/// Removes a message.
pub fn delete(sid: &str) -> Statement {
    Statement::new("DELETE FROM messages WHERE sid = $1", vec![sid.into()])
}

/// Returns the message with this SID.
pub async fn fetch(store: &Store, sid: &str) -> Result<Option<Message>, Error> {
    let query = Query::quick("SELECT body FROM messages WHERE sid = $1", vec![sid.into()]);
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns how many messages went from one address to another at this time or later.
pub async fn count_since(
    store: &Store,
    (from, to): (&Address, &Address),
    since: Timestamp,
) -> Result<u64, Error> {
    let query = Query::quick(
        "SELECT COUNT(*) FROM messages WHERE recipient = $1 AND date_created >= $2 AND sender = $3",
        vec![to.as_str().into(), since.into(), from.as_str().into()],
    );
    let count = store.query(query).await?.first().map(|row| row.integer(0)).transpose()?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

/// Returns a page of an account's messages.
pub async fn list(
    store: &Store,
    account: AccountSid,
    filter: &Filter,
    page: &Page,
) -> Result<Listing<Message>, Error> {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM messages");
    selection.filter("account =", account.to_string());
    selection.equal("recipient", filter.to.as_deref());
    selection.equal("sender", filter.from.as_deref());
    if let Some(at) = filter.sent_from {
        selection.filter("date_sent >=", at);
    }
    if let Some(at) = filter.sent_before {
        selection.filter("date_sent <", at);
    }
    selection.page(store, page, |row| row.json(2)).await
}
