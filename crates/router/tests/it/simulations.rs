//! What would happen to a task, and that it does happen.

use std::collections::BTreeMap;

use domain::Tick;
use proptest::prelude::*;
use router::*;
use serde_json::json;

use crate::promises::{Step, Twins};
use crate::scenario::{Scenario, offer, skills};

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_foretold_is_what_is_done(
        steps in prop::collection::vec(any::<Step>(), 0..30), tasks in prop::collection::vec(any::<(u8, u8)>(), 1..6)
    ) {
        let mut twins = Twins::new();
        steps.into_iter().for_each(|step| twins.take(step));
        for (number, (which, how)) in tasks.into_iter().enumerate() {
            let task = twins.new_task(which, how);
            let before = twins.live.records();
            let hypothetical = Hypothetical { task: task.clone(), workers: None };
            let foretold = twins.live.simulate(&hypothetical, twins.now);
            prop_assert_eq!(twins.live.records(), before);
            let done = twins.live.execute(Command::CreateTask(task), &mut Tick::new(twins.now, 9_000 + number as u64));
            agree(foretold, done);
        }
    }
}

#[test]
fn filters_tell_why_they_take_a_task_and_targets_who_could_take_it() {
    let scenario = Scenario::new()
        .queue("billing", "skills HAS 'billing'")
        .rules(
            r#"{"task_routing":{"filters":[
                {"filter_friendly_name":"VIP","expression":"vip == true","targets":[{"queue":"{billing}"}]},
                {"filter_friendly_name":"Bills","expression":"topic == 'bill'","targets":[
                    {"queue":"{billing}","expression":"worker.level > 3","timeout":10,"priority":5},
                    {"timeout":20,"skip_if":"workers.available == 0"}]}],
                "default_filter":{"queue":"{everyone}"}}}"#,
        )
        .worker("alice", json!({ "skills": ["billing"], "level": 1 }))
        .worker("bob", json!({ "skills": ["billing"], "level": 4 }))
        .activity_of("bob", "Break");
    let simulation = simulate(&scenario, json!({ "topic": "bill" }), None);
    let [vip, bills] = &simulation.filters[..] else { panic!("two filters") };
    assert_eq!(vip.because, Some(Falsity { part: "vip == true".to_owned(), saw: json!(null) }));
    assert!(bills.takes && vip.targets.is_empty());
    let counts = |target: &TargetTrace| (target.workers, target.suitable_workers, target.ready_workers);
    assert_eq!(bills.targets.iter().map(counts).collect::<Vec<_>>(), [(2, 1, 0), (2, 2, 1)]);
    assert_eq!(
        bills.targets.iter().map(|target| target.until_secs).collect::<Vec<_>>(),
        [Some(10), Some(30)]
    );
    assert_eq!(simulation.default_filter.unwrap().workers, 2);
    assert_eq!((simulation.priority, simulation.offers.len()), (5, 0));
}

#[test]
fn the_chain_of_timeouts_is_played_to_its_end() {
    let scenario = Scenario::new()
        .queue("first", "level == 1")
        .queue("second", "level == 2")
        .rules(r#"{"task_routing":{"filters":[{"targets":[{"queue":"{first}","timeout":10},{"queue":"{second}","timeout":10}]}]}}"#)
        .worker("alice", json!({ "level": 1 }));
    let simulation = simulate(&scenario, json!({}), None);
    assert_eq!(simulation.offers[0].worker_name.as_ref(), "alice");
    let told: Vec<(u64, &str)> =
        simulation.steps.iter().map(|step| (step.age_secs, step.kind.as_str())).collect();
    let expected = [
        (0, "task.created"),
        (0, "workflow.entered"),
        (0, "workflow.target-matched"),
        (0, "task-queue.entered"),
        (0, "reservation.created"),
        // An offer is not cut short by the deadlines, which are over by the time that alice has not answered.
        (120, "reservation.timeout"),
        (120, "task-queue.timeout"),
        (120, "workflow.target-matched"),
        (120, "task-queue.moved"),
        (120, "task-queue.timeout"),
        (120, "workflow.timeout"),
        (120, "task.canceled"),
    ];
    assert_eq!(told, expected);
    assert_eq!(simulation.end.unwrap().reason.as_deref(), Some("Task timed out of its Workflow"));
}

#[test]
fn other_workers_can_be_put_in_place_of_those_who_are_there() {
    let scenario = Scenario::new()
        .queue("billing", "skills HAS 'billing'")
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{billing}","order_by":"worker.level DESC"}}}"#)
        .worker("alice", skills(&["sales"]));
    let worker = |name: &str, level: u32, capacity: u32| HypotheticalWorker {
        worker: CreateWorker {
            friendly_name: name.to_owned(),
            activity_sid: None,
            attributes: Some(json!({ "skills": ["billing"], "level": level }).to_string()),
        },
        capacities: BTreeMap::from([("default".to_owned(), capacity)]),
    };
    let workers = vec![worker("new", 1, 1), worker("senior", 9, 1), worker("busy", 10, 0)];
    let simulation = simulate(&scenario, json!({}), Some(workers));
    let asked: Vec<&str> = simulation.offers.iter().map(|offer| &*offer.worker_name).collect();
    assert_eq!(asked, ["senior"]);
    assert_eq!(simulate(&scenario, json!({}), None).offers, []);
}

#[test]
fn what_could_not_be_created_is_refused_and_nothing_is_left_behind() {
    let scenario = Scenario::new().worker("alice", json!({}));
    let before = scenario.workspace.records();
    let task = CreateTask { attributes: Some("[]".to_owned()), ..CreateTask::default() };
    let refused = scenario.workspace.simulate(&Hypothetical { task, workers: None }, scenario.now);
    assert!(matches!(refused, Err(Refusal::Invalid { parameter: "Attributes", .. })));
    let simulation = simulate(&scenario, json!({}), None);
    let text = serde_json::to_string(&simulation).unwrap();
    assert_eq!(serde_json::from_str::<Simulation>(&text).unwrap(), simulation);
    assert_eq!(scenario.workspace.records(), before);
    scenario.task("T1", json!({})).expect([offer("T1", "alice")]);
}

fn simulate(
    scenario: &Scenario,
    attributes: serde_json::Value,
    workers: Option<Vec<HypotheticalWorker>>,
) -> Simulation {
    let task = CreateTask { attributes: Some(attributes.to_string()), ..CreateTask::default() };
    scenario.workspace.simulate(&Hypothetical { task, workers }, scenario.now).unwrap()
}

fn agree(foretold: Result<Simulation, Refusal>, done: Result<Outcome, Refusal>) {
    let (foretold, done) = match (foretold, done) {
        (Ok(foretold), Ok(done)) => (foretold, done),
        (foretold, done) => return assert_eq!(foretold.err(), done.err()),
    };
    let Subject::Task(task) = done.subject else { panic!("the answer to a new task is the task") };
    assert_eq!(
        (foretold.status, foretold.priority, foretold.task_queue_sid),
        (task.status, task.priority, task.task_queue_sid)
    );
    let asked = done.actions.iter().filter_map(|action| match action {
        Action::OfferReservation(offer) => Some(offer.worker.worker.sid),
        Action::Announce(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    });
    assert_eq!(
        foretold.offers.iter().map(|offer| offer.worker_sid).collect::<Vec<_>>(),
        asked.collect::<Vec<_>>()
    );
    let taken = foretold.filters.iter().find(|filter| filter.takes);
    let first_queue = taken.map(|filter| filter.targets[0].task_queue_sid);
    let entered = done.actions.iter().find_map(|action| match action {
        Action::Announce(notice) if notice.kind == NoticeKind::TaskQueueEntered => {
            notice.subjects.task.as_ref().and_then(|task| task.task.task_queue_sid)
        }
        Action::Announce(_)
        | Action::OfferReservation(_)
        | Action::RescindReservation(_)
        | Action::ReleaseContact(_) => None,
    });
    assert!(first_queue.is_none() || first_queue == entered, "the first filter that takes a task gets it");
}
