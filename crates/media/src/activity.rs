//! Hears when someone speaks: the level against the noise of the line, with a hangover.

pub(crate) mod machine;

use crate::frame::{FRAME_MS, Frame};

/// Speech is so much louder than the noise floor, in decibels.
const ABOVE_FLOOR_DB: f32 = 12.0;
/// No line is so quiet that less counts as speech, none so noisy that more is needed.
const THRESHOLD_DB: (f32, f32) = (-45.0, -25.0);
/// So long above the threshold begins speech: a click is shorter.
const ONSET_FRAMES: u32 = 4;
/// Pauses between words.
const HANGOVER_FRAMES: u32 = 15;
/// For so long speech is told after it was heard.
pub(crate) const HANGOVER_MS: u64 = HANGOVER_FRAMES as u64 * FRAME_MS;
/// How fast the floor follows the noise upward, in decibels a frame.
const FLOOR_RISE_DB: f32 = 0.05;

/// What changed with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Speech has begun.
    Started,
    /// The silence has lasted as long as was asked for.
    Ended { has_spoken: bool },
}

/// Whether someone speaks on one leg.
#[derive(Debug)]
pub(crate) struct Activity {
    floor_db: f32,
    loud_frames: u32,
    hangover: u32,
    /// Frames of silence that are worth telling; none are told when 0.
    silence_frames_max: u32,
    silence_frames: u32,
    has_spoken: bool,
    is_told: bool,
}

impl Activity {
    /// Begins to listen; silence is told after `silence_ms`, with 0 never.
    pub(crate) fn new(silence_ms: u64) -> Self {
        Self {
            floor_db: -60.0,
            loud_frames: 0,
            hangover: 0,
            silence_frames_max: (silence_ms / FRAME_MS) as u32,
            silence_frames: 0,
            has_spoken: false,
            is_told: false,
        }
    }

    /// Judges a frame.
    pub(crate) fn listen(&mut self, frame: &Frame) -> Option<Change> {
        let is_speech = self.is_speech(frame.level_db());
        if is_speech {
            self.silence_frames = 0;
            let starts = !self.has_spoken || self.is_told;
            (self.has_spoken, self.is_told) = (true, false);
            return starts.then_some(Change::Started);
        }
        self.silence_frames += 1;
        let is_long = self.silence_frames_max > 0 && self.silence_frames >= self.silence_frames_max;
        if !is_long || self.is_told {
            return None;
        }
        self.is_told = true;
        Some(Change::Ended { has_spoken: self.has_spoken })
    }

    /// Tells whether a frame of this level belongs to speech, short pauses included.
    pub(crate) fn is_speech(&mut self, level_db: f32) -> bool {
        let threshold = (self.floor_db + ABOVE_FLOOR_DB).clamp(THRESHOLD_DB.0, THRESHOLD_DB.1);
        self.floor_db = level_db.min(self.floor_db + FLOOR_RISE_DB).max(-90.0);
        self.loud_frames = if level_db > threshold { self.loud_frames + 1 } else { 0 };
        if self.loud_frames >= ONSET_FRAMES {
            self.hangover = HANGOVER_FRAMES;
        }
        self.hangover = self.hangover.saturating_sub(1);
        self.hangover > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rate;
    use crate::tone;

    #[test]
    fn speech_is_told_and_then_the_silence_after_it() {
        let loud = tone::sines(&[300.0, 700.0], 4_000.0, 600, Rate::Narrow);
        let quiet = tone::silence(1_500, Rate::Narrow);
        let click = tone::sines(&[900.0], 9_000.0, 40, Rate::Narrow);
        for (sound, expected) in [
            (
                [&quiet[..], &loud, &quiet].concat(),
                vec![
                    (1_000, Change::Ended { has_spoken: false }),
                    (1_560, Change::Started),
                    (3_380, Change::Ended { has_spoken: true }),
                ],
            ),
            ([&click[..], &quiet].concat(), vec![(1_000, Change::Ended { has_spoken: false })]),
            ([&loud[..], &quiet[..2_000], &loud].concat(), vec![(60, Change::Started)]),
        ] {
            let mut activity = Activity::new(1_000);
            let frames = sound.chunks(160).enumerate();
            let told = frames.filter_map(|(at, chunk)| {
                let change = activity.listen(&Frame::of(Rate::Narrow, chunk))?;
                Some((at as u64 * FRAME_MS, change))
            });
            let told: Vec<_> = told.collect();
            assert_eq!(
                told.iter().map(|(_, change)| *change).collect::<Vec<_>>(),
                expected.iter().map(|(_, change)| *change).collect::<Vec<_>>()
            );
            assert!(told.iter().zip(&expected).all(|(a, b)| a.0.abs_diff(b.0) <= 60), "{told:?}");
        }
    }
}
