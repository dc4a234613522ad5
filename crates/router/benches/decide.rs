//! How long decisions take in memory: 1,000 workers with 5 of 20 skills each, a queue and a filter for each
//! skill, 3 priorities. Rows are taken after each command, as a shell would.

mod centre;

use std::hint::black_box;

use divan::Bencher;
use router::*;

use self::centre::Centre;

const WORKERS: u64 = 1_000;

fn main() {
    divan::main();
}

/// Everybody is free: a task is created and offered, accepted, completed.
#[divan::bench(sample_size = 1, sample_count = 5_000)]
fn create_offer_accept_complete(bencher: Bencher<'_, '_>) {
    let mut centre = Centre::new(WORKERS);
    bencher.bench_local(move || {
        let sid = centre.create_task();
        let offered = centre.workspace.reservations_of_task(sid).next().map(|reservation| reservation.sid);
        for answer in [ReservationAnswer::Accept, ReservationAnswer::Complete] {
            centre.answer(offered.expect("somebody is free"), answer);
        }
    });
}

/// Everybody is free: a task is created and offered. One sample is one task; the workers are freed in between.
#[divan::bench(sample_size = 1, sample_count = 2_000)]
fn create_and_offer(bencher: Bencher<'_, '_>) {
    let centre = std::cell::RefCell::new(Centre::new(WORKERS));
    bencher
        .with_inputs(|| {
            let mut centre = centre.borrow_mut();
            while let Some(sid) = centre.held.pop() {
                centre.answer(sid, ReservationAnswer::Accept);
                centre.answer(sid, ReservationAnswer::Complete);
            }
        })
        .bench_local_values(|()| {
            let mut centre = centre.borrow_mut();
            let sid = centre.create_task();
            let offered =
                centre.workspace.reservations_of_task(sid).next().map(|reservation| reservation.sid);
            centre.held.extend(offered);
        });
}

/// Everybody is busy and 10,000 tasks wait: a worker completes one, is offered the next and accepts it, and one
/// more task joins the line.
#[divan::bench(sample_size = 1, sample_count = 5_000)]
fn complete_and_take_the_next_of_10_000(bencher: Bencher<'_, '_>) {
    let mut centre = Centre::busy(WORKERS, 10_000);
    let mut turn = 0;
    bencher.bench_local(move || {
        let worker = centre.workers[turn % centre.workers.len()];
        turn += 1;
        for answer in [ReservationAnswer::Complete, ReservationAnswer::Accept] {
            if let Some(sid) = centre.open(worker) {
                centre.answer(sid, answer);
            }
        }
        black_box(centre.create_task());
    });
}

/// Everybody is busy and 10,000 tasks wait: the last of them is explained.
#[divan::bench(sample_size = 1, sample_count = 50)]
fn explain_one_of_10_000(bencher: Bencher<'_, '_>) {
    let mut centre = Centre::busy(WORKERS, 10_000);
    let task = centre.create_task();
    bencher.bench_local(move || black_box(centre.workspace.explain(task, centre.now)));
}

/// Everybody is busy and 10,000 tasks wait: one more is simulated.
#[divan::bench(sample_size = 1, sample_count = 50)]
fn simulate_beside_10_000(bencher: Bencher<'_, '_>) {
    let centre = Centre::busy(WORKERS, 10_000);
    let attributes = Some(r#"{"skill":"skill-1"}"#.to_owned());
    let task = CreateTask { attributes, ..CreateTask::default() };
    let hypothetical = Hypothetical { task, workers: None };
    bencher.bench_local(move || black_box(centre.workspace.simulate(&hypothetical, centre.now)));
}
