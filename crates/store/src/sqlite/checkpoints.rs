//! Checkpoints: the log written ahead is copied into the file beside the writer, so that no commit waits for it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connection::open_for_checkpoints;
use crate::Error;

/// How long commits gather at least before they are copied, and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_secs(2)];

/// How many times as long as the last copy took the next commits gather: small copies hold no commit up, and under
/// load a page that changes often is copied once.
const PAUSE_FOR_COPY: u32 = 10;

/// How long the log gets before it begins anew, in pages of 4 KiB. A log that is written over costs half the flush of
/// one that grows, whose length the file system has to note each time.
pub(super) const LOG_PAGES: i64 = 16_384;

/// A handle on the thread that copies, which ends when the handle is dropped.
pub(super) struct Checkpoints {
    commits: SyncSender<()>,
    /// Says that the log is long and all but its end is copied.
    is_long: Arc<AtomicBool>,
}

impl Checkpoints {
    /// Starts the thread for the file at `path`, whose log begins anew after `log_pages`.
    pub(super) fn start(path: &Path, log_pages: i64) -> Result<Self, Error> {
        let connection = open_for_checkpoints(path)?;
        let (commits, inbox) = sync_channel(1);
        let is_long = Arc::new(AtomicBool::new(false));
        let tells = Arc::clone(&is_long);
        thread::Builder::new()
            .name("store-checkpoints".to_owned())
            .spawn(move || run(&connection, &inbox, log_pages, &tells))
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self { commits, is_long })
    }

    /// Says that there is something to copy; copies the end of a long log, so that the next commit begins it anew.
    /// Only the writer can, between two commits: it alone keeps the log from growing meanwhile.
    pub(super) fn note_commit(&self, writer: &Connection) {
        match self.commits.try_send(()) {
            // One note stands for all commits until it is read.
            Ok(()) | Err(TrySendError::Full(())) => {}
            Err(TrySendError::Disconnected(())) => tracing::error!("the thread of checkpoints has stopped"),
        }
        if self.is_long.swap(false, Ordering::Relaxed) {
            copy_or_warn(writer);
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "it measures itself; nothing that is stored comes of it")]
fn run(connection: &Connection, commits: &Receiver<()>, log_pages: i64, is_long: &AtomicBool) {
    let mut pause = PAUSES[0];
    while commits.recv().is_ok() {
        thread::sleep(pause);
        let begun = Instant::now();
        let mut pages = copy_or_warn(connection);
        if pages >= log_pages {
            // What came meanwhile, so that little is left for the writer.
            pages = copy_or_warn(connection);
        }
        is_long.store(pages >= log_pages, Ordering::Relaxed);
        pause = (begun.elapsed() * PAUSE_FOR_COPY).clamp(PAUSES[0], PAUSES[1]);
    }
}

/// Copies what no reader needs in the log any more, and returns how many pages the log has; it waits for nobody.
/// What could not be copied is copied the next time, by the writer at the latest.
fn copy_or_warn(connection: &Connection) -> i64 {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1)).unwrap_or_else(|error| {
        tracing::warn!(%error, "the log could not be copied into the file");
        0
    })
}

#[cfg(test)]
mod tests {
    use super::super::connection::open_for_writing;
    use super::*;

    #[test]
    fn a_long_log_begins_anew_while_commits_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("patchboard.db");
        let writer = open_for_writing(&path).unwrap();
        writer.execute_batch("PRAGMA synchronous = OFF; CREATE TABLE rows (id INTEGER PRIMARY KEY)").unwrap();
        let checkpoints = Checkpoints::start(&path, 100).unwrap();
        let log = || std::fs::metadata(folder.path().join("patchboard.db-wal")).unwrap().len();

        let is_written_over = (0..50_000).any(|_| {
            let before = log();
            writer.execute("INSERT INTO rows DEFAULT VALUES", []).unwrap();
            checkpoints.note_commit(&writer);
            log() == before
        });

        assert!(is_written_over, "the log has grown to {} bytes", log());
    }
}
