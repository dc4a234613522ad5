//! Reads the files of `<Play>`: which format it is, the bytes say.

use std::io::Cursor;

use symphonia::core::audio::sample::Sample;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// What is played at most, two hours: a file can promise more than memory holds.
const SECONDS_MAX: usize = 7_200;

/// Why bytes are no clip.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// The format is none of those that are read.
    #[error("the audio is in no known format; expected WAV, MP3 or OGG (Vorbis)")]
    UnknownFormat,
    /// The format is known, and nothing in it could be decoded.
    #[error("the audio could not be decoded; expected WAV (PCM, A-law, µ-law, ADPCM), MP3 or OGG (Vorbis)")]
    NotDecodable,
}

/// Returns the samples, mixed to one channel, and their rate.
pub(super) fn read(bytes: Vec<u8>) -> Result<(Vec<i16>, u32), ClipError> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let (format_options, metadata_options) = (FormatOptions::default(), MetadataOptions::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, format_options, metadata_options)
        .map_err(|_| ClipError::UnknownFormat)?;
    let track = format.default_track(TrackType::Audio).ok_or(ClipError::NotDecodable)?;
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
    let parameters = parameters.ok_or(ClipError::NotDecodable)?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|_| ClipError::NotDecodable)?;
    let track_id = track.id;
    decode(format.as_mut(), decoder.as_mut(), track_id)
}

fn decode(
    format: &mut dyn FormatReader,
    decoder: &mut dyn AudioDecoder,
    track_id: u32,
) -> Result<(Vec<i16>, u32), ClipError> {
    let (mut samples, mut hertz, mut interleaved) = (Vec::new(), 0, Vec::<i16>::new());
    // A file that breaks off is played as far as it goes.
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id != track_id {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(audio) => {
                hertz = audio.spec().rate();
                interleaved.resize(audio.samples_interleaved(), i16::MID);
                audio.copy_to_slice_interleaved(&mut interleaved);
                mix_down(&interleaved, audio.spec().channels().count(), &mut samples);
            }
            Err(Error::DecodeError(_)) => {}
            Err(_) => break,
        }
        if samples.len() > SECONDS_MAX * hertz as usize {
            break;
        }
    }
    if samples.is_empty() { Err(ClipError::NotDecodable) } else { Ok((samples, hertz)) }
}

fn mix_down(interleaved: &[i16], channels: usize, samples: &mut Vec<i16>) {
    let channels = channels.max(1);
    let mean = |frame: &[i16]| {
        let sum: i32 = frame.iter().map(|&sample| i32::from(sample)).sum();
        (sum / channels as i32) as i16
    };
    samples.extend(interleaved.chunks_exact(channels).map(mean));
}
