//! Windows: the time that cumulative figures are of, and how they are narrowed down.

use std::time::Duration;

use domain::{TaskChannelSid, Timestamp};
use router::{Scope, StatisticsQuery};

use crate::error::ApiError;
use crate::parameters::Parameters;

/// How far back figures go that do not say.
const MINUTES_DEFAULT: u64 = 15;

/// A time, with the thresholds by which waits in it are split.
#[derive(Debug, Clone)]
pub(super) struct Window {
    from: Timestamp,
    to: Timestamp,
    split_by_wait_time: Vec<u32>,
}

impl Window {
    /// Reads `StartDate`, `EndDate` or `Minutes`, and `SplitByWaitTime`.
    pub(super) fn read(query: &Parameters, now: Timestamp) -> Result<Self, ApiError> {
        let to = query.date("EndDate")?.unwrap_or(now).min(now);
        let minutes = query.number::<u64>("Minutes")?.unwrap_or(MINUTES_DEFAULT);
        let span = Duration::from_secs(minutes.min(u64::from(u32::MAX)) * 60);
        let from = query.date("StartDate")?.unwrap_or(to - span);
        if from > to {
            let reason = format!(
                "{} lies after the end, {}: an earlier time is expected",
                from.to_iso8601(),
                to.to_iso8601()
            );
            return Err(ApiError::invalid("StartDate", reason));
        }
        Ok(Self { from, to, split_by_wait_time: thresholds(query)? })
    }

    /// Returns the question about the past of this window.
    pub(super) fn query(&self, scope: Scope, task_channel: Option<TaskChannelSid>) -> StatisticsQuery {
        let (from, to) = (self.from, self.to);
        StatisticsQuery { scope, from, to, task_channel, split_by_wait_time: self.split_by_wait_time.clone() }
    }
}

fn thresholds(query: &Parameters) -> Result<Vec<u32>, ApiError> {
    const NAME: &str = "SplitByWaitTime";
    let read = |text: &String| {
        text.parse().map_err(|_| {
            ApiError::invalid(NAME, format!("'{text}' is not a number: seconds such as 5,30,60 are expected"))
        })
    };
    query.list(NAME).iter().map(read).collect()
}
