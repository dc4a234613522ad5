//! How requests about people, queues and rules are carried out or refused.

use router::{NoticeKind, PriorityOrder, ReservationStatus, TaskOrder, TaskStatus};

use super::ask::{OfQueue, OfWorker, Verdict};
use super::rules::{Crew, Rules, name_of_worker};
use super::world::{Activity, Direct, Model, TaskChannel, Worker, WorkerChannel};

impl Model {
    pub(crate) fn create_worker(&mut self, skills: Vec<&'static str>, activity: Activity) -> Verdict {
        let channel = WorkerChannel { is_open: true, capacity: 1, idle_since: self.now };
        self.workers.push(Worker {
            name: name_of_worker(self.workers.len()),
            exists: true,
            skills,
            level: None,
            activity,
            idle_since: self.now,
            channels: [channel.clone(), channel],
        });
        self.say(NoticeKind::WorkerCreated);
        self.touch(self.workers.len() - 1);
        Verdict::Done
    }

    pub(crate) fn of_worker(&mut self, worker: usize, ask: OfWorker) -> Verdict {
        match ask {
            OfWorker::Activity { activity, rejects } => self.move_worker(worker, activity, rejects),
            OfWorker::Skills { skills, level } => self.teach(worker, skills, level),
            OfWorker::Channel { channel, capacity, is_open } => {
                self.set_channel(worker, channel, capacity, is_open)
            }
            OfWorker::Delete => self.delete_worker(worker),
        }
    }

    pub(crate) fn of_queue(&mut self, queue: usize, ask: OfQueue) -> Verdict {
        match ask {
            OfQueue::Rules { crew, at_once, order } => {
                (self.queues[queue].at_once, self.queues[queue].order) = (at_once, order);
                self.set_crew(queue, crew);
                Verdict::Done
            }
            OfQueue::Delete => self.delete_queue(queue),
        }
    }

    pub(crate) fn set_rules(&mut self, rules: Rules, re_evaluates: bool) -> Verdict {
        let is_new = rules != self.rules;
        if is_new && !rules.queues().all(|queue| self.queues[queue].exists) {
            return Verdict::Invalid;
        }
        self.revision += u32::from(is_new);
        self.rules = rules;
        self.say(NoticeKind::WorkflowUpdated);
        if re_evaluates {
            self.re_evaluate();
        }
        Verdict::Done
    }

    pub(crate) fn prefer(&mut self, kind: TaskOrder, priorities: PriorityOrder) -> Verdict {
        (self.preferred, self.priorities) = (kind, priorities);
        self.say(NoticeKind::WorkspaceUpdated);
        (0..self.workers.len()).for_each(|worker| self.touch(worker));
        Verdict::Done
    }

    fn move_worker(&mut self, worker: usize, activity: Activity, rejects: bool) -> Verdict {
        self.set_activity(worker, activity);
        if rejects && activity != Activity::Available {
            let all = self.reservations.iter().enumerate();
            let asked = all.filter(|(_, it)| it.worker == worker && it.status == ReservationStatus::Pending);
            for one in asked.map(|(number, _)| number).collect::<Vec<_>>() {
                self.reject(one);
            }
        }
        Verdict::Done
    }

    fn teach(&mut self, worker: usize, skills: Vec<&'static str>, level: Option<u32>) -> Verdict {
        let it = &mut self.workers[worker];
        if (&it.skills, it.level) != (&skills, level) {
            (it.skills, it.level) = (skills, level);
            self.touch(worker);
            self.say(NoticeKind::WorkerAttributesUpdate);
        }
        Verdict::Done
    }

    fn set_channel(&mut self, worker: usize, channel: TaskChannel, capacity: u32, is_open: bool) -> Verdict {
        let own = &mut self.workers[worker].channels[channel as usize];
        let before = (own.capacity, own.is_open);
        (own.capacity, own.is_open) = (capacity, is_open);
        if before != (capacity, is_open) {
            self.touch(worker);
        }
        if before.0 != capacity {
            self.say(NoticeKind::WorkerCapacityUpdate);
        }
        if before.1 != is_open {
            self.say(NoticeKind::WorkerChannelAvailabilityUpdate);
        }
        Verdict::Done
    }

    fn delete_worker(&mut self, worker: usize) -> Verdict {
        let it = &self.workers[worker];
        let holds =
            [TaskChannel::Default, TaskChannel::Chat].iter().any(|channel| self.used(worker, *channel) > 0);
        if it.activity == Activity::Available || holds {
            return Verdict::WrongState;
        }
        self.workers[worker].exists = false;
        self.say(NoticeKind::WorkerDeleted);
        Verdict::Done
    }

    fn delete_queue(&mut self, queue: usize) -> Verdict {
        if self.tasks.iter().any(|task| task.is_live && task.queue == Some(queue)) {
            return Verdict::WrongState;
        }
        self.queues[queue].exists = false;
        self.say(NoticeKind::TaskQueueDeleted);
        Verdict::Done
    }

    fn set_crew(&mut self, queue: usize, crew: Crew) {
        if self.queues[queue].crew == crew {
            return;
        }
        let all = 0..self.workers.len();
        let outside: Vec<usize> = all.filter(|worker| !self.serves(*worker, queue)).collect();
        self.queues[queue].crew = crew;
        self.say(NoticeKind::TaskQueueExpressionUpdated);
        for worker in outside {
            if self.serves(worker, queue) {
                self.touch(worker);
            }
        }
    }

    fn re_evaluate(&mut self) {
        for task in 0..self.tasks.len() {
            let it = &self.tasks[task];
            let is_in_workflow = !matches!(it.direct, Some(Direct::Worker(_) | Direct::Queue(_)));
            if it.is_live && it.status == TaskStatus::Pending && is_in_workflow {
                self.enter_workflow(task);
            }
        }
    }
}
