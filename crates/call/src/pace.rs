//! How fast a program may ask: one whose documents lead to each other and say nothing must not spin.

use std::time::Duration;

use domain::Timestamp;

/// How many questions a program may ask in a while.
const QUESTIONS_MAX: u32 = 20;

/// The while.
const WHILE: Duration = Duration::from_secs(5);

/// The questions that a program has asked in the while at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    since: Timestamp,
    asked: u32,
}

impl Pace {
    /// Makes the pace of a program that begins.
    pub(crate) fn new(now: Timestamp) -> Pace {
        Pace { since: now, asked: 0 }
    }

    /// Counts a question; returns until when it has to wait, if it has to.
    pub(crate) fn ask(&mut self, now: Timestamp) -> Option<Timestamp> {
        if self.since + WHILE <= now {
            *self = Pace::new(now);
        }
        self.asked += 1;
        if self.asked <= QUESTIONS_MAX {
            return None;
        }
        let end = self.since + WHILE;
        *self = Pace { since: end, asked: 1 };
        Some(end)
    }
}
