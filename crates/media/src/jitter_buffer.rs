//! Evens out the arrival of packets: they come in as the network likes and leave one a frame.
//!
//! Frames are kept by timestamp, so that order, doubles and gaps need no look at sequence numbers.

use std::collections::BTreeMap;

use crate::codec::Codec;

/// No peer makes us keep more.
const FRAMES_MAX: usize = 50;
/// A gap that is longer is a jump of the peer's clock, not a pause.
const GAP_FRAMES_MAX: i64 = 50;
/// So many late packets in a row mean that the peer's clock jumped back.
const LATE_MAX: u32 = 10;
/// After so many empty frames the peer has paused; the next packet fills the buffer anew.
const UNDERRUNS_MAX: u32 = 5;
/// A second in which the depth never falls below the target tells that a frame of delay can go.
const SURPLUS_WINDOW: u32 = 50;

/// What is due in one frame of time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pulled {
    /// The payload that is due.
    Payload(Vec<u8>),
    /// A frame is missing and worth covering up.
    Lost,
    /// The peer is silent.
    Nothing,
}

/// The jitter buffer of one direction of one leg.
#[derive(Debug)]
pub(crate) struct JitterBuffer {
    codec: Codec,
    /// How many frames are kept before the first is played.
    target: usize,
    /// Payloads by unwrapped timestamp.
    frames: BTreeMap<i64, Vec<u8>>,
    /// The timestamp that is due; none while the buffer fills.
    due: Option<i64>,
    newest: Option<i64>,
    /// How long the oldest frame has waited for the buffer to fill.
    waited: usize,
    late: u32,
    underruns: u32,
    least_depth: usize,
    window: u32,
    /// Part of a frame from a peer that cuts its packets otherwise, and the timestamp at which it begins.
    rest: (i64, Vec<u8>),
}

impl JitterBuffer {
    /// Makes a buffer that waits for `target` frames before it plays.
    pub(crate) fn new(codec: Codec, target: usize) -> Self {
        Self {
            codec,
            target: target.clamp(1, FRAMES_MAX / 2),
            frames: BTreeMap::new(),
            due: None,
            newest: None,
            waited: 0,
            late: 0,
            underruns: 0,
            least_depth: usize::MAX,
            window: 0,
            rest: (0, vec![]),
        }
    }

    /// Takes a packet's payload in.
    pub(crate) fn insert(&mut self, timestamp: u32, payload: &[u8]) {
        if payload.is_empty() {
            return;
        }
        let at = self.unwrap(timestamp);
        match self.codec.frame_bytes() {
            Some(bytes) if bytes != payload.len() || !self.rest.1.is_empty() => {
                self.recut(at, payload, bytes)
            }
            Some(_) | None => self.keep(at, payload.to_vec()),
        }
    }

    /// Takes out what is due; to be called once a frame.
    pub(crate) fn pull(&mut self) -> Pulled {
        let Some(due) = self.due.or_else(|| self.start()) else { return Pulled::Nothing };
        let ticks = i64::from(self.codec.ticks());
        let Some(&first) = self.frames.keys().next() else { return self.underrun() };
        self.underruns = 0;
        if first >= due + ticks / 2 && first - due <= GAP_FRAMES_MAX * ticks {
            self.due = Some(due + ticks);
            return Pulled::Lost;
        }
        self.due = Some(first + ticks);
        let payload = self.frames.remove(&first).map_or(Pulled::Lost, Pulled::Payload);
        self.shed_surplus();
        payload
    }

    /// Returns the timestamp at which to begin, once enough has come or waited long enough.
    fn start(&mut self) -> Option<i64> {
        let first = *self.frames.keys().next()?;
        self.waited += 1;
        if self.frames.len() < self.target && self.waited <= self.target {
            return None;
        }
        self.waited = 0;
        self.due = Some(first);
        self.due
    }

    /// Nothing is there: what comes late is still played, and the delay has grown by a frame.
    fn underrun(&mut self) -> Pulled {
        self.underruns += 1;
        if self.underruns <= UNDERRUNS_MAX {
            return Pulled::Lost;
        }
        self.underruns = 0;
        self.due = None;
        Pulled::Nothing
    }

    /// Drops a frame when all through the last second more than the target was left after each pull.
    fn shed_surplus(&mut self) {
        self.least_depth = self.least_depth.min(self.frames.len());
        self.window += 1;
        if self.window < SURPLUS_WINDOW {
            return;
        }
        if self.least_depth > self.target
            && let Some((at, _)) = self.frames.pop_first()
        {
            self.due = Some(at + i64::from(self.codec.ticks()));
        }
        (self.window, self.least_depth) = (0, usize::MAX);
    }

    fn keep(&mut self, at: i64, payload: Vec<u8>) {
        let half = i64::from(self.codec.ticks()) / 2;
        if self.due.is_some_and(|due| at + half < due) {
            self.late += 1;
            if self.late < LATE_MAX {
                return;
            }
            self.forget();
        }
        self.late = 0;
        self.frames.insert(at, payload);
        if self.frames.len() > FRAMES_MAX {
            self.frames.pop_first();
            self.due = self.frames.keys().next().copied();
        }
    }

    /// Cuts payloads of other lengths (10, 30, 60 ms) into frames.
    fn recut(&mut self, at: i64, payload: &[u8], bytes: usize) {
        let (begin, mut rest) = std::mem::take(&mut self.rest);
        let is_next = !rest.is_empty() && begin + rest.len() as i64 == at;
        let mut begin = if is_next { begin } else { at };
        if !is_next {
            rest.clear();
        }
        rest.extend(payload);
        let mut pieces = rest.chunks_exact(bytes);
        for piece in pieces.by_ref() {
            self.keep(begin, piece.to_vec());
            begin += bytes as i64;
        }
        self.rest = (begin, pieces.remainder().to_vec());
    }

    fn forget(&mut self) {
        self.frames.clear();
        self.due = None;
        self.waited = 0;
    }

    /// Follows a 32-bit timestamp past its wrap.
    fn unwrap(&mut self, timestamp: u32) -> i64 {
        let newest = self.newest.unwrap_or(i64::from(timestamp));
        let step = timestamp.wrapping_sub(newest as u32) as i32;
        let at = newest + i64::from(step);
        self.newest = Some(at);
        at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the buffer plays when the packets of these numbers arrive, a bar between the frames of time.
    fn played(arrivals: &str) -> String {
        let mut buffer = JitterBuffer::new(Codec::Pcmu, 2);
        let letter = |pulled| match pulled {
            Pulled::Payload(payload) => char::from(payload[0]),
            Pulled::Lost => '-',
            Pulled::Nothing => ' ',
        };
        let mut play = |packets: &str| {
            for packet in packets.chars() {
                // The timestamps wrap after three frames.
                let timestamp = u32::MAX.wrapping_sub(400).wrapping_add(packet.to_digit(10).unwrap() * 160);
                buffer.insert(timestamp, &[packet as u8; 160]);
            }
            letter(buffer.pull())
        };
        arrivals.split('|').map(&mut play).collect()
    }

    #[test]
    fn packets_leave_in_order_one_a_frame() {
        for (arrivals, expected) in [
            ("0|1|2|3|", " 0123"),
            ("012|3|4", "012"),
            ("1|0|3|2|", " 0123"),
            ("0|1|3|4|5", " 01-3"),
            ("0|1|1|0|2", " 01-2"),
            ("0||||", "  0--"),
            ("0|1|||23|4", " 01-23"),
        ] {
            assert_eq!(played(arrivals), expected, "{arrivals}");
        }
    }

    #[test]
    fn packets_of_other_lengths_are_cut_into_frames() {
        for bytes in [80, 240, 320, 480] {
            let mut buffer = JitterBuffer::new(Codec::Pcmu, 1);
            let line: Vec<u8> = (0..960usize).map(|at| (at / 160) as u8).collect();
            line.chunks(bytes).enumerate().for_each(|(n, chunk)| buffer.insert((n * bytes) as u32, chunk));
            for expected in 0..6 {
                assert_eq!(buffer.pull(), Pulled::Payload(vec![expected; 160]), "{bytes} bytes a packet");
            }
        }
    }

    #[test]
    fn a_jump_of_the_clock_is_followed() {
        let mut buffer = JitterBuffer::new(Codec::Pcmu, 1);
        let mut heard = 0;
        for frame in 0..40u32 {
            let jump = if frame < 20 { 1_000_000 } else { 5_000 };
            buffer.insert(jump + frame * 160, &[1; 160]);
            heard += u32::from(matches!(buffer.pull(), Pulled::Payload(_)));
        }
        assert!(heard >= 30, "{heard} of 40 were played");
    }

    #[test]
    fn a_delay_that_is_no_longer_needed_goes_away() {
        let mut buffer = JitterBuffer::new(Codec::Pcmu, 1);
        (0..6).for_each(|frame| buffer.insert(frame * 160, &[1; 160]));
        for frame in 6..400 {
            buffer.insert(frame * 160, &[1; 160]);
            buffer.pull();
        }
        assert!(buffer.frames.len() <= 2, "{} frames are left", buffer.frames.len());
    }

    proptest! {
        #[test]
        fn any_packets_are_taken_and_little_is_kept(
            packets in proptest::collection::vec((any::<u32>(), 0usize..700, any::<bool>()), 0..300),
        ) {
            let mut buffer = JitterBuffer::new(Codec::Pcmu, 2);
            for (timestamp, bytes, pull) in packets {
                buffer.insert(timestamp, &vec![7; bytes]);
                if pull {
                    buffer.pull();
                }
                prop_assert!(buffer.frames.len() <= FRAMES_MAX + 4);
            }
        }
    }
}
