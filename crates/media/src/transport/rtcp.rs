//! Reports on the quality of a stream, sent and read (RFC 3550 §6.4, A.1, A.3, A.8).

use std::time::{Duration, Instant};

use crate::clock;
use crate::rtp::{Line, Packet};

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
/// A jump of the sequence by more means that the peer started anew (RFC 3550 A.1).
const DROPOUT_MAX: u16 = 3_000;

/// What is known of the peer's stream.
#[derive(Debug, Default)]
pub(crate) struct Reception {
    ssrc: Option<u32>,
    first: u32,
    highest: u32,
    pub received: u64,
    /// Of the streams before this one.
    lost_before: u64,
    expected_at_report: u32,
    received_at_report: u64,
    received_of_stream: u64,
    transit: Option<i64>,
    /// In units of the RTP clock.
    jitter: f32,
    /// The middle of the last sender report's NTP time, and when it came.
    last_report: Option<(u32, Instant)>,
    pub round_trip: Option<Duration>,
}

impl Reception {
    /// Counts a packet; `arrival` is its time on the RTP clock of our own.
    pub(crate) fn count(&mut self, packet: &Packet<'_>, arrival: i64) {
        self.received += 1;
        let sequence = packet.sequence;
        let step = sequence.wrapping_sub(self.highest as u16);
        let is_new = self.ssrc != Some(packet.ssrc) || (step > DROPOUT_MAX && step < u16::MAX - DROPOUT_MAX);
        if is_new {
            self.restart(packet);
        } else if step < DROPOUT_MAX {
            self.highest = self.highest.wrapping_add(u32::from(step));
        }
        self.received_of_stream += 1;
        let transit = arrival - i64::from(packet.timestamp);
        if let Some(before) = self.transit.replace(transit) {
            // Only the difference counts, on the 32 bits of the clock.
            let distance = (transit.wrapping_sub(before) as i32).unsigned_abs() as f32;
            self.jitter += (distance.min(96_000.0) - self.jitter) / 16.0;
        }
    }

    /// Returns how many packets did not arrive.
    pub(crate) fn lost(&self) -> u64 {
        self.lost_before + u64::from(self.expected()).saturating_sub(self.received_of_stream)
    }

    /// Returns the jitter on a clock of so many hertz.
    pub(crate) fn jitter_ms(&self, clock_rate: u32) -> f32 {
        self.jitter * 1_000.0 / clock_rate as f32
    }

    /// Reads a compound packet from the peer.
    pub(crate) fn read(&mut self, bytes: &[u8], own_ssrc: u32, now: Instant) {
        let mut rest = bytes;
        while let Some((kind, body, after)) = next_report(rest) {
            if kind == SENDER_REPORT && body.len() >= 24 {
                let middle = u32::from_be_bytes([body[6], body[7], body[8], body[9]]);
                self.last_report = Some((middle, now));
            }
            let blocks = match kind {
                SENDER_REPORT => body.get(24..),
                RECEIVER_REPORT => body.get(4..),
                _ => None,
            };
            let own = |block: &&[u8]| block.starts_with(&own_ssrc.to_be_bytes());
            if let Some(block) = blocks.and_then(|blocks| blocks.chunks_exact(24).find(own)) {
                self.note_round_trip(block);
            }
            rest = after;
        }
    }

    /// Returns a compound packet: a report, and who we are.
    pub(crate) fn report(&mut self, line: &Line, now: Instant) -> Vec<u8> {
        let block = self.block(now);
        let blocks = u8::from(block.is_some());
        let mut report = vec![0x80 | blocks, SENDER_REPORT, 0, 6 + 6 * blocks];
        report.extend(line.ssrc.to_be_bytes());
        report.extend(clock::ntp().to_be_bytes());
        report.extend(line.timestamp.to_be_bytes());
        report.extend(line.packets.to_be_bytes());
        report.extend(line.bytes.to_be_bytes());
        report.extend(block.into_iter().flatten());
        report.extend([0x81, SOURCE_DESCRIPTION, 0, 4]);
        report.extend(line.ssrc.to_be_bytes());
        // An item of type CNAME with eight letters, and the zero that ends the list, filled up to a word.
        report.extend([1, 8]);
        report.extend(format!("{:08x}", line.ssrc).bytes());
        report.extend([0, 0]);
        report
    }

    fn block(&mut self, now: Instant) -> Option<[u8; 24]> {
        let ssrc = self.ssrc?;
        let expected = self.expected();
        let expected_since = u64::from(expected.wrapping_sub(self.expected_at_report));
        let received_since = self.received_of_stream - self.received_at_report;
        let lost_since = expected_since.saturating_sub(received_since);
        let fraction = (lost_since * 256).checked_div(expected_since).unwrap_or(0).min(255);
        (self.expected_at_report, self.received_at_report) = (expected, self.received_of_stream);
        let lost = u64::from(expected).saturating_sub(self.received_of_stream).min(0x7F_FFFF) as u32;
        let (middle, since) = match self.last_report {
            Some((middle, at)) => {
                (middle, (now.saturating_duration_since(at).as_secs_f64() * 65_536.0) as u32)
            }
            None => (0, 0),
        };
        let mut block = [0; 24];
        let words = [ssrc, (fraction as u32) << 24 | lost, self.highest, self.jitter as u32, middle, since];
        for (bytes, word) in block.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        Some(block)
    }

    fn restart(&mut self, packet: &Packet<'_>) {
        self.lost_before = self.lost();
        self.ssrc = Some(packet.ssrc);
        self.first = u32::from(packet.sequence);
        self.highest = self.first;
        (self.expected_at_report, self.received_at_report, self.received_of_stream) = (0, 0, 0);
        self.transit = None;
    }

    fn expected(&self) -> u32 {
        if self.ssrc.is_some() { self.highest.wrapping_sub(self.first).wrapping_add(1) } else { 0 }
    }

    /// RFC 3550 §6.4.1: arrival less the echoed time less the time that the peer took.
    fn note_round_trip(&mut self, block: &[u8]) {
        let word = |at: usize| u32::from_be_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]]);
        let (echoed, held) = (word(16), word(20));
        if echoed == 0 {
            return;
        }
        let now = (clock::ntp() >> 16) as u32;
        let units = now.wrapping_sub(echoed).wrapping_sub(held);
        // More than half a minute is a clock gone wrong.
        if units < 30 * 65_536 {
            self.round_trip = Some(Duration::from_secs_f64(f64::from(units) / 65_536.0));
        }
    }
}

/// Splits the first report off: its type, its body behind the header, and what follows.
fn next_report(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let &[_, kind, high, low] = bytes.first_chunk()?;
    let len = 4 * usize::from(u16::from_be_bytes([high, low]));
    Some((kind, bytes.get(4..4 + len)?, &bytes[4 + len..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet(sequence: u16) -> Packet<'static> {
        Packet {
            payload_type: 0,
            marker: false,
            sequence,
            timestamp: u32::from(sequence) * 160,
            ssrc: 7,
            payload: &[],
        }
    }

    #[test]
    fn losses_are_counted_across_the_wrap_and_a_restart() {
        let mut reception = Reception::default();
        for sequence in [65_533, 65_534, 0, 2, 1, 5, 30_000, 30_002] {
            reception.count(&packet(sequence), 0);
        }
        // 65535, 3 and 4 of the first stream, 30001 of the second.
        assert_eq!((reception.received, reception.lost()), (8, 4));
    }

    #[test]
    fn each_side_learns_of_the_other_by_reports() {
        let now = clock::now();
        let (mut ours, mut theirs) = (Reception::default(), Reception::default());
        let (our_line, their_line) = (Line::new(), Line::new());
        let from_us = Packet { ssrc: our_line.ssrc, ..packet(9) };
        theirs.count(&from_us, 0);
        theirs.read(&ours.report(&our_line, now), their_line.ssrc, now);
        ours.read(&theirs.report(&their_line, now), our_line.ssrc, now);
        assert!(ours.round_trip.unwrap() < Duration::from_secs(1));
        assert!(ours.last_report.is_some());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..120), ssrc: u32) {
            Reception::default().read(&bytes, ssrc, clock::now());
        }
    }
}
