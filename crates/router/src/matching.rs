//! Matching: who should get this task, and which task should this worker get?
//!
//! It is driven by what changed: a step wakes the workers and tasks that it touched, and only they are looked at.

use std::cmp::Ordering;

use domain::{TaskSid, Tick, WorkerSid};
use expression::{Facts, Requirement};

use crate::index::roster::Seat;
use crate::index::waiting::{Lane, Turn};
use crate::workflow::target::{KnownWorker, Place, Standing, Target};
use crate::workspace::Workspace;
use crate::{Task, TaskOrder};

impl Workspace {
    /// Gives work to whom the step has woken, until nobody who waits suits anybody who is ready.
    pub(crate) fn settle(&mut self, tick: &mut Tick) {
        loop {
            while let Some(worker) = self.awake_workers.pop_first() {
                self.find_work_for(worker, tick);
            }
            if self.awake_tasks.is_empty() {
                return;
            }
            for task in self.take_awake_tasks() {
                self.place(task, tick);
            }
        }
    }

    /// Returns the workers who should be asked for a pending task, the first choice first; empty where nobody
    /// suits.
    pub(crate) fn choose_workers(&mut self, sid: TaskSid) -> Vec<WorkerSid> {
        let Some(task) = self.tasks.get(&sid) else { return vec![] };
        self.roster.freshen(task.task_channel_sid);
        self.roster.learn(&requirements_of(task));
        if let Some(transfer) = task.open_transfer() {
            return self.choose_for_transfer(task, transfer);
        }
        let Some(standing) = &task.standing else { return vec![] };
        match (standing.place, standing.known_worker, &standing.target) {
            (Place::Worker(worker), _, _) => self.choose_directly(task, worker),
            (Place::Filter { .. } | Place::DefaultFilter | Place::Queue, _, None) => vec![],
            (Place::Filter { .. } | Place::DefaultFilter | Place::Queue, known, Some(target)) => {
                match known {
                    KnownWorker::Nobody => vec![],
                    KnownWorker::Worker(worker) => self.choose_known(task, target, worker),
                    KnownWorker::Anyone => self.choose_from_crew(task, target),
                }
            }
        }
    }

    /// Returns the line in which a pending task waits; none where nobody could ever take it.
    pub(crate) fn lane_of(&self, standing: &Standing, task: &Task) -> Option<(Lane, TaskOrder)> {
        let channel = task.task_channel_sid;
        if let Place::Worker(worker) = standing.place {
            return Some((Lane::Direct(worker, channel), TaskOrder::Fifo));
        }
        let queue = self.task_queues.get(&standing.target.as_ref()?.queue)?;
        let lane = match standing.known_worker {
            KnownWorker::Anyone => Lane::Queue(queue.sid, channel),
            KnownWorker::Worker(worker) => Lane::KnownWorker(queue.sid, channel, worker),
            KnownWorker::Nobody => return None,
        };
        Some((lane, queue.task_order))
    }

    fn choose_directly(&self, task: &Task, worker: WorkerSid) -> Vec<WorkerSid> {
        let is_there = self.workers.contains_key(&worker);
        let is_free =
            is_there && (task.ignore_capacity || self.roster.is_ready(worker, task.task_channel_sid));
        if is_free { vec![worker] } else { vec![] }
    }

    fn choose_known(&self, task: &Task, target: &Target, worker: WorkerSid) -> Vec<WorkerSid> {
        let is_free = self.roster.serves(worker, target.queue)
            && self.roster.is_ready(worker, task.task_channel_sid)
            && self.suits(task, target, worker);
        if is_free { vec![worker] } else { vec![] }
    }

    fn choose_from_crew(&self, task: &Task, target: &Target) -> Vec<WorkerSid> {
        let Some(queue) = self.task_queues.get(&target.queue) else { return vec![] };
        let count = queue.max_reserved_workers as usize;
        let ready = self.roster.candidates(queue.sid, task.task_channel_sid, requirements_of(task));
        let suitable = ready.filter(|worker| self.suits(task, target, *worker));
        let Some(order) = &target.order_by else { return suitable.take(count).collect() };
        let mut chosen: Vec<_> =
            suitable.filter_map(|worker| Some((worker, &self.roster.entry(worker)?.facts))).collect();
        order.sort(&mut chosen, |(_, facts)| facts);
        chosen.into_iter().take(count).map(|(worker, _)| worker).collect()
    }

    /// Tells whether the target's expression is true of a worker and a task.
    pub(crate) fn suits(&self, task: &Task, target: &Target, worker: WorkerSid) -> bool {
        let Some(expression) = &target.expression else { return true };
        let entry = self.roster.entry(worker);
        entry.is_some_and(|entry| expression.matches(&Facts::both(&entry.facts, task.attributes.value())))
    }

    /// Offers waiting tasks as long as one suits this worker; who is offered it is the task's own choice.
    fn find_work_for(&mut self, worker: WorkerSid, tick: &mut Tick) {
        while let Some(task) = self.best_task_for(worker) {
            let chosen = self.choose_workers(task);
            self.offer(task, &chosen, tick);
        }
    }

    /// Returns the waiting task that this worker should get.
    fn best_task_for(&self, worker: WorkerSid) -> Option<TaskSid> {
        let entry = self.roster.entry(worker)?;
        let lanes = entry.ready.iter().flat_map(|Seat { channel, .. }| {
            let of_queue =
                move |queue: &_| [Lane::KnownWorker(*queue, *channel, worker), Lane::Queue(*queue, *channel)];
            entry.queues.iter().flat_map(of_queue).chain([Lane::Direct(worker, *channel)])
        });
        let first_suitable = |lane| {
            let mut turns = self.waiting.in_lane(lane);
            turns.find(|turn| self.could_take(worker, turn.task)).map(|turn| (lane, *turn))
        };
        let best = lanes.filter_map(first_suitable).min_by(|a, b| self.compare_turns(a, b));
        best.map(|(_, turn)| turn.task)
    }

    /// Tells whether a worker who is ready on its channel and serves its queue suits a task in line.
    fn could_take(&self, worker: WorkerSid, task: TaskSid) -> bool {
        let Some(task) = self.tasks.get(&task) else { return false };
        if task.open_transfer().is_some_and(|transfer| self.was_asked(task, transfer, worker)) {
            return false;
        }
        let target = task.standing.as_ref().and_then(|standing| standing.target.as_ref());
        target.is_none_or(|target| self.suits(task, target, worker))
    }

    /// Direct offers go first, then all tasks of the kind of queue that the workspace prefers.
    fn compare_turns(&self, (a_lane, a): &(Lane, Turn), (b_lane, b): &(Lane, Turn)) -> Ordering {
        let preferred = self.settings.prioritize_queue_order;
        let rank = |lane: &Lane, turn: &Turn| match lane {
            Lane::Direct(..) => 0,
            Lane::Queue(..) | Lane::KnownWorker(..) if turn.is_of(preferred) => 1,
            Lane::Queue(..) | Lane::KnownWorker(..) => 2,
        };
        rank(a_lane, a).cmp(&rank(b_lane, b)).then(a.cmp(b))
    }

    /// Tasks that woke together get their turn in the order in which they wait.
    fn take_awake_tasks(&mut self) -> Vec<TaskSid> {
        let mut tasks: Vec<TaskSid> = std::mem::take(&mut self.awake_tasks).into_iter().collect();
        tasks.sort_by_key(|task| (self.waiting.turn(*task), *task));
        tasks
    }
}

/// Returns what the target at which a task stands requires of workers.
fn requirements_of(task: &Task) -> Vec<Requirement<'_>> {
    let target = task.standing.as_ref().and_then(|standing| standing.target.as_ref());
    let expression = target.and_then(|target| target.expression.as_ref());
    expression.map(|expression| expression.requirements(task.attributes.value())).unwrap_or_default()
}
