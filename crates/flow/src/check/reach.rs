//! Which places of a graph can be come to from which, without a walk from each: rounds are found first, then what lies
//! onward of every round is the union of what lies onward of its neighbours, 64 places at a time.

/// What can be come to in a graph of numbered places.
pub(super) struct Reach {
    /// The round of each place; a place on no round is one by itself.
    round_of: Vec<usize>,
    /// For each round: a bit for every round that can be come to from it, itself included.
    onward: Vec<Vec<u64>>,
}

impl Reach {
    /// Reads a graph; `next` gives the places that follow each.
    pub(super) fn of(next: &[Vec<usize>]) -> Self {
        let (round_of, rounds) = number_rounds(next);
        let words = rounds.len().div_ceil(64);
        let mut onward: Vec<Vec<u64>> = Vec::with_capacity(rounds.len());
        for (round, places) in rounds.iter().enumerate() {
            let mut bits = vec![0; words];
            bits[round / 64] |= 1 << (round % 64);
            for follower in places.iter().flat_map(|place| &next[*place]).map(|place| round_of[*place]) {
                // A round is numbered after all that lie onward of it.
                if follower < round && bits[follower / 64] & (1 << (follower % 64)) == 0 {
                    bits.iter_mut().zip(&onward[follower]).for_each(|(bits, more)| *bits |= more);
                }
            }
            onward.push(bits);
        }
        Self { round_of, onward }
    }

    /// Tells whether there is a way from one place to another; there is one from each place to itself.
    pub(super) fn leads(&self, from: usize, to: usize) -> bool {
        let round = self.round_of[to];
        self.onward[self.round_of[from]][round / 64] & (1 << (round % 64)) != 0
    }
}

/// Returns the rounds of a graph, each with its places in order: those from which one can come back to oneself.
pub(super) fn rounds(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let (_, mut rounds) = number_rounds(next);
    rounds.retain(|places| places.len() > 1 || next[places[0]].contains(&places[0]));
    rounds.iter_mut().for_each(|places| places.sort_unstable());
    rounds.sort_unstable();
    rounds
}

/// Numbers the strongly connected components, by Tarjan's walk without recursion: flows may be deep.
fn number_rounds(next: &[Vec<usize>]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut walk = Walk {
        next,
        visited_as: vec![None; next.len()],
        lowest: vec![0; next.len()],
        round_of: vec![None; next.len()],
        rounds: Vec::new(),
        open: Vec::new(),
        visits: 0,
    };
    for place in 0..next.len() {
        if walk.visited_as[place].is_none() {
            walk.walk_from(place);
        }
    }
    let round_of = walk.round_of.into_iter().map(Option::unwrap_or_default).collect();
    (round_of, walk.rounds)
}

struct Walk<'a> {
    next: &'a [Vec<usize>],
    visited_as: Vec<Option<usize>>,
    /// The earliest visit that each place is known to lead back to.
    lowest: Vec<usize>,
    round_of: Vec<Option<usize>>,
    rounds: Vec<Vec<usize>>,
    /// Visited places whose round is not known yet.
    open: Vec<usize>,
    visits: usize,
}

impl Walk<'_> {
    fn walk_from(&mut self, start: usize) {
        // Each place on the way, with how many of its followers were looked at.
        let mut way = vec![(start, 0)];
        self.visit(start);
        while let Some((place, looked_at)) = way.last_mut() {
            let place = *place;
            if let Some(follower) = self.next[place].get(*looked_at).copied() {
                *looked_at += 1;
                match (self.visited_as[follower], self.round_of[follower]) {
                    (None, _) => {
                        self.visit(follower);
                        way.push((follower, 0));
                    }
                    (Some(visit), None) => self.lowest[place] = self.lowest[place].min(visit),
                    (Some(_), Some(_)) => {}
                }
                continue;
            }
            way.pop();
            if let Some((before, _)) = way.last() {
                self.lowest[*before] = self.lowest[*before].min(self.lowest[place]);
            }
            self.close(place);
        }
    }

    fn visit(&mut self, place: usize) {
        self.visited_as[place] = Some(self.visits);
        self.lowest[place] = self.visits;
        self.visits += 1;
        self.open.push(place);
    }

    /// Makes a round of what was visited since a place that leads back to nothing before it.
    fn close(&mut self, place: usize) {
        if self.visited_as[place] != Some(self.lowest[place]) {
            return;
        }
        let begin = self.open.iter().rposition(|open| *open == place).unwrap_or_default();
        let places = self.open.split_off(begin);
        places.iter().for_each(|place| self.round_of[*place] = Some(self.rounds.len()));
        self.rounds.push(places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_and_rounds_are_those_of_a_walk_from_every_place() {
        for seed in 0..200 {
            let next = graph(seed);
            let reach = Reach::of(&next);
            let walked: Vec<Vec<bool>> = (0..next.len()).map(|from| walk(&next, from)).collect();
            for (from, walked) in walked.iter().enumerate() {
                let led: Vec<bool> = (0..next.len()).map(|to| from == to || reach.leads(from, to)).collect();
                let walked: Vec<bool> = walked.iter().enumerate().map(|(to, is)| from == to || *is).collect();
                assert_eq!(led, walked, "from {from} in {next:?}");
            }
            let on_rounds: Vec<usize> = (0..next.len()).filter(|place| walked[*place][*place]).collect();
            let mut found: Vec<usize> = rounds(&next).concat();
            found.sort_unstable();
            assert_eq!(found, on_rounds, "{next:?}");
        }
    }

    /// Tells to which places steps from one lead; to itself only by a round.
    fn walk(next: &[Vec<usize>], from: usize) -> Vec<bool> {
        let mut is_reached = vec![false; next.len()];
        let mut open = next[from].clone();
        while let Some(place) = open.pop() {
            if !std::mem::replace(&mut is_reached[place], true) {
                open.extend(&next[place]);
            }
        }
        is_reached
    }

    /// A graph of up to a hundred places with one or two ways from each.
    fn graph(seed: usize) -> Vec<Vec<usize>> {
        let size = 1 + seed % 100;
        let at =
            |place: usize, turn: usize| (place * 7_919 + seed * 104_729 + turn * 1_299_709) / 13 % (size + 2);
        let ways = |place| (0..1 + place % 2).map(move |turn| at(place, turn));
        (0..size).map(|place| ways(place).filter(|to| *to < size).collect()).collect()
    }
}
