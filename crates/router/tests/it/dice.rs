//! Dice: what is asked next of a router, out of a number.

use router::{PriorityOrder, TaskOrder, TaskStatus};

use crate::model::{
    Activity, Answer, Ask, Crew, Direct, KnownBy, Model, NewTask, OfQueue, OfTask, OfWorker, Rules, Skip,
    Suits, Takes, Target, TaskChannel,
};

/// A row of throws that follow from a seed.
pub(crate) struct Dice(u64);

const LANGUAGES: [&str; 3] = ["english", "german", "french"];
const ACTIVITIES: [Activity; 6] = [
    Activity::Available,
    Activity::Available,
    Activity::Available,
    Activity::Offline,
    Activity::Unavailable,
    Activity::Break,
];

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Throws a number below `sides`; SplitMix64.
    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize].clone()
    }

    fn maybe<T>(&mut self, sides: u64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.one_in(sides) { Some(make(self)) } else { None }
    }

    /// Picks a number below `count`, and a late one rather than an early one.
    fn number(&mut self, count: usize) -> Option<usize> {
        let from = if self.one_in(3) { 0 } else { count.saturating_sub(6) };
        (count > 0).then(|| from + self.below((count - from) as u64) as usize)
    }

    /// Returns what is asked next; what there is nothing for is a pause.
    pub(crate) fn ask(&mut self, model: &Model) -> Ask {
        let worker = self.number(model.workers.len()).unwrap_or(0);
        let queue = self.number(model.queues.len()).unwrap_or(0);
        self.about_tasks(model).unwrap_or_else(|| match self.below(16) {
            0..=8 => Ask::OfWorker(worker, self.about_worker()),
            9 => Ask::CreateWorker { skills: self.skills(), activity: self.of(&ACTIVITIES) },
            10 => Ask::SetRules { rules: self.rules(model.queues.len()), re_evaluates: self.one_in(2) },
            11 => {
                let (crew, at_once) = (self.of(&Crew::ALL), 1 + self.below(3) as usize);
                Ask::OfQueue(queue, OfQueue::Rules { crew, at_once, order: self.order() })
            }
            12 if self.one_in(4) => Ask::OfQueue(queue, OfQueue::Delete),
            13 => {
                let priorities = self.of(&[PriorityOrder::LargestFirst, PriorityOrder::ZeroFirst]);
                Ask::Prefer { kind: self.order(), priorities }
            }
            _ => Ask::Wait(self.of(&[1, 500, 5_000, 30_000, 200_000])),
        })
    }

    pub(crate) fn rules(&mut self, queues: usize) -> Rules {
        let filter = |dice: &mut Self| {
            let takes = dice.of(&[Takes::All, Takes::English, Takes::EnglishOrGerman]);
            let count = 1 + dice.below(3);
            (takes, (0..count).map(|_| dice.target(queues, true)).collect())
        };
        let count = self.below(3);
        let filters = (0..count).map(|_| filter(self)).collect();
        Rules { filters, default: (!self.one_in(4)).then(|| self.target(queues, false)) }
    }

    fn target(&mut self, queues: usize, is_of_filter: bool) -> Target {
        let suits = [Suits::SpeaksTheLanguage, Suits::HalfFreeForChat, Suits::Experienced];
        let target = Target {
            queue: self.below(queues as u64) as usize,
            suits: self.maybe(3, |dice| dice.of(&suits)),
            priority: self.maybe(3, |dice| dice.below(3) as u32),
            by_level: self.maybe(3, |dice| dice.one_in(2)),
            ..Target::default()
        };
        if !is_of_filter {
            return target;
        }
        Target {
            timeout: if self.one_in(3) { None } else { Some(1 + self.below(30)) },
            skip: self.maybe(4, |dice| dice.of(&[Skip::NobodyAvailable, Skip::Always])),
            known: self.maybe(4, |dice| dice.of(&[KnownBy::Sid, KnownBy::FriendlyName])),
            ..target
        }
    }

    fn about_tasks(&mut self, model: &Model) -> Option<Ask> {
        let task = self.number(model.tasks.len());
        let reservation = self.number(model.reservations.len());
        Some(match self.below(32) {
            0..=7 => Ask::CreateTask(self.new_task(model)),
            8..=15 => {
                use Answer::{Accept, Complete, FailSetUp, Hold, Reject, Wrap};
                let answer = self.of(&[Accept, Accept, Accept, Hold, FailSetUp, Reject, Wrap, Complete]);
                Ask::Answer { reservation: reservation?, answer }
            }
            16..=21 => Ask::OfTask(task?, self.about_task()),
            22..=24 => {
                let to = if self.one_in(2) {
                    Direct::Worker(self.number(model.workers.len())?)
                } else {
                    Direct::Queue(self.number(model.queues.len())?)
                };
                Ask::Transfer { reservation: reservation?, to, is_cold: self.one_in(2) }
            }
            25 => Ask::OfTask(task?, OfTask::CancelTransfer),
            _ => return None,
        })
    }

    fn about_task(&mut self) -> OfTask {
        match self.below(6) {
            0 => OfTask::Priority(self.below(4) as u32),
            1 => OfTask::Language(self.of(&LANGUAGES)),
            2 => OfTask::Channel(self.channel()),
            3 | 4 => OfTask::End(self.of(TaskStatus::ALL), self.maybe(2, |_| "because")),
            _ => OfTask::Delete,
        }
    }

    fn about_worker(&mut self) -> OfWorker {
        match self.below(9) {
            0..=3 => OfWorker::Activity { activity: self.of(&ACTIVITIES), rejects: self.one_in(2) },
            4 | 5 => {
                let level = self.maybe(2, |dice| dice.below(4) as u32);
                OfWorker::Skills { skills: self.skills(), level }
            }
            6 | 7 => {
                let (channel, capacity) = (self.channel(), self.below(4) as u32);
                OfWorker::Channel { channel, capacity, is_open: !self.one_in(5) }
            }
            _ => OfWorker::Delete,
        }
    }

    fn new_task(&mut self, model: &Model) -> NewTask {
        let direct = match self.below(12) {
            0 | 1 => self.number(model.workers.len()).map(Direct::Worker),
            2 => self.number(model.queues.len()).map(Direct::Queue),
            3 => Some(Direct::Workflow),
            _ => None,
        };
        NewTask {
            language: self.of(&LANGUAGES),
            colleague: self.maybe(2, |dice| dice.number(model.workers.len())).flatten(),
            channel: self.channel(),
            priority: self.below(3) as u32,
            timeout: self.of(&[5, 60, 600, 86_400]),
            waited: self.of(&[0, 0, 0, 1, 50]),
            direct,
            ignores_capacity: self.one_in(2),
        }
    }

    fn skills(&mut self) -> Vec<&'static str> {
        self.of(&[vec!["english"], vec!["german"], vec![], vec!["english", "german"]])
    }

    fn channel(&mut self) -> TaskChannel {
        self.of(&[TaskChannel::Default, TaskChannel::Chat])
    }

    fn order(&mut self) -> TaskOrder {
        self.of(&[TaskOrder::Fifo, TaskOrder::Fifo, TaskOrder::Lifo])
    }
}
