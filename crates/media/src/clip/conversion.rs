//! Brings whole pieces of audio to one of the rates inside, by a windowed sinc; quality counts, time does not.

use std::f64::consts::PI;

use crate::frame::Rate;

/// Zero crossings of the sinc on either side.
const CROSSINGS: f64 = 16.0;

/// Returns the samples at another rate.
pub(super) fn convert(samples: &[i16], hertz: u32, rate: Rate) -> Vec<i16> {
    let hertz = hertz.clamp(4_000, 192_000);
    if hertz == rate.hertz() {
        return samples.to_vec();
    }
    let step = f64::from(hertz) / f64::from(rate.hertz());
    let len = (samples.len() as f64 / step).ceil() as usize;
    // Going down, the sinc is stretched so that nothing above the new band folds back.
    let stretch = step.max(1.0);
    let kernel = Kernel::new(stretch);
    (0..len).map(|at| kernel.at(samples, at as f64 * step)).collect()
}

/// A sampled half of the filter: looked up far faster than computed.
struct Kernel {
    stretch: f64,
    table: Vec<f32>,
}

/// Points of the table between two zero crossings.
const RESOLUTION: f64 = 256.0;

impl Kernel {
    fn new(stretch: f64) -> Self {
        let value = |point: usize| {
            let x = point as f64 / RESOLUTION;
            let sinc = if point == 0 { 1.0 } else { (PI * x).sin() / (PI * x) };
            let window = 0.5 + 0.5 * (PI * x / CROSSINGS).cos();
            (sinc * window / stretch) as f32
        };
        Self { stretch, table: (0..=(CROSSINGS * RESOLUTION) as usize).map(value).collect() }
    }

    /// Returns the value between the samples at a place.
    fn at(&self, samples: &[i16], place: f64) -> i16 {
        let reach = CROSSINGS * self.stretch;
        let first = (place - reach).ceil().max(0.0) as usize;
        let last = ((place + reach).floor() as usize + 1).min(samples.len());
        let weight = |index: usize| {
            let distance = (index as f64 - place).abs() / self.stretch;
            self.table.get((distance * RESOLUTION) as usize).copied().unwrap_or(0.0)
        };
        let range = first.min(last)..last;
        let sum: f32 = range.map(|index| f32::from(samples[index]) * weight(index)).sum();
        sum.round().clamp(-32_768.0, 32_767.0) as i16
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::digit::detector::power;

    #[test]
    fn a_tone_keeps_its_pitch_and_loudness_at_any_rate() {
        for hertz in [11_025, 16_000, 22_050, 44_100, 48_000] {
            let wave = |at: u32| (8_000.0 * (TAU * 440.0 * at as f32 / hertz as f32).sin()) as i16;
            let samples: Vec<i16> = (0..hertz / 2).map(wave).collect();
            let narrow = convert(&samples, hertz, Rate::Narrow);
            assert!((3_999..=4_001).contains(&narrow.len()), "{hertz}: {}", narrow.len());
            let share = power(&narrow[800..2_400], 440.0).sqrt() * 2.0 / 1_600.0;
            assert!((7_600.0..8_400.0).contains(&share), "{hertz}: {share}");
        }
    }

    #[test]
    fn what_is_above_the_band_does_not_fold_back() {
        let wave = |at: u32| (8_000.0 * (TAU * 7_000.0 * at as f32 / 48_000.0).sin()) as i16;
        let narrow = convert(&(0..24_000).map(wave).collect::<Vec<_>>(), 48_000, Rate::Narrow);
        assert!(narrow[400..3_600].iter().all(|sample| sample.abs() < 80));
    }
}
