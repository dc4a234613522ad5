//! Which packets of a peer have come: their full numbers, of which a packet carries half, and none twice
//! (RFC 3711 §3.3.1, §3.3.2).

/// A peer has one stream; some begin another with the same key when a call is passed on.
const SOURCES_MAX: usize = 4;
/// How far behind the newest packet one may come.
const WINDOW: u64 = 64;

/// The sources of one key, the latest last.
#[derive(Default)]
pub(super) struct Sources(Vec<(u32, Window)>);

struct Window {
    highest: u64,
    /// Bit `n` says that the packet `n` before the highest has come.
    seen: u64,
}

impl Sources {
    /// Returns the full number of a packet: the nearest to the newest; nothing where that has come before.
    pub(super) fn index_of(&self, ssrc: u32, sequence: u16) -> Option<u64> {
        let Some(window) = self.find(ssrc) else { return Some(sequence.into()) };
        let distance = sequence.wrapping_sub(window.highest as u16).cast_signed();
        let index = window.highest.checked_add_signed(distance.into())?;
        Some(index).filter(|index| window.is_new(*index))
    }

    /// Tells whether a number has not come before, nor is too old to say.
    pub(super) fn is_new(&self, ssrc: u32, index: u64) -> bool {
        self.find(ssrc).is_none_or(|window| window.is_new(index))
    }

    /// Notes a number, whose packet was proven to be the peer's.
    pub(super) fn take(&mut self, ssrc: u32, index: u64) {
        if let Some((_, window)) = self.0.iter_mut().find(|(own, _)| *own == ssrc) {
            return window.take(index);
        }
        if self.0.len() == SOURCES_MAX {
            self.0.remove(0);
        }
        self.0.push((ssrc, Window { highest: index, seen: 1 }));
    }

    fn find(&self, ssrc: u32) -> Option<&Window> {
        self.0.iter().find(|(own, _)| *own == ssrc).map(|(_, window)| window)
    }
}

impl Window {
    fn is_new(&self, index: u64) -> bool {
        match self.highest.checked_sub(index) {
            None => true,
            Some(behind) => behind < WINDOW && self.seen >> behind & 1 == 0,
        }
    }

    fn take(&mut self, index: u64) {
        match index.checked_sub(self.highest) {
            Some(ahead) => {
                self.seen =
                    u32::try_from(ahead).ok().and_then(|by| self.seen.checked_shl(by)).unwrap_or(0) | 1;
                self.highest = index;
            }
            None => self.seen |= 1 << (self.highest - index).min(WINDOW - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_read_as_the_nearest_number() {
        let mut sources = Sources::default();
        assert_eq!(sources.index_of(1, 65_530), Some(65_530));
        sources.take(1, 65_530);
        for (sequence, expected) in [
            (65_531, Some(65_531)),
            (2, Some(65_538)),
            (65_529, Some(65_529)),
            (65_530, None),
            (65_400, None),
        ] {
            assert_eq!(sources.index_of(1, sequence), expected, "{sequence}");
        }
        sources.take(1, 65_538);
        assert_eq!(sources.index_of(1, 65_531), Some(65_531));
        assert_eq!(sources.index_of(1, 65_530), None);
        assert_eq!(sources.index_of(2, 65_530), Some(65_530));
    }

    #[test]
    fn only_the_latest_sources_are_kept() {
        let mut sources = Sources::default();
        (0..9).for_each(|ssrc| sources.take(ssrc, 7));
        assert_eq!(sources.0.len(), SOURCES_MAX);
        assert!(sources.is_new(4, 7) && !sources.is_new(5, 7));
    }
}
