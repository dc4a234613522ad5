//! RTP packets (RFC 3550 §5.1): what of an incoming one matters, and the unbroken line of the outgoing ones.

use crate::clock;

/// Bytes of a header without contributing sources and extension.
pub(crate) const HEADER_BYTES: usize = 12;

/// An incoming packet, read in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    pub payload_type: u8,
    pub marker: bool,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet; returns nothing for what is no RTP, RTCP included.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let header: &[u8; HEADER_BYTES] = bytes.first_chunk()?;
        let is_version_2 = header[0] >> 6 == 2;
        if !is_version_2 || is_rtcp(bytes) {
            return None;
        }
        let start = payload_start(bytes)?;
        let padding = if header[0] & 0x20 != 0 { usize::from(*bytes.last()?) } else { 0 };
        let end = bytes.len().checked_sub(padding)?;
        Some(Self {
            payload_type: header[1] & 0x7F,
            marker: header[1] & 0x80 != 0,
            sequence: u16::from_be_bytes([header[2], header[3]]),
            timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
            ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
            payload: bytes.get(start..end)?,
        })
    }
}

/// Returns where the payload of a packet begins: behind its sources and its extension.
pub(crate) fn payload_start(bytes: &[u8]) -> Option<usize> {
    let header: &[u8; HEADER_BYTES] = bytes.first_chunk()?;
    let mut start = HEADER_BYTES + 4 * usize::from(header[0] & 0x0F);
    if header[0] & 0x10 != 0 {
        let words = bytes.get(start + 2..start + 4)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    Some(start)
}

/// Tells RTCP from RTP on a port that carries both (RFC 5761 §4).
pub(crate) fn is_rtcp(bytes: &[u8]) -> bool {
    bytes.len() >= 2 && (192..=223).contains(&bytes[1])
}

/// The outgoing stream of a leg: one SSRC, sequence and timestamp for as long as the leg lives, whatever is heard.
#[derive(Debug)]
pub(crate) struct Line {
    pub ssrc: u32,
    sequence: u16,
    /// The timestamp of the frame that is due.
    pub timestamp: u32,
    marker_is_due: bool,
    pub packets: u32,
    pub bytes: u32,
}

impl Line {
    /// Begins at random numbers (RFC 3550 §5.1).
    pub(crate) fn new() -> Self {
        let (ssrc, rest) = (clock::random() as u32, clock::random());
        Self {
            ssrc,
            sequence: rest as u16,
            timestamp: (rest >> 16) as u32,
            marker_is_due: true,
            packets: 0,
            bytes: 0,
        }
    }

    /// Goes on by one frame's time, whether or not a packet was sent in it.
    pub(crate) fn advance(&mut self, ticks: u32) {
        self.timestamp = self.timestamp.wrapping_add(ticks);
    }

    /// Writes the packet of the frame that is due into `packet`.
    pub(crate) fn write(&mut self, payload_type: u8, payload: &[u8], packet: &mut Vec<u8>) {
        let marker = std::mem::take(&mut self.marker_is_due);
        self.write_at(self.timestamp, marker, (payload_type, payload), packet);
    }

    /// Writes a packet with a timestamp of its own: telephone events keep that of their start.
    pub(crate) fn write_at(
        &mut self,
        timestamp: u32,
        marker: bool,
        (payload_type, payload): (u8, &[u8]),
        packet: &mut Vec<u8>,
    ) {
        packet.clear();
        packet.extend([0x80, payload_type | u8::from(marker) << 7]);
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(payload);
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(payload.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_packet_is_read_past_sources_extension_and_padding() {
        let mut bytes = vec![0xB1, 0x80 | 101, 0, 7, 0, 0, 0, 9, 1, 2, 3, 4];
        bytes.extend([9, 9, 9, 9]);
        bytes.extend([0xBE, 0xDE, 0, 1, 5, 5, 5, 5]);
        bytes.extend(*b"payload");
        bytes.extend([0, 0, 3]);
        let packet = Packet::read(&bytes).unwrap();
        assert_eq!((packet.payload_type, packet.marker, packet.sequence), (101, true, 7));
        assert_eq!((packet.timestamp, packet.ssrc, packet.payload), (9, 0x0102_0304, &b"payload"[..]));
    }

    #[test]
    fn a_line_goes_on_through_silence_and_marks_its_first_packet_only() {
        let mut line = Line::new();
        let mut bytes = vec![];
        let mut read = |line: &mut Line| {
            line.write(0, &[1; 160], &mut bytes);
            let packet = Packet::read(&bytes).unwrap();
            (packet.sequence, packet.timestamp, packet.marker)
        };
        let (sequence, timestamp, marker) = read(&mut line);
        assert!(marker);
        line.advance(160);
        line.advance(160);
        assert_eq!(read(&mut line), (sequence.wrapping_add(1), timestamp.wrapping_add(320), false));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some(packet) = Packet::read(&bytes) {
                prop_assert!(packet.payload.len() <= bytes.len() - HEADER_BYTES);
            }
        }
    }
}
