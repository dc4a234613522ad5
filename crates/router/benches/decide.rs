//! How long decisions take in memory: 1,000 workers with 5 of 20 skills each, a queue and a filter for each
//! skill, 3 priorities. Rows are taken after each command, as a shell would.

use std::hint::black_box;

use divan::Bencher;
use domain::{AccountSid, Sid, Tick, Timestamp, WorkerSid};
use router::*;
use serde_json::json;

const WORKERS: u64 = 1_000;
const SKILLS: u64 = 20;
const SKILLS_OF_A_WORKER: u64 = 5;

fn main() {
    divan::main();
}

/// Everybody is free: a task is created and offered, accepted, completed.
#[divan::bench(sample_size = 1, sample_count = 5_000)]
fn create_offer_accept_complete(bencher: Bencher<'_, '_>) {
    let mut centre = Centre::new();
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
    let centre = std::cell::RefCell::new(Centre::new());
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
    let mut centre = Centre::busy();
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
    let mut centre = Centre::busy();
    let task = centre.create_task();
    bencher.bench_local(move || black_box(centre.workspace.explain(task, centre.now)));
}

/// Everybody is busy and 10,000 tasks wait: one more is simulated.
#[divan::bench(sample_size = 1, sample_count = 50)]
fn simulate_beside_10_000(bencher: Bencher<'_, '_>) {
    let centre = Centre::busy();
    let attributes = Some(r#"{"skill":"skill-1"}"#.to_owned());
    let task = CreateTask { attributes, ..CreateTask::default() };
    let hypothetical = Hypothetical { task, workers: None };
    bencher.bench_local(move || black_box(centre.workspace.simulate(&hypothetical, centre.now)));
}

struct Centre {
    workspace: Workspace,
    workers: Vec<WorkerSid>,
    held: Vec<domain::ReservationSid>,
    now: Timestamp,
    count: u64,
}

impl Centre {
    fn new() -> Self {
        let setup = CreateWorkspace {
            account_sid: AccountSid::from_bits(1),
            friendly_name: "Centre".to_owned(),
            template: Template::None,
            event_callback_url: None,
            events_filter: None,
            multi_task_enabled: None,
            prioritize_queue_order: None,
        };
        let now = Timestamp::from_secs(1_000_000);
        let created = Workspace::create(setup, &mut Tick::new(now, 0));
        let (workspace, _) = created.expect("the set-up is valid");
        let mut centre = Self { workspace, workers: vec![], held: vec![], now, count: 0 };
        centre.add_rules();
        centre.add_workers();
        centre
    }

    /// Everybody has a task, and 10,000 wait.
    fn busy() -> Self {
        let mut centre = Self::new();
        for _ in 0..WORKERS + 10_000 {
            centre.create_task();
        }
        let offered: Vec<_> = centre.workers.iter().flat_map(|worker| centre.open(*worker)).collect();
        offered.into_iter().for_each(|sid| centre.answer(sid, ReservationAnswer::Accept));
        centre
    }

    fn add_rules(&mut self) {
        let mut filters = vec![];
        for skill in 0..SKILLS {
            let queue = CreateTaskQueue {
                friendly_name: format!("Queue {skill}"),
                target_workers: Some(format!("skills HAS 'skill-{skill}'")),
                ..CreateTaskQueue::default()
            };
            let Subject::TaskQueue(queue) = self.run(Command::CreateTaskQueue(queue)) else { return };
            filters.push(
                json!({"expression": format!("skill == 'skill-{skill}'"), "targets": [{"queue": queue}]}),
            );
        }
        self.run(Command::CreateWorkflow(CreateWorkflow {
            friendly_name: "Skills".to_owned(),
            configuration: json!({"task_routing": {"filters": filters}}).to_string(),
            ..CreateWorkflow::default()
        }));
    }

    fn add_workers(&mut self) {
        let available =
            self.workspace.activities().find(|activity| activity.available).map(|activity| activity.sid);
        for number in 0..WORKERS {
            let skills =
                (0..SKILLS_OF_A_WORKER).map(|skill| format!("skill-{}", (number * 7 + skill * 3) % SKILLS));
            let worker = CreateWorker {
                friendly_name: format!("Worker {number}"),
                activity_sid: available,
                attributes: Some(
                    json!({"skills": skills.collect::<Vec<_>>(), "contact_uri": "client:a"}).to_string(),
                ),
            };
            if let Subject::Worker(sid) = self.run(Command::CreateWorker(worker)) {
                self.workers.push(sid);
            }
        }
    }

    fn create_task(&mut self) -> domain::TaskSid {
        let skill = self.count.wrapping_mul(2_654_435_761) % SKILLS;
        let task = CreateTask {
            attributes: Some(format!(
                r#"{{"skill":"skill-{skill}","from":"+15555550100","type":"inbound"}}"#
            )),
            task_channel: Some("voice".to_owned()),
            priority: Some((self.count % 3) as u32),
            ..CreateTask::default()
        };
        let Subject::Task(task) = self.run(Command::CreateTask(task)) else {
            unreachable!("the answer to a new task is the task")
        };
        task.sid
    }

    fn open(&self, worker: WorkerSid) -> Option<domain::ReservationSid> {
        self.workspace.reservations_of_worker(worker).next().map(|reservation| reservation.sid)
    }

    fn answer(&mut self, sid: domain::ReservationSid, answer: ReservationAnswer) {
        self.run(Command::UpdateReservation(UpdateReservation { sid, if_match: None, answer }));
    }

    fn run(&mut self, command: Command) -> Subject {
        self.count += 1;
        self.now = self.now + std::time::Duration::from_micros(50);
        let outcome = self.workspace.execute(command, &mut Tick::new(self.now, self.count));
        black_box(self.workspace.take_changes());
        let outcome = outcome.expect("the commands of this bench are valid");
        black_box(outcome.actions);
        outcome.subject
    }
}
