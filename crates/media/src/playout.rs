//! A listener's place in a clip: how far it has played and how often it still begins anew.

use std::sync::Arc;

use crate::clip::Clip;
use crate::frame::{Frame, Rate};

/// A playback under way.
#[derive(Clone, Debug)]
pub(crate) struct Playback {
    pub id: u64,
    clip: Arc<Clip>,
    /// Rounds that are left, this one included; nothing for ever.
    rounds: Option<u32>,
    next: usize,
}

impl Playback {
    /// Begins a clip; `loops` as in TwiML: how often it plays, 0 for ever.
    pub(crate) fn new(id: u64, clip: Arc<Clip>, loops: u32) -> Self {
        Self { id, clip, rounds: (loops > 0).then_some(loops), next: 0 }
    }

    /// Returns the clip and the index of the frame that is due, and goes on; nothing at the end.
    pub(crate) fn advance(&mut self) -> Option<(Arc<Clip>, usize)> {
        if self.next >= self.clip.frames() {
            self.next = 0;
            self.rounds = self.rounds.map(|rounds| rounds - 1);
        }
        if self.rounds == Some(0) || self.clip.frames() == 0 {
            return None;
        }
        self.next += 1;
        Some((Arc::clone(&self.clip), self.next - 1))
    }

    /// Returns the frame that is due, and goes on.
    pub(crate) fn advance_frame(&mut self, rate: Rate) -> Option<Frame> {
        self.advance().map(|(clip, index)| clip.frame(index, rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_plays_as_often_as_it_is_told() {
        let clip = Arc::new(Clip::from_samples(&[1; 480], 8_000));
        for (loops, expected) in [(1, 3), (3, 9), (0, 1_000)] {
            let mut playback = Playback::new(1, Arc::clone(&clip), loops);
            let frames = std::iter::from_fn(|| playback.advance()).take(1_000);
            let indexes: Vec<usize> = frames.map(|(_, index)| index).collect();
            assert_eq!(indexes.len(), expected);
            assert!(indexes.iter().enumerate().all(|(at, index)| *index == at % 3));
        }
        assert!(Playback::new(1, Arc::new(Clip::from_samples(&[], 8_000)), 0).advance().is_none());
    }
}
