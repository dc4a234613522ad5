//! Audio that was prepared once and is played to any number of listeners, each at a place of their own.

mod conversion;
mod file;

use std::sync::OnceLock;

use crate::codec::{Codec, Encoder, g711};
use crate::frame::{FRAME_MS, Frame, Rate};
use crate::recording::wav;

pub use file::ClipError;

/// A prepared piece of audio, to be shared in an `Arc`.
///
/// The frames of the codecs whose frames stand alone are encoded once, at the first use.
#[derive(Debug)]
pub struct Clip {
    narrow: Vec<i16>,
    wide: OnceLock<Vec<i16>>,
    pcmu: OnceLock<Vec<u8>>,
    pcma: OnceLock<Vec<u8>>,
}

impl Clip {
    /// Prepares linear samples, mono, of any rate between 4 and 192 kHz.
    pub fn from_samples(samples: &[i16], hertz: u32) -> Self {
        let narrow = conversion::convert(samples, hertz, Rate::Narrow);
        // What was narrow is made wide only for those who need it so.
        let wide = (hertz > Rate::Narrow.hertz()).then(|| conversion::convert(samples, hertz, Rate::Wide));
        Self::of(narrow, wide)
    }

    /// Prepares what a leg said, as a media stream gives it.
    pub fn from_mu_law(bytes: &[u8]) -> Self {
        let samples = bytes.iter().map(|&byte| g711::from_mu_law(byte)).collect();
        Self::of(samples, None)
    }

    /// Reads the bytes of a WAV, MP3 or OGG/Vorbis file.
    pub fn from_file_bytes(bytes: Vec<u8>) -> Result<Self, ClipError> {
        let (samples, hertz) = file::read(bytes)?;
        Ok(Self::from_samples(&samples, hertz))
    }

    /// Joins clips, one after the other.
    pub fn join<'a>(clips: impl IntoIterator<Item = &'a Self>) -> Self {
        let (mut narrow, mut wide) = (vec![], vec![]);
        for clip in clips {
            narrow.extend_from_slice(&clip.narrow);
            wide.extend_from_slice(clip.wide());
        }
        Self::of(narrow, Some(wide))
    }

    /// Returns how long the clip plays, in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.narrow.len() as u64 / 8
    }

    /// Returns the samples at 8 kHz.
    pub fn samples(&self) -> &[i16] {
        &self.narrow
    }

    /// Returns a WAV file of the clip: mono, 16 bits, 16 kHz.
    pub fn to_wav(&self) -> Vec<u8> {
        let samples = self.wide();
        let mut file = wav::header(1, Rate::Wide.hertz(), samples.len() as u64 * 2);
        file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        file
    }

    /// Encodes the frames for a codec ahead of the first listener, off the media thread.
    pub(crate) fn prepare(&self, codec: Codec) {
        if codec.rate() == Rate::Wide {
            self.wide();
        }
        self.encoded(codec);
    }

    /// Returns the number of frames; the last may be filled up with silence.
    pub(crate) fn frames(&self) -> usize {
        (self.duration_ms().div_ceil(FRAME_MS)) as usize
    }

    /// Returns one frame, past the end silence.
    pub(crate) fn frame(&self, index: usize, rate: Rate) -> Frame {
        let samples = match rate {
            Rate::Narrow => &self.narrow,
            Rate::Wide => self.wide(),
        };
        let start = (index * rate.samples()).min(samples.len());
        Frame::of(rate, &samples[start..])
    }

    /// Returns one encoded frame, for codecs whose frames stand alone.
    pub(crate) fn payload(&self, index: usize, codec: Codec) -> Option<&[u8]> {
        let bytes = codec.frame_bytes()?;
        self.encoded(codec)?.get(index * bytes..(index + 1) * bytes)
    }

    fn of(narrow: Vec<i16>, wide: Option<Vec<i16>>) -> Self {
        let wide = wide.map_or_else(OnceLock::new, OnceLock::from);
        Self { narrow, wide, pcmu: OnceLock::new(), pcma: OnceLock::new() }
    }

    fn wide(&self) -> &Vec<i16> {
        self.wide.get_or_init(|| conversion::convert(&self.narrow, Rate::Narrow.hertz(), Rate::Wide))
    }

    fn encoded(&self, codec: Codec) -> Option<&Vec<u8>> {
        let cell = match codec {
            Codec::Pcmu => &self.pcmu,
            Codec::Pcma => &self.pcma,
            Codec::G722 | Codec::Opus => return None,
        };
        Some(cell.get_or_init(|| self.encode(codec)))
    }

    fn encode(&self, codec: Codec) -> Vec<u8> {
        let (mut encoder, mut payload) = (Encoder::new(codec), vec![]);
        let mut encode = |index| {
            encoder.encode(&self.frame(index, codec.rate()), &mut payload);
            payload.clone()
        };
        (0..self.frames()).flat_map(&mut encode).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone;

    #[test]
    fn the_last_frame_is_filled_up_with_silence_and_what_follows_is_silent() {
        let clip = Clip::from_samples(&[1_000; 200], 8_000);
        assert_eq!((clip.duration_ms(), clip.frames()), (25, 2));
        let payload = clip.payload(1, Codec::Pcmu).unwrap();
        assert_eq!((payload[0], payload[159]), (g711::to_mu_law(clip.samples()[160]), g711::MU_LAW_SILENCE));
        assert_eq!(clip.payload(2, Codec::Pcmu), None);
        assert_eq!(clip.frame(2, Rate::Wide), Frame::silence(Rate::Wide));
    }

    #[test]
    fn what_a_leg_said_becomes_a_file_that_reads_back() {
        let said: Vec<u8> = tone::beep(Rate::Narrow).iter().map(|&sample| g711::to_mu_law(sample)).collect();
        let clip = Clip::from_mu_law(&said);
        let again = Clip::from_file_bytes(clip.to_wav()).unwrap();
        assert_eq!((clip.duration_ms(), again.duration_ms()), (400, 400));
        let loudest = |clip: &Clip| clip.samples().iter().map(|sample| sample.unsigned_abs()).max();
        assert!(loudest(&again) > loudest(&clip).map(|level| level / 2));
    }

    #[test]
    fn clips_follow_each_other() {
        let beep = Clip::from_samples(&tone::beep(Rate::Wide), 16_000);
        let pause = Clip::from_samples(&tone::silence(100, Rate::Narrow), 8_000);
        assert_eq!(Clip::join([&beep, &pause, &beep]).duration_ms(), 900);
    }
}
