//! The moment at which an engine is asked, with the ids it may hand out in that moment.

use crate::{Sid, Timestamp};

/// The time, and a source of fresh SIDs, handed to an engine with each event or command.
///
/// The same seed gives the same SIDs: a replayed command makes the same rows.
#[derive(Debug, Clone)]
pub struct Tick {
    /// The time of this event or command.
    pub now: Timestamp,
    seed: u64,
    /// How many ticks there were before in the same millisecond.
    place: u16,
    issued: u32,
}

/// The order of SIDs within a millisecond: by tick, then within it. What is over 255 of either is in no order.
const PLACES_MAX: u16 = 255;

impl Tick {
    /// Makes a tick at `now` whose SIDs follow from `seed`.
    pub fn new(now: Timestamp, seed: u64) -> Self {
        Self { now, seed, place: 0, issued: 0 }
    }

    /// Puts this tick behind others of the same millisecond: its SIDs are greater than theirs.
    pub fn behind(mut self, others: u16) -> Self {
        self.place = others.min(PLACES_MAX);
        self
    }

    /// Returns a SID that this tick has not given before.
    ///
    /// SIDs begin with the time, so that rows made together lie together in the database's index.
    pub fn sid<S: Sid>(&mut self) -> S {
        let millis = (self.now.as_millis() as u64) & 0xffff_ffff_ffff;
        let place = (u32::from(self.place) << 8).wrapping_add(self.issued);
        let high = (millis << 16) | u64::from(place & 0xffff);
        let low = mix(self.seed ^ mix(high ^ (u64::from(self.issued) << 32)));
        self.issued = self.issued.wrapping_add(1);
        S::from_bits((u128::from(high) << 64) | u128::from(low))
    }
}

/// SplitMix64's finaliser: spreads the seed's bits over the whole word.
fn mix(mut word: u64) -> u64 {
    word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReservationSid, TaskSid};

    #[test]
    fn a_tick_gives_each_sid_once_and_the_same_ones_again_for_the_same_seed() {
        let mut first = Tick::new(Timestamp::from_secs(1), 7);
        let mut again = Tick::new(Timestamp::from_secs(1), 7);
        let (a, b): (TaskSid, ReservationSid) = (first.sid(), first.sid());
        assert_ne!(a.to_string()[2..], b.to_string()[2..]);
        assert_eq!(a, again.sid());
        assert_ne!(a, Tick::new(Timestamp::from_secs(1), 8).sid());
    }

    #[test]
    fn sids_of_one_millisecond_are_in_the_order_of_their_ticks() {
        let tick = |place, seed| Tick::new(Timestamp::from_secs(1), seed).behind(place);
        let sids: Vec<TaskSid> =
            (0..100).flat_map(|place| [tick(place, 100 - u64::from(place)).sid()]).collect();
        assert!(sids.is_sorted());
        let mut last = tick(99, 1);
        let (first, second): (TaskSid, TaskSid) = (last.sid(), last.sid());
        assert!(first < second);
    }

    #[test]
    fn a_tick_does_not_run_out_of_sids() {
        let mut tick = Tick::new(Timestamp::from_secs(1), 7);
        let sids: std::collections::BTreeSet<TaskSid> = (0..200_000).map(|_| tick.sid()).collect();
        assert_eq!(sids.len(), 200_000);
    }
}
