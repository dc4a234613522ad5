//! Recordings: which frames they keep, as a timeline, and the thread that writes them to files.

pub(crate) mod recorder;
pub(crate) mod wav;

use crate::command::{RecordingOf, RecordingOptions};
use crate::frame::{FRAME_MS, Frame, Rate};

/// A frame above this level, in decibels of full scale, is no silence.
const SILENCE_DB: f32 = -50.0;
/// So many frames are handed to the file's thread at once: a second.
const FRAMES_PER_PIECE: usize = 50;

/// What becomes of what is said while a recording is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    /// It is not paused.
    None,
    /// It is left out.
    Skipped,
    /// It is kept as silence.
    Silent,
}

/// A recording under way. It grows by a frame in each frame of time, so that gaps of the network do not shorten it.
#[derive(Debug)]
pub(crate) struct Recording {
    pub of: RecordingOf,
    pub pause: Pause,
    is_dual: bool,
    trims_silence: bool,
    frames_max: u64,
    frames: u64,
    /// How many frames there were when the last that is no silence had been kept.
    loud_frames: u64,
    pending: Vec<i16>,
}

/// What is left to do at the end of a recording.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// Samples that were not handed over yet.
    pub samples: Vec<i16>,
    /// How many frames the file shall have in all.
    pub frames: u64,
    pub is_silent: bool,
}

impl Recording {
    pub(crate) fn new(of: RecordingOf, options: &RecordingOptions) -> Self {
        Self {
            of,
            pause: Pause::None,
            is_dual: options.is_dual,
            trims_silence: options.trims_silence,
            frames_max: options.length_ms_max / FRAME_MS,
            frames: 0,
            loud_frames: 0,
            pending: vec![],
        }
    }

    /// Keeps a frame of each side. A second of them comes back to be written.
    pub(crate) fn push(&mut self, first: &Frame, second: Option<&Frame>) -> Option<Vec<i16>> {
        match self.pause {
            Pause::None => self.keep(first, second),
            Pause::Skipped => None,
            Pause::Silent => self.keep(&Frame::silence(Rate::Narrow), None),
        }
    }

    fn keep(&mut self, first: &Frame, second: Option<&Frame>) -> Option<Vec<i16>> {
        let is_silent =
            [Some(first), second].into_iter().flatten().all(|frame| frame.level_db() < SILENCE_DB);
        let is_trimmed = is_silent && self.trims_silence && self.loud_frames == 0;
        if is_trimmed || self.is_full() {
            return None;
        }
        self.append(first, second);
        self.frames += 1;
        if !is_silent {
            self.loud_frames = self.frames;
        }
        let is_due = self.pending.len() >= FRAMES_PER_PIECE * Rate::Narrow.samples();
        is_due.then(|| std::mem::take(&mut self.pending))
    }

    /// Tells whether the recording is as long as it may be.
    pub(crate) fn is_full(&self) -> bool {
        self.frames >= self.frames_max
    }

    /// Returns what is left to do.
    pub(crate) fn end(self) -> Ending {
        let frames = if self.trims_silence { self.loud_frames } else { self.frames };
        Ending { samples: self.pending, frames, is_silent: self.loud_frames == 0 }
    }

    fn append(&mut self, first: &Frame, second: Option<&Frame>) {
        if self.is_dual {
            let silence = Frame::silence(Rate::Narrow);
            let pairs = first.samples().iter().zip(second.unwrap_or(&silence).samples());
            return self.pending.extend(pairs.flat_map(|(first, second)| [*first, *second]));
        }
        let mut sum = *first;
        second.into_iter().for_each(|second| sum.add(second));
        self.pending.extend(sum.samples());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Track;

    /// Records a text in which each letter is a frame: `.` silent, `a` and `b` the first or second side loud.
    fn recorded(text: &str, is_dual: bool, trims_silence: bool, length_ms_max: u64) -> Ending {
        let options = RecordingOptions { path: "x.wav".into(), is_dual, trims_silence, length_ms_max };
        let mut recording = Recording::new(RecordingOf::Leg(1, Track::Both), &options);
        for letter in text.chars() {
            recording.pause = match letter {
                'p' => Pause::Skipped,
                's' => Pause::Silent,
                _ => Pause::None,
            };
            let side = |own, value| Frame::of(Rate::Narrow, &[if letter == own { value } else { 0 }; 160]);
            assert_eq!(recording.push(&side('a', 1_000), Some(&side('b', 2_000))), None);
        }
        recording.end()
    }

    #[test]
    fn frames_are_kept_by_the_rules() {
        for (text, trims_silence, length_ms_max, frames, is_silent) in [
            ("..aa..b...", false, 10_000, 10, false),
            ("..aa..b...", true, 10_000, 5, false),
            ("....", true, 10_000, 0, true),
            ("....", false, 10_000, 4, true),
            ("aappppaa", false, 10_000, 4, false),
            ("aassssaa", false, 10_000, 8, false),
            ("aaaaaaaa", false, 100, 5, false),
        ] {
            let ending = recorded(text, false, trims_silence, length_ms_max);
            assert_eq!((ending.frames, ending.is_silent), (frames, is_silent), "{text}");
        }
    }

    #[test]
    fn sides_have_a_channel_each_or_are_added() {
        let firsts = |is_dual| {
            let samples = recorded("ab", is_dual, false, 1_000).samples;
            let frame = samples.len() / 2;
            (samples[..2].to_vec(), samples[frame..frame + 2].to_vec())
        };
        assert_eq!(firsts(true), (vec![1_000, 0], vec![0, 2_000]));
        assert_eq!(firsts(false), (vec![1_000, 1_000], vec![2_000, 2_000]));
    }
}
