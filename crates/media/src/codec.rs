//! The codecs of a leg: what they are called in SDP, how their RTP clock runs, and their state per direction.

pub(crate) mod g711;
mod g722;
mod opus;

use crate::frame::{Frame, Rate};

/// A codec that a leg can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// G.711 µ-law, 8 kHz.
    Pcmu,
    /// G.711 A-law, 8 kHz.
    Pcma,
    /// G.722, 16 kHz; its RTP clock says 8 kHz (RFC 3551 §4.5.2).
    G722,
    /// Opus; 16 kHz inside, 48 kHz on the RTP clock.
    Opus,
}

impl Codec {
    /// All codecs, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Pcmu, Self::Pcma, Self::G722, Self::Opus];

    /// Returns the codec of an encoding name and clock rate in `a=rtpmap`.
    pub(crate) fn named(name: &str, clock_rate: u32) -> Option<Self> {
        let is_named = |codec: &Self| {
            codec.encoding_name().eq_ignore_ascii_case(name) && codec.clock_rate() == clock_rate
        };
        Self::ALL.into_iter().find(is_named)
    }

    /// Returns the codec of a payload type that needs no `a=rtpmap` (RFC 3551 §6).
    pub(crate) fn of_static(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            9 => Some(Self::G722),
            _ => None,
        }
    }

    /// Returns the payload type under which the codec is offered.
    pub(crate) fn offered_payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
            Self::Opus => 111,
        }
    }

    /// Returns the name in `a=rtpmap`.
    pub(crate) fn encoding_name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// Returns the rate of the RTP timestamps.
    pub(crate) fn clock_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => 8_000,
            Self::Opus => 48_000,
        }
    }

    /// Returns by how much the RTP timestamp grows in one frame.
    pub(crate) fn ticks(self) -> u32 {
        self.clock_rate() / 50
    }

    /// Returns the rate of the samples inside.
    pub(crate) fn rate(self) -> Rate {
        match self {
            Self::Pcmu | Self::Pcma => Rate::Narrow,
            Self::G722 | Self::Opus => Rate::Wide,
        }
    }

    /// Returns the bytes of a frame, for codecs in which all frames are equally long and may be cut anywhere.
    pub(crate) fn frame_bytes(self) -> Option<usize> {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => Some(160),
            Self::Opus => None,
        }
    }
}

/// The state of one encoder.
pub(crate) enum Encoder {
    Pcmu,
    Pcma,
    G722(Box<g722::Encoder>),
    Opus(Box<opus::Encoder>),
}

impl Encoder {
    pub(crate) fn new(codec: Codec) -> Self {
        match codec {
            Codec::Pcmu => Self::Pcmu,
            Codec::Pcma => Self::Pcma,
            Codec::G722 => Self::G722(Box::new(g722::Encoder::new())),
            Codec::Opus => Self::Opus(Box::new(opus::Encoder::new())),
        }
    }

    /// Encodes a frame of the codec's own rate into `payload`, which is emptied first.
    pub(crate) fn encode(&mut self, frame: &Frame, payload: &mut Vec<u8>) {
        payload.clear();
        match self {
            Self::Pcmu => payload.extend(frame.samples().iter().map(|&sample| g711::to_mu_law(sample))),
            Self::Pcma => payload.extend(frame.samples().iter().map(|&sample| g711::to_a_law(sample))),
            Self::G722(encoder) => encoder.encode(frame.samples(), payload),
            Self::Opus(encoder) => encoder.encode(frame.samples(), payload),
        }
    }
}

/// The state of one decoder, with what it needs to cover up a loss.
pub(crate) struct Decoder {
    kind: DecoderKind,
    last: Frame,
    losses: u32,
}

enum DecoderKind {
    Pcmu,
    Pcma,
    G722(Box<g722::Decoder>),
    Opus(Box<opus::Decoder>),
}

impl Decoder {
    pub(crate) fn new(codec: Codec) -> Self {
        let kind = match codec {
            Codec::Pcmu => DecoderKind::Pcmu,
            Codec::Pcma => DecoderKind::Pcma,
            Codec::G722 => DecoderKind::G722(Box::new(g722::Decoder::new())),
            Codec::Opus => DecoderKind::Opus(Box::new(opus::Decoder::new())),
        };
        Self { kind, last: Frame::silence(codec.rate()), losses: 0 }
    }

    /// Returns the frame of a payload.
    pub(crate) fn decode(&mut self, payload: &[u8]) -> Frame {
        let mut frame = Frame::silence(self.last.rate());
        match &mut self.kind {
            DecoderKind::Pcmu => expand(payload, &mut frame, g711::from_mu_law),
            DecoderKind::Pcma => expand(payload, &mut frame, g711::from_a_law),
            DecoderKind::G722(decoder) => decoder.decode(payload, frame.samples_mut()),
            DecoderKind::Opus(decoder) => decoder.decode(payload, frame.samples_mut()),
        }
        (self.last, self.losses) = (frame, 0);
        frame
    }

    /// Returns what is played while the peer sends nothing.
    pub(crate) fn silence(&mut self) -> Frame {
        self.last = Frame::silence(self.last.rate());
        self.last
    }

    /// Returns what is played where a frame is missing: the last one, fainter each time.
    pub(crate) fn conceal(&mut self) -> Frame {
        /// After so many frames a repeated sound is more annoying than silence.
        const REPEATS_MAX: u32 = 3;
        self.losses += 1;
        if self.losses > REPEATS_MAX {
            return Frame::silence(self.last.rate());
        }
        self.last.samples_mut().iter_mut().for_each(|sample| *sample /= 2);
        self.last
    }
}

fn expand(payload: &[u8], frame: &mut Frame, to_linear: fn(u8) -> i16) {
    for (sample, &code) in frame.samples_mut().iter_mut().zip(payload) {
        *sample = to_linear(code);
    }
}
