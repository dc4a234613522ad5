//! G.722 at 64 kbit/s: 16 kHz split into two bands, each by adaptive differences (ITU-T G.722, sections 3 and 4).
//!
//! The names of the tables are those of the recommendation. A codec's state follows its input, so that a decoder that
//! begins amid a stream is right again after a few frames.

/// Table 11: coefficients of the filters that split and join the bands; the other half mirrors these.
const QMF: [i32; 12] = [3, -11, 12, 32, -210, 951, 3_876, -805, 362, -156, 53, -11];

/// Table 14: decision levels of the lower band.
const Q6: [i32; 30] = [
    0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1_023, 1_121,
    1_219, 1_339, 1_458, 1_612, 1_765, 1_980, 2_195, 2_557, 2_919,
];

/// Table 17: what a code of six bits adds.
const QM6: [i32; 64] = [
    -136, -136, -136, -136, -24_808, -21_904, -19_008, -16_704, -14_984, -13_512, -12_280, -11_192, -10_232,
    -9_360, -8_576, -7_856, -7_192, -6_576, -6_000, -5_456, -4_944, -4_464, -4_008, -3_576, -3_168, -2_776,
    -2_400, -2_032, -1_688, -1_360, -1_040, -728, 24_808, 21_904, 19_008, 16_704, 14_984, 13_512, 12_280,
    11_192, 10_232, 9_360, 8_576, 7_856, 7_192, 6_576, 6_000, 5_456, 4_944, 4_464, 4_008, 3_576, 3_168,
    2_776, 2_400, 2_032, 1_688, 1_360, 1_040, 728, 432, 136, -432, -136,
];

/// Table 17: what the upper four bits of it add, by which both sides predict.
const QM4: [i32; 16] = [
    0, -20_456, -12_896, -8_968, -6_288, -4_240, -2_584, -1_200, 20_456, 12_896, 8_968, 6_288, 4_240, 2_584,
    1_200, 0,
];

/// Table 17: what a code of the upper band adds.
const QM2: [i32; 4] = [-7_408, -1_616, 7_408, 1_616];

/// Tables 18 and 19: how the step grows or shrinks with each code of the lower band.
const WL: [i32; 16] = [-60, 3_042, 1_198, 538, 334, 172, 58, -30, 3_042, 1_198, 538, 334, 172, 58, -30, -60];

/// Table 22: the same of the upper band.
const WH: [i32; 4] = [798, -214, 798, -214];

/// Table 20: powers of two in steps of a thirty-second.
const ILB: [i32; 32] = [
    2_048, 2_093, 2_139, 2_186, 2_233, 2_282, 2_332, 2_383, 2_435, 2_489, 2_543, 2_599, 2_656, 2_714, 2_774,
    2_834, 2_896, 2_960, 3_025, 3_091, 3_158, 3_228, 3_298, 3_371, 3_444, 3_520, 3_597, 3_676, 3_756, 3_838,
    3_922, 4_008,
];

/// An encoder of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    lower: Band,
    upper: Band,
    window: Window,
}

/// A decoder of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    lower: Band,
    upper: Band,
    window: Window,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        Self { lower: Band::lower(), upper: Band::upper(), window: Window::default() }
    }

    /// Appends the code of each pair of samples.
    pub(crate) fn encode(&mut self, samples: &[i16], codes: &mut Vec<u8>) {
        codes.extend(samples.chunks_exact(2).map(|pair| self.code(i32::from(pair[0]), i32::from(pair[1]))));
    }

    fn code(&mut self, first: i32, second: i32) -> u8 {
        let (even, odd) = self.window.filter(first, second);
        let low = lower_code((even + odd) >> 14, &self.lower);
        let high = upper_code((odd - even) >> 14, &self.upper);
        self.lower.follow_lower(low);
        self.upper.follow_upper(high);
        (high << 6 | low) as u8
    }
}

impl Decoder {
    pub(crate) fn new() -> Self {
        Self { lower: Band::lower(), upper: Band::upper(), window: Window::default() }
    }

    /// Fills `samples` with what the codes stand for, two for each; without codes they stay as they are.
    pub(crate) fn decode(&mut self, codes: &[u8], samples: &mut [i16]) {
        for (pair, &code) in samples.chunks_exact_mut(2).zip(codes) {
            let (low, high) = (usize::from(code & 0x3F), usize::from(code >> 6));
            let lower = self.lower.sample(QM6[low]);
            let upper = self.upper.sample(QM2[high]);
            self.lower.follow_lower(low);
            self.upper.follow_upper(high);
            let (even, odd) = self.window.filter(lower + upper, lower - upper);
            pair[0] = saturated(odd >> 11) as i16;
            pair[1] = saturated(even >> 11) as i16;
        }
    }
}

/// The last samples at the filter that splits or joins the bands.
#[derive(Clone, Debug, Default)]
struct Window([i32; 24]);

impl Window {
    /// Takes two samples in; returns the sums over those at even and at odd places.
    fn filter(&mut self, first: i32, second: i32) -> (i32, i32) {
        self.0.copy_within(2.., 0);
        self.0[22] = first;
        self.0[23] = second;
        let pairs = || self.0.chunks_exact(2);
        let even = pairs().zip(QMF).map(|(pair, weight)| pair[0] * weight).sum();
        let odd = pairs().zip(QMF.into_iter().rev()).map(|(pair, weight)| pair[1] * weight).sum();
        (even, odd)
    }
}

/// The predictor and the quantizer's step of one band, alike on both sides.
#[derive(Clone, Debug)]
struct Band {
    /// What is expected next, and the part of it that comes from earlier differences.
    expected: i32,
    expected_of_zeros: i32,
    /// Earlier differences with their weights; the newest first.
    differences: [i32; 6],
    zeros: [i32; 6],
    /// Earlier reconstructions with their weights, and their parts without the poles.
    reconstructed: [i32; 2],
    poles: [i32; 2],
    partial: [i32; 2],
    /// The logarithm of the step, and the step.
    log_step: i32,
    step: i32,
}

impl Band {
    fn lower() -> Self {
        Self::with_step(32)
    }

    fn upper() -> Self {
        Self::with_step(8)
    }

    fn with_step(step: i32) -> Self {
        Self {
            expected: 0,
            expected_of_zeros: 0,
            differences: [0; 6],
            zeros: [0; 6],
            reconstructed: [0; 2],
            poles: [0; 2],
            partial: [0; 2],
            log_step: 0,
            step,
        }
    }

    /// Returns the sample that a difference leads to.
    fn sample(&self, quantum: i32) -> i32 {
        (self.expected + scaled(self.step, quantum)).clamp(-16_384, 16_383)
    }

    /// Goes on as the code of the lower band says; its two lowest bits do not count.
    fn follow_lower(&mut self, code: usize) {
        let rough = code >> 2;
        self.predict(scaled(self.step, QM4[rough]));
        self.adapt(WL[rough], 18_432, 8);
    }

    /// Goes on as the code of the upper band says.
    fn follow_upper(&mut self, code: usize) {
        self.predict(scaled(self.step, QM2[code]));
        self.adapt(WH[code], 22_528, 10);
    }

    /// Blocks 3L and 3H: the step follows the size of the differences.
    fn adapt(&mut self, growth: i32, log_max: i32, exponent: i32) {
        self.log_step = (((self.log_step * 127) >> 7) + growth).clamp(0, log_max);
        let mantissa = ILB[(self.log_step >> 6 & 31) as usize];
        let shift = exponent - (self.log_step >> 11);
        let size = if shift < 0 { mantissa << -shift } else { mantissa >> shift };
        self.step = size << 2;
    }

    /// Blocks 4L and 4H: the weights follow the signs of what came, and foretell what comes.
    fn predict(&mut self, difference: i32) {
        let reconstructed = saturated(self.expected + difference);
        let partial = saturated(self.expected_of_zeros + difference);
        self.poles = self.next_poles(partial);
        self.zeros = self.next_zeros(difference);
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.partial = [partial, self.partial[0]];
        let weigh = |value: i32, weight: i32| (weight * saturated(2 * value)) >> 15;
        let of_zeros =
            self.differences.into_iter().zip(self.zeros).map(|(value, weight)| weigh(value, weight));
        self.expected_of_zeros = saturated(of_zeros.sum());
        let of_poles =
            self.reconstructed.into_iter().zip(self.poles).map(|(value, weight)| weigh(value, weight));
        self.expected = saturated(saturated(of_poles.sum()) + self.expected_of_zeros);
    }

    fn next_poles(&self, partial: i32) -> [i32; 2] {
        let is_same = |other: i32| (partial < 0) == (other < 0);
        let first = saturated(4 * self.poles[0]);
        let turned = if is_same(self.partial[0]) { (-first).min(32_767) } else { first };
        let pull = if is_same(self.partial[1]) { 128 } else { -128 };
        let second = pull + (turned >> 7) + ((self.poles[1] * 32_512) >> 15);
        let second = second.clamp(-12_288, 12_288);
        let pull = if is_same(self.partial[0]) { 192 } else { -192 };
        let limit = saturated(15_360 - second);
        let first = saturated(pull + ((self.poles[0] * 32_640) >> 15)).clamp(-limit, limit);
        [first, second]
    }

    fn next_zeros(&self, difference: i32) -> [i32; 6] {
        let pull = if difference == 0 { 0 } else { 128 };
        let mut zeros = self.zeros;
        for (weight, earlier) in zeros.iter_mut().zip(self.differences) {
            let signed = if (earlier < 0) == (difference < 0) { pull } else { -pull };
            *weight = saturated(signed + ((*weight * 32_640) >> 15));
        }
        zeros
    }
}

/// Block 1L: the code of six bits for a sample of the lower band.
fn lower_code(sample: i32, band: &Band) -> usize {
    let difference = saturated(sample - band.expected);
    let size = if difference < 0 { !difference } else { difference };
    let is_below = |level: &i32| size < (level * band.step) >> 12;
    let place = Q6[1..].iter().position(is_below).map_or(30, |place| place + 1);
    match (difference < 0, place) {
        (true, 1 | 2) => 64 - place,
        (true, place) => 34 - place,
        (false, place) => 62 - place,
    }
}

/// Block 1H: the code of two bits for a sample of the upper band.
fn upper_code(sample: i32, band: &Band) -> usize {
    let difference = saturated(sample - band.expected);
    let size = if difference < 0 { !difference } else { difference };
    let is_large = size >= (564 * band.step) >> 12;
    match (difference < 0, is_large) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 3,
    }
}

fn scaled(step: i32, quantum: i32) -> i32 {
    (step * quantum) >> 15
}

fn saturated(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST_CODES: [u8; 16] = [48, 133, 32, 133, 34, 132, 4, 140, 15, 143, 143, 17, 147, 149, 20, 146];
    const SUM_OF_CODES: u32 = 2584369711;
    const SUM_OF_SAMPLES: u32 = 3580972442;

    #[test]
    fn codes_and_samples_are_those_of_another_implementation() {
        // The figures are those of the C library libg722 (through PyPI's G722 1.2) for the same samples.
        let samples = signal(2_000);
        let mut codes = vec![];
        Encoder::new().encode(&samples, &mut codes);
        assert_eq!(codes[..16], FIRST_CODES);
        assert_eq!(codes.iter().fold(0, |sum, code| fold(sum, i32::from(*code))), SUM_OF_CODES);
        let mut heard = vec![0; 2_000];
        Decoder::new().decode(&codes, &mut heard);
        assert_eq!(heard.iter().fold(0, |sum, sample| fold(sum, i32::from(*sample))), SUM_OF_SAMPLES);
    }

    #[test]
    fn any_codes_are_decoded_and_a_decoder_that_comes_late_is_right_soon() {
        let codes: Vec<u8> = (0..4_000_u32).map(|at| (at * at / 7 % 256) as u8).collect();
        Decoder::new().decode(&codes, &mut vec![0; 8_000]);
        let samples: Vec<i16> =
            (0..16_000).map(|at| (8_000.0 * (f64::from(at) * 0.2).sin()) as i16).collect();
        let mut codes = vec![];
        Encoder::new().encode(&samples, &mut codes);
        let mut late = vec![0; 12_000];
        Decoder::new().decode(&codes[2_000..], &mut late);
        // The filters hold 22 samples back.
        let error = |at: usize| (i32::from(late[at]) - i32::from(samples[4_000 + at - 22])).abs();
        assert!((8_000..12_000).all(|at| error(at) < 800));
    }

    /// A rising tone with noise, the same everywhere.
    fn signal(count: i32) -> Vec<i16> {
        let mut noise: u32 = 1;
        let mut sample = |at: i32| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let wave = (at * at / 16) % 16_000;
            let tone = if wave < 8_000 { wave - 4_000 } else { 12_000 - wave };
            (tone * 2 + (noise >> 20) as i32 - 2_048) as i16
        };
        (0..count).map(&mut sample).collect()
    }

    fn fold(sum: u32, value: i32) -> u32 {
        sum.wrapping_mul(31).wrapping_add(value as u32)
    }
}
