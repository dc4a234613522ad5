//! The event log of workspaces: written with what happened, never changed.
//!
//! What happened to one thing at one moment is one row, however many events that were.

mod listing;
mod packing;

use domain::{EventSid, Sid, WorkspaceSid};
use router::Notice;

use self::listing::keys_of;
pub use self::listing::{Filter, list};
use crate::{Error, Query, Statement, Store, Value};

/// Logs what happened, in the order in which it happened.
pub fn insert(notices: &[Notice]) -> impl Iterator<Item = Statement> {
    notices.chunk_by(belong_together).map(insert_group)
}

/// Returns the event with this SID.
pub async fn fetch(store: &Store, workspace: WorkspaceSid, event: &str) -> Result<Option<Notice>, Error> {
    let Ok(sid) = event.parse::<EventSid>() else { return Ok(None) };
    // The SID begins with the millisecond in which the event happened.
    let from = i64::try_from(sid.bits() >> 80).unwrap_or(i64::MAX / 1_000) * 1_000;
    let query = Query::quick(
        "SELECT body FROM event_groups WHERE workspace = $1 AND date_created BETWEEN $2 AND $3",
        vec![workspace.to_string().into(), from.into(), (from + 999).into()],
    );
    for row in store.query(query).await? {
        let found = packing::unpack(row.bytes(0)?)?.into_iter().find(|notice| notice.sid == sid);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Tells whether two events share a row: one moment of one task, or of what is no task.
fn belong_together(one: &Notice, other: &Notice) -> bool {
    let place = |notice: &Notice| {
        (notice.at, notice.workspace_sid, notice.subjects.task.as_ref().map(|snapshot| snapshot.task.sid))
    };
    place(one) == place(other)
}

fn insert_group(group: &[Notice]) -> Statement {
    let first = &group[0];
    let task = first.subjects.task.as_ref().map(|snapshot| snapshot.task.sid.to_string());
    Statement::new(
        "INSERT INTO event_groups (sid, workspace, task, date_created, words, body)
         VALUES ($1, $2, $3, $4, $5, $6)",
        vec![
            first.sid.to_string().into(),
            first.workspace_sid.to_string().into(),
            task.into(),
            first.at.into(),
            words(group).into(),
            Value::Bytes(packing::pack(group)),
        ],
    )
}

/// Returns all that the events of a group can be found by, a blank on either side of each word.
fn words(group: &[Notice]) -> String {
    let mut words: Vec<String> = group.iter().flat_map(keys_of).flatten().collect();
    words.sort_unstable();
    words.dedup();
    format!(" {} ", words.join(" "))
}
