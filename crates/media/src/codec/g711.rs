//! G.711, both laws: tables to linear, arithmetic from it (ITU-T G.711; 8 bits a sample at 8 kHz).

#[cfg(test)]
/// What µ-law sends for silence.
pub(crate) const MU_LAW_SILENCE: u8 = 0xFF;
#[cfg(test)]
/// What A-law sends for silence.
pub(crate) const A_LAW_SILENCE: u8 = 0xD5;

/// Added before the segment is looked for, so that each µ-law segment begins at a power of two.
const MU_LAW_BIAS: i32 = 0x84;
const MU_LAW_CLIP: i32 = 32_635;

static MU_LAW_TO_LINEAR: [i16; 256] = table(Law::Mu);
static A_LAW_TO_LINEAR: [i16; 256] = table(Law::A);

/// Returns the µ-law code of a sample.
pub(crate) fn to_mu_law(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0x80, -i32::from(sample)) } else { (0, i32::from(sample)) };
    let biased = magnitude.min(MU_LAW_CLIP) + MU_LAW_BIAS;
    let segment = biased.ilog2() - 7;
    let step = (biased >> (segment + 3)) & 0x0F;
    !(sign | (segment << 4) as u8 | step as u8)
}

/// Returns the A-law code of a sample.
pub(crate) fn to_a_law(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0, !i32::from(sample)) } else { (0x80, i32::from(sample)) };
    let code = match magnitude >> 8 {
        0 => magnitude >> 4,
        high => {
            let segment = high.ilog2() + 1;
            (segment << 4) as i32 | ((magnitude >> (segment + 3)) & 0x0F)
        }
    };
    (sign | code as u8) ^ 0x55
}

/// Returns the sample that a µ-law code stands for.
pub(crate) fn from_mu_law(code: u8) -> i16 {
    MU_LAW_TO_LINEAR[usize::from(code)]
}

/// Returns the sample that an A-law code stands for.
pub(crate) fn from_a_law(code: u8) -> i16 {
    A_LAW_TO_LINEAR[usize::from(code)]
}

#[derive(Clone, Copy)]
enum Law {
    Mu,
    A,
}

const fn table(law: Law) -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = match law {
            Law::Mu => mu_law_sample(code as u8),
            Law::A => a_law_sample(code as u8),
        };
        code += 1;
    }
    table
}

const fn mu_law_sample(code: u8) -> i16 {
    let code = !code;
    let (segment, step) = ((code >> 4) & 7, (code & 0x0F) as i32);
    let magnitude = (((step << 3) + MU_LAW_BIAS) << segment) - MU_LAW_BIAS;
    if code & 0x80 == 0 { magnitude as i16 } else { -magnitude as i16 }
}

const fn a_law_sample(code: u8) -> i16 {
    let code = code ^ 0x55;
    let (segment, step) = ((code >> 4) & 7, ((code & 0x0F) as i32) << 4);
    let magnitude = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    if code & 0x80 == 0 { -magnitude as i16 } else { magnitude as i16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_for_the_values_of_the_recommendation() {
        // ITU-T G.711 tables 1 and 2 (decoder output values), scaled to 16 bits.
        for (code, sample) in
            [(0x80, 32124), (0x8F, 16764), (0xFF, 0), (0x7F, 0), (0x00, -32124), (0xF0, 120)]
        {
            assert_eq!(from_mu_law(code), sample, "µ-law {code:#x}");
        }
        for (code, sample) in
            [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0x80, 5504), (0xC5, 264)]
        {
            assert_eq!(from_a_law(code), sample, "A-law {code:#x}");
        }
    }

    #[test]
    fn a_code_survives_the_way_there_and_back() {
        for code in 0..=255u8 {
            // µ-law has two zeros; the negative one comes back as the positive.
            let expected = if code == 0x7F { 0xFF } else { code };
            assert_eq!(to_mu_law(from_mu_law(code)), expected);
            assert_eq!(to_a_law(from_a_law(code)), code);
        }
    }

    #[test]
    fn samples_come_back_within_half_a_step() {
        for sample in (i16::MIN..=i16::MAX).step_by(7) {
            let allowed = (i32::from(sample).abs() / 16).max(16);
            for heard in [from_mu_law(to_mu_law(sample)), from_a_law(to_a_law(sample))] {
                let error = (i32::from(heard) - i32::from(sample)).abs();
                assert!(error <= allowed.max(i32::from(sample).abs() - 32_124), "{sample} → {heard}");
            }
        }
    }

    #[test]
    fn silence_is_the_code_of_zero() {
        assert_eq!((to_mu_law(0), to_a_law(0)), (MU_LAW_SILENCE, A_LAW_SILENCE));
    }
}
