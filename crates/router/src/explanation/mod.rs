//! Explanations: why a task is where it is, who could take it and what keeps them, and what comes next.
//! An explanation only looks; the same code that decides answers its questions.

mod candidate;
mod explain;
mod line;
mod place;
mod upcoming;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::TaskSid;
use serde::{Deserialize, Serialize};

use crate::TaskStatus;

pub use candidate::{Candidate, EarlierOffer, HeldTask, Obstacle, ObstacleKind, OpenOffer};
pub use line::{Line, TaskAhead, WaitEstimate};
pub use place::{KnownWorkerSought, PlaceKind, TaskPlace};
pub use upcoming::{Destination, Upcoming, UpcomingReason};

/// Why a live task is where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The task.
    pub task_sid: TaskSid,
    /// Where it stands in its life.
    pub status: TaskStatus,
    /// Its precedence.
    pub priority: u32,
    /// The seconds since it was created.
    pub age_secs: u64,
    /// The unique name of its task channel.
    pub task_channel: Arc<str>,
    /// The whole in a sentence or two, for people.
    pub summary: String,
    /// Where it stands on its way; none before its first stop.
    pub place: Option<TaskPlace>,
    /// What time alone will bring, the next first.
    pub next: Vec<Upcoming>,
    /// Its place in line, while it waits in one.
    pub line: Option<Line>,
    /// How long it will probably wait.
    pub wait: WaitEstimate,
    /// The workers and what keeps each of them, the nearest to taking it first; empty once it is assigned.
    pub candidates: Vec<Candidate>,
    /// How many more workers there are than are shown.
    pub candidates_left_out: usize,
    /// How many of all workers each kind of obstacle keeps; a worker counts under each of theirs.
    pub obstacles: BTreeMap<ObstacleKind, usize>,
}
