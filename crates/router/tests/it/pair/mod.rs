//! A pair: the engine and the model, asked the same, with the numbers of the model for the SIDs of the engine.

mod requests;
mod set_up;

use std::collections::BTreeSet;
use std::time::Duration;

use domain::{ActivitySid, ReservationSid, TaskQueueSid, TaskSid, Tick, Timestamp, WorkerSid};
use router::*;

use crate::dice::Dice;
use crate::model::{Activity, Ask, Deed, Model, TaskChannel, Verdict};

use self::set_up::{empty_engine, empty_model};

/// When a sequence begins, in milliseconds.
const START: u64 = 1_000_000_000;
/// How long a worker may think about an offer, in seconds.
const TIME_TO_ANSWER: u64 = 20;

pub(crate) struct Pair {
    /// Whether each request is printed.
    pub(crate) tells: bool,
    engine: Workspace,
    model: Model,
    seed: u64,
    /// The time of the last tick, and how many there were before it in its millisecond.
    last_tick: (u64, u16),
    workers: Vec<WorkerSid>,
    queues: Vec<TaskQueueSid>,
    tasks: Vec<TaskSid>,
    reservations: Vec<ReservationSid>,
    /// Every move from one status to another that was taken.
    pub(crate) moves: BTreeSet<String>,
}

impl Pair {
    /// Makes one of several kinds of workspace with three workers and three queues.
    pub(crate) fn new(kind: u8) -> Self {
        let multitasking = kind & 1 == 0;
        let model = empty_model(multitasking, kind & 2 == 0, if kind & 12 == 0 { 100 } else { 0 });
        let mut pair = Self {
            tells: false,
            engine: empty_engine(multitasking),
            model,
            seed: 0,
            last_tick: (0, 0),
            workers: vec![],
            queues: vec![],
            tasks: vec![],
            reservations: vec![],
            moves: BTreeSet::new(),
        };
        pair.furnish();
        for skills in [vec!["english"], vec!["german"], vec!["english", "german"]] {
            pair.ask(Ask::CreateWorker { skills, activity: Activity::Available });
        }
        pair.ask(Ask::SetRules { rules: Dice::new(kind.into()).rules(3), re_evaluates: false });
        pair
    }

    /// Asks both what a throw of the dice says.
    #[allow(clippy::print_stdout, reason = "a sequence that fails is told")]
    pub(crate) fn take(&mut self, throw: u64) {
        let ask = Dice::new(throw).ask(&self.model);
        if self.tells {
            println!("{ask:?}");
        }
        self.ask(ask);
    }

    fn ask(&mut self, ask: Ask) {
        // As in the shell, time goes first; and no two requests come at quite the same time.
        let pause = if let Ask::Wait(pause) = ask { pause } else { 1 };
        self.let_pass(pause);
        if let Ask::Wait(_) = ask {
            return;
        }
        let command = self.command(&ask);
        let mut tick = self.tick();
        let outcome = self.engine.execute(command, &mut tick);
        let before = self.model.clone();
        let verdict = self.model.carry_out(ask.clone());
        self.note_moves(&before);
        assert_eq!(verdict_of(&outcome), verdict, "{ask:?}: {outcome:?}");
        let Ok(Outcome { actions, subject }) = outcome else {
            self.model.said.clear();
            return self.compare(vec![]);
        };
        match (&ask, subject) {
            (Ask::CreateTask(_), Subject::Task(task)) => self.tasks.push(task.sid),
            (Ask::CreateWorker { .. }, Subject::Worker(worker)) => self.workers.push(worker),
            (_, _) => {}
        }
        self.compare(actions);
    }

    /// Lets time pass, but not past the next alarm.
    fn let_pass(&mut self, pause: u64) {
        let next = self.model.alarms().into_iter().map(|(at, _)| at).min();
        self.model.now = (self.model.now + pause).min(next.unwrap_or(u64::MAX)).max(self.model.now + 1);
        if next.is_some_and(|at| at <= self.model.now) {
            let mut tick = self.tick();
            let actions = self.engine.handle(Event::TimeReached, &mut tick);
            let before = self.model.clone();
            self.model.reach_time();
            self.note_moves(&before);
            self.compare(actions);
        }
    }

    /// Holds whatever can be seen of the two against each other.
    fn compare(&mut self, actions: Vec<Action>) {
        self.take_new_reservations(&actions);
        let deeds: Vec<Deed> = actions.iter().filter_map(|action| self.deed(action)).collect();
        assert_eq!(deeds, std::mem::take(&mut self.model.deeds));
        let mut announced: Vec<NoticeKind> = actions.iter().filter_map(announced).collect();
        let mut said = std::mem::take(&mut self.model.said);
        announced.sort();
        said.sort();
        assert_eq!(announced, said);
        let next = self.model.alarms().into_iter().map(|(at, _)| time(at)).min();
        assert_eq!(self.engine.next_timeout(), next, "the next alarm");
        (0..self.model.tasks.len()).for_each(|task| self.compare_task(task));
        (0..self.model.workers.len()).for_each(|worker| self.compare_worker(worker));
        for (number, sid) in self.queues.iter().enumerate() {
            let crew: Vec<WorkerSid> = self.engine.workers_of_queue(*sid).map(|worker| worker.sid).collect();
            let all = 0..self.workers.len();
            let serving = all.filter(|worker| self.model.serves(*worker, number));
            assert_eq!(crew, serving.map(|worker| self.workers[worker]).collect::<Vec<_>>());
        }
    }

    fn compare_task(&self, number: usize) {
        let model = &self.model.tasks[number];
        let Some(task) = self.engine.task(self.tasks[number]) else {
            return assert!(!model.is_live, "task {number} has gone");
        };
        let transfers: Vec<TransferStatus> = task.transfers.iter().map(|transfer| transfer.status).collect();
        let own: Vec<_> = model.transfers.iter().map(|transfer| transfer.status).collect();
        let seen = (task.status, task.priority, task.assignment_count, task.task_queue_sid, transfers);
        let queue = model.queue.map(|queue| self.queues[queue]);
        assert_eq!(seen, (model.status, model.priority, model.times_reserved, queue, own), "task {number}");
        assert_eq!(task.reason.as_deref(), model.reason.as_deref());
        let engines = self.engine.reservations_of_task(task.sid);
        let engines: Vec<_> =
            engines.map(|one| (one.sid, one.worker_sid, one.status, one.is_on_hold)).collect();
        let all = self.model.reservations.iter().enumerate().filter(|(_, one)| one.task == number);
        let seen = all
            .map(|(it, one)| (self.reservations[it], self.workers[one.worker], one.status, one.is_on_hold));
        assert_eq!(engines, seen.collect::<Vec<_>>(), "reservations of task {number}");
    }

    fn compare_worker(&self, number: usize) {
        let model = &self.model.workers[number];
        let Some(worker) = self.engine.worker(self.workers[number]) else {
            return assert!(!model.exists, "worker {number} has gone");
        };
        let activity = self.activity(model.activity);
        assert_eq!((worker.activity_sid, worker.idle_since), (activity, time(model.idle_since)));
        for (channel, name) in [(TaskChannel::Default, "default"), (TaskChannel::Chat, "chat")] {
            let own = self.engine.find_worker_channel(worker, name).unwrap();
            assert_eq!(own.used, self.model.used(number, channel), "{name} of worker {number}");
            assert_eq!(own.available_capacity_percentage(), self.model.free_percent(model, channel));
        }
    }

    /// Notes which moves a step took.
    fn note_moves(&mut self, before: &Model) {
        let mut note = |noun: &str, before: &str, after: &str| {
            if before != after {
                self.moves.insert(format!("{noun}: {before} to {after}"));
            }
        };
        for (old, new) in before.tasks.iter().zip(&self.model.tasks) {
            note("task", old.status.as_str(), new.status.as_str());
            for (old, new) in old.transfers.iter().zip(&new.transfers) {
                note("transfer", old.status.as_str(), new.status.as_str());
            }
        }
        for (old, new) in before.reservations.iter().zip(&self.model.reservations) {
            note("reservation", old.status.as_str(), new.status.as_str());
        }
    }

    /// The engine's new reservations get the model's next numbers: both make them in the order of their offers.
    fn take_new_reservations(&mut self, actions: &[Action]) {
        let offered = |action: &Action| match action {
            Action::OfferReservation(offer) => Some(offer.reservation.sid),
            Action::Announce(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
        };
        self.reservations.extend(actions.iter().filter_map(offered));
    }

    fn deed(&self, action: &Action) -> Option<Deed> {
        let task = |sid| self.tasks.iter().position(|task| *task == sid).unwrap();
        let worker = |sid| self.workers.iter().position(|worker| *worker == sid).unwrap();
        Some(match action {
            Action::Announce(_) => return None,
            Action::OfferReservation(offer) => Deed::Offer {
                task: task(offer.reservation.task_sid),
                worker: worker(offer.reservation.worker_sid),
            },
            Action::RescindReservation(withdrawal) => Deed::Withdraw {
                task: task(withdrawal.reservation.task_sid),
                worker: worker(withdrawal.reservation.worker_sid),
                status: withdrawal.status,
            },
            Action::ReleaseContact(release) => {
                Deed::Release { task: task(release.task.sid), status: release.task.status }
            }
        })
    }

    fn tick(&mut self) -> Tick {
        self.seed += 1;
        let is_same = std::mem::replace(&mut self.last_tick.0, self.model.now) == self.model.now;
        self.last_tick.1 = if is_same { self.last_tick.1 + 1 } else { 0 };
        Tick::new(time(self.model.now), self.seed).behind(self.last_tick.1)
    }

    fn activity(&self, activity: Activity) -> ActivitySid {
        let name = format!("{activity:?}");
        self.engine.activities().find(|it| *it.friendly_name == *name).unwrap().sid
    }
}

fn time(millis: u64) -> Timestamp {
    Timestamp::from_secs(0) + Duration::from_millis(millis)
}

fn verdict_of(outcome: &Result<Outcome, Refusal>) -> Verdict {
    match outcome {
        Ok(_) => Verdict::Done,
        Err(Refusal::NotFound { .. }) => Verdict::NotFound,
        Err(Refusal::Invalid { .. }) => Verdict::Invalid,
        Err(Refusal::WrongState { .. }) => Verdict::WrongState,
        Err(Refusal::Gone { .. }) => Verdict::Gone,
        Err(
            other @ (Refusal::Conflict { .. } | Refusal::PreconditionFailed { .. } | Refusal::NoCall { .. }),
        ) => {
            panic!("nothing asks for this: {other}")
        }
    }
}

fn announced(action: &Action) -> Option<NoticeKind> {
    match action {
        Action::Announce(notice) => Some(notice.kind),
        Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    }
}
