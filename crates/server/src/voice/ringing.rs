//! The tone that a caller hears while somebody else's phone rings.

use std::f32::consts::TAU;
use std::sync::{Arc, OnceLock};

use media::Clip;

const HERTZ: u32 = 8_000;

/// Two seconds of the two tones, four of silence, as in North America.
const TONES: [f32; 2] = [440.0, 480.0];
const ON_SECS: u32 = 2;
const OFF_SECS: u32 = 4;

/// A quarter of full scale for each tone.
const LEVEL: f32 = 8_000.0;

/// Returns one round of ringing, made once.
pub(super) fn clip() -> Arc<Clip> {
    static CLIP: OnceLock<Arc<Clip>> = OnceLock::new();
    Arc::clone(CLIP.get_or_init(|| Arc::new(Clip::from_samples(&samples(), HERTZ))))
}

fn samples() -> Vec<i16> {
    let sound = (0..HERTZ * ON_SECS).map(|at| {
        let secs = at as f32 / HERTZ as f32;
        TONES.iter().map(|hertz| (TAU * hertz * secs).sin() * LEVEL).sum::<f32>() as i16
    });
    sound.chain((0..HERTZ * OFF_SECS).map(|_| 0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_of_ringing_takes_six_seconds_and_does_not_clip() {
        assert_eq!(clip().duration_ms(), 6_000);
        assert!(samples().iter().all(|sample| sample.unsigned_abs() < 32_000));
    }
}
