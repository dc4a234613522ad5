//! How requests are carried out or refused.

use router::{NoticeKind, ReservationStatus, TaskStatus};

use super::ask::{Answer, Ask, NewTask, OfTask, Verdict};
use super::world::{Direct, Model, Task};

impl Model {
    /// Carries out a request, and gives work to whom it touched.
    pub(crate) fn carry_out(&mut self, ask: Ask) -> Verdict {
        let verdict = self.decide(ask);
        if verdict == Verdict::Done {
            self.settle();
        }
        verdict
    }

    fn decide(&mut self, ask: Ask) -> Verdict {
        match ask {
            Ask::Wait(_) => Verdict::Done,
            Ask::CreateTask(new) => self.create_task(new),
            Ask::OfTask(task, _) if !self.tasks[task].is_live => Verdict::NotFound,
            Ask::OfTask(task, ask) => self.of_task(task, ask),
            Ask::Answer { reservation, answer } => self.answer(reservation, answer),
            Ask::Transfer { reservation, to, is_cold } => self.start_transfer(reservation, to, is_cold),
            Ask::CreateWorker { skills, activity } => self.create_worker(skills, activity),
            Ask::OfWorker(worker, _) if !self.workers[worker].exists => Verdict::NotFound,
            Ask::OfWorker(worker, ask) => self.of_worker(worker, ask),
            Ask::OfQueue(queue, _) if !self.queues[queue].exists => Verdict::NotFound,
            Ask::OfQueue(queue, ask) => self.of_queue(queue, ask),
            Ask::SetRules { rules, re_evaluates } => self.set_rules(rules, re_evaluates),
            Ask::Prefer { kind, priorities } => self.prefer(kind, priorities),
        }
    }

    fn of_task(&mut self, task: usize, ask: OfTask) -> Verdict {
        let is_pending = self.tasks[task].status == TaskStatus::Pending;
        match ask {
            OfTask::Priority(priority) => self.change_task(task, |it| it.priority = priority),
            OfTask::Language(language) => self.change_task(task, |it| it.language = language),
            OfTask::Channel(channel) if self.tasks[task].channel != channel && !is_pending => {
                return Verdict::WrongState;
            }
            OfTask::Channel(channel) => self.change_task(task, |it| it.channel = channel),
            OfTask::End(status, reason) => return self.end_task(task, status, reason),
            OfTask::Delete => self.remove(task, NoticeKind::TaskDeleted),
            OfTask::CancelTransfer if self.tasks[task].transfers.is_empty() => return Verdict::NotFound,
            OfTask::CancelTransfer if self.tasks[task].open_transfer().is_none() => {
                return Verdict::WrongState;
            }
            OfTask::CancelTransfer => self.call_off(task),
        }
        Verdict::Done
    }

    fn create_task(&mut self, new: NewTask) -> Verdict {
        match new.direct {
            Some(Direct::Worker(worker)) if !self.workers[worker].exists => return Verdict::Invalid,
            Some(Direct::Queue(queue)) if !self.queues[queue].exists => return Verdict::Invalid,
            Some(_) | None => {}
        }
        self.tasks.push(Task {
            is_live: true,
            language: new.language,
            colleague: new.colleague,
            status: TaskStatus::Pending,
            reason: None,
            priority: new.priority,
            timeout: new.timeout,
            created: self.now,
            start: self.now - new.waited * 1_000,
            assigned: None,
            channel: new.channel,
            direct: new.direct,
            ignores_capacity: new.ignores_capacity && matches!(new.direct, Some(Direct::Worker(_))),
            queue: None,
            times_reserved: 0,
            stop: None,
            transfers: vec![],
        });
        self.say(NoticeKind::TaskCreated);
        self.route(self.tasks.len() - 1);
        Verdict::Done
    }

    /// A changed task may suit somebody else where it waits; it is routed anew at its next evaluation only.
    fn change_task(&mut self, task: usize, change: impl FnOnce(&mut Task)) {
        let facts = |it: &Task| (it.priority, it.language, it.channel);
        let before = facts(&self.tasks[task]);
        change(&mut self.tasks[task]);
        if facts(&self.tasks[task]) != before {
            self.say(NoticeKind::TaskUpdated);
        }
        self.offer_if_suited(task);
    }

    fn end_task(&mut self, task: usize, status: TaskStatus, reason: Option<&'static str>) -> Verdict {
        let is_unassigned = self.tasks[task].is_unassigned();
        let is_allowed = match status {
            TaskStatus::Canceled => is_unassigned,
            TaskStatus::Wrapping | TaskStatus::Completed => !is_unassigned,
            TaskStatus::Pending | TaskStatus::Reserved | TaskStatus::Assigned => return Verdict::Invalid,
        };
        if !is_allowed {
            return Verdict::WrongState;
        }
        self.call_off(task);
        // Nobody may have had it any more but those to whom it was handed on.
        if self.tasks[task].is_live {
            match status {
                TaskStatus::Canceled => self.cancel(task, reason.unwrap_or_default()),
                TaskStatus::Completed => self.complete_task(task, reason.map(ToOwned::to_owned)),
                TaskStatus::Wrapping => self.wrap_all(task, reason),
                TaskStatus::Pending | TaskStatus::Reserved | TaskStatus::Assigned => {}
            }
        }
        Verdict::Done
    }

    fn wrap_all(&mut self, task: usize, reason: Option<&'static str>) {
        let it = &mut self.tasks[task];
        it.reason = reason.map(ToOwned::to_owned).or(it.reason.take());
        for one in self.with(task, ReservationStatus::Accepted) {
            self.set(one, ReservationStatus::Wrapping);
            self.say(NoticeKind::ReservationWrapup);
        }
        self.wrap_task(task);
    }

    fn answer(&mut self, one: usize, answer: Answer) -> Verdict {
        use ReservationStatus::{
            Accepted, Canceled, Completed, Pending, Rejected, Rescinded, TimedOut, Wrapping,
        };
        if !self.tasks[self.reservations[one].task].is_live {
            return Verdict::NotFound;
        }
        match (self.reservations[one].status, answer) {
            (Pending, Answer::Accept) => self.accept(one),
            (Pending, Answer::Hold) => self.hold(one),
            (Pending, Answer::FailSetUp) => self.fail_set_up(one),
            (Pending, Answer::Reject) => self.reject(one),
            (Accepted, Answer::Wrap) => self.wrap(one),
            (Wrapping, Answer::Wrap) => {}
            (Accepted | Wrapping, Answer::Complete) => self.complete(one),
            (
                TimedOut | Canceled | Rescinded,
                Answer::Accept | Answer::Hold | Answer::FailSetUp | Answer::Reject,
            ) => return Verdict::Gone,
            (Pending | Accepted | Wrapping | Rejected | Completed, _) => return Verdict::WrongState,
            (TimedOut | Canceled | Rescinded, Answer::Wrap | Answer::Complete) => return Verdict::WrongState,
        }
        Verdict::Done
    }
}
