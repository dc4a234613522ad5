//! The engine and the naive router of `model` are asked the same, and whatever can be seen of them must be equal
//! after every step. `PATCHBOARD_ROUTER_CASES` asks for more sequences, `PATCHBOARD_SEED` for those of a failure.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestError, TestRng, TestRunner};

use crate::pair::Pair;

/// How many sequences an ordinary run takes.
const CASES: u32 = 3_000;
/// After how many sequences a longer run says how it gets on.
const REPORTED: u32 = 10_000;
/// How many requests a sequence has at most.
const STEPS_MAX: usize = 60;
/// The moves that the tables of states allow: a run that does not take all of them proves too little.
const MOVES: [&str; 22] = [
    "task: pending to reserved",
    "task: pending to canceled",
    "task: reserved to pending",
    "task: reserved to assigned",
    "task: reserved to canceled",
    "task: assigned to reserved",
    "task: assigned to wrapping",
    "task: assigned to completed",
    "task: wrapping to completed",
    "reservation: pending to accepted",
    "reservation: pending to rejected",
    "reservation: pending to timeout",
    "reservation: pending to canceled",
    "reservation: pending to rescinded",
    "reservation: accepted to wrapping",
    "reservation: accepted to completed",
    "reservation: accepted to canceled",
    "reservation: wrapping to completed",
    "reservation: wrapping to canceled",
    "transfer: initiated to complete",
    "transfer: initiated to failed",
    "transfer: initiated to canceled",
];

#[test]
fn the_engine_and_a_naive_model_agree_after_every_step_of_random_sequences() {
    let cases = number_from("PATCHBOARD_ROUTER_CASES").map_or(CASES, |cases| cases as u32);
    let seed = number_from("PATCHBOARD_SEED").unwrap_or_else(|| TestRunner::default().rng().next_u64());
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
    let moves = Mutex::new(BTreeSet::new());
    let progress = Progress::of(cases);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (moves, progress) = (&moves, &progress);
            scope.spawn(move || {
                let own = run(seed.wrapping_add(thread.into()), cases.div_ceil(threads), seed, progress);
                moves.lock().unwrap().extend(own);
            });
        }
    });
    let taken = moves.into_inner().unwrap();
    let untaken: Vec<_> = MOVES.iter().filter(|it| !taken.contains(**it)).collect();
    assert!(untaken.is_empty(), "PATCHBOARD_SEED={seed}: {cases} sequences did not take {untaken:?}");
}

/// Runs sequences and returns the moves that they took; the first that fails is made short and shown with the
/// seed of the whole run.
#[allow(clippy::print_stdout, reason = "a test that fails may say how")]
fn run(own_seed: u64, cases: u32, seed: u64, progress: &Progress) -> BTreeSet<String> {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&own_seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let sequences = (any::<u8>(), prop::collection::vec(any::<u64>(), 1..STEPS_MAX));
    let moves = RefCell::new(BTreeSet::new());
    let outcome = TestRunner::new_with_rng(config, rng).run(&sequences, |(kind, steps)| {
        let mut pair = Pair::new(kind);
        steps.into_iter().for_each(|step| pair.take(step));
        moves.borrow_mut().append(&mut pair.moves);
        progress.count();
        Ok(())
    });
    match outcome {
        Ok(()) => moves.into_inner(),
        Err(TestError::Abort(reason)) => panic!("no sequence was made: {reason}"),
        Err(TestError::Fail(_, (kind, steps))) => {
            println!("PATCHBOARD_SEED={seed} shows it again; the shortest sequence:");
            let mut pair = Pair::new(kind);
            pair.tells = true;
            steps.into_iter().for_each(|step| pair.take(step));
            panic!("PATCHBOARD_SEED={seed}: it failed once, and not when it was told");
        }
    }
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// How far a run is.
struct Progress {
    cases: u32,
    done: AtomicU32,
    started: Instant,
}

impl Progress {
    #[allow(clippy::disallowed_methods, reason = "a long run says how long it takes")]
    fn of(cases: u32) -> Self {
        Self { cases, done: AtomicU32::new(0), started: Instant::now() }
    }

    /// Counts a sequence, and now and then says how many there were and how long the others will take.
    #[allow(clippy::print_stdout, reason = "a long run says how it gets on")]
    fn count(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(REPORTED) {
            let rate = f64::from(done) / self.started.elapsed().as_secs_f64();
            let minutes = f64::from(self.cases.saturating_sub(done)) / rate / 60.0;
            println!("{done} of {} sequences, {rate:.0} /s, {minutes:.0} minutes to go", self.cases);
        }
    }
}
