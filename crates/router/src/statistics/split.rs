//! Splits: how many tasks were accepted or canceled before and after they had waited for so long.

use serde::{Deserialize, Serialize};

use super::counters::Counters;

/// What happened on both sides of a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Split {
    /// After longer waits.
    pub above: SplitCounts,
    /// After waits of at most the threshold.
    pub below: SplitCounts,
}

/// What happened on one side of a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SplitCounts {
    /// How many tasks were canceled.
    pub tasks_canceled: u64,
    /// How many offers were accepted.
    pub reservations_accepted: u64,
}

/// Splits figures by a threshold. All tasks are considered, however many there are.
pub(super) fn split(sum: &Counters, threshold_secs: u32) -> Split {
    let (accepted_above, accepted_below) = sum.until_accepted.split(threshold_secs.into());
    let (canceled_above, canceled_below) = sum.until_canceled.split(threshold_secs.into());
    Split {
        above: SplitCounts { tasks_canceled: canceled_above, reservations_accepted: accepted_above },
        below: SplitCounts { tasks_canceled: canceled_below, reservations_accepted: accepted_below },
    }
}
