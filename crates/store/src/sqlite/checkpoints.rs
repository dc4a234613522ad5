//! Checkpoints: the log written ahead is copied into the file beside the writer, so that no commit waits for it.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use super::connection::{open_for_checkpoints, unavailable};
use crate::Error;

/// How long commits gather before they are copied.
const PAUSE: Duration = Duration::from_millis(500);

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

fn run(connection: &Connection, commits: &Receiver<()>) {
    while commits.recv().is_ok() {
        thread::sleep(PAUSE);
        if let Err(error) = copy(connection) {
            // The writer does it then, at a commit.
            tracing::warn!(%error, "the log could not be copied into the file");
        }
    }
}

/// Copies what no reader needs in the log any more; it waits for nobody and nobody waits for it.
fn copy(connection: &Connection) -> Result<(), Error> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(unavailable)
}
