//! Tells a person who answered from a machine, by how long the first speech lasts and by the machine's beep.
//!
//! A person says a word or two and waits; a machine goes on speaking and ends with a tone. No word is understood.

use std::f32::consts::TAU;

use super::{Activity, HANGOVER_MS};
use crate::digit::detector::power;
use crate::frame::{FRAME_MS, Frame, Rate};

/// A tone that lasts so long is no part of a voice.
const TONE_MS: u64 = 160;
/// A beep that goes on for longer is taken for one all the same.
const BEEP_MS_MAX: u64 = 3_000;
/// The tone of a fax machine that answers (ITU-T T.30 §4.3.3.1), and how long it is waited for.
const FAX_HERTZ: f32 = 2_100.0;
const FAX_MS: u64 = 500;
/// Two frames with tones this near to each other hold the same one.
const SAME_HERTZ: f32 = 40.0;
/// Beeps are at these pitches; a hum or a whistle is not.
const BEEP_HERTZ: (f32, f32) = (380.0, 2_600.0);
/// A tone makes up at least so much of a frame's power.
const SHARE_MIN: f32 = 0.85;
/// What is softer holds no tone.
const TONE_DB_MIN: f32 = -40.0;

/// What is to be found out about who answered, and by which times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detection {
    /// Whether the end of a machine's greeting is waited for.
    pub waits_for_end: bool,
    /// After so long no more is tried.
    pub timeout_ms: u64,
    /// Speech that lasts so long is a machine's.
    pub speech_ms: u64,
    /// Silence that lasts so long ends speech.
    pub speech_end_ms: u64,
    /// Silence that lasts so long from the beginning leaves the question open.
    pub silence_ms: u64,
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answerer {
    /// A person.
    Human,
    /// A machine, whose greeting goes on.
    Machine,
    /// A machine, which has beeped.
    MachineBeep,
    /// A machine, which has fallen silent.
    MachineSilence,
    /// A machine, whose greeting did not end in time.
    MachineOther,
    /// A fax machine.
    Fax,
    /// Nobody could tell.
    Unknown,
}

/// What a frame of sound is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Heard {
    Silence,
    Voice,
    /// A steady tone, in hertz.
    Tone(f32),
}

/// Listens to who answered.
#[derive(Debug)]
pub(crate) struct Detector {
    activity: Activity,
    cadence: Cadence,
}

impl Detector {
    /// Begins to listen.
    pub(crate) fn new(detection: Detection) -> Self {
        Self { activity: Activity::new(0), cadence: Cadence::new(detection) }
    }

    /// Judges a narrow frame; returns who answered with the time that it took, once that is clear.
    pub(crate) fn listen(&mut self, frame: &Frame) -> Option<(Answerer, u64)> {
        debug_assert_eq!(frame.rate(), Rate::Narrow);
        let is_speech = self.activity.is_speech(frame.level_db());
        let heard = match tone_in(frame) {
            Some(hertz) => Heard::Tone(hertz),
            None if is_speech => Heard::Voice,
            None => Heard::Silence,
        };
        let answerer = self.cadence.hear(heard)?;
        Some((answerer, self.cadence.elapsed_ms))
    }
}

/// Speech, silence and tones so far: the decision, without the sound.
#[derive(Debug)]
struct Cadence {
    detection: Detection,
    elapsed_ms: u64,
    /// From the first word to the last, pauses between words included.
    spoken_ms: u64,
    quiet_ms: u64,
    tone_hertz: f32,
    tone_ms: u64,
    is_machine: bool,
}

impl Cadence {
    fn new(detection: Detection) -> Self {
        Self {
            detection,
            elapsed_ms: 0,
            spoken_ms: 0,
            quiet_ms: 0,
            tone_hertz: 0.0,
            tone_ms: 0,
            is_machine: false,
        }
    }

    /// Takes one frame of time, and decides.
    fn hear(&mut self, heard: Heard) -> Option<Answerer> {
        self.elapsed_ms += FRAME_MS;
        let by_tone = self.hear_tone(heard);
        match heard {
            Heard::Silence => self.quiet_ms += FRAME_MS,
            Heard::Voice | Heard::Tone(_) => {
                self.spoken_ms += FRAME_MS + if self.spoken_ms > 0 { self.quiet_ms } else { 0 };
                self.quiet_ms = 0;
            }
        }
        by_tone.or_else(|| self.judge())
    }

    /// A tone is a fax machine's or a beep; one that is waited for to end tells once it is over.
    fn hear_tone(&mut self, heard: Heard) -> Option<Answerer> {
        let waits = self.detection.waits_for_end;
        let before_ms = self.tone_ms;
        let goes_on = match heard {
            Heard::Tone(hertz) => {
                let is_same = (hertz - self.tone_hertz).abs() < SAME_HERTZ;
                self.tone_ms = if is_same { self.tone_ms } else { 0 } + FRAME_MS;
                self.tone_hertz = hertz;
                is_same
            }
            Heard::Silence | Heard::Voice => {
                self.tone_ms = 0;
                false
            }
        };
        let may_be_fax = goes_on && (self.tone_hertz - FAX_HERTZ).abs() < SAME_HERTZ;
        match (goes_on, waits) {
            (true, _) if may_be_fax => (self.tone_ms >= FAX_MS).then_some(Answerer::Fax),
            (true, false) => (self.tone_ms >= TONE_MS).then_some(Answerer::Machine),
            (true, true) => (self.tone_ms >= BEEP_MS_MAX).then_some(Answerer::MachineBeep),
            (false, true) => (before_ms >= TONE_MS).then_some(Answerer::MachineBeep),
            (false, false) => (before_ms >= TONE_MS).then_some(Answerer::Machine),
        }
    }

    fn judge(&mut self) -> Option<Answerer> {
        let Detection { waits_for_end, timeout_ms, speech_ms, speech_end_ms, silence_ms } = self.detection;
        // Speech is told a little longer than it lasts.
        let has_spoken = self.spoken_ms > 0;
        self.is_machine |= self.spoken_ms >= speech_ms + HANGOVER_MS;
        let is_over = has_spoken && self.quiet_ms + HANGOVER_MS >= speech_end_ms;
        match (has_spoken, self.is_machine) {
            (_, true) if !waits_for_end => Some(Answerer::Machine),
            (_, true) if is_over => Some(Answerer::MachineSilence),
            (true, false) if is_over => Some(Answerer::Human),
            (false, _) if self.quiet_ms >= silence_ms => Some(Answerer::Unknown),
            (_, true) if self.elapsed_ms >= timeout_ms => Some(Answerer::MachineOther),
            (_, false) if self.elapsed_ms >= timeout_ms => Some(Answerer::Unknown),
            (true | false, true | false) => None,
        }
    }
}

/// Returns the pitch of the only tone in a frame, if it holds one and little beside it.
fn tone_in(frame: &Frame) -> Option<f32> {
    if frame.level_db() < TONE_DB_MIN {
        return None;
    }
    let samples = frame.samples();
    // Three samples of a sine follow x₂ = c·x₁ - x₀ with c = 2·cos ω; the best c tells the pitch.
    let triples = samples.windows(3).map(|w| (f32::from(w[0]) + f32::from(w[2]), f32::from(w[1])));
    let (product, square) = triples.fold((0.0, 0.0), |(product, square), (outer, inner)| {
        (product + outer * inner, square + inner * inner)
    });
    let cosine = (product / square.max(1.0) / 2.0).clamp(-1.0, 1.0);
    let hertz = cosine.acos() / TAU * Rate::Narrow.hertz() as f32;
    let energy: f32 = samples.iter().map(|&sample| f32::from(sample).powi(2)).sum();
    let share = power(samples, hertz) / (energy * samples.len() as f32 / 2.0).max(1.0);
    (share >= SHARE_MIN && (BEEP_HERTZ.0..=BEEP_HERTZ.1).contains(&hertz)).then_some(hertz)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone;

    const QUICK: Detection = Detection {
        waits_for_end: false,
        timeout_ms: 30_000,
        speech_ms: 2_400,
        speech_end_ms: 1_200,
        silence_ms: 5_000,
    };
    const PATIENT: Detection = Detection { waits_for_end: true, ..QUICK };

    #[test]
    fn who_answered_is_told_by_how_long_they_speak_and_how_they_end() {
        use Heard::{Silence, Tone, Voice};
        let (pause, hello, greeting) = ((Silence, 400), (Voice, 800), (Voice, 3_500));
        for (name, detection, sound, expected) in [
            ("a short hello", QUICK, vec![pause, hello, (Silence, 2_000)], Some((Answerer::Human, 2_100))),
            (
                "two words with a pause",
                QUICK,
                vec![hello, pause, hello, (Silence, 2_000)],
                Some((Answerer::Human, 2_900)),
            ),
            ("a greeting", QUICK, vec![pause, greeting], Some((Answerer::Machine, 3_100))),
            (
                "a greeting of sentences",
                QUICK,
                vec![hello, pause, hello, pause, hello, pause],
                Some((Answerer::Machine, 2_700)),
            ),
            ("a beep at once", QUICK, vec![pause, (Tone(1_000.0), 400)], Some((Answerer::Machine, 560))),
            ("nobody", QUICK, vec![(Silence, 6_000)], Some((Answerer::Unknown, 5_000))),
            ("a fax", QUICK, vec![pause, (Tone(2_100.0), 2_600)], Some((Answerer::Fax, 900))),
            ("not yet", QUICK, vec![pause, hello], None),
            (
                "a hello, waited for",
                PATIENT,
                vec![pause, hello, (Silence, 2_000)],
                Some((Answerer::Human, 2_100)),
            ),
            ("a greeting that goes on", PATIENT, vec![greeting], None),
            (
                "its beep",
                PATIENT,
                vec![greeting, pause, (Tone(1_400.0), 500), (Silence, 100)],
                Some((Answerer::MachineBeep, 4_420)),
            ),
            (
                "its end without a beep",
                PATIENT,
                vec![greeting, (Silence, 2_000)],
                Some((Answerer::MachineSilence, 4_400)),
            ),
            ("a click of a tone", PATIENT, vec![greeting, (Tone(900.0), 100), (Voice, 100)], None),
            ("no end", PATIENT, vec![(Voice, 40_000)], Some((Answerer::MachineOther, 30_000))),
        ] {
            let mut cadence = Cadence::new(detection);
            let frames = sound.into_iter().flat_map(|(heard, ms)| (0..ms / FRAME_MS).map(move |_| heard));
            let told = frames.into_iter().find_map(|heard| Some((cadence.hear(heard)?, cadence.elapsed_ms)));
            assert_eq!(told, expected, "{name}");
        }
    }

    #[test]
    fn voices_beeps_and_silence_are_told_apart_in_sound() {
        let rate = Rate::Narrow;
        let (quiet, beep) = (tone::silence(600, rate), tone::beep(rate));
        // Harmonics that rise and fall four times a second, as syllables do.
        let syllable =
            [tone::sines(&[220.0, 440.0, 660.0, 1_100.0], 3_000.0, 170, rate), tone::silence(80, rate)]
                .concat();
        let (hello, greeting) = (syllable.repeat(3), syllable.repeat(16));
        for (detection, sound, expected) in [
            (QUICK, [&quiet[..], &hello, &quiet, &quiet, &quiet].concat(), Answerer::Human),
            (QUICK, [&quiet[..], &greeting].concat(), Answerer::Machine),
            (PATIENT, [&quiet[..], &greeting, &quiet, &beep, &quiet].concat(), Answerer::MachineBeep),
            (PATIENT, [&greeting[..], &quiet, &quiet, &quiet].concat(), Answerer::MachineSilence),
        ] {
            let mut detector = Detector::new(detection);
            let told = sound.chunks(160).find_map(|chunk| detector.listen(&Frame::of(rate, chunk)));
            assert_eq!(told.map(|(answerer, _)| answerer), Some(expected));
        }
    }
}
