//! Which thread each leg and mixer lives on: those who hear each other share one, the others are spread.
//!
//! It decides only; the commands that carry a move out are [`Threads`](super::threads::Threads)'.

use std::collections::{BTreeMap, BTreeSet};

/// The thread that holds the sockets of all browsers, whose legs never leave it.
pub(super) const BROWSERS: usize = 0;

/// Legs and mixers that hear each other, or may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Circle {
    pub legs: BTreeSet<u64>,
    pub mixers: BTreeSet<u64>,
}

/// A circle that must change its thread.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Move {
    pub circle: Circle,
    pub from: usize,
    pub to: usize,
}

/// Where everything is.
#[derive(Debug)]
pub(super) struct Placement {
    /// How many legs each thread has.
    loads: Vec<usize>,
    /// By leg.
    homes: BTreeMap<u64, Home>,
    /// Members by mixer; a mixer lives where they do.
    mixers: BTreeMap<u64, BTreeSet<u64>>,
    /// Legs by stream, until that is closed.
    streams: BTreeMap<u64, u64>,
    /// Pairs that were connected, each both ways round. One that was left for another stays until it is parted,
    /// which costs no more than the freedom to move.
    pairs: BTreeSet<(u64, u64)>,
}

#[derive(Clone, Copy, Debug)]
struct Home {
    thread: usize,
    is_browser: bool,
}

impl Placement {
    pub(super) fn new(threads: usize) -> Self {
        let (homes, mixers, streams) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { loads: vec![0; threads], homes, mixers, streams, pairs: BTreeSet::new() }
    }

    /// Gives a leg a home: the thread with the fewest, or that of the browsers.
    pub(super) fn open(&mut self, leg: u64, is_browser: bool) -> usize {
        self.close(leg);
        // Of equals the last, since the first has the browsers.
        let emptiest = (0..self.loads.len()).rev().min_by_key(|thread| self.loads[*thread]);
        let thread = emptiest.filter(|_| !is_browser).unwrap_or(BROWSERS);
        self.loads[thread] += 1;
        self.homes.insert(leg, Home { thread, is_browser });
        thread
    }

    /// Forgets a leg and returns where it was.
    pub(super) fn close(&mut self, leg: u64) -> Option<usize> {
        let home = self.homes.remove(&leg)?;
        self.loads[home.thread] -= 1;
        for other in self.partners(leg) {
            self.part(leg, other);
        }
        self.mixers.retain(|_, members| !members.remove(&leg) || !members.is_empty());
        Some(home.thread)
    }

    /// Returns where a leg is.
    pub(super) fn leg(&self, leg: u64) -> Option<usize> {
        self.homes.get(&leg).map(|home| home.thread)
    }

    /// Returns where a mixer is.
    pub(super) fn mixer(&self, mixer: u64) -> Option<usize> {
        self.leg(*self.mixers.get(&mixer)?.first()?)
    }

    /// Notes whose stream it is, and returns where that leg is.
    pub(super) fn open_stream(&mut self, stream: u64, leg: u64) -> Option<usize> {
        self.streams.insert(stream, leg);
        self.leg(leg)
    }

    /// Returns where a stream is; of one whose leg is gone that is not known any more.
    pub(super) fn stream(&self, stream: u64) -> Option<usize> {
        self.leg(*self.streams.get(&stream)?)
    }

    /// Forgets a stream.
    pub(super) fn close_stream(&mut self, stream: u64) {
        self.streams.remove(&stream);
    }

    /// Notes that two legs hear each other from here on, and returns the move that must come before.
    pub(super) fn connect(&mut self, leg: u64, other: u64) -> Option<Move> {
        let (home, place) = (self.leg(leg)?, self.leg(other)?);
        let moved = (home != place).then(|| self.unite(leg, other));
        self.pairs.extend([(leg, other), (other, leg)]);
        moved
    }

    /// Notes that two legs do not hear each other any more.
    pub(super) fn part(&mut self, leg: u64, other: u64) {
        self.pairs.remove(&(leg, other));
        self.pairs.remove(&(other, leg));
    }

    /// Notes that a leg is a member of a mixer, and returns the move that must come before.
    pub(super) fn join(&mut self, mixer: u64, leg: u64) -> Option<Move> {
        let home = self.leg(leg)?;
        let member = self.mixers.get(&mixer).and_then(|members| members.first()).copied();
        let apart = member.filter(|member| self.leg(*member) != Some(home));
        let moved = apart.map(|member| self.unite(member, leg));
        self.mixers.entry(mixer).or_default().insert(leg);
        moved
    }

    /// Notes that a leg has left a mixer, which ends with its last member.
    pub(super) fn leave(&mut self, mixer: u64, leg: u64) {
        if let Some(members) = self.mixers.get_mut(&mixer) {
            members.remove(&leg);
        }
        self.mixers.retain(|_, members| !members.is_empty());
    }

    /// Brings two circles together: the one with a browser stays, else the larger.
    fn unite(&mut self, leg: u64, other: u64) -> Move {
        let (first, second) = (self.circle_of(leg), self.circle_of(other));
        let weight = |circle: &Circle| (self.has_browser(circle), circle.legs.len());
        let (stays, circle) = if weight(&first) >= weight(&second) { (leg, second) } else { (other, first) };
        let from = if stays == leg { other } else { leg };
        let (from, to) = (self.homes[&from].thread, self.homes[&stays].thread);
        for leg in &circle.legs {
            self.homes.entry(*leg).and_modify(|home| home.thread = to);
        }
        self.loads[from] -= circle.legs.len();
        self.loads[to] += circle.legs.len();
        Move { circle, from, to }
    }

    fn has_browser(&self, circle: &Circle) -> bool {
        circle.legs.iter().any(|leg| self.homes.get(leg).is_some_and(|home| home.is_browser))
    }

    /// Returns whom a leg can hear, by however many others.
    fn circle_of(&self, leg: u64) -> Circle {
        let (mut circle, mut unseen) = (Circle::default(), vec![leg]);
        while let Some(leg) = unseen.pop() {
            if !circle.legs.insert(leg) {
                continue;
            }
            unseen.extend(self.partners(leg));
            for (mixer, members) in self.mixers.iter().filter(|(_, members)| members.contains(&leg)) {
                if circle.mixers.insert(*mixer) {
                    unseen.extend(members);
                }
            }
        }
        circle
    }

    fn partners(&self, leg: u64) -> Vec<u64> {
        self.pairs.range((leg, 0)..=(leg, u64::MAX)).map(|(_, other)| *other).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legs_are_spread_and_those_who_hear_each_other_come_together() {
        let mut placement = phones(2, 4);
        assert_eq!(homes(&placement, 4), [1, 0, 1, 0]);
        assert_eq!(placement.connect(1, 3), None, "they share a thread already");
        assert_eq!(placement.connect(2, 3), Some(moves(&[2], &[], 0, 1)), "the smaller circle moves");
        assert_eq!(homes(&placement, 4), [1, 1, 1, 0]);
        assert_eq!(placement.open(5, false), 0);
    }

    #[test]
    fn a_browser_stays_where_its_socket_is_and_others_come_with_their_mixers() {
        let mut placement = phones(2, 1);
        assert_eq!(placement.join(9, 1), None);
        placement.open(3, false);
        assert_eq!(placement.join(9, 3), Some(moves(&[3], &[], 0, 1)));
        assert_eq!(placement.open(2, true), BROWSERS);
        assert_eq!(placement.join(9, 2), Some(moves(&[1, 3], &[9], 1, 0)));
        assert_eq!((placement.mixer(9), homes(&placement, 3)), (Some(0), vec![0, 0, 0]));
    }

    #[test]
    fn who_has_parted_or_left_is_not_taken_along() {
        let mut placement = phones(2, 4);
        placement.connect(1, 3);
        placement.join(9, 3);
        placement.part(1, 3);
        placement.leave(9, 3);
        assert_eq!(placement.mixer(9), None);
        assert_eq!(placement.connect(2, 1), Some(moves(&[1], &[], 1, 0)));
        assert_eq!(placement.close(1), Some(0));
        assert_eq!((placement.leg(1), placement.connect(2, 1), placement.close(1)), (None, None, None));
        assert_eq!(placement.loads, [2, 1]);
        assert!(placement.pairs.is_empty());
    }

    #[test]
    fn a_stream_is_where_its_leg_is() {
        let mut placement = phones(2, 2);
        assert_eq!((placement.open_stream(7, 1), placement.stream(7)), (Some(1), Some(1)));
        assert_eq!(placement.connect(2, 1), Some(moves(&[1], &[], 1, 0)));
        assert_eq!(placement.stream(7), Some(0));
        placement.close(1);
        assert_eq!(placement.stream(7), None);
        placement.close_stream(7);
        assert!(placement.streams.is_empty());
    }

    fn phones(threads: usize, legs: u64) -> Placement {
        let mut placement = Placement::new(threads);
        for leg in 1..=legs {
            placement.open(leg, false);
        }
        placement
    }

    fn homes(placement: &Placement, legs: u64) -> Vec<usize> {
        (1..=legs).filter_map(|leg| placement.leg(leg)).collect()
    }

    fn moves(legs: &[u64], mixers: &[u64], from: usize, to: usize) -> Move {
        let circle =
            Circle { legs: legs.iter().copied().collect(), mixers: mixers.iter().copied().collect() };
        Move { circle, from, to }
    }
}
