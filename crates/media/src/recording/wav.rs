//! WAV files that are whole at any moment: the header is put right after each piece, so that a crash leaves a file
//! that plays.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

const HEADER_BYTES: u64 = 44;
const HERTZ: u32 = 8_000;

/// A file that grows.
#[derive(Debug)]
pub(crate) struct WavFile {
    file: File,
    channels: u16,
    data_bytes: u64,
}

impl WavFile {
    /// Makes the file, or empties it.
    pub(crate) fn create(path: &Path, channels: u16) -> io::Result<Self> {
        let mut wav = Self { file: File::create(path)?, channels, data_bytes: 0 };
        wav.write_header()?;
        Ok(wav)
    }

    /// Appends samples, those of several channels in turn.
    pub(crate) fn append(&mut self, samples: &[i16]) -> io::Result<()> {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        self.file.seek(SeekFrom::Start(HEADER_BYTES + self.data_bytes))?;
        self.file.write_all(&bytes)?;
        self.data_bytes += bytes.len() as u64;
        self.write_header()
    }

    /// Cuts the file to so many samples a channel and returns its size.
    pub(crate) fn finish(mut self, samples_max: u64) -> io::Result<u64> {
        self.data_bytes = self.data_bytes.min(samples_max * 2 * u64::from(self.channels));
        self.file.set_len(HEADER_BYTES + self.data_bytes)?;
        self.write_header()?;
        self.file.sync_all()?;
        Ok(HEADER_BYTES + self.data_bytes)
    }

    fn write_header(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(self.channels, HERTZ, self.data_bytes))
    }
}

/// Returns what stands before so many bytes of 16-bit samples.
pub(crate) fn header(channels: u16, hertz: u32, data_bytes: u64) -> Vec<u8> {
    // The format counts 32 bits: a longer file keeps its data and tells the most that it can.
    let data_bytes = u32::try_from(data_bytes).unwrap_or(u32::MAX).min(u32::MAX - 36);
    let block = 2 * channels;
    let mut header = Vec::with_capacity(HEADER_BYTES as usize);
    header.extend(b"RIFF");
    header.extend((36 + data_bytes).to_le_bytes());
    header.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    header.extend(channels.to_le_bytes());
    header.extend(hertz.to_le_bytes());
    header.extend((hertz * u32::from(block)).to_le_bytes());
    header.extend(block.to_le_bytes());
    header.extend(b"\x10\0data");
    header.extend(data_bytes.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clip;

    #[test]
    fn a_file_plays_at_any_moment_and_is_cut_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let plays = || Clip::from_file_bytes(std::fs::read(&path).unwrap()).unwrap().duration_ms();
        let mut wav = WavFile::create(&path, 2).unwrap();
        wav.append(&[100; 16_000]).unwrap();
        assert_eq!(plays(), 1_000);
        wav.append(&[100; 16_000]).unwrap();
        assert_eq!(plays(), 2_000);
        assert_eq!(wav.finish(12_000).unwrap(), 44 + 12_000 * 4);
        assert_eq!(plays(), 1_500);
    }
}
