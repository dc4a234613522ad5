//! Tones that are made rather than recorded: keys, the beep, ringback.

use std::f32::consts::TAU;

use crate::frame::Rate;

/// Loudness of one of a key's two tones, about -10 dBm0.
const KEY_AMPLITUDE: f32 = 6_000.0;

/// The frequencies of the keys' rows and columns, in hertz (ITU-T Q.23).
pub(crate) const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
/// See [`ROWS`].
pub(crate) const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The keys by row and column.
pub(crate) const KEYS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Returns the two frequencies of a key.
pub(crate) fn frequencies(key: char) -> Option<[f32; 2]> {
    let key = key.to_ascii_uppercase();
    KEYS.iter().zip(ROWS).find_map(|(keys, row)| {
        let column = keys.iter().position(|&other| other == key)?;
        Some([row, COLUMNS[column]])
    })
}

/// Returns `ms` of a key's sound; of what is no key, silence.
pub(crate) fn key(key: char, ms: u64, rate: Rate) -> Vec<i16> {
    match frequencies(key) {
        Some(frequencies) => sines(&frequencies, KEY_AMPLITUDE, ms, rate),
        None => silence(ms, rate),
    }
}

/// Returns the beep before a recording.
pub(crate) fn beep(rate: Rate) -> Vec<i16> {
    sines(&[1_000.0], 8_000.0, 400, rate)
}

/// Returns a round of a country's ringing, its pause included (ITU-T E.180, supplement 2).
pub(crate) fn ringing(country: &str, rate: Rate) -> Vec<i16> {
    let (frequencies, pattern_ms): (&[f32], &[u64]) = match country.to_ascii_lowercase().as_str() {
        "us" | "ca" | "us-old" | "mx" => (&[440.0, 480.0], &[2_000, 4_000]),
        "uk" | "gb" | "au" | "nz" | "ie" | "in" | "sg" | "za" => (&[400.0, 450.0], &[400, 200, 400, 2_000]),
        "jp" => (&[400.0, 415.0], &[1_000, 2_000]),
        "fr" => (&[440.0], &[1_500, 3_500]),
        _ => (&[425.0], &[1_000, 4_000]),
    };
    let part = |(index, ms): (usize, &u64)| match index % 2 {
        0 => sines(frequencies, 4_000.0, *ms, rate),
        _ => silence(*ms, rate),
    };
    pattern_ms.iter().enumerate().flat_map(part).collect()
}

/// Returns silence.
pub(crate) fn silence(ms: u64, rate: Rate) -> Vec<i16> {
    vec![0; (u64::from(rate.hertz()) * ms / 1_000) as usize]
}

/// Returns the sum of sines, faded in and out over 5 ms so that it does not click.
pub(crate) fn sines(frequencies: &[f32], amplitude: f32, ms: u64, rate: Rate) -> Vec<i16> {
    let len = (u64::from(rate.hertz()) * ms / 1_000) as usize;
    let fade = (rate.hertz() / 200) as f32;
    let sample = |at: usize| {
        let edge = (at.min(len - at) as f32 / fade).min(1.0);
        let time = at as f32 / rate.hertz() as f32;
        let sum: f32 = frequencies.iter().map(|hertz| (TAU * hertz * time).sin()).sum();
        (amplitude * edge * sum) as i16
    };
    (0..len).map(sample).collect()
}
