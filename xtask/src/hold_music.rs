//! Makes the hold music: a slow chord progression with a plucked melody, written as a µ-law WAV file that loops.
//!
//! It was made for this project, note by note in this file, and is in the public domain.

use std::f32::consts::TAU;
use std::path::Path;

const PATH: &str = "crates/media/assets/hold-music.wav";
const HERTZ: usize = 8_000;
/// A beat of 0.75 s: 80 to the minute.
const BEAT_SAMPLES: usize = 6_000;
const BEATS_PER_BAR: usize = 4;

/// The chords, a bar each, as MIDI notes: bass first.
const CHORDS: [[u8; 4]; 8] = [
    [48, 64, 67, 71],
    [45, 60, 64, 67],
    [41, 57, 64, 69],
    [43, 59, 62, 65],
    [48, 64, 67, 71],
    [52, 59, 62, 67],
    [41, 57, 60, 64],
    [43, 59, 62, 67],
];

/// The melody, a bar each, as half beats: MIDI note or 0 for a rest.
const MELODY: [[u8; 8]; 8] = [
    [76, 0, 79, 0, 83, 0, 79, 76],
    [72, 0, 76, 0, 79, 0, 0, 0],
    [81, 0, 79, 76, 72, 0, 76, 0],
    [74, 0, 71, 0, 74, 77, 0, 0],
    [79, 0, 76, 0, 72, 74, 76, 0],
    [74, 0, 71, 0, 67, 0, 71, 0],
    [72, 0, 69, 72, 76, 0, 72, 0],
    [74, 0, 79, 0, 74, 0, 0, 0],
];

/// Writes the file below the root of the workspace and returns its path and size.
pub fn write(root: &Path) -> std::io::Result<(&'static str, usize)> {
    let file = wav(&compose());
    let path = root.join(PATH);
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::write(path, &file)?;
    Ok((PATH, file.len()))
}

/// Plays all notes into one round of the loop; what rings past the end rings on at the beginning.
fn compose() -> Vec<i16> {
    let bar = BEAT_SAMPLES * BEATS_PER_BAR;
    let mut track = vec![0.0; bar * CHORDS.len()];
    for (index, (chord, melody)) in CHORDS.iter().zip(MELODY).enumerate() {
        let start = index * bar;
        for &note in chord {
            pad(&mut track, start, bar, note);
        }
        pluck(&mut track, start, chord[0], 0.30);
        pluck(&mut track, start + 2 * BEAT_SAMPLES, chord[0] + 7, 0.20);
        for (half, &note) in melody.iter().enumerate().filter(|(_, note)| **note > 0) {
            pluck(&mut track, start + half * BEAT_SAMPLES / 2, note, 0.34);
        }
    }
    let peak = track.iter().fold(0.0f32, |peak, sample: &f32| peak.max(sample.abs()));
    track.iter().map(|sample| (sample / peak * 15_000.0) as i16).collect()
}

/// A soft sustained tone that swells over its bar and breathes out into the next.
fn pad(track: &mut [f32], start: usize, len: usize, note: u8) {
    let (hertz, len) = (frequency(note), len * 5 / 4);
    for at in 0..len {
        let envelope = (std::f32::consts::PI * at as f32 / len as f32).sin();
        let time = at as f32 / HERTZ as f32;
        let vibrato = 0.002 * (TAU * 4.5 * time).sin();
        let phase = TAU * hertz * time + vibrato * hertz;
        let sound = phase.sin() + 0.3 * (2.0 * phase).sin() + 0.1 * (3.0 * phase).sin();
        let place = (start + at) % track.len();
        track[place] += 0.07 * envelope * sound;
    }
}

/// A string that is struck and fades, the higher partials first.
fn pluck(track: &mut [f32], start: usize, note: u8, loudness: f32) {
    let hertz = frequency(note);
    for at in 0..2 * HERTZ {
        let time = at as f32 / HERTZ as f32;
        let attack = (time * 200.0).min(1.0);
        let partial = |n: f32| {
            let inside = if hertz * n < 3_600.0 { 1.0 } else { 0.0 };
            inside * (-time * (1.8 + 1.6 * n)).exp() * (TAU * hertz * n * time).sin() / (n * n)
        };
        let place = (start + at) % track.len();
        track[place] += loudness * attack * (partial(1.0) + partial(2.0) + partial(3.0));
    }
}

fn frequency(note: u8) -> f32 {
    440.0 * 2.0f32.powf((f32::from(note) - 69.0) / 12.0)
}

/// Returns a WAV file of format 7: µ-law, 8 kHz, one channel.
fn wav(samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().map(|&sample| mu_law(sample)).collect();
    let mut file = b"RIFF".to_vec();
    file.extend((data.len() as u32 + 50).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(18u32.to_le_bytes());
    for half in [7u16, 1] {
        file.extend(half.to_le_bytes());
    }
    for word in [HERTZ as u32, HERTZ as u32] {
        file.extend(word.to_le_bytes());
    }
    for half in [1u16, 8, 0] {
        file.extend(half.to_le_bytes());
    }
    file.extend(b"fact");
    file.extend(4u32.to_le_bytes());
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// ITU-T G.711.
fn mu_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80u8 } else { 0 };
    let biased = i32::from(sample).abs().min(32_635) + 0x84;
    let segment = biased.ilog2() - 7;
    !(sign | (segment << 4) as u8 | ((biased >> (segment + 3)) & 0x0F) as u8)
}
