//! What a decision costs as a contact centre grows, and what memory people and tasks take: a table on standard
//! output. Rows are taken after each command, as a shell would.

mod centre;

use std::time::{Duration, Instant};

use domain::{ReservationSid, WorkerSid};
use router::*;
use serde_json::json;

use self::centre::Centre;

const WORKERS: [u64; 3] = [100, 1_000, 10_000];
const WAITING: [u64; 3] = [1, 10_000, 500_000];

/// How many decisions each figure is the median of.
const DECISIONS: usize = 2_000;

fn main() {
    // Memory first: what a large centre gives back would hide what the next one takes.
    say(format!(
        "memory per worker        {:>6} bytes",
        memory_per(10_000, |centre, count| centre.add_workers(count))
    ));
    let add_tasks = |centre: &mut Centre, count| {
        for _ in 0..count {
            centre.create_task();
        }
    };
    say(format!("memory per waiting task  {:>6} bytes", memory_per(200_000, add_tasks)));
    say("workers  waiting  complete and take the next  one more waits  one skill in all, everybody idle"
        .to_owned());
    for workers in WORKERS {
        let rare = rare_skill(workers);
        for waiting in WAITING {
            let mut centre = Centre::busy(workers, waiting);
            let (next, wait) = (take_the_next(&mut centre), join_the_line(&mut centre));
            say(format!("{workers:>7}  {waiting:>7}  {next:>22.1?}  {wait:>14.1?}  {rare:>32.1?}"));
        }
    }
    say("workers  one suits a target's expression, by the index  the same held against each ready worker"
        .to_owned());
    for workers in WORKERS {
        let indexed = one_suits(workers, "worker.friendly_name == task.agent");
        // A part that may be otherwise says nothing that an index knows.
        let scanned = one_suits(workers, "worker.friendly_name == task.agent OR worker.missing == 1");
        say(format!("{workers:>7}  {indexed:>46.1?}  {scanned:>43.1?}"));
    }
}

/// A worker completes a task, is offered the next and accepts it.
fn take_the_next(centre: &mut Centre) -> Duration {
    let mut turn = 0;
    median(|| {
        let worker = centre.workers[turn % centre.workers.len()];
        turn += 1;
        // A worker for whom nothing waited may have been offered a new task since.
        take_what_is_offered(centre, worker);
        if let Some(sid) = centre.open(worker) {
            centre.answer(sid, ReservationAnswer::Complete);
        }
        take_what_is_offered(centre, worker);
        // As many wait as before.
        centre.create_task();
    })
}

fn take_what_is_offered(centre: &mut Centre, worker: WorkerSid) {
    let is_offered = |sid: &ReservationSid| {
        let reservation = centre.workspace.reservation(*sid);
        reservation.is_some_and(|it| it.status == ReservationStatus::Pending)
    };
    if let Some(sid) = centre.open(worker).filter(is_offered) {
        centre.answer(sid, ReservationAnswer::Accept);
    }
}

/// Everybody is busy, and one more task comes.
fn join_the_line(centre: &mut Centre) -> Duration {
    median(|| {
        centre.create_task();
    })
}

/// Everybody is idle, one worker has the skill that each task needs.
fn rare_skill(workers: u64) -> Duration {
    let mut centre = Centre::new(workers);
    let queue = CreateTaskQueue {
        friendly_name: "Rare".to_owned(),
        target_workers: Some("friendly_name == 'Worker 50'".to_owned()),
        ..CreateTaskQueue::default()
    };
    let Subject::TaskQueue(queue) = centre.run(Command::CreateTaskQueue(queue)) else {
        return Duration::ZERO;
    };
    median(|| {
        let task =
            CreateTask { routing_target: Some(RoutingTarget::TaskQueue(queue)), ..CreateTask::default() };
        if let Subject::Task(task) = centre.run(Command::CreateTask(task)) {
            centre.run(Command::DeleteTask(DeleteTask { sid: task.sid, if_match: None }));
        }
    })
}

/// Everybody is idle, and one worker suits the expression of the target.
fn one_suits(workers: u64, expression: &str) -> Duration {
    let mut centre = Centre::new(workers);
    let queue = CreateTaskQueue {
        friendly_name: "Everybody".to_owned(),
        target_workers: Some("1 == 1".to_owned()),
        ..CreateTaskQueue::default()
    };
    let Subject::TaskQueue(queue) = centre.run(Command::CreateTaskQueue(queue)) else {
        return Duration::ZERO;
    };
    let targets = json!([{"queue": queue, "expression": expression}]);
    let workflow = CreateWorkflow {
        friendly_name: "By name".to_owned(),
        configuration: json!({"task_routing": {"filters": [{"targets": targets}]}}).to_string(),
        ..CreateWorkflow::default()
    };
    let Subject::Workflow(workflow) = centre.run(Command::CreateWorkflow(workflow)) else {
        return Duration::ZERO;
    };
    median(|| {
        let task = CreateTask {
            workflow_sid: Some(workflow),
            attributes: Some(format!(r#"{{"agent":"Worker {}"}}"#, workers / 2)),
            ..CreateTask::default()
        };
        if let Subject::Task(task) = centre.run(Command::CreateTask(task)) {
            centre.run(Command::DeleteTask(DeleteTask { sid: task.sid, if_match: None }));
        }
    })
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn median(mut decide: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..DECISIONS)
        .map(|_| {
            let started = Instant::now();
            decide();
            started.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

/// Returns by how much the process grew for each of so many things.
fn memory_per(count: u64, add: impl FnOnce(&mut Centre, u64)) -> u64 {
    let mut centre = Centre::busy(100, 0);
    let before = resident_bytes();
    add(&mut centre, count);
    resident_bytes().saturating_sub(before) / count
}

#[allow(clippy::disallowed_methods, reason = "a bench looks at its own process")]
fn resident_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn say(line: String) {
    println!("{line}");
}
