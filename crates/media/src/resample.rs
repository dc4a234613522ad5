//! From 8 to 16 kHz and back for live legs, frame by frame, by one half-band filter with its memory.

use crate::frame::{Frame, Rate};

/// Every second coefficient of a half-band low-pass (windowed sinc, Hamming, 31 taps); the middle one is a half.
const SIDE_TAPS: [f32; 16] = side_taps();
const TAPS: usize = 16;

/// Converts one stream of frames to another rate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resampler {
    /// The last samples of the frame before, newest last.
    memory: Vec<f32>,
}

impl Resampler {
    /// Returns the frame at `rate`; one that has it passes through.
    pub(crate) fn convert(&mut self, frame: &Frame, rate: Rate) -> Frame {
        match (frame.rate(), rate) {
            (Rate::Narrow, Rate::Wide) => self.widen(frame),
            (Rate::Wide, Rate::Narrow) => self.narrow(frame),
            (Rate::Narrow, Rate::Narrow) | (Rate::Wide, Rate::Wide) => *frame,
        }
    }

    /// Puts a filtered sample between each two.
    fn widen(&mut self, frame: &Frame) -> Frame {
        let input = self.with_memory(frame, TAPS);
        let mut wide = Frame::silence(Rate::Wide);
        for (pair, window) in wide.samples_mut().chunks_exact_mut(2).zip(input.windows(TAPS)) {
            let between: f32 = window.iter().zip(SIDE_TAPS).map(|(sample, tap)| sample * tap).sum();
            pair[0] = window[TAPS / 2 - 1] as i16;
            pair[1] = clamp(between * 2.0);
        }
        wide
    }

    /// Takes every second sample of the filtered ones.
    fn narrow(&mut self, frame: &Frame) -> Frame {
        let input = self.with_memory(frame, 2 * TAPS);
        let mut narrow = Frame::silence(Rate::Narrow);
        let windows = input.windows(2 * TAPS).step_by(2);
        for (sample, window) in narrow.samples_mut().iter_mut().zip(windows) {
            let sides: f32 = window.iter().step_by(2).zip(SIDE_TAPS).map(|(sample, tap)| sample * tap).sum();
            *sample = clamp(sides + window[TAPS - 1] * 0.5);
        }
        narrow
    }

    /// Returns the frame's samples behind those that the filter still needs.
    fn with_memory(&mut self, frame: &Frame, len: usize) -> Vec<f32> {
        self.memory.resize(len, 0.0);
        let mut input = std::mem::take(&mut self.memory);
        input.extend(frame.samples().iter().map(|&sample| f32::from(sample)));
        self.memory.extend(&input[input.len() - len..]);
        input
    }
}

fn clamp(value: f32) -> i16 {
    value.round().clamp(-32_768.0, 32_767.0) as i16
}

/// Computes the taps: sinc at the odd places ±1, ±3 … ±15, each with its window weight.
const fn side_taps() -> [f32; 16] {
    // sin(πk/2)/(πk) × (0.54 + 0.46 cos(πk/16)), k = -15, -13 … 15, scaled to sum to a half.
    const HALF: [f32; 8] =
        [0.315_500, -0.097_900, 0.050_650, -0.028_630, 0.015_930, -0.008_230, 0.003_857, -0.001_885];
    let mut taps = [0.0; 16];
    let mut sum = 0.0;
    let mut at = 0;
    while at < 8 {
        sum += 2.0 * HALF[at];
        at += 1;
    }
    at = 0;
    while at < 8 {
        taps[7 - at] = HALF[at] * 0.5 / sum;
        taps[8 + at] = HALF[at] * 0.5 / sum;
        at += 1;
    }
    taps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digit::detector::power;
    use crate::tone;

    #[test]
    fn a_tone_survives_the_way_up_and_down_and_only_half_of_the_band_does() {
        for (hertz, is_kept) in [(440.0, true), (1_000.0, true), (3_000.0, true), (6_000.0, false)] {
            let (mut resampler, mut back) = (Resampler::default(), vec![]);
            let wide = tone::sines(&[hertz], 8_000.0, 400, Rate::Wide);
            for chunk in wide.chunks_exact(320) {
                back.extend_from_slice(
                    resampler.convert(&Frame::of(Rate::Wide, chunk), Rate::Narrow).samples(),
                );
            }
            let sum: f32 = back[400..2_000].iter().map(|&sample| f32::from(sample).powi(2)).sum();
            let level = (sum / 1_600.0).sqrt();
            assert!(
                if is_kept { (5_300.0..6_000.0).contains(&level) } else { level < 150.0 },
                "{hertz}: {level}"
            );
        }
        let (mut resampler, mut wide) = (Resampler::default(), vec![]);
        for chunk in tone::sines(&[1_000.0], 8_000.0, 200, Rate::Narrow).chunks_exact(160) {
            wide.extend_from_slice(resampler.convert(&Frame::of(Rate::Narrow, chunk), Rate::Wide).samples());
        }
        // Seen at 8 kHz, the tone at 16 kHz lies at half its frequency and its image at 7 kHz at 3.5 kHz.
        assert!(power(&wide[640..1_920], 500.0) > 1_000.0 * power(&wide[640..1_920], 3_500.0));
    }
}
