//! What time alone will bring to a task, and where that leads.

use std::sync::Arc;
use std::time::Duration;

use domain::{ReservationSid, TaskQueueSid, Timestamp, named};
use serde::{Deserialize, Serialize};

use crate::next_stop::{Leaving, NextStop};
use crate::step::ending;
use crate::workflow::target::{Place, Target};
use crate::workspace::Workspace;
use crate::{Reservation, ReservationStatus, Task, TaskStatus};

named! {
    /// Why something happens to a task by itself.
    pub enum UpcomingReason {
        /// A worker who was asked has not answered.
        ReservationTimeout = "reservation_timeout",
        /// Its time in its target is over.
        TargetTimeout = "target_timeout",
        /// It has waited for as long as it may at all.
        TaskTimeout = "task_timeout",
        /// It has been assigned for as long as the workspace allows.
        AssignedTaskLifetime = "assigned_task_lifetime",
    }
}

/// Something that happens to a task unless a worker or a caller is faster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upcoming {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: UpcomingReason,
    /// Whose silence, where it is a worker's.
    pub reservation_sid: Option<ReservationSid>,
    /// Where it leads.
    pub leads_to: Destination,
}

/// Where a task goes by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// To a target of a filter.
    Target {
        /// The filter's position, from 1.
        filter_number: usize,
        /// The filter's name.
        filter_name: Option<Arc<str>>,
        /// The target's position in it, from 1.
        target_number: usize,
        /// The target's queue.
        task_queue_sid: TaskQueueSid,
    },
    /// To the default filter.
    DefaultFilter {
        /// Its queue.
        task_queue_sid: TaskQueueSid,
    },
    /// To the top of its workflow, whose rules have changed.
    TopOfWorkflow,
    /// Back to waiting where it is.
    WaitsAgain,
    /// Nowhere: it stays where it is.
    Stays,
    /// Back to the worker who hands it on, unless another worker of the queue can be asked.
    TransferFails,
    /// It is canceled.
    Canceled {
        /// With this reason.
        reason: String,
    },
    /// It is deleted.
    Deleted,
}

impl Workspace {
    /// Returns all that time will bring to a task, the next first.
    pub(super) fn upcoming(&self, task: &Task) -> Vec<Upcoming> {
        let mut upcoming = self.unanswered(task);
        if task.is_unassigned() {
            upcoming.extend(self.end_of_target(task));
            upcoming.push(end_of_task(task));
        } else {
            upcoming.extend(self.end_of_assignment(task));
        }
        upcoming.sort_by_key(|next| next.at);
        upcoming
    }

    fn unanswered(&self, task: &Task) -> Vec<Upcoming> {
        let is_timed = |one: &&Reservation| one.status == ReservationStatus::Pending && !one.is_on_hold;
        let pending = self.reservations_of_task(task.sid).filter(is_timed);
        let is_direct = matches!(task.standing.as_ref().map(|it| it.place), Some(Place::Worker(_)));
        let expiry = pending.map(|reservation| Upcoming {
            at: reservation.date_created + Duration::from_secs(reservation.timeout_secs.into()),
            reason: UpcomingReason::ReservationTimeout,
            reservation_sid: Some(reservation.sid),
            leads_to: match task.status {
                TaskStatus::Reserved if task.open_transfer().is_some() => Destination::TransferFails,
                TaskStatus::Reserved if is_direct => {
                    Destination::Canceled { reason: ending::reason_no_answer(task) }
                }
                TaskStatus::Reserved => Destination::WaitsAgain,
                TaskStatus::Pending
                | TaskStatus::Assigned
                | TaskStatus::Wrapping
                | TaskStatus::Completed
                | TaskStatus::Canceled => Destination::Stays,
            },
        });
        expiry.collect()
    }

    fn end_of_target(&self, task: &Task) -> Option<Upcoming> {
        let standing = task.standing.as_ref()?;
        let leads_to = match (standing.place, self.next_stop(task, Leaving::TimedOut)) {
            (Place::Worker(_), _) if task.status == TaskStatus::Reserved => return None,
            (Place::Worker(_), _) => {
                Destination::Canceled { reason: ending::REASON_NO_DIRECT_OFFER.to_owned() }
            }
            (Place::Filter { .. } | Place::DefaultFilter | Place::Queue, Some(stop)) => stop.into(),
            (Place::Filter { .. } | Place::DefaultFilter | Place::Queue, None) => Destination::Stays,
        };
        let reason = UpcomingReason::TargetTimeout;
        Some(Upcoming { at: standing.deadline?, reason, reservation_sid: None, leads_to })
    }

    fn end_of_assignment(&self, task: &Task) -> Option<Upcoming> {
        let lifetime = Some(self.settings.assigned_task_lifetime_secs).filter(|secs| *secs > 0)?;
        Some(Upcoming {
            at: task.date_assigned? + Duration::from_secs(lifetime),
            reason: UpcomingReason::AssignedTaskLifetime,
            reservation_sid: None,
            leads_to: Destination::Deleted,
        })
    }
}

impl From<NextStop> for Destination {
    fn from(stop: NextStop) -> Self {
        match stop {
            NextStop::Top(_) => Destination::TopOfWorkflow,
            NextStop::SameFilter(place, target) | NextStop::OtherFilter(place, target) => {
                destination(place, &target)
            }
            NextStop::Out(_, reason) => Destination::Canceled { reason: reason.to_owned() },
        }
    }
}

fn destination(place: Place, target: &Target) -> Destination {
    let task_queue_sid = target.queue;
    match place {
        Place::Filter { filter, target: position } => Destination::Target {
            filter_number: filter + 1,
            filter_name: target.filter_name.clone(),
            target_number: position + 1,
            task_queue_sid,
        },
        Place::DefaultFilter => Destination::DefaultFilter { task_queue_sid },
        Place::Queue | Place::Worker(_) => Destination::Stays,
    }
}

fn end_of_task(task: &Task) -> Upcoming {
    Upcoming {
        at: task.date_created + Duration::from_secs(task.timeout_secs.into()),
        reason: UpcomingReason::TaskTimeout,
        reservation_sid: None,
        leads_to: Destination::Canceled { reason: ending::TTL_EXCEEDED.to_owned() },
    }
}
