//! Durable assignments: tasks that are created and offered to the worker who suits them, and their whole lives.
//!
//! 1,000 workers with 5 of 20 skills each, 3 priorities, in process, without HTTP, SQLite with `synchronous=FULL`;
//! `cargo bench -p server --bench assignments`. The agents and callers run in the same process on the same cores.
//! Offers alone go to workers with room for many, who do not answer; in whole lives they accept and complete.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{ActivitySid, ReservationSid, TaskSid, WorkerSid, WorkspaceSid};
use router::{
    Command, CreateTask, CreateTaskQueue, CreateWorker, CreateWorkflow, NoticeKind, ReservationAnswer,
    Subject, TaskStatus, UpdateReservation, UpdateWorkerChannel,
};
use serde_json::json;
use server::Embedded;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

const WORKERS: u64 = 1_000;
const SKILLS: u64 = 20;
const SKILLS_OF_A_WORKER: u64 = 5;

/// How many tasks wait beside those that workers have, so that nobody is ever idle.
const WAITING: u64 = 1_000;
/// How many assignments are made before the clock is started, and while it runs.
const WARM_UP: u64 = 5_000;
const ASSIGNMENTS: u64 = 30_000;

/// Offers alone: how many tasks a worker has room for, how many are offered, and how many callers come at once.
const CAPACITY: u32 = 100;
const OFFERS: u64 = 30_000;
const CALLERS: u64 = 512;

/// How many tasks a second come in when the time to the offer is measured, and for how long.
const PACE: u64 = 2_000;
const PACED: Duration = Duration::from_secs(10);

/// How long the house is left alone after the rush, until the log of that is copied.
const REST: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let phase = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wants = |name: &str| phase.as_deref().is_none_or(|phase| phase == name);
    if wants("offers") {
        offers().await?;
    }
    if wants("lives") {
        lives().await?;
    }
    Ok(())
}

/// Tasks are created and offered, and nobody answers.
async fn offers() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let centre = Arc::new(Centre::open(folder.path(), CAPACITY).await?);
    centre.create_at_once(WARM_UP).await?;
    let (before, cpu, started) = (bytes_written(), cpu_micros(), now());
    centre.create_at_once(OFFERS).await?;
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), (cpu_micros() - cpu) / OFFERS);
    let bytes = (bytes_written() - before) / OFFERS;
    let rate = OFFERS as f64 / seconds;
    say(format!(
        "created and offered, saturated  {rate:>8.0} /s; each {cpu} µs of processor, {bytes} bytes written"
    ));
    tokio::time::sleep(REST).await;
    let (_agents, offered) = centre.listen();
    report("created and offered", centre.pace(offered).await?);
    Ok(())
}

/// Tasks are created, offered, accepted and completed.
async fn lives() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let centre = Arc::new(Centre::open(folder.path(), 1).await?);
    let (offers, offered) = centre.listen();
    let mut agents = Agents::start(&centre, offers);
    let (before, cpu) = (bytes_written(), cpu_micros());
    let saturated = agents.saturate().await?;
    let count = WARM_UP + ASSIGNMENTS + WORKERS + WAITING;
    let (bytes, cpu) = ((bytes_written() - before) / count, (cpu_micros() - cpu) / count);
    say(format!(
        "whole lives, saturated          {saturated:>8.0} /s; each {cpu} µs of processor, {bytes} bytes written"
    ));
    tokio::time::sleep(REST).await;
    report("whole lives", centre.pace(offered).await?);
    Ok(())
}

/// A workspace full of people.
struct Centre {
    product: Embedded,
    workspace: WorkspaceSid,
    workers: Vec<WorkerSid>,
}

impl Centre {
    async fn open(folder: &Path, capacity: u32) -> anyhow::Result<Self> {
        let product = Embedded::open(folder).await?;
        let workspace = product.create_workspace("Bench").await?;
        let mut centre = Self { product, workspace, workers: vec![] };
        centre.add_rules().await?;
        centre.add_workers(capacity).await?;
        Ok(centre)
    }

    async fn add_rules(&self) -> anyhow::Result<()> {
        let mut filters = vec![];
        for skill in 0..SKILLS {
            let queue = CreateTaskQueue {
                friendly_name: format!("Queue {skill}"),
                target_workers: Some(format!("skills HAS 'skill-{skill}'")),
                ..CreateTaskQueue::default()
            };
            let Subject::TaskQueue(queue) = self.run(Command::CreateTaskQueue(queue)).await? else {
                continue;
            };
            filters.push(
                json!({"expression": format!("skill == 'skill-{skill}'"), "targets": [{"queue": queue}]}),
            );
        }
        let workflow = CreateWorkflow {
            friendly_name: "Skills".to_owned(),
            configuration: json!({"task_routing": {"filters": filters}}).to_string(),
            ..CreateWorkflow::default()
        };
        self.run(Command::CreateWorkflow(workflow)).await?;
        Ok(())
    }

    async fn add_workers(&mut self, capacity: u32) -> anyhow::Result<()> {
        let activity = self.available().await?;
        for number in 0..WORKERS {
            let skills =
                (0..SKILLS_OF_A_WORKER).map(|skill| format!("skill-{}", (number * 7 + skill * 3) % SKILLS));
            let worker = CreateWorker {
                friendly_name: format!("Worker {number}"),
                activity_sid: Some(activity),
                attributes: Some(
                    json!({"skills": skills.collect::<Vec<_>>(), "contact_uri": "client:a"}).to_string(),
                ),
            };
            if let Subject::Worker(sid) = self.run(Command::CreateWorker(worker)).await? {
                self.workers.push(sid);
                let channel = UpdateWorkerChannel {
                    worker_sid: sid,
                    channel: "voice".to_owned(),
                    capacity: Some(capacity),
                    available: None,
                };
                self.run(Command::UpdateWorkerChannel(channel)).await?;
            }
        }
        Ok(())
    }

    async fn available(&self) -> anyhow::Result<ActivitySid> {
        let command = router::CreateActivity { friendly_name: "On duty".to_owned(), available: true };
        let Subject::Activity(sid) = self.run(Command::CreateActivity(command)).await? else {
            anyhow::bail!("the answer to a new activity is the activity")
        };
        Ok(sid)
    }

    async fn create_task(&self, number: u64) -> Result<Subject, api::Failure> {
        let skill = number.wrapping_mul(2_654_435_761) % SKILLS;
        let attributes = format!(r#"{{"skill":"skill-{skill}","from":"+15555550100","type":"inbound"}}"#);
        let task = CreateTask {
            attributes: Some(attributes),
            task_channel: Some("voice".to_owned()),
            priority: Some((number % 3) as u32),
            ..CreateTask::default()
        };
        self.run(Command::CreateTask(task)).await
    }

    /// Creates so many tasks, each of which must be offered at once.
    async fn create_at_once(self: &Arc<Self>, count: u64) -> anyhow::Result<()> {
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let centre = Arc::clone(self);
            callers.spawn(async move {
                for number in (caller..count).step_by(CALLERS as usize) {
                    let Subject::Task(task) = centre.create_task(number).await? else { continue };
                    anyhow::ensure!(task.status == TaskStatus::Reserved, "nobody had room for {}", task.sid);
                }
                Ok(())
            });
        }
        while let Some(done) = callers.join_next().await {
            done??;
        }
        Ok(())
    }

    async fn answer(&self, sid: ReservationSid, answer: ReservationAnswer) -> Result<Subject, api::Failure> {
        self.run(Command::UpdateReservation(UpdateReservation { sid, if_match: None, answer })).await
    }

    async fn run(&self, command: Command) -> Result<Subject, api::Failure> {
        self.product.execute(self.workspace, command).await
    }

    /// Lets callers come at an even pace; returns the times from the request to the durable offer.
    async fn pace(
        self: &Arc<Self>,
        mut offered: UnboundedReceiver<Offered>,
    ) -> anyhow::Result<Vec<Duration>> {
        while offered.try_recv().is_ok() {}
        let (sender, mut asked) = unbounded_channel();
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        let started = now();
        let mut count = 0;
        while started.elapsed() < PACED {
            ticks.tick().await;
            let due = (started.elapsed().as_micros() as u64) * PACE / 1_000_000;
            for number in count..due {
                let (centre, sender) = (Arc::clone(self), sender.clone());
                tokio::spawn(async move {
                    let asked_at = now();
                    if let Ok(Subject::Task(task)) = centre.create_task(number).await {
                        let _ = sender.send((task.sid, asked_at));
                    }
                });
            }
            count = due.max(count);
        }
        drop(sender);
        let mut asked_at = BTreeMap::new();
        while let Some((task, at)) = asked.recv().await {
            asked_at.insert(task, at);
        }
        let mut latencies = vec![];
        while latencies.len() < asked_at.len() {
            let Some((task, at)) = offered.recv().await else { break };
            latencies.extend(asked_at.get(&task).map(|asked| at - *asked));
        }
        latencies.sort();
        Ok(latencies)
    }

    /// Hands each offer to its agent, and says when each task was offered first.
    fn listen(&self) -> (BTreeMap<WorkerSid, UnboundedReceiver<ReservationSid>>, UnboundedReceiver<Offered>) {
        let mut notices = self.product.notices();
        let (senders, receivers): (BTreeMap<_, _>, BTreeMap<_, _>) = self
            .workers
            .iter()
            .map(|worker| {
                let (sender, receiver) = unbounded_channel();
                ((*worker, sender), (*worker, receiver))
            })
            .unzip();
        let (offered, latencies) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok(batch) = notices.recv().await {
                let created = batch.iter().filter(|notice| notice.kind == NoticeKind::ReservationCreated);
                for reservation in created.filter_map(|notice| notice.subjects.reservation.as_deref()) {
                    pass_on(&senders, &offered, reservation);
                }
            }
        });
        (receivers, latencies)
    }
}

/// When a task was offered.
type Offered = (TaskSid, Instant);

fn pass_on(
    agents: &BTreeMap<WorkerSid, UnboundedSender<ReservationSid>>,
    offered: &UnboundedSender<Offered>,
    reservation: &router::Reservation,
) {
    // At the end of the bench nobody listens any more.
    let _ = offered.send((reservation.task_sid, now()));
    if let Some(agent) = agents.get(&reservation.worker_sid) {
        let _ = agent.send(reservation.sid);
    }
}

/// The agents, each of whom accepts what is offered and completes it.
struct Agents {
    centre: Arc<Centre>,
    completed: UnboundedReceiver<()>,
    created: u64,
}

impl Agents {
    fn start(centre: &Arc<Centre>, offers: BTreeMap<WorkerSid, UnboundedReceiver<ReservationSid>>) -> Self {
        let (done, completed) = unbounded_channel();
        for mut own in offers.into_values() {
            let (centre, done) = (Arc::clone(centre), done.clone());
            tokio::spawn(async move {
                while let Some(reservation) = own.recv().await {
                    for answer in [ReservationAnswer::Accept, ReservationAnswer::Complete] {
                        if centre.answer(reservation, answer).await.is_err() {
                            return;
                        }
                    }
                    let _ = done.send(());
                }
            });
        }
        Self { centre: Arc::clone(centre), completed, created: 0 }
    }

    /// Keeps everybody busy; returns how many assignments were made in a second.
    async fn saturate(&mut self) -> anyhow::Result<f64> {
        (0..WORKERS + WAITING).for_each(|_| self.call());
        self.replace(WARM_UP).await;
        let started = now();
        self.replace(ASSIGNMENTS).await;
        let seconds = started.elapsed().as_secs_f64();
        for _ in 0..WORKERS + WAITING {
            self.completed.recv().await;
        }
        Ok(ASSIGNMENTS as f64 / seconds)
    }

    /// Lets one more caller come for each who is done.
    async fn replace(&mut self, count: u64) {
        for _ in 0..count {
            self.completed.recv().await;
            self.call();
        }
    }

    fn call(&mut self) {
        let (centre, number) = (Arc::clone(&self.centre), self.created);
        self.created += 1;
        tokio::spawn(async move { centre.create_task(number).await });
    }
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}

/// Returns how many bytes this process has had written to disk: the log, and what is copied from it into the file.
fn bytes_written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}

/// Returns how much time of the processor this process took, which says more than the clock where others compute too.
fn cpu_micros() -> u64 {
    /// What the kernel counts in: USER_HZ is 100 on every Linux.
    const TICK_MICROS: u64 = 10_000;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The process's name stands in parentheses in front; user and system time are the 12th and 13th behind it.
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let times = behind_name.split_whitespace().skip(11).take(2);
    times.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * TICK_MICROS
}

fn report(what: &str, latencies: Vec<Duration>) {
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    say(format!(
        "{what}, task to offer at {PACE} /s: p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms",
        at(0.5),
        at(0.99),
        at(0.999)
    ));
}

#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn say(line: String) {
    println!("{line}");
}
