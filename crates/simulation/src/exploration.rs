//! Exploration: tells a flow many stories by chance, made of the words that its own conditions know, to see which of its
//! transitions can be taken at all.
//!
//! It expects nothing of a flow: what it does not reach may need an author's scenario.

mod lexicon;
mod story;

use serde_json::Value;

use crate::rehearsal::{Coverage, RehearsedFlow, Run};
use lexicon::Lexicon;
use story::Story;

/// Tells up to `stories` stories and returns the transitions that they took; the same call takes the same ones.
pub fn explore(definition: &Value, flow: &RehearsedFlow, stories: u32) -> Coverage {
    let lexicon = Lexicon::of(definition);
    let mut coverage = Coverage::of(flow);
    for seed in 0..stories {
        if coverage.taken() == coverage.total() {
            break;
        }
        let transcript = Story::new(&lexicon, seed).tell(flow);
        coverage.add(&Run { transcript, failures: Vec::new() });
    }
    coverage
}
