//! Which transitions of a flow were taken, and which never.

use std::collections::BTreeSet;

use super::{RehearsedFlow, Run, Transition};

/// The transitions of a flow that its scenarios took.
#[derive(Debug, Clone)]
pub struct Coverage {
    all: BTreeSet<Transition>,
    taken: BTreeSet<Transition>,
}

impl Coverage {
    /// Begins to count for a flow.
    pub fn of(flow: &RehearsedFlow) -> Self {
        Self { all: flow.transitions().clone(), taken: BTreeSet::new() }
    }

    /// Adds what a run took.
    pub fn add(&mut self, run: &Run) {
        let taken = run.transcript.transitions().filter(|transition| self.all.contains(transition));
        self.taken.extend(taken);
    }

    /// Returns how many transitions are wired.
    pub fn total(&self) -> usize {
        self.all.len()
    }

    /// Returns how many of them were taken.
    pub fn taken(&self) -> usize {
        self.taken.len()
    }

    /// Returns those that no run took.
    pub fn never_taken(&self) -> impl Iterator<Item = &Transition> {
        self.all.difference(&self.taken)
    }
}
