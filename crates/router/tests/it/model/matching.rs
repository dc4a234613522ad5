//! Who should get a task, which task a worker should get, and when the router next has to look.

use router::{PriorityOrder, ReservationStatus, TaskOrder};

use super::rules::{Skip, Suits, Target};
use super::world::{Activity, Direct, Known, Model, Place, Reservation, TaskChannel, Time};

/// What puts waiting tasks in order: the smallest goes first.
type Turn = (u8, i64, i64, usize);

/// Why the router looks at the clock; at the same moment in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alarm {
    Reservation(usize),
    Target(usize),
    Task(usize),
    Lifetime(usize),
}

impl Model {
    /// Gives work to whom the step touched, until nobody who waits suits anybody who is ready.
    pub(crate) fn settle(&mut self) {
        loop {
            while let Some(worker) = self.touched.iter().min().copied() {
                self.touched.retain(|other| *other != worker);
                while let Some(task) = self.best_task_for(worker) {
                    let chosen = self.choose(task);
                    self.offer(task, &chosen);
                }
            }
            if self.unplaced.is_empty() {
                return;
            }
            let mut tasks = std::mem::take(&mut self.unplaced);
            tasks.sort_by_key(|task| (self.place_in_line(*task), *task));
            tasks.dedup();
            tasks.into_iter().for_each(|task| self.place(task));
        }
    }

    /// Returns whom to ask for a waiting task.
    pub(crate) fn choose(&self, task: usize) -> Vec<usize> {
        let it = &self.tasks[task];
        if let Some(open) = it.open_transfer() {
            return self.choose_for_transfer(task, open);
        }
        let Some(stop) = &it.stop else { return vec![] };
        let fit = self.fit_workers(task);
        let Some(target) = &stop.target else { return fit };
        if stop.known != Known::Anyone {
            return fit;
        }
        let mut fit = fit;
        if let Some(highest_first) = target.by_level {
            fit.sort_by_key(|worker| match (self.workers[*worker].level, highest_first) {
                (Some(level), true) => (0, -i64::from(level)),
                (Some(level), false) => (0, i64::from(level)),
                (None, _) => (1, 0),
            });
        }
        fit.truncate(self.queues[target.queue].at_once);
        fit
    }

    /// Tells whether a task to whom nobody suits does not wait in its target.
    pub(crate) fn is_skipped(&self, task: usize) -> bool {
        let Some(stop) = &self.tasks[task].stop else { return false };
        let (Place::Target(..), Some(target)) = (stop.place, &stop.target) else { return false };
        let crew = || (0..self.workers.len()).filter(|worker| self.serves(*worker, target.queue));
        let is_available = |worker: usize| self.workers[worker].activity == Activity::Available;
        !self.queues[target.queue].exists
            || match target.skip {
                Some(Skip::NobodyAvailable) => !crew().any(is_available),
                Some(Skip::Always) => true,
                None => false,
            }
    }

    /// Returns all alarms that are set.
    pub(crate) fn alarms(&self) -> Vec<(Time, Alarm)> {
        let mut alarms = vec![];
        for (number, one) in self.reservations.iter().enumerate() {
            if one.status == ReservationStatus::Pending && !one.is_on_hold {
                alarms.push((one.created + self.time_to_answer * 1_000, Alarm::Reservation(number)));
            }
        }
        for (number, task) in self.tasks.iter().enumerate().filter(|(_, task)| task.is_live) {
            let deadline = task.stop.as_ref().and_then(|stop| stop.deadline);
            if let Some(deadline) = deadline.filter(|_| self.is_waiting(number)) {
                alarms.push((deadline, Alarm::Target(number)));
            }
            if task.is_unassigned() {
                alarms.push((task.created + task.timeout * 1_000, Alarm::Task(number)));
            } else if let Some(assigned) = task.assigned.filter(|_| self.lifetime > 0) {
                alarms.push((assigned + self.lifetime * 1_000, Alarm::Lifetime(number)));
            }
        }
        alarms
    }

    pub(crate) fn is_ready(&self, worker: usize, channel: TaskChannel) -> bool {
        let it = &self.workers[worker];
        let is_busy = [TaskChannel::Default, TaskChannel::Chat].iter().any(|one| self.used(worker, *one) > 0);
        let own = &it.channels[channel as usize];
        it.exists
            && it.activity == Activity::Available
            && (self.multitasking || !is_busy)
            && own.is_open
            && self.used(worker, channel) < own.capacity
    }

    /// Returns who may be asked for a waiting task, who has been idle longest first.
    fn fit_workers(&self, task: usize) -> Vec<usize> {
        let channel = self.tasks[task].channel;
        let mut fit: Vec<usize> =
            (0..self.workers.len()).filter(|worker| self.may_take(*worker, task)).collect();
        fit.sort_by_key(|worker| (self.idle_since(*worker, channel), *worker));
        fit
    }

    fn choose_for_transfer(&self, task: usize, open: usize) -> Vec<usize> {
        let Direct::Queue(queue) = self.tasks[task].transfers[open].to else { return vec![] };
        let by = self.tasks[task].transfers[open].by;
        let mut others = self.fit_workers(task);
        let is_own = others.contains(&by);
        others.retain(|worker| *worker != by);
        others.truncate(if self.queues[queue].exists { self.queues[queue].at_once } else { 1 });
        if others.is_empty() && is_own { vec![by] } else { others }
    }

    /// Tells whether a worker could be asked for a waiting task.
    fn may_take(&self, worker: usize, task: usize) -> bool {
        let it = &self.tasks[task];
        if let Some(open) = it.open_transfer() {
            let was_asked =
                |one: &Reservation| one.task == task && one.worker == worker && one.transfer == Some(open);
            let Direct::Queue(queue) = it.transfers[open].to else { return false };
            return self.is_ready(worker, it.channel)
                && self.serves(worker, queue)
                && !self.reservations.iter().any(was_asked);
        }
        let Some(stop) = &it.stop else { return false };
        let Some(target) = &stop.target else {
            return stop.place == Place::Worker(worker)
                && self.workers[worker].exists
                && (it.ignores_capacity || self.is_ready(worker, it.channel));
        };
        let is_meant = match stop.known {
            Known::Anyone => true,
            Known::Worker(known) => known == worker,
            Known::Nobody => false,
        };
        is_meant
            && self.is_ready(worker, it.channel)
            && self.serves(worker, target.queue)
            && self.suits(worker, target, it.language)
    }

    fn suits(&self, worker: usize, target: &Target, language: &str) -> bool {
        let it = &self.workers[worker];
        match target.suits {
            None => true,
            Some(Suits::SpeaksTheLanguage) => it.speaks(language),
            Some(Suits::HalfFreeForChat) => self.free_percent(it, TaskChannel::Chat) > 50,
            Some(Suits::Experienced) => it.level.is_some_and(|level| level > 1),
        }
    }

    /// Returns the waiting task that a worker should get. One who is not ready looks for nothing, not even for
    /// what ignores that: such a task looks for the worker.
    fn best_task_for(&self, worker: usize) -> Option<usize> {
        let fit = (0..self.tasks.len()).filter(|task| {
            self.is_waiting(*task)
                && self.is_ready(worker, self.tasks[*task].channel)
                && self.may_take(worker, *task)
        });
        fit.min_by_key(|task| (self.rank(*task), self.turn(*task)))
    }

    /// Direct offers go first, then the kind of queue that the workspace prefers.
    fn rank(&self, task: usize) -> u8 {
        match self.order_of(task) {
            None => 0,
            Some(order) if order == self.preferred => 1,
            Some(_) => 2,
        }
    }

    fn turn(&self, task: usize) -> Turn {
        let it = &self.tasks[task];
        let start = it.start as i64;
        let priority = match self.priorities {
            PriorityOrder::LargestFirst => -i64::from(it.priority),
            PriorityOrder::ZeroFirst => i64::from(it.priority),
        };
        match self.order_of(task) {
            None | Some(TaskOrder::Fifo) => (0, priority, start, task),
            Some(TaskOrder::Lifo) => (1, -start, 0, task),
        }
    }

    /// A task that nobody could ever take stands in no line.
    fn place_in_line(&self, task: usize) -> Option<Turn> {
        let stop = self.tasks[task].stop.as_ref().filter(|_| self.is_waiting(task))?;
        let queue_exists = stop.target.as_ref().is_none_or(|target| self.queues[target.queue].exists);
        (queue_exists && stop.known != Known::Nobody).then(|| self.turn(task))
    }

    fn order_of(&self, task: usize) -> Option<TaskOrder> {
        let target = self.tasks[task].stop.as_ref()?.target.as_ref()?;
        Some(self.queues[target.queue].order)
    }

    fn idle_since(&self, worker: usize, channel: TaskChannel) -> Time {
        let it = &self.workers[worker];
        let counts_alone = self.chat_counts_alone && channel == TaskChannel::Chat;
        if counts_alone { it.channels[channel as usize].idle_since } else { it.idle_since }
    }
}
