//! Forgetting: what is older than the installation keeps history, a limited number of rows at a time.

use conversation::Message;
use domain::{MediaSid, Timestamp};

use crate::{Error, Query, Statement, Store, Unit, Value};

/// How many rows one transaction forgets at most: others write in between.
const ROWS_MAX: usize = 500;

/// Finds what is over and old, and removes it with what belongs to it.
struct Kind {
    /// Selects the SIDs that ended before `$1`, at most `$2` of them.
    find: &'static str,
    /// Removes what has the SID `$1`.
    remove: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        find: "SELECT sid FROM executions WHERE status = 'ended' AND date_created < $1 LIMIT $2",
        remove: &[
            "DELETE FROM steps WHERE execution = $1",
            "DELETE FROM scripts WHERE execution = $1",
            "DELETE FROM webhook_messages WHERE execution = $1",
            "DELETE FROM executions WHERE sid = $1",
        ],
    },
    Kind {
        find: "SELECT sid FROM tasks WHERE date_ended < $1 LIMIT $2",
        remove: &["DELETE FROM reservations WHERE task = $1", "DELETE FROM tasks WHERE sid = $1"],
    },
    Kind {
        find: "SELECT sid FROM event_groups WHERE date_created < $1 LIMIT $2",
        remove: &["DELETE FROM event_groups WHERE sid = $1"],
    },
    Kind {
        find: "SELECT sid FROM call_notes WHERE date_created < $1 LIMIT $2",
        remove: &["DELETE FROM call_notes WHERE sid = $1"],
    },
    Kind {
        find: "SELECT sid FROM messages WHERE date_created < $1 AND status NOT IN ('queued', 'sent') LIMIT $2",
        remove: &["DELETE FROM submissions WHERE message = $1", "DELETE FROM messages WHERE sid = $1"],
    },
    Kind {
        find: "SELECT sid FROM conversations WHERE state = 'closed' AND date_created < $1 LIMIT $2",
        remove: &[
            "DELETE FROM conversation_participants WHERE conversation = $1",
            "DELETE FROM conversation_messages WHERE conversation = $1",
            "DELETE FROM interactions WHERE conversation = $1",
            "DELETE FROM conversations WHERE sid = $1",
        ],
    },
];

/// Returns the media of conversations that are over and from before `cutoff`: whoever keeps their contents removes those
/// before `forget` removes what leads to them.
pub async fn media(store: &Store, cutoff: Timestamp) -> Result<Vec<MediaSid>, Error> {
    let query = Query::new(
        "SELECT message.body FROM conversation_messages AS message
         JOIN conversations ON conversations.sid = message.conversation
         WHERE conversations.state = 'closed' AND conversations.date_created < $1
           AND message.body LIKE '%\"media\":[{%'",
        vec![cutoff.into()],
    );
    let mut media = Vec::new();
    for row in store.query(query).await? {
        media.extend(row.json::<Message>(0)?.media.iter().map(|medium| medium.sid));
    }
    Ok(media)
}

/// Removes history from before `cutoff`; returns how many rows of history went.
pub async fn forget(store: &Store, cutoff: Timestamp) -> Result<usize, Error> {
    let mut forgotten = 0;
    for kind in KINDS {
        loop {
            let found = forget_some(store, kind, cutoff).await?;
            forgotten += found;
            if found < ROWS_MAX {
                break;
            }
        }
    }
    Ok(forgotten)
}

async fn forget_some(store: &Store, kind: &Kind, cutoff: Timestamp) -> Result<usize, Error> {
    let values = vec![cutoff.into(), Value::Integer(ROWS_MAX as i64)];
    let rows = store.query(Query::new(kind.find, values)).await?;
    let mut unit = Unit::new();
    for row in &rows {
        let sid = row.text(0)?;
        unit.extend(kind.remove.iter().map(|sql| Statement::new(sql, vec![sid.into()])));
    }
    store.commit(unit).await?;
    Ok(rows.len())
}
