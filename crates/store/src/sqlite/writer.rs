//! The one writer: units that wait together share a transaction and its flush (group commit).

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params_from_iter};
use tokio::sync::oneshot;

use super::checkpoints::Checkpoints;
use super::connection::unavailable;
use crate::lease::{ACQUIRE, EPOCH};
use crate::{Error, Fence, Guard, Lease, Statement, Unit};

/// How many units one transaction takes at most: it bounds how long the first of them waits.
const UNITS_MAX: usize = 512;

/// A handle on the writer's thread, which ends when the last handle is dropped.
pub(super) struct Writer {
    requests: Sender<Request>,
}

/// What the writer is asked, and where its answer goes.
enum Request {
    Commit(Unit, oneshot::Sender<Result<(), Error>>),
    Acquire(Lease, oneshot::Sender<Result<(), Error>>),
}

/// A unit that waits, with the place its answer goes to.
type Waiting = (Unit, oneshot::Sender<Result<(), Error>>);

impl Writer {
    /// Starts the writer's thread on `connection`.
    pub(super) fn start(connection: Connection, checkpoints: Checkpoints) -> Result<Self, Error> {
        let (requests, inbox) = channel();
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || Loop { connection, checkpoints, inbox, fence: None }.run())
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self { requests })
    }

    /// Writes a unit and returns once it is on disk.
    pub(super) async fn commit(&self, unit: Unit) -> Result<(), Error> {
        self.ask(|answer| Request::Commit(unit, answer)).await
    }

    /// Takes or renews the lease.
    pub(super) async fn acquire(&self, lease: Lease) -> Result<(), Error> {
        self.ask(|answer| Request::Acquire(lease, answer)).await
    }

    async fn ask(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<(), Error>>) -> Request,
    ) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        let stopped = || Error::Unavailable("the writer has stopped".to_owned());
        self.requests.send(request(answer)).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

/// The writer's thread.
struct Loop {
    connection: Connection,
    checkpoints: Checkpoints,
    inbox: Receiver<Request>,
    fence: Option<Fence>,
}

impl Loop {
    /// Serves until every handle is gone.
    fn run(mut self) {
        while let Ok(first) = self.inbox.recv() {
            let mut waiting = Vec::new();
            let mut next = Some(first);
            while let Some(request) = next.take() {
                match request {
                    Request::Commit(unit, answer) => waiting.push((unit, answer)),
                    Request::Acquire(lease, answer) => {
                        self.commit_all(std::mem::take(&mut waiting));
                        // The asker may have gone: the lease is held all the same.
                        let _ = answer.send(self.acquire(&lease));
                    }
                }
                if waiting.len() < UNITS_MAX {
                    next = self.inbox.try_recv().ok();
                }
            }
            self.commit_all(waiting);
        }
    }

    /// Writes what waits in one transaction, then answers everybody.
    fn commit_all(&mut self, waiting: Vec<Waiting>) {
        if waiting.is_empty() {
            return;
        }
        let (units, answers): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        let verdicts = match self.write(&units) {
            Ok(verdicts) => verdicts,
            Err(error) => units.iter().map(|_| Err(error.clone())).collect(),
        };
        for (answer, verdict) in answers.into_iter().zip(verdicts) {
            // Whoever asked may have been cancelled; the unit is written all the same.
            let _ = answer.send(verdict);
        }
        self.checkpoints.note_commit(&self.connection);
    }

    /// Writes units in one transaction; each one's verdict is its own, a failed flush is everybody's.
    fn write(&mut self, units: &[Unit]) -> Result<Vec<Result<(), Error>>, Error> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        check_fence(&transaction, self.fence.as_ref())?;
        if let [only] = units {
            // A transaction of its own takes back what it wrote without a savepoint, which copies every page.
            let verdict = write_statements(&transaction, only);
            let ended = if verdict.is_ok() { transaction.commit() } else { transaction.rollback() };
            return ended.map_err(unavailable).map(|()| vec![verdict]);
        }
        let verdicts = units.iter().map(|unit| write_unit(&transaction, unit)).collect();
        transaction.commit().map_err(unavailable)?;
        Ok(verdicts)
    }

    /// Takes or renews the lease and remembers its epoch.
    fn acquire(&mut self, lease: &Lease) -> Result<(), Error> {
        let force = i64::from(lease.force);
        let (now, until) = (lease.now.as_micros(), lease.expires_at.as_micros());
        let epoch: Option<i64> = self
            .connection
            .query_row(ACQUIRE, (&lease.shard, &lease.owner, until, now, force), |row| row.get(0))
            .optional()
            .map_err(unavailable)?;
        let epoch = epoch.ok_or(Error::InUse)?;
        self.fence = Some(Fence { shard: lease.shard.clone(), epoch });
        Ok(())
    }
}

/// Refuses to write without the lease, or when a later holder has taken it.
fn check_fence(transaction: &Transaction<'_>, fence: Option<&Fence>) -> Result<(), Error> {
    let fence = fence.ok_or(Error::Fenced)?;
    let mut statement = transaction.prepare_cached(EPOCH).map_err(unavailable)?;
    let epoch: Option<i64> =
        statement.query_row([&fence.shard], |row| row.get(0)).optional().map_err(unavailable)?;
    if epoch == Some(fence.epoch) { Ok(()) } else { Err(Error::Fenced) }
}

/// Writes one unit inside the transaction, or takes back what it wrote.
fn write_unit(transaction: &Transaction<'_>, unit: &Unit) -> Result<(), Error> {
    run(transaction, "SAVEPOINT unit")?;
    let verdict = write_statements(transaction, unit);
    if verdict.is_err() {
        run(transaction, "ROLLBACK TO unit")?;
    }
    run(transaction, "RELEASE unit")?;
    verdict
}

/// Runs the changes of a unit up to the first that fails.
fn write_statements(transaction: &Transaction<'_>, unit: &Unit) -> Result<(), Error> {
    unit.statements.iter().try_for_each(|statement| write_statement(transaction, statement))
}

/// Runs one change and looks at its guard.
fn write_statement(transaction: &Transaction<'_>, statement: &Statement) -> Result<(), Error> {
    let mut prepared = transaction.prepare_cached(statement.sql).map_err(unavailable)?;
    let changed = prepared.execute(params_from_iter(statement.values.iter())).map_err(unavailable)?;
    match statement.guard {
        Guard::ExactlyOne(meaning) if changed != 1 => Err(Error::Conflict(meaning)),
        Guard::ExactlyOne(_) | Guard::Any => Ok(()),
    }
}

/// Runs a statement without parameters.
fn run(transaction: &Transaction<'_>, sql: &str) -> Result<(), Error> {
    transaction.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(unavailable)?;
    Ok(())
}
