//! Steps: the task is created in the copy and left alone there until it ends.

use std::sync::Arc;

use domain::{TaskSid, Timestamp};

use super::{SimulatedEnd, SimulatedOffer, SimulatedStep, sandbox};
use crate::workflow::target::Place;
use crate::workspace::Workspace;
use crate::{
    Action, Command, CreateTask, Event, Notice, NoticeKind, Offer, Refusal, Subject, Task, TaskSnapshot,
};

/// How many steps are shown.
const STEPS_MAX: usize = 200;
/// How often time is moved on: what is left of other tasks in the copy may ask for it too.
const WAKEUPS_MAX: u64 = 2_000;

/// What happened in the copy.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) offers: Vec<SimulatedOffer>,
    pub(super) steps: Vec<SimulatedStep>,
    pub(super) end: Option<SimulatedEnd>,
}

impl Workspace {
    /// Creates a task and lets time pass until it ends; returns it as it was right after its creation.
    pub(super) fn play(&mut self, command: CreateTask, now: Timestamp) -> Result<(Task, Log), Refusal> {
        let outcome = self.execute(Command::CreateTask(command), &mut sandbox::tick(now, 0))?;
        let Subject::Task(task) = outcome.subject else {
            unreachable!("the answer to a new task is the task")
        };
        let offers = outcome.actions.iter().filter_map(|action| offer_of(action, task.sid)).collect();
        let mut log = Log { offers, ..Log::default() };
        log.take(&outcome.actions, &task);
        for number in 1..=WAKEUPS_MAX {
            let Some(at) = self.next_timeout().filter(|_| !log.is_over()) else { break };
            let actions = self.handle(Event::TimeReached, &mut sandbox::tick(at.max(now), number));
            log.take(&actions, &task);
        }
        Ok((*task, log))
    }
}

impl Log {
    fn is_over(&self) -> bool {
        self.end.is_some() || self.steps.len() >= STEPS_MAX
    }

    fn take(&mut self, actions: &[Action], task: &Task) {
        for notice in actions.iter().filter_map(notice_of) {
            let own = notice.subjects.task.as_ref().filter(|own| own.task.sid == task.sid);
            let Some(own) = own else { continue };
            if self.steps.len() < STEPS_MAX {
                self.steps.push(step(notice, own));
            }
            if notice.kind == NoticeKind::TaskCanceled {
                let age_secs = own.task.age_secs(notice.at);
                self.end = Some(SimulatedEnd { at: notice.at, age_secs, reason: own.task.reason.clone() });
            }
        }
    }
}

fn step(notice: &Notice, snapshot: &TaskSnapshot) -> SimulatedStep {
    let (filter_number, target_number) = match snapshot.task.standing.as_ref().map(|it| it.place) {
        Some(Place::Filter { filter, target }) => (Some(filter + 1), Some(target + 1)),
        Some(Place::DefaultFilter | Place::Queue | Place::Worker(_)) | None => (None, None),
    };
    SimulatedStep {
        at: notice.at,
        age_secs: snapshot.task.age_secs(notice.at),
        kind: notice.kind,
        filter_number,
        target_number,
        task_queue_sid: snapshot.task.task_queue_sid,
        task_queue_name: snapshot.task_queue_name.clone(),
        priority: snapshot.task.priority,
        worker_name: notice.subjects.worker.as_ref().map(|it| Arc::clone(&it.worker.friendly_name)),
    }
}

fn notice_of(action: &Action) -> Option<&Notice> {
    match action {
        Action::Announce(notice) => Some(notice),
        Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    }
}

fn offer_of(action: &Action, task: TaskSid) -> Option<SimulatedOffer> {
    let offer: &Offer = match action {
        Action::OfferReservation(offer) => offer,
        Action::Announce(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => return None,
    };
    let worker = &offer.worker.worker;
    (offer.task.sid == task)
        .then(|| SimulatedOffer { worker_sid: worker.sid, worker_name: worker.friendly_name.clone() })
}
