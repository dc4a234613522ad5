//! Checkpoints: the log written ahead is copied into the file beside the writer, so that no commit waits for it.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connection::{open_for_checkpoints, unavailable};
use crate::Error;

/// How long commits gather at least before they are copied, and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(20), Duration::from_secs(2)];

/// How many times as long as the last copy took the next commits gather: small copies hold no commit up, and under
/// load a page that changes often is copied once.
const PAUSE_FOR_COPY: u32 = 20;

/// A handle on the thread that copies, which ends when the handle is dropped.
pub(super) struct Checkpoints {
    commits: SyncSender<()>,
}

impl Checkpoints {
    /// Starts the thread for the file at `path`.
    pub(super) fn start(path: &Path) -> Result<Self, Error> {
        let connection = open_for_checkpoints(path)?;
        let (commits, inbox) = sync_channel(1);
        thread::Builder::new()
            .name("store-checkpoints".to_owned())
            .spawn(move || run(&connection, &inbox))
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self { commits })
    }

    /// Says that there is something to copy.
    pub(super) fn note_commit(&self) {
        match self.commits.try_send(()) {
            // One note stands for all commits until it is read.
            Ok(()) | Err(TrySendError::Full(())) => {}
            Err(TrySendError::Disconnected(())) => tracing::error!("the thread of checkpoints has stopped"),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "it measures itself; nothing that is stored comes of it")]
fn run(connection: &Connection, commits: &Receiver<()>) {
    let mut pause = PAUSES[0];
    while commits.recv().is_ok() {
        thread::sleep(pause);
        let begun = Instant::now();
        if let Err(error) = copy(connection) {
            // The writer does it then, at a commit.
            tracing::warn!(%error, "the log could not be copied into the file");
        }
        pause = (begun.elapsed() * PAUSE_FOR_COPY).clamp(PAUSES[0], PAUSES[1]);
    }
}

/// Copies what no reader needs in the log any more; it waits for nobody and nobody waits for it.
fn copy(connection: &Connection) -> Result<(), Error> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(unavailable)
}
