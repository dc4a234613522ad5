//! Candidates: a worker who might take a task, and everything that keeps them from it.

use std::sync::Arc;
use std::time::Duration;

use domain::{ReservationSid, TaskSid, Timestamp, WorkerSid, named};
use expression::{Expression, Facts, Mismatch};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::workflow::target::{KnownWorker, Place, Standing};
use crate::workspace::Workspace;
use crate::{Reservation, ReservationStatus, Task, Worker};

named! {
    /// The kinds of obstacle.
    pub enum ObstacleKind {
        /// The task goes to another worker directly.
        NotTheRoutingTarget = "not_the_routing_target",
        /// The target asks only the worker whom the task's attributes name.
        NotTheKnownWorker = "not_the_known_worker",
        /// The worker does not serve the queue.
        QueueExpression = "queue_expression",
        /// The worker does not suit the target.
        TargetExpression = "target_expression",
        /// The worker's activity takes no tasks.
        Activity = "activity",
        /// The worker takes no tasks on the channel.
        ChannelOff = "channel_off",
        /// The worker has no free capacity on the channel.
        CapacityFull = "capacity_full",
        /// In single-tasking: the worker has a task.
        HasATask = "has_a_task",
    }
}

/// A worker, held against a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The worker.
    pub worker_sid: WorkerSid,
    /// The worker's name.
    pub worker_name: Arc<str>,
    /// All that keeps the worker from being asked; empty for one who could be.
    pub obstacles: Vec<Obstacle>,
    /// The offer of this very task that the worker has.
    pub offer: Option<OpenOffer>,
    /// What became of earlier offers of this task to the worker.
    pub earlier_offers: Vec<EarlierOffer>,
}

/// Something that keeps a worker from being offered a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Obstacle {
    /// The task goes to another worker directly.
    NotTheRoutingTarget,
    /// The target asks only the worker whom the task's attributes name.
    NotTheKnownWorker,
    /// The worker does not serve the queue.
    QueueExpression {
        /// The part of the queue's expression that is false; empty where the queue takes nobody.
        part: String,
        /// What that part saw.
        saw: Value,
    },
    /// The worker does not suit the target.
    TargetExpression {
        /// The part of the target's expression that is false.
        part: String,
        /// What that part saw.
        saw: Value,
    },
    /// The worker's activity takes no tasks.
    Activity {
        /// The activity's name.
        activity_name: Arc<str>,
        /// Since when.
        since: Timestamp,
    },
    /// The worker takes no tasks on this channel.
    ChannelOff,
    /// The worker has as many tasks on this channel as the capacity allows.
    CapacityFull {
        /// How many tasks the worker can have.
        capacity: u32,
        /// The tasks that the worker has, offered ones too.
        held: Vec<HeldTask>,
    },
    /// In single-tasking: the worker has a task.
    HasATask {
        /// The tasks that the worker has.
        held: Vec<HeldTask>,
    },
}

/// A task that holds a worker's capacity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldTask {
    /// The task.
    pub task_sid: TaskSid,
    /// The worker's reservation of it.
    pub reservation_sid: ReservationSid,
    /// A pending one is only offered: its capacity comes back when it is answered with no, or not at all.
    pub reservation_status: ReservationStatus,
}

/// An offer that the worker has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenOffer {
    /// The reservation.
    pub reservation_sid: ReservationSid,
    /// Where it stands in its life.
    pub reservation_status: ReservationStatus,
    /// Until when the worker may think about it; none for one who has decided.
    pub expires: Option<Timestamp>,
}

/// An offer that came to nothing. It does not keep the worker from another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EarlierOffer {
    /// The reservation.
    pub reservation_sid: ReservationSid,
    /// How it ended: rejected, timed out, canceled or rescinded.
    pub reservation_status: ReservationStatus,
    /// When it ended.
    pub at: Timestamp,
}

impl Obstacle {
    /// Returns its kind.
    pub fn kind(&self) -> ObstacleKind {
        match self {
            Obstacle::NotTheRoutingTarget => ObstacleKind::NotTheRoutingTarget,
            Obstacle::NotTheKnownWorker => ObstacleKind::NotTheKnownWorker,
            Obstacle::QueueExpression { .. } => ObstacleKind::QueueExpression,
            Obstacle::TargetExpression { .. } => ObstacleKind::TargetExpression,
            Obstacle::Activity { .. } => ObstacleKind::Activity,
            Obstacle::ChannelOff => ObstacleKind::ChannelOff,
            Obstacle::CapacityFull { .. } => ObstacleKind::CapacityFull,
            Obstacle::HasATask { .. } => ObstacleKind::HasATask,
        }
    }
}

impl Workspace {
    /// Holds a worker against a task.
    pub(super) fn candidate(&self, task: &Task, worker: &Worker) -> Candidate {
        let own = || self.reservations_of_task(task.sid).filter(|one| one.worker_sid == worker.sid);
        Candidate {
            worker_sid: worker.sid,
            worker_name: worker.friendly_name.clone(),
            obstacles: self.obstacles(task, worker),
            // Who hands a task on may also be the one who is asked: the latest counts.
            offer: own().filter(|one| one.status.holds_capacity()).last().map(OpenOffer::of),
            earlier_offers: own().filter(|one| !one.status.holds_capacity()).map(EarlierOffer::of).collect(),
        }
    }

    fn obstacles(&self, task: &Task, worker: &Worker) -> Vec<Obstacle> {
        let Some(standing) = &task.standing else { return vec![] };
        let mut obstacles = self.mismatches(task, standing, worker);
        let is_asked_anyway = matches!(standing.place, Place::Worker(_)) && task.ignore_capacity;
        if !is_asked_anyway {
            obstacles.extend(self.absence(worker));
            obstacles.extend(self.lack_of_capacity(task, worker));
        }
        obstacles
    }

    /// Returns what of the rules keeps a worker out.
    fn mismatches(&self, task: &Task, standing: &Standing, worker: &Worker) -> Vec<Obstacle> {
        if let Place::Worker(target) = standing.place {
            return if target == worker.sid { vec![] } else { vec![Obstacle::NotTheRoutingTarget] };
        }
        let (Some(target), Some(entry)) = (&standing.target, self.roster.entry(worker.sid)) else {
            return vec![];
        };
        let why_not = |expression: Option<&Expression>| {
            expression?.explain(&Facts::both(&entry.facts, task.attributes.value()))
        };
        let is_known = match standing.known_worker {
            KnownWorker::Anyone => true,
            KnownWorker::Worker(known) => known == worker.sid,
            KnownWorker::Nobody => false,
        };
        let unknown = (!is_known).then_some(Obstacle::NotTheKnownWorker);
        let by_queue = why_not(self.roster.expression(target.queue))
            .map(|Mismatch { part, saw }| Obstacle::QueueExpression { part, saw });
        let by_target = why_not(target.expression.as_ref())
            .map(|Mismatch { part, saw }| Obstacle::TargetExpression { part, saw });
        [unknown, by_queue, by_target].into_iter().flatten().collect()
    }

    fn absence(&self, worker: &Worker) -> Option<Obstacle> {
        let activity = self.activities.get(&worker.activity_sid).filter(|activity| !activity.available)?;
        let since = worker.date_status_changed;
        Some(Obstacle::Activity { activity_name: activity.friendly_name.clone(), since })
    }

    fn lack_of_capacity(&self, task: &Task, worker: &Worker) -> Option<Obstacle> {
        let channel = worker.channel(task.task_channel_sid)?;
        if !channel.available {
            return Some(Obstacle::ChannelOff);
        }
        let others = self.reservations_of_worker(worker.sid).filter(|one| one.task_sid != task.sid);
        let all: Vec<&Reservation> = others.collect();
        if !self.settings.multi_task_enabled && !all.is_empty() {
            return Some(Obstacle::HasATask { held: all.into_iter().map(HeldTask::of).collect() });
        }
        let on_channel = all.into_iter().filter(|one| one.task_channel_sid == task.task_channel_sid);
        let held: Vec<HeldTask> = on_channel.map(HeldTask::of).collect();
        let capacity = channel.configured_capacity;
        (held.len() >= capacity as usize).then_some(Obstacle::CapacityFull { capacity, held })
    }
}

impl HeldTask {
    fn of(reservation: &Reservation) -> Self {
        Self {
            task_sid: reservation.task_sid,
            reservation_sid: reservation.sid,
            reservation_status: reservation.status,
        }
    }
}

impl OpenOffer {
    fn of(reservation: &Reservation) -> Self {
        let is_timed = reservation.status == ReservationStatus::Pending && !reservation.is_on_hold;
        let expiry = reservation.date_created + Duration::from_secs(reservation.timeout_secs.into());
        Self {
            reservation_sid: reservation.sid,
            reservation_status: reservation.status,
            expires: is_timed.then_some(expiry),
        }
    }
}

impl EarlierOffer {
    fn of(reservation: &Reservation) -> Self {
        Self {
            reservation_sid: reservation.sid,
            reservation_status: reservation.status,
            at: reservation.date_updated,
        }
    }
}
