//! Opus by the library, mono at 16 kHz, its errors answered with silence: a broken packet must not end a call.

use opus_rs::{Application, OpusDecoder, OpusEncoder};

const HERTZ: i32 = 16_000;
const FRAME_SAMPLES: usize = 320;
/// RFC 6716 §3.4: no frame of an Opus packet is longer.
const PACKET_BYTES_MAX: usize = 1_275;
/// Good wideband speech; the default of browsers is near it.
const BITRATE: i32 = 24_000;
/// One byte of header alone (SILK, wideband, 20 ms) makes the other side cover up.
const SILENT_PACKET: u8 = 0x48;

/// An encoder of one direction.
pub(crate) struct Encoder(OpusEncoder);

impl Encoder {
    pub(crate) fn new() -> Self {
        let mut encoder =
            OpusEncoder::new(HERTZ, 1, Application::Voip).expect("16 kHz mono is a mode of Opus");
        encoder.bitrate_bps = BITRATE;
        encoder.use_cbr = false;
        Self(encoder)
    }

    /// Appends the packet of a frame.
    pub(crate) fn encode(&mut self, samples: &[i16], packet: &mut Vec<u8>) {
        let mut buffer = [0; PACKET_BYTES_MAX];
        match self.0.encode_i16(samples, FRAME_SAMPLES, &mut buffer) {
            Ok(len) => packet.extend_from_slice(&buffer[..len]),
            Err(_) => packet.push(SILENT_PACKET),
        }
    }
}

/// A decoder of one direction.
pub(crate) struct Decoder(OpusDecoder);

impl Decoder {
    pub(crate) fn new() -> Self {
        Self(OpusDecoder::new(HERTZ, 1).expect("16 kHz mono is a mode of Opus"))
    }

    /// Fills `samples` with the frame of a packet; a packet that can not be read leaves it silent.
    pub(crate) fn decode(&mut self, packet: &[u8], samples: &mut [i16]) {
        let mut buffer = [0f32; FRAME_SAMPLES];
        if self.0.decode(packet, FRAME_SAMPLES, &mut buffer).is_ok() {
            for (sample, value) in samples.iter_mut().zip(buffer) {
                *sample = (value * 32_768.0).clamp(-32_768.0, 32_767.0) as i16;
            }
        }
    }
}
