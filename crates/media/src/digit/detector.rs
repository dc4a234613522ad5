//! Hears keys in the sound, for legs that did not negotiate telephone events (Goertzel's algorithm, ITU-T Q.24).

use std::f32::consts::TAU;
use std::sync::LazyLock;

use crate::frame::{Frame, Rate};
use crate::tone::{COLUMNS, KEYS, ROWS};

/// Samples of a block at 8 kHz: 25.6 ms, in which the eight frequencies stand well apart.
const BLOCK_SAMPLES: usize = 205;
/// A key must be heard in so many blocks, so that speech seldom looks like one.
const BLOCKS_MIN: u32 = 2;
/// Mean square below which a block is silence: about -42 dB of full scale.
const POWER_MIN: f32 = 65_000.0;
/// How much louder the row may be than the column and the reverse (+4/-8 dB, with room for the line's slope).
const TWIST_MAX: [f32; 2] = [4.0, 8.0];
/// The two tones make up at least so much of the block's power.
const SHARE_MIN: f32 = 0.7;

/// Of the rows, then of the columns.
static COEFFICIENTS: LazyLock<[f32; 8]> = LazyLock::new(|| {
    let [rows, columns] = [ROWS, COLUMNS].map(|group| group.map(coefficient));
    std::array::from_fn(|at| if at < 4 { rows[at] } else { columns[at - 4] })
});

/// The detector of one leg.
#[derive(Debug, Default)]
pub(crate) struct Detector {
    samples: Vec<i16>,
    candidate: Option<char>,
    blocks: u32,
    told: Option<char>,
}

impl Detector {
    /// Listens to a narrow frame and returns a key when it has been heard for long enough, once per press.
    pub(crate) fn listen(&mut self, frame: &Frame) -> Option<char> {
        debug_assert_eq!(frame.rate(), Rate::Narrow);
        self.samples.extend(frame.samples());
        if self.samples.len() < BLOCK_SAMPLES {
            return None;
        }
        let key = key_in(&self.samples[..BLOCK_SAMPLES]);
        self.samples.drain(..BLOCK_SAMPLES);
        self.judge(key)
    }

    /// Notes that the peer sends nothing: whatever key there was is let go.
    pub(crate) fn rest(&mut self) {
        self.samples.clear();
        (self.candidate, self.blocks, self.told) = (None, 0, None);
    }

    fn judge(&mut self, heard: Option<char>) -> Option<char> {
        self.blocks = if heard == self.candidate { self.blocks + 1 } else { 1 };
        self.candidate = heard;
        if self.blocks < BLOCKS_MIN && heard.is_some() {
            return None;
        }
        let news = heard.filter(|_| self.told != heard);
        self.told = heard;
        news
    }
}

/// Returns the key whose two tones make up a block.
fn key_in(block: &[i16]) -> Option<char> {
    let energy: f32 = block.iter().map(|&sample| f32::from(sample).powi(2)).sum();
    if energy / block.len() as f32 <= POWER_MIN {
        return None;
    }
    let powers = powers(block, &COEFFICIENTS);
    let ((row, row_power), (column, column_power)) = (loudest(&powers[..4]), loudest(&powers[4..]));
    // A sine of energy E has the power E × N / 2 in its bin.
    let share = (row_power + column_power) / (energy * block.len() as f32 / 2.0);
    let is_key = share > SHARE_MIN
        && row_power < column_power * TWIST_MAX[0] * TWIST_MAX[0]
        && column_power < row_power * TWIST_MAX[1] * TWIST_MAX[1];
    is_key.then(|| KEYS[row][column])
}

fn loudest(powers: &[f32]) -> (usize, f32) {
    powers.iter().copied().enumerate().fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
}

/// Returns the power of one frequency in samples taken at 8 kHz.
pub(crate) fn power(samples: &[i16], hertz: f32) -> f32 {
    let [power] = powers(samples, &[coefficient(hertz)]);
    power
}

/// What Goertzel's recursion is turned by for a frequency.
fn coefficient(hertz: f32) -> f32 {
    2.0 * (TAU * hertz / 8_000.0).cos()
}

/// Returns the powers of several frequencies; all go along with each sample, so that they share its time.
fn powers<const N: usize>(samples: &[i16], coefficients: &[f32; N]) -> [f32; N] {
    let (mut last, mut before) = ([0.0; N], [0.0; N]);
    for &sample in samples {
        let sample = f32::from(sample);
        for at in 0..N {
            let next = sample + coefficients[at] * last[at] - before[at];
            (before[at], last[at]) = (last[at], next);
        }
    }
    std::array::from_fn(|at| {
        last[at] * last[at] + before[at] * before[at] - coefficients[at] * last[at] * before[at]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone;

    fn heard(samples: &[i16]) -> String {
        let mut detector = Detector::default();
        samples.chunks(160).filter_map(|chunk| detector.listen(&Frame::of(Rate::Narrow, chunk))).collect()
    }

    #[test]
    fn each_key_is_heard_once_per_press() {
        let press = |key| [tone::key(key, 100, Rate::Narrow), tone::silence(80, Rate::Narrow)].concat();
        let all = "1234567890*#ABCD55";
        assert_eq!(heard(&all.chars().flat_map(press).collect::<Vec<_>>()), all);
    }

    #[test]
    fn a_key_after_a_pause_is_another_press() {
        let mut detector = Detector::default();
        let press = tone::key('5', 100, Rate::Narrow);
        let hear = |detector: &mut Detector| {
            let frames = press.chunks(160).map(|chunk| Frame::of(Rate::Narrow, chunk));
            frames.filter_map(|frame| detector.listen(&frame)).count()
        };
        assert_eq!((hear(&mut detector), hear(&mut detector)), (1, 0));
        detector.rest();
        assert_eq!(hear(&mut detector), 1);
    }

    #[test]
    fn what_is_no_key_is_not_heard() {
        let sine = |hertz| tone::sines(&[hertz], 8_000.0, 300, Rate::Narrow);
        let noise: Vec<i16> = (0..8_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 17) as i16).collect();
        let faint: Vec<i16> = tone::key('5', 200, Rate::Narrow).iter().map(|sample| sample / 60).collect();
        for (what, samples) in [
            ("one row", sine(697.0)),
            ("the beep", tone::beep(Rate::Narrow)),
            ("noise", noise),
            ("a faint key", faint),
            ("dial tone", tone::sines(&[350.0, 440.0], 6_000.0, 500, Rate::Narrow)),
            ("too short", [tone::key('5', 25, Rate::Narrow), tone::silence(100, Rate::Narrow)].concat()),
        ] {
            assert_eq!(heard(&samples), "", "{what}");
        }
    }
}
