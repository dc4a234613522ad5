//! What came of the scenarios, before it is told to anybody.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use simulation::rehearsal::{Coverage, Failure, Transcript};

/// What came of all files.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) suites: Vec<Suite>,
    /// Files of which nothing could run.
    pub(super) broken: Vec<Broken>,
    pub(super) duration: Duration,
}

/// A file of which nothing could run.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) path: PathBuf,
    pub(super) error: String,
}

/// What came of one file.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) path: PathBuf,
    pub(super) verdicts: Vec<Verdict>,
    /// By the flow's file.
    pub(super) coverage: BTreeMap<PathBuf, Coverage>,
}

/// What came of one scenario.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) name: String,
    pub(super) line: u64,
    pub(super) duration: Duration,
    pub(super) transcript: Transcript,
    pub(super) failures: Vec<Failure>,
}

impl Outcome {
    pub(super) fn has_passed(&self) -> bool {
        self.failed() == 0 && self.broken.is_empty()
    }

    pub(super) fn total(&self) -> usize {
        self.suites.iter().map(|suite| suite.verdicts.len()).sum()
    }

    pub(super) fn failed(&self) -> usize {
        self.suites.iter().map(Suite::failed).sum()
    }

    /// Returns how many scenarios ran in a second, files and reports included.
    pub(super) fn rate(&self) -> f64 {
        self.total() as f64 / self.duration.as_secs_f64().max(f64::EPSILON)
    }
}

impl Suite {
    pub(super) fn failed(&self) -> usize {
        self.verdicts.iter().filter(|verdict| !verdict.has_passed()).count()
    }
}

impl Verdict {
    pub(super) fn has_passed(&self) -> bool {
        self.failures.is_empty()
    }
}
