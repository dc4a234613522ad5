//! The contact centre of the benches: workers with 5 of 20 skills each, a queue and a filter for each skill,
//! 3 priorities.

#![allow(dead_code, reason = "each bench uses its part")]

use std::hint::black_box;

use domain::{AccountSid, Sid, Tick, Timestamp, WorkerSid};
use router::*;
use serde_json::json;

const SKILLS: u64 = 20;
const SKILLS_OF_A_WORKER: u64 = 5;

/// A workspace full of people, without a shell around it.
pub(crate) struct Centre {
    pub(crate) workspace: Workspace,
    pub(crate) workers: Vec<WorkerSid>,
    pub(crate) held: Vec<domain::ReservationSid>,
    pub(crate) now: Timestamp,
    count: u64,
}

impl Centre {
    /// A queue and a filter for each skill, and so many workers, all of them idle.
    pub(crate) fn new(workers: u64) -> Self {
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
        centre.add_workers(workers);
        centre
    }

    /// Everybody has a task, and so many more wait.
    pub(crate) fn busy(workers: u64, waiting: u64) -> Self {
        let mut centre = Self::new(workers);
        for _ in 0..workers + waiting {
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

    pub(crate) fn add_workers(&mut self, count: u64) {
        let available =
            self.workspace.activities().find(|activity| activity.available).map(|activity| activity.sid);
        for number in 0..count {
            let skills =
                (0..SKILLS_OF_A_WORKER).map(|skill| format!("skill-{}", (number * 7 + skill * 3) % SKILLS));
            let worker = CreateWorker {
                friendly_name: format!("Worker {}", self.workers.len()),
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

    /// Creates a task that needs one of the skills.
    pub(crate) fn create_task(&mut self) -> domain::TaskSid {
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

    /// Returns the reservation that a worker has.
    pub(crate) fn open(&self, worker: WorkerSid) -> Option<domain::ReservationSid> {
        self.workspace.reservations_of_worker(worker).next().map(|reservation| reservation.sid)
    }

    /// Answers a reservation.
    pub(crate) fn answer(&mut self, sid: domain::ReservationSid, answer: ReservationAnswer) {
        self.run(Command::UpdateReservation(UpdateReservation { sid, if_match: None, answer }));
    }

    /// Carries out a command and takes the rows that it wrote, as a shell would.
    pub(crate) fn run(&mut self, command: Command) -> Subject {
        self.count += 1;
        self.now = self.now + std::time::Duration::from_micros(50);
        let outcome = self.workspace.execute(command, &mut Tick::new(self.now, self.count));
        black_box(self.workspace.take_changes());
        let outcome = outcome.expect("the commands of this bench are valid");
        black_box(outcome.actions);
        outcome.subject
    }
}
