//! Cumulative statistics: the answer about a time that has passed.

use std::collections::BTreeMap;

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::counters::{Counters, Tally, Waits};
use super::split::split;
use super::{ActivityDuration, Split, StatisticsQuery};

/// What happened within a time. Which figures are published of which scope is the API's to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CumulativeStatistics {
    /// The beginning of the time asked for.
    pub start_time: Timestamp,
    /// Its end.
    pub end_time: Timestamp,
    /// The seconds from the creation of a task to its acceptance, on the average.
    pub avg_task_acceptance_time: u64,
    /// How many offers were made.
    pub reservations_created: u64,
    /// How many offers were accepted.
    pub reservations_accepted: u64,
    /// How many offers were rejected.
    pub reservations_rejected: u64,
    /// How many offers were not answered in time.
    pub reservations_timed_out: u64,
    /// How many offers were withdrawn because their task went away.
    pub reservations_canceled: u64,
    /// How many offers were withdrawn because another worker was faster.
    pub reservations_rescinded: u64,
    /// How many tasks were created.
    pub tasks_created: u64,
    /// How many times a task came into the queue or workflow.
    pub tasks_entered: u64,
    /// How many times a task left the queue for another; of a workflow or workspace: went from queue to queue.
    pub tasks_moved: u64,
    /// How many tasks were canceled.
    pub tasks_canceled: u64,
    /// How many tasks were completed.
    pub tasks_completed: u64,
    /// How many tasks were deleted, by request or by the system.
    pub tasks_deleted: u64,
    /// How many tasks waited out all targets of a workflow.
    pub tasks_timed_out_in_workflow: u64,
    /// The seconds from the creation of a task to an acceptance of it.
    pub wait_duration_until_accepted: WaitDuration,
    /// The seconds from the creation of a task to its cancelation.
    pub wait_duration_until_canceled: WaitDuration,
    /// The seconds from the entry of a task into its queue to an acceptance of it.
    pub wait_duration_in_queue_until_accepted: WaitDuration,
    /// Acceptances and cancelations by whether the wait was longer than a threshold in seconds.
    pub split_by_wait_time: BTreeMap<u32, Split>,
    /// How long workers were in each activity; empty for queues and workflows.
    pub activity_durations: Vec<ActivityDuration>,
}

/// Waits in seconds; all zero where nobody waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WaitDuration {
    /// The average, rounded down.
    pub avg: u64,
    /// The shortest.
    pub min: u64,
    /// The longest.
    pub max: u64,
    /// All together.
    pub total: u64,
}

impl CumulativeStatistics {
    pub(super) fn new(
        query: &StatisticsQuery,
        sum: &Counters,
        activity_durations: Vec<ActivityDuration>,
    ) -> Self {
        let until_accepted = WaitDuration::of(&sum.until_accepted);
        let thresholds = query.split_by_wait_time.iter();
        Self {
            start_time: query.from,
            end_time: query.to,
            avg_task_acceptance_time: until_accepted.avg,
            reservations_created: sum.get(Tally::ReservationsCreated),
            reservations_accepted: sum.get(Tally::ReservationsAccepted),
            reservations_rejected: sum.get(Tally::ReservationsRejected),
            reservations_timed_out: sum.get(Tally::ReservationsTimedOut),
            reservations_canceled: sum.get(Tally::ReservationsCanceled),
            reservations_rescinded: sum.get(Tally::ReservationsRescinded),
            tasks_created: sum.get(Tally::TasksCreated),
            tasks_entered: sum.get(Tally::TasksEntered),
            tasks_moved: sum.get(Tally::TasksMoved),
            tasks_canceled: sum.get(Tally::TasksCanceled),
            tasks_completed: sum.get(Tally::TasksCompleted),
            tasks_deleted: sum.get(Tally::TasksDeleted),
            tasks_timed_out_in_workflow: sum.get(Tally::TasksTimedOutInWorkflow),
            wait_duration_until_accepted: until_accepted,
            wait_duration_until_canceled: WaitDuration::of(&sum.until_canceled),
            wait_duration_in_queue_until_accepted: WaitDuration::of(&sum.in_queue_until_accepted),
            split_by_wait_time: thresholds.map(|threshold| (*threshold, split(sum, *threshold))).collect(),
            activity_durations,
        }
    }
}

impl WaitDuration {
    fn of(waits: &Waits) -> Self {
        let Some((min, max)) = waits.extremes() else { return Self::default() };
        let (count, total) = waits.sum();
        Self { avg: total / count.max(1), min, max, total }
    }
}
