//! What a durable offer costs, by its parts: the router's decision, the rows in words of SQL, and the commit.
//!
//! 1,000 workers with 5 of 20 skills each and room for many tasks, batches of so many tasks as one unit each, one
//! after another on one thread and the writer's; `cargo bench -p store --bench offers`.

use std::time::{Duration, Instant};

use domain::{AccountSid, Sid, Tick, Timestamp};
use router::{
    Action, Command, CreateTask, CreateTaskQueue, CreateWorker, CreateWorkflow, CreateWorkspace, Notice,
    Subject, Template, UpdateWorkerChannel, Workspace,
};
use serde_json::json;
use store::{Lease, Sqlite, Store, Unit, events, routing};

const WORKERS: u64 = 1_000;
const SKILLS: u64 = 20;
const CAPACITY: u32 = 100;
const TASKS: u64 = 40_000;
const BATCHES: [u64; 3] = [1, 16, 256];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for batch in BATCHES {
        let folder = tempfile::tempdir().expect("there is room for a database");
        let path = folder.path().join("patchboard.db");
        let mut centre = Centre::open(&path).await;
        let count = TASKS.min(batch * 2_000);
        let mut spent = [Duration::ZERO; 3];
        for _ in 0..count / batch {
            centre.offer(batch, &mut spent).await;
        }
        let each = |index: usize| spent[index].as_secs_f64() * 1e6 / count as f64;
        say(format!(
            "{batch:>4} a commit: decided {:>6.1} µs, put into rows {:>6.1} µs, committed {:>6.1} µs, {} bytes each",
            each(0),
            each(1),
            each(2),
            size(&path) / count
        ));
    }
}

struct Centre {
    workspace: Workspace,
    store: Store,
    now: Timestamp,
    count: u64,
}

impl Centre {
    async fn open(path: &std::path::Path) -> Self {
        let store = Store::new(Sqlite::open(path).expect("the folder is ours"));
        let now = Timestamp::from_secs(1_000_000);
        let expires_at = Timestamp::from_secs(2_000_000);
        let lease = Lease { shard: "all".into(), owner: "bench".into(), now, expires_at, force: false };
        store.acquire(lease).await.expect("nobody else has it");
        let setup = CreateWorkspace {
            account_sid: AccountSid::from_bits(1),
            friendly_name: "Bench".to_owned(),
            template: Template::None,
            event_callback_url: None,
            events_filter: None,
            multi_task_enabled: None,
            prioritize_queue_order: None,
        };
        let created = Workspace::create(setup, &mut Tick::new(now, 0));
        let (workspace, _) = created.expect("the set-up is valid");
        let mut centre = Self { workspace, store, now, count: 0 };
        centre.add_rules();
        centre.add_workers();
        let rows = centre.rows(&[]);
        centre.store.commit(rows).await.expect("the disk works");
        centre
    }

    /// Offers so many new tasks and writes them.
    async fn offer(&mut self, batch: u64, spent: &mut [Duration; 3]) {
        let began = now();
        let notices: Vec<Notice> = (0..batch).flat_map(|_| self.create_task()).collect();
        let decided = now();
        let rows = self.rows(&notices);
        let put = now();
        self.store.commit(rows).await.expect("the disk works");
        spent[0] += decided - began;
        spent[1] += put - decided;
        spent[2] += put.elapsed();
    }

    fn rows(&mut self, notices: &[Notice]) -> Unit {
        let sid = self.workspace.settings().sid;
        let mut unit = Unit::new();
        unit.extend(self.workspace.take_changes().iter().flat_map(|change| routing::write(sid, change)));
        unit.extend(events::insert(notices));
        unit
    }

    fn create_task(&mut self) -> Vec<Notice> {
        let skill = self.count.wrapping_mul(2_654_435_761) % SKILLS;
        let task = CreateTask {
            attributes: Some(format!(
                r#"{{"skill":"skill-{skill}","from":"+15555550100","type":"inbound"}}"#
            )),
            task_channel: Some("voice".to_owned()),
            priority: Some((self.count % 3) as u32),
            ..CreateTask::default()
        };
        self.run(Command::CreateTask(task)).1
    }

    fn add_rules(&mut self) {
        let mut filters = vec![];
        for skill in 0..SKILLS {
            let queue = CreateTaskQueue {
                friendly_name: format!("Queue {skill}"),
                target_workers: Some(format!("skills HAS 'skill-{skill}'")),
                ..CreateTaskQueue::default()
            };
            let (Subject::TaskQueue(queue), _) = self.run(Command::CreateTaskQueue(queue)) else { return };
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
            let skills = (0..5).map(|skill| format!("skill-{}", (number * 7 + skill * 3) % SKILLS));
            let worker = CreateWorker {
                friendly_name: format!("Worker {number}"),
                activity_sid: available,
                attributes: Some(
                    json!({"skills": skills.collect::<Vec<_>>(), "contact_uri": "client:a"}).to_string(),
                ),
            };
            let (Subject::Worker(worker_sid), _) = self.run(Command::CreateWorker(worker)) else { return };
            self.run(Command::UpdateWorkerChannel(UpdateWorkerChannel {
                worker_sid,
                channel: "voice".to_owned(),
                capacity: Some(CAPACITY),
                available: None,
            }));
        }
    }

    fn run(&mut self, command: Command) -> (Subject, Vec<Notice>) {
        self.count += 1;
        self.now = self.now + Duration::from_micros(50);
        let outcome = self.workspace.execute(command, &mut Tick::new(self.now, self.count));
        let outcome = outcome.expect("the commands of this bench are valid");
        let notices = outcome.actions.into_iter().filter_map(|action| match action {
            Action::Announce(notice) => Some(*notice),
            Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
        });
        (outcome.subject, notices.collect())
    }
}

/// Returns the bytes of the database and its log.
fn size(path: &std::path::Path) -> u64 {
    let of = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |file| file.len());
    of(path) + of(&path.with_extension("db-wal"))
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}

#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn say(line: String) {
    println!("{line}");
}
