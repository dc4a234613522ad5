//! Why a task is where it is.

use router::*;
use serde_json::{Value, json};

use crate::scenario::{Scenario, skills};

const RULES: &str = r#"{"task_routing":{"filters":[{"filter_friendly_name":"Billing","expression":"topic == 'bill'",
    "targets":[{"queue":"{billing}","expression":"worker.level >= task.level","timeout":30},
               {"queue":"{billing}","timeout":30}]},
    {"expression":"topic == 'known'","targets":[{"queue":"{billing}","known_worker_friendly_name":"task.agent"}]}]}}"#;

#[test]
fn everything_that_keeps_each_worker_is_named_with_the_value_that_was_seen() {
    let scenario = Scenario::new()
        .queue("billing", "skills HAS 'billing'")
        .rules(RULES)
        .worker("alice", json!({ "skills": ["sales"], "level": 9 }))
        .worker("bob", json!({ "skills": ["billing"], "level": 1 }))
        .worker("carol", json!({ "skills": ["billing"], "level": 5 }))
        .worker("dave", json!({ "skills": ["billing"], "level": 5 }))
        .worker("erin", json!({ "skills": ["billing"], "level": 5 }))
        .activity_of("dave", "Break")
        .capacity("erin", "default", 0)
        .task("T1", json!({ "topic": "bill", "level": 3 }))
        .accept("T1", "carol")
        .task("T2", json!({ "topic": "bill", "level": 3 }));
    let explanation = explain(&scenario, "T2");
    let obstacles = |name| obstacles(&explanation, name);
    let part = |part: &str, saw: Value| json!({ "part": part, "saw": saw });
    assert_eq!(
        obstacles("alice"),
        with_kind("queue_expression", part("skills HAS 'billing'", json!(["sales"])))
    );
    let saw = json!({ "worker.level": 1, "task.level": 3 });
    assert_eq!(obstacles("bob"), with_kind("target_expression", part("worker.level >= task.level", saw)));
    assert_eq!(obstacles("carol")["kind"], "capacity_full");
    assert_eq!(obstacles("carol")["held"][0]["task_sid"], scenario.task_named("T1").sid.to_string());
    assert_eq!(obstacles("carol")["held"][0]["reservation_status"], "accepted");
    assert_eq!(obstacles("dave")["activity_name"], "Break");
    assert_eq!(obstacles("erin"), json!({ "kind": "capacity_full", "capacity": 0, "held": [] }));
    assert_eq!(
        explanation.summary,
        "The task is pending in queue 'billing', 1 of 1 in line, 0 s after its creation. Of 5 workers: 1 not \
         serving the queue, 1 not suiting the target, 1 not available, 2 without free capacity."
    );
}

#[test]
fn the_place_of_a_task_and_where_time_leads_it_are_told() {
    let scenario = Scenario::new()
        .queue("billing", "1==2")
        .rules(RULES)
        .task("T1", json!({ "topic": "bill" }))
        .after(10);
    let created = scenario.task_named("T1").date_created;
    let explanation = explain(&scenario, "T1");
    let place = explanation.place.unwrap();
    assert_eq!(place.filter_name.as_deref(), Some("Billing"));
    assert_eq!((place.filter_number, place.target_number, place.since), (Some(1), Some(1), created));
    let led =
        |next: &Upcoming| (next.at.secs_since(created), next.reason, json!(next.leads_to)["kind"].clone());
    let next: Vec<_> = explanation.next.iter().map(led).collect();
    assert_eq!(
        next,
        [
            (30, UpcomingReason::TargetTimeout, json!("target")),
            (86_400, UpcomingReason::TaskTimeout, json!("canceled"))
        ]
    );
    let explanation = explain(&scenario.after(20), "T1");
    assert_eq!(explanation.place.unwrap().target_number, Some(2));
    let reason = "Task timed out of its Workflow".to_owned();
    assert_eq!(explanation.next[0].leads_to, Destination::Canceled { reason });
}

#[test]
fn earlier_answers_and_the_open_offer_are_shown() {
    let scenario = Scenario::new()
        .worker("alice", json!({}))
        .worker("bob", json!({}))
        .task("T1", json!({}))
        .reject("T1", "alice")
        .after(1);
    let explanation = explain(&scenario, "T1");
    let [first, second] = &explanation.candidates[..] else { panic!("two workers") };
    assert_eq!(first.offer.as_ref().unwrap().reservation_sid, scenario.reservation("T1", "bob"));
    assert_eq!(second.earlier_offers[0].reservation_status, ReservationStatus::Rejected);
    assert_eq!(first.obstacles, [], "the offer of this very task is no obstacle to it");
    assert_eq!(explanation.next[0].reason, UpcomingReason::ReservationTimeout);
    assert!(explanation.summary.ends_with("Asked, and yet to answer: bob."), "{}", explanation.summary);
}

#[test]
fn a_known_worker_who_does_not_exist_is_the_reason() {
    let scenario = Scenario::new()
        .queue("billing", "1==1")
        .rules(RULES)
        .worker("alice", json!({}))
        .task("T1", json!({ "topic": "known", "agent": "Nemo" }));
    let explanation = explain(&scenario, "T1");
    assert_eq!(explanation.line, None);
    assert!(
        explanation
            .summary
            .ends_with("It waits for the worker whom task.agent names, but that holds Nemo: nobody.")
    );
    assert!(matches!(explanation.wait, WaitEstimate::NoEstimate { .. }));
}

#[test]
fn the_line_shows_who_goes_first_and_the_pace_of_acceptances_gives_the_wait() {
    let mut scenario = Scenario::new().worker("alice", skills(&[]));
    for number in 0..4 {
        let name = format!("T{number}");
        scenario = scenario.task(&name, json!({})).after(60).accept(&name, "alice").complete(&name, "alice");
    }
    let scenario = scenario
        .task("busy", json!({}))
        .task("later", json!({}))
        .task_with("urgent", |task| task.priority = Some(9));
    let explanation = explain(&scenario, "later");
    let line = explanation.line.unwrap();
    assert_eq!((line.position, line.length), (2, 2));
    assert_eq!(line.ahead[0].task_sid, scenario.task_named("urgent").sid);
    // Four acceptances in the three minutes since the first of them: two more take a minute and a half.
    assert_eq!(explanation.wait, WaitEstimate::AcceptanceRate { secs: 90, acceptances: 4, over_secs: 180 });
}

#[test]
fn there_is_no_estimate_without_acceptances_or_workers() {
    let scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({})).task("T2", json!({}));
    let reason = |scenario: &Scenario| match explain(scenario, "T2").wait {
        WaitEstimate::NoEstimate { reason } => reason,
        WaitEstimate::AcceptanceRate { .. } => panic!("an estimate of nothing"),
    };
    assert_eq!(reason(&scenario), "too few tasks of the queue were accepted within the last hour");
    assert_eq!(reason(&scenario.activity_of("alice", "Break")), "no worker of the queue is available");
}

#[test]
fn a_direct_offer_names_the_worker_and_its_end() {
    let scenario =
        Scenario::new().worker("alice", json!({})).worker("bob", json!({})).activity_of("bob", "Break");
    let bob = scenario.sid("bob");
    let scenario = scenario.task_with("T1", |task| {
        task.routing_target = Some(RoutingTarget::Worker(bob));
        task.ignore_capacity = Some(false);
    });
    let explanation = explain(&scenario, "T1");
    assert_eq!(explanation.place.as_ref().unwrap().kind, PlaceKind::Worker);
    assert_eq!(obstacles(&explanation, "alice"), json!({ "kind": "not_the_routing_target" }));
    assert_eq!(obstacles(&explanation, "bob")["kind"], "activity");
    let reason = "RoutingTarget SLA for Reservation creation was not met".to_owned();
    assert_eq!(explanation.next[0].leads_to, Destination::Canceled { reason });
}

#[test]
fn an_explanation_survives_its_json_and_an_ended_task_has_none() {
    let scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({})).accept("T1", "alice");
    let explanation = explain(&scenario, "T1");
    assert_eq!(explanation.candidates, []);
    let text = serde_json::to_string(&explanation).unwrap();
    assert_eq!(serde_json::from_str::<Explanation>(&text).unwrap(), explanation);
    let task = scenario.task_named("T1").sid;
    let scenario = scenario.complete("T1", "alice");
    assert_eq!(scenario.workspace.explain(task, scenario.now), None);
}

fn explain(scenario: &Scenario, task: &str) -> Explanation {
    scenario.workspace.explain(scenario.task_named(task).sid, scenario.now).unwrap()
}

/// The only obstacle of a worker.
fn obstacles(explanation: &Explanation, worker: &str) -> Value {
    let candidate = explanation.candidates.iter().find(|one| &*one.worker_name == worker).unwrap();
    let [obstacle] = &candidate.obstacles[..] else { panic!("{worker}: {:?}", candidate.obstacles) };
    json!(obstacle)
}

fn with_kind(kind: &str, mut value: Value) -> Value {
    value["kind"] = kind.into();
    value
}
