//! Presence: which workers are connected, by which sockets, and what each of them is to be told.
//!
//! Every socket has a queue of a fixed length. Who does not read is disconnected: the SDK connects again and reads
//! the whole worker anew, which is cheaper than to remember for ever what it missed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use domain::{TaskSid, WorkerSid};
use parking_lot::Mutex;
use router::{Notice, NoticeKind};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot};

use super::event::{Audience, Event, in_order};
use crate::platform::Notices;

/// How many events may wait for one socket.
const WAITING_MAX: usize = 256;

/// Who is connected.
#[derive(Default)]
pub(super) struct Presence {
    desks: Mutex<Desks>,
}

/// Why the server closes a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// The worker connected elsewhere and asked for that.
    ConnectedElsewhere,
    /// The browser reads more slowly than things happen.
    TooSlow,
    /// The server itself missed what happened.
    Missed,
}

/// One socket's end of its queue.
pub(super) struct Connection {
    /// The worker.
    pub(super) worker: WorkerSid,
    /// The events to send.
    pub(super) events: mpsc::Receiver<Utf8Bytes>,
    /// Resolves when the socket is to be closed.
    pub(super) closing: oneshot::Receiver<Closing>,
    number: u64,
}

#[derive(Default)]
struct Desks {
    /// The workers who are connected.
    by_worker: BTreeMap<WorkerSid, Desk>,
    /// The connected workers who have a reservation of a task: events of tasks do not say whose they are.
    workers_by_task: BTreeMap<TaskSid, BTreeSet<WorkerSid>>,
    last_number: u64,
}

/// Where a worker is connected.
#[derive(Default)]
struct Desk {
    lines: BTreeMap<u64, Line>,
    /// The tasks for which the worker stands in `workers_by_task`.
    tasks: BTreeSet<TaskSid>,
}

struct Line {
    events: mpsc::Sender<Utf8Bytes>,
    closing: oneshot::Sender<Closing>,
}

impl Presence {
    /// Starts with nobody connected, and tells whoever connects what happens for as long as the product runs.
    pub(super) fn start(notices: Notices) -> Arc<Self> {
        let presence = Arc::new(Self::default());
        tokio::spawn(listen(notices, Arc::clone(&presence)));
        presence
    }

    /// Connects a socket of a worker; events wait in its queue from this moment on.
    pub(super) fn join(&self, worker: WorkerSid, closes_others: bool) -> Connection {
        let (events, queue) = mpsc::channel(WAITING_MAX);
        let (close, closing) = oneshot::channel();
        let mut desks = self.desks.lock();
        desks.last_number += 1;
        let number = desks.last_number;
        let desk = desks.by_worker.entry(worker).or_default();
        if closes_others {
            for line in std::mem::take(&mut desk.lines).into_values() {
                line.close(Closing::ConnectedElsewhere);
            }
        }
        desk.lines.insert(number, Line { events, closing: close });
        Connection { worker, events: queue, closing, number }
    }

    /// Lets a worker hear of these tasks.
    pub(super) fn follow(&self, worker: WorkerSid, tasks: impl IntoIterator<Item = TaskSid>) {
        let mut desks = self.desks.lock();
        for task in tasks {
            desks.follow(worker, task);
        }
    }

    /// Disconnects a socket, and tells whether it was the worker's last one.
    pub(super) fn leave(&self, connection: &Connection) -> bool {
        let mut desks = self.desks.lock();
        let Some(desk) = desks.by_worker.get_mut(&connection.worker) else { return true };
        desk.lines.remove(&connection.number);
        let is_last = desk.lines.is_empty();
        if is_last {
            desks.clear(connection.worker);
        }
        is_last
    }

    /// Tells whether a worker is connected.
    pub(super) fn has(&self, worker: WorkerSid) -> bool {
        self.desks.lock().by_worker.contains_key(&worker)
    }

    /// Puts what happened into the queues of those whom it concerns.
    fn tell(&self, notices: &[Notice]) {
        let mut desks = self.desks.lock();
        if desks.by_worker.is_empty() {
            return;
        }
        for event in in_order(notices) {
            desks.note(event.notice);
            desks.tell(&event);
        }
    }

    fn close_all(&self, why: Closing) {
        let mut desks = self.desks.lock();
        desks.workers_by_task.clear();
        for line in
            std::mem::take(&mut desks.by_worker).into_values().flat_map(|desk| desk.lines.into_values())
        {
            line.close(why);
        }
    }
}

/// Hands on what happens until the product ends.
async fn listen(mut notices: Notices, presence: Arc<Presence>) {
    loop {
        match notices.recv().await {
            Ok(commit) => presence.tell(&commit),
            Err(RecvError::Lagged(commits)) => {
                tracing::warn!(commits, "connected workers missed what happened and are to connect again");
                presence.close_all(Closing::Missed);
            }
            Err(RecvError::Closed) => return,
        }
    }
}

impl Desks {
    fn follow(&mut self, worker: WorkerSid, task: TaskSid) {
        if let Some(desk) = self.by_worker.get_mut(&worker) {
            desk.tasks.insert(task);
            self.workers_by_task.entry(task).or_default().insert(worker);
        }
    }

    fn unfollow(&mut self, worker: WorkerSid, task: TaskSid) {
        if let Some(desk) = self.by_worker.get_mut(&worker) {
            desk.tasks.remove(&task);
        }
        if let Some(workers) = self.workers_by_task.get_mut(&task) {
            workers.remove(&worker);
            if workers.is_empty() {
                self.workers_by_task.remove(&task);
            }
        }
    }

    /// Forgets a worker who has no socket left.
    fn clear(&mut self, worker: WorkerSid) {
        let tasks = self.by_worker.get(&worker).map(|desk| desk.tasks.clone()).unwrap_or_default();
        for task in tasks {
            self.unfollow(worker, task);
        }
        self.by_worker.remove(&worker);
    }

    /// Notes who has to do with a task from here on.
    fn note(&mut self, notice: &Notice) {
        let Some(reservation) = &notice.subjects.reservation else { return };
        let (worker, task) = (reservation.worker_sid, reservation.task_sid);
        if notice.kind == NoticeKind::ReservationCreated {
            self.follow(worker, task);
        } else if !reservation.status.holds_capacity() {
            self.unfollow(worker, task);
        }
    }

    fn tell(&mut self, event: &Event<'_>) {
        let workers: Vec<WorkerSid> = match event.audience() {
            Some(Audience::Worker(worker)) => vec![worker],
            Some(Audience::WorkersOn(task)) => {
                self.workers_by_task.get(&task).into_iter().flatten().copied().collect()
            }
            None => return,
        };
        // Most events concern nobody who is connected: they are not written at all.
        if !workers.iter().any(|worker| self.by_worker.contains_key(worker)) {
            return;
        }
        let Some(text) = event.text().map(Utf8Bytes::from) else { return };
        for worker in workers {
            if let Some(desk) = self.by_worker.get_mut(&worker) {
                desk.tell(&text);
            }
        }
    }
}

impl Desk {
    /// Puts a text into the queue of each socket; one whose queue is full is closed.
    fn tell(&mut self, text: &Utf8Bytes) {
        let is_full = |line: &Line| line.events.try_send(text.clone()).is_err();
        let slow: Vec<u64> =
            self.lines.iter().filter(|(_, line)| is_full(line)).map(|(number, _)| *number).collect();
        for number in slow {
            if let Some(line) = self.lines.remove(&number) {
                line.close(Closing::TooSlow);
            }
        }
    }
}

impl Line {
    fn close(self, why: Closing) {
        // The socket may have gone by itself.
        let _ = self.closing.send(why);
    }
}

#[cfg(test)]
mod tests {
    use domain::{Tick, Timestamp};
    use router::{
        Action, Command, CreateWorker, CreateWorkspace, Subject, Template, UpdateWorker, Workspace,
    };

    use super::*;

    #[test]
    fn who_does_not_read_is_disconnected_and_the_others_are_not() {
        let mut centre = Centre::new();
        let presence = Presence::default();
        let mut slow = presence.join(centre.worker, false);
        let mut quick = presence.join(centre.worker, false);
        for _ in 0..=WAITING_MAX {
            presence.tell(&centre.change());
            quick.events.try_recv().unwrap();
        }
        assert_eq!(slow.closing.try_recv(), Ok(Closing::TooSlow));
        assert!(quick.closing.try_recv().is_err());
        assert!(!presence.leave(&slow) && presence.has(centre.worker));
        assert!(presence.leave(&quick) && !presence.has(centre.worker));
    }

    #[tokio::test]
    async fn when_the_server_misses_something_everybody_connects_again() {
        let mut centre = Centre::new();
        let (sender, notices) = tokio::sync::broadcast::channel(1);
        let presence = Presence::start(notices);
        let connection = presence.join(centre.worker, false);
        for _ in 0..2 {
            sender.send(Arc::new(centre.change())).unwrap();
        }
        assert_eq!(connection.closing.await, Ok(Closing::Missed));
    }

    /// A workspace with a worker whose attributes change.
    struct Centre {
        workspace: Workspace,
        worker: WorkerSid,
        changes: u64,
    }

    impl Centre {
        fn new() -> Self {
            let setup = CreateWorkspace {
                account_sid: "AC00000000000000000000000000000001".parse().unwrap(),
                friendly_name: "Centre".to_owned(),
                template: Template::Fifo,
                event_callback_url: None,
                events_filter: None,
                multi_task_enabled: None,
                prioritize_queue_order: None,
            };
            let (mut workspace, _) = Workspace::create(setup, &mut tick(0)).unwrap();
            let alice =
                CreateWorker { friendly_name: "alice".to_owned(), activity_sid: None, attributes: None };
            let made = workspace.execute(Command::CreateWorker(alice), &mut tick(1)).unwrap();
            let Subject::Worker(worker) = made.subject else { panic!("{:?} is no worker", made.subject) };
            Self { workspace, worker, changes: 1 }
        }

        fn change(&mut self) -> Vec<Notice> {
            self.changes += 1;
            let attributes = Some(format!("{{\"change\": {}}}", self.changes));
            let update = UpdateWorker { attributes, ..UpdateWorker::of(self.worker) };
            let done =
                self.workspace.execute(Command::UpdateWorker(update), &mut tick(self.changes)).unwrap();
            let notice = |action| match action {
                Action::Announce(notice) => Some(*notice),
                Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => {
                    None
                }
            };
            done.actions.into_iter().filter_map(notice).collect()
        }
    }

    fn tick(number: u64) -> Tick {
        Tick::new(Timestamp::from_secs(1_800_000_000), number)
    }
}
