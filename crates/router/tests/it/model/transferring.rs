//! How a task is handed from worker to worker.

use router::{NoticeKind, ReservationStatus, TaskStatus, TransferStatus};

use super::ask::Verdict;
use super::rules::Target;
use super::world::{Activity, Direct, Known, Model, Place, Stop, Transfer};

impl Model {
    pub(crate) fn start_transfer(&mut self, one: usize, to: Direct, is_cold: bool) -> Verdict {
        let (task, by) = (self.reservations[one].task, self.reservations[one].worker);
        if !self.tasks[task].is_live {
            return Verdict::NotFound;
        }
        let is_held = self.reservations[one].status == ReservationStatus::Accepted;
        if !is_held || self.tasks[task].open_transfer().is_some() {
            return Verdict::WrongState;
        }
        let (place, target) = match to {
            Direct::Worker(worker) if worker == by || !self.workers[worker].exists => {
                return Verdict::Invalid;
            }
            Direct::Queue(queue) if !self.queues[queue].exists => return Verdict::Invalid,
            Direct::Worker(worker) => {
                let is_available = self.workers[worker].activity == Activity::Available;
                if !is_available || !self.is_ready(worker, self.tasks[task].channel) {
                    return Verdict::WrongState;
                }
                (Place::Worker(worker), None)
            }
            Direct::Queue(queue) => (Place::Queue, Some(Target { queue, ..Target::default() })),
            Direct::Workflow => return Verdict::Invalid,
        };
        let (known, entered) = (Known::Anyone, self.now);
        let queue_before = self.tasks[task].queue;
        let status = TransferStatus::Initiated;
        self.tasks[task].transfers.push(Transfer { status, to, is_cold, from: one, by, queue_before });
        self.tasks[task].stop = Some(Stop { place, target, known, entered, deadline: None, revision: 0 });
        self.tasks[task].status = TaskStatus::Reserved;
        self.say(NoticeKind::TaskTransferInitiated);
        match to {
            Direct::Worker(worker) => self.offer(task, &[worker]),
            Direct::Queue(queue) => {
                self.move_to(task, Some(queue));
                self.unplaced.push(task);
            }
            Direct::Workflow => {}
        }
        Verdict::Done
    }

    /// Calls the open transfer of a task off.
    pub(crate) fn call_off(&mut self, task: usize) {
        self.end_transfer(task, TransferStatus::Canceled, NoticeKind::TaskTransferCanceled);
    }

    /// A worker who was asked did not take it: another one is asked, if it goes to a queue.
    pub(crate) fn fail_attempt(&mut self, task: usize) {
        let open = self.tasks[task].open_transfer().unwrap();
        if let Direct::Queue(_) = self.tasks[task].transfers[open].to {
            self.say(NoticeKind::TaskTransferAttemptFailed);
        }
        let is_asked = !self.with(task, ReservationStatus::Pending).is_empty();
        if !is_asked && !self.offer_if_suited(task) {
            self.end_transfer(task, TransferStatus::Failed, NoticeKind::TaskTransferFailed);
        }
    }

    /// Another worker has accepted; who hands on coldly is done with the contact.
    pub(crate) fn complete_transfer(&mut self, task: usize) {
        let Some(open) = self.tasks[task].open_transfer() else { return };
        self.tasks[task].transfers[open].status = TransferStatus::Complete;
        self.say(NoticeKind::TaskTransferCompleted);
        let Transfer { is_cold, from, .. } = self.tasks[task].transfers[open];
        if is_cold && self.reservations[from].status == ReservationStatus::Accepted {
            self.wrap(from);
        }
    }

    /// Gives a task back to those who have it; a task that nobody has any more ends.
    fn end_transfer(&mut self, task: usize, status: TransferStatus, kind: NoticeKind) {
        let Some(open) = self.tasks[task].open_transfer() else { return };
        for one in self.with(task, ReservationStatus::Pending) {
            self.withdraw(one, ReservationStatus::Canceled);
        }
        self.tasks[task].transfers[open].status = status;
        self.tasks[task].status = TaskStatus::Assigned;
        self.say(kind);
        let before = self.tasks[task].transfers[open].queue_before;
        self.move_to(task, before.filter(|queue| self.queues[*queue].exists));
        self.say(NoticeKind::TaskUpdated);
        if !self.with(task, ReservationStatus::Accepted).is_empty() {
            return;
        }
        if !self.with(task, ReservationStatus::Wrapping).is_empty() {
            return self.wrap_task(task);
        }
        self.complete_task(task, Some("All reservations were completed".to_owned()));
    }

    fn move_to(&mut self, task: usize, queue: Option<usize>) {
        if queue.is_some() && self.tasks[task].queue != queue {
            self.tasks[task].queue = queue;
            self.say(NoticeKind::TaskQueueMoved);
        }
    }
}
