//! What holds after every step, whatever is asked in which order.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Tick, Timestamp};
use proptest::prelude::*;
use router::*;
use serde_json::json;

use crate::scenario::{Scenario, skills};

/// Two weeks and a bit: by then every waiting task has had its time.
const LONG: Duration = Duration::from_secs(1_300_000);

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_promises_hold_after_every_step(steps in prop::collection::vec(any::<Step>(), 1..60)) {
        let mut twins = Twins::new();
        for step in steps {
            twins.take(step);
        }
        twins.finish();
    }
}

/// What is asked next; the numbers pick among what there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    kind: u8,
    which: u8,
    how: u8,
}

impl Arbitrary for Step {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        (0..23_u8, any::<u8>(), any::<u8>()).prop_map(|(kind, which, how)| Step { kind, which, how }).boxed()
    }
}

/// A workspace, and the rows that it was written to: it is read back before each step, and both must do the same.
pub(crate) struct Twins {
    pub(crate) live: Workspace,
    rows: BTreeMap<RecordKey, Record>,
    pub(crate) now: Timestamp,
    seed: u64,
    /// All that was announced.
    pub(crate) log: Vec<Notice>,
}

impl Twins {
    pub(crate) fn new() -> Self {
        let scenario = Scenario::new()
            .queue("english", "skills HAS 'english'")
            .queue_with("german", |queue| {
                queue.target_workers = Some("skills HAS 'german' AND activity_name != 'Break'".into());
                queue.max_reserved_workers = Some(2);
            })
            .queue_with("newest", |queue| queue.task_order = Some(TaskOrder::Lifo))
            .rules(RULES)
            .worker("alice", skills(&["english"]))
            .worker("bob", skills(&["german"]))
            .worker("carol", skills(&["english", "german"]))
            .capacity("carol", "chat", 3);
        let mut twins = Self {
            live: scenario.workspace,
            rows: BTreeMap::new(),
            now: scenario.now,
            seed: 1_000,
            log: vec![],
        };
        twins.write();
        twins
    }

    /// Does the same with the workspace and with its twin from the rows, and holds them against each other.
    pub(crate) fn take(&mut self, step: Step) {
        let mut twin = self.read_back();
        assert_eq!(twin.next_timeout(), self.live.next_timeout());
        self.seed += 1;
        let actions = match self.command(step) {
            Some(command) => {
                self.now = self.now + Duration::from_millis(u64::from(step.how % 3));
                let ours = self.live.execute(command.clone(), &mut Tick::new(self.now, self.seed));
                let theirs = twin.execute(command, &mut Tick::new(self.now, self.seed));
                assert_eq!(ours, theirs);
                ours.map(|outcome| outcome.actions).unwrap_or_default()
            }
            None => {
                let pause = self.now + Duration::from_secs(u64::from(step.how));
                self.now = self.live.next_timeout().map_or(pause, |at| at.clamp(self.now, pause));
                let ours = self.live.handle(Event::TimeReached, &mut Tick::new(self.now, self.seed));
                assert_eq!(ours, twin.handle(Event::TimeReached, &mut Tick::new(self.now, self.seed)));
                ours
            }
        };
        assert_eq!(self.live.records(), twin.records());
        self.write();
        self.check(&actions);
        self.log.extend(actions.into_iter().filter_map(announced));
    }

    /// Lets every worker finish and every task have its time: then no reservation is left open.
    fn finish(mut self) {
        let away = self.live.activities().find(|activity| !activity.available).unwrap().sid;
        for worker in self.live.workers().map(|worker| worker.sid).collect::<Vec<_>>() {
            self.run(Command::UpdateWorker(UpdateWorker {
                activity_sid: Some(away),
                ..UpdateWorker::of(worker)
            }));
        }
        for task in self.live.tasks().map(|task| task.sid).collect::<Vec<_>>() {
            let status = Some(TaskStatus::Completed);
            self.run(Command::UpdateTask(UpdateTask { status, ..UpdateTask::of(task) }));
        }
        self.now = self.now + LONG;
        self.live.handle(Event::TimeReached, &mut Tick::new(self.now, 0));
        assert_eq!(self.live.tasks().count(), 0);
        assert!(self.live.workers().flat_map(|worker| &worker.channels).all(|channel| channel.used == 0));
        assert_eq!(self.live.next_timeout(), None);
        self.write();
        assert!(
            self.rows.values().filter(|row| row.is_live()).all(|row| !matches!(row, Record::Reservation(_)))
        );
    }

    fn check(&mut self, actions: &[Action]) {
        for task in self.live.tasks() {
            let has = |status| self.live.reservations_of_task(task.sid).any(|one| one.status == status);
            let open =
                self.live.reservations_of_task(task.sid).filter(|one| one.status.holds_capacity()).count();
            match task.status {
                TaskStatus::Pending => assert_eq!(open, 0),
                TaskStatus::Reserved => {
                    assert!(has(ReservationStatus::Pending) || task.open_transfer().is_some());
                }
                TaskStatus::Assigned => assert!(has(ReservationStatus::Accepted)),
                TaskStatus::Wrapping => assert!(has(ReservationStatus::Wrapping)),
                TaskStatus::Completed | TaskStatus::Canceled => panic!("an ended task is in memory"),
            }
        }
        for offer in actions.iter().filter_map(offer) {
            let channel = offer.worker.worker.channel(offer.task.task_channel_sid).unwrap();
            let is_within = channel.used <= channel.configured_capacity && offer.worker.available;
            assert!(is_within || offer.task.ignore_capacity, "an offer over capacity");
        }
        // A workspace that is at rest has nothing to give to anybody who is woken.
        let mut rested = self.live.clone();
        let nudge = Command::UpdateWorkspace(UpdateWorkspace::default());
        let woken = rested.execute(nudge, &mut Tick::new(self.now, 0)).unwrap();
        assert_eq!(woken.actions.iter().filter_map(offer).count(), 0, "who suits was left apart");
    }

    fn run(&mut self, command: Command) {
        self.seed += 1;
        // A refusal is an answer too.
        let _ = self.live.execute(command, &mut Tick::new(self.now, self.seed));
    }

    fn write(&mut self) {
        for change in self.live.take_changes() {
            match change {
                Change::Put(record) => {
                    self.rows.insert(record.key(), record);
                }
                Change::Delete(key) => {
                    self.rows.remove(&key);
                }
            }
        }
    }

    fn read_back(&self) -> Workspace {
        let live: Vec<&Record> = self.rows.values().filter(|row| row.is_live()).collect();
        let text = serde_json::to_string(&live).unwrap();
        let records: Vec<Record> = serde_json::from_str(&text).unwrap();
        let twin = Workspace::load(records).unwrap();
        assert_eq!(twin.records(), self.live.records());
        twin
    }

    /// Returns the command that a step means; none lets time pass.
    fn command(&self, step: Step) -> Option<Command> {
        let Step { kind, which, how } = step;
        let worker = pick(self.live.workers(), which)?.sid;
        let task = pick(self.live.tasks(), which).map(|task| task.sid);
        let command = match kind {
            0..=4 => Command::CreateTask(self.new_task(which, how)),
            5..=9 => {
                let answer = match how % 8 {
                    0..=2 => ReservationAnswer::Accept,
                    3 => ReservationAnswer::Reject(None),
                    4 => ReservationAnswer::Wrap,
                    5 => ReservationAnswer::Hold,
                    6 => ReservationAnswer::FailSetUp(13_223),
                    _ => ReservationAnswer::Complete,
                };
                let reservations =
                    self.live.tasks().flat_map(|task| self.live.reservations_of_task(task.sid));
                let sid = pick(reservations, which)?.sid;
                Command::UpdateReservation(UpdateReservation { sid, if_match: None, answer })
            }
            10 | 11 => Command::UpdateWorker(UpdateWorker {
                activity_sid: pick(self.live.activities(), how).map(|activity| activity.sid),
                reject_pending_reservations: how > 128,
                ..UpdateWorker::of(worker)
            }),
            12 => {
                let known: &[&str] =
                    [&["english"][..], &["german"], &[], &["english", "german"]][usize::from(how % 4)];
                let attributes = Some(skills(known).to_string());
                Command::UpdateWorker(UpdateWorker { attributes, ..UpdateWorker::of(worker) })
            }
            13 => Command::UpdateWorkerChannel(UpdateWorkerChannel {
                worker_sid: worker,
                channel: CHANNELS[usize::from(how % 2)].to_owned(),
                capacity: Some(u32::from(how % 4)),
                available: Some(how % 5 != 0),
            }),
            14 => Command::UpdateTask(changed_task(task?, how)),
            15 => Command::DeleteTask(DeleteTask { sid: task?, if_match: None }),
            16 => Command::UpdateWorkflow(UpdateWorkflow {
                configuration: Some(self.other_rules(how)),
                re_evaluate_tasks: how > 128,
                ..UpdateWorkflow::of(self.live.workflows().next()?.sid)
            }),
            17 => Command::UpdateTaskQueue(UpdateTaskQueue {
                target_workers: Some(CREWS[usize::from(how % 4)].to_owned()),
                max_reserved_workers: Some(1 + u32::from(how % 3)),
                task_order: Some(if how > 128 { TaskOrder::Lifo } else { TaskOrder::Fifo }),
                ..UpdateTaskQueue::of(pick(self.live.task_queues(), which)?.sid)
            }),
            20 | 21 => Command::StartTransfer(self.new_transfer(which, how)?),
            22 => {
                let transfers =
                    self.live.tasks().filter_map(|task| Some((task.sid, task.open_transfer()?.sid)));
                let (task_sid, sid) = pick(transfers, which)?;
                Command::CancelTransfer(CancelTransfer { task_sid, sid })
            }
            _ => return None,
        };
        Some(command)
    }

    fn new_transfer(&self, which: u8, how: u8) -> Option<StartTransfer> {
        let reservations = self.live.tasks().flat_map(|task| self.live.reservations_of_task(task.sid));
        let accepted = reservations.filter(|one| one.status == ReservationStatus::Accepted);
        let reservation = pick(accepted, which)?;
        Some(StartTransfer {
            task_sid: reservation.task_sid,
            reservation_sid: reservation.sid,
            to: match how % 2 {
                0 => TransferTarget::Worker(pick(self.live.workers(), how / 2)?.sid),
                _ => TransferTarget::TaskQueue(pick(self.live.task_queues(), how / 2)?.sid),
            },
            mode: Some([TransferMode::Warm, TransferMode::Cold][usize::from(how % 3 / 2)]),
            attributes: None,
            priority: None,
        })
    }

    pub(crate) fn new_task(&self, which: u8, how: u8) -> CreateTask {
        let language = ["english", "german", "french"][usize::from(which % 3)];
        let routing_target = match how {
            0..=19 => pick(self.live.workers(), which).map(|worker| RoutingTarget::Worker(worker.sid)),
            20..=39 => pick(self.live.task_queues(), which).map(|queue| RoutingTarget::TaskQueue(queue.sid)),
            _ => None,
        };
        let colleague = pick(self.live.workers(), how).map(|worker| worker.friendly_name.clone());
        CreateTask {
            attributes: Some(json!({ "language": language, "colleague": colleague }).to_string()),
            task_channel: Some(CHANNELS[usize::from(how % 2)].to_owned()),
            priority: Some(u32::from(how % 3)),
            timeout_secs: Some(1 + u32::from(which) * 4),
            ignore_capacity: Some(which > 128),
            routing_target,
            ..CreateTask::default()
        }
    }

    fn other_rules(&self, how: u8) -> String {
        let queue = pick(self.live.task_queues(), how).unwrap().sid;
        match how % 3 {
            0 => self.live.workflows().next().unwrap().configuration.to_string(),
            1 => json!({"task_routing": {"default_filter": {"queue": queue}}}).to_string(),
            _ => json!({"task_routing": {"filters": [{"targets": [
                {"queue": queue, "timeout": 20, "expression": "task.language IN worker.skills"}, {"timeout": "20"}]}]}})
            .to_string(),
        }
    }
}

const CHANNELS: [&str; 2] = ["default", "chat"];

const CREWS: [&str; 4] = [
    "1==1",
    "",
    "skills HAS 'english' OR friendly_name == 'bob'",
    "channel.chat.available_capacity_percentage > 0",
];

const RULES: &str = r#"{"task_routing":{"filters":[
    {"expression":"language == 'english'","targets":[
        {"queue":"{english}","timeout":30,"known_worker_friendly_name":"task.colleague","skip_if":"workers.available == 0"},
        {"queue":"{english}","timeout":30,"priority":2,"order_by":"worker.level DESC"},
        {"queue":"{everyone}","expression":"worker.channel.chat.available_capacity_percentage > 50"}]},
    {"expression":"language IN ['german', 'english']","targets":[
        {"queue":"{german}","timeout":60},{"queue":"{newest}","timeout":60,"skip_if":"1==1"}]}],
    "default_filter":{"queue":"{newest}"}}}"#;

fn pick<T>(all: impl Iterator<Item = T>, which: u8) -> Option<T> {
    let mut all: Vec<T> = all.collect();
    if all.is_empty() { None } else { Some(all.swap_remove(usize::from(which) % all.len())) }
}

fn changed_task(sid: domain::TaskSid, how: u8) -> UpdateTask {
    let update = UpdateTask::of(sid);
    match how % 5 {
        0 => UpdateTask { status: Some(TaskStatus::Canceled), ..update },
        1 => UpdateTask { status: Some(TaskStatus::Completed), ..update },
        2 => UpdateTask { status: Some(TaskStatus::Wrapping), ..update },
        3 => UpdateTask { priority: Some(u32::from(how)), ..update },
        _ => UpdateTask { attributes: Some(r#"{"language":"english"}"#.to_owned()), ..update },
    }
}

fn announced(action: Action) -> Option<Notice> {
    match action {
        Action::Announce(notice) => Some(*notice),
        Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    }
}

fn offer(action: &Action) -> Option<&Offer> {
    match action {
        Action::OfferReservation(offer) => Some(offer),
        Action::Announce(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    }
}
