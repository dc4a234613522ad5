//! Who is offered a task, and what answers do.

use domain::WorkerSid;
use router::*;
use serde_json::json;

use crate::scenario::{Scenario, offer, release, rescind, skills};

#[test]
fn a_task_goes_to_the_next_worker_when_the_first_does_not_answer() {
    let scenario = Scenario::new()
        .queue("billing", "skills HAS 'billing'")
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{billing}"}}}"#)
        .worker("carol", skills(&["sales"]))
        .worker("alice", skills(&["billing"]))
        .worker("bob", skills(&["billing"]))
        .task("T1", json!({}))
        .expect([offer("T1", "alice")])
        .after(120)
        .expect([rescind("T1", "alice"), offer("T1", "bob")]);
    let alice = scenario.worker_named("alice");
    assert_eq!(alice.activity_sid, scenario.activity("Offline"), "who does not answer is not there");
}

#[test]
fn the_happy_path_is_announced_in_its_order() {
    Scenario::new()
        .worker("alice", json!({}))
        .meanwhile()
        .task("T1", json!({}))
        .accept("T1", "alice")
        .wrap("T1", "alice")
        .complete("T1", "alice")
        .expect_events([
            "task.created",
            "workflow.entered",
            "workflow.target-matched",
            "task-queue.entered",
            "reservation.created",
            "reservation.accepted",
            "reservation.wrapup",
            "task.wrapup",
            "reservation.completed",
            "task.completed",
        ]);
}

#[test]
fn a_notice_says_what_it_is_about() {
    let scenario = Scenario::new().worker("alice", json!({})).meanwhile().task("T1", json!({}));
    let (task, reservation) = (scenario.task_named("T1").sid, scenario.reservation("T1", "alice"));
    let notices = scenario.actions().iter().filter_map(|action| match action {
        Action::Announce(notice) => Some(notice),
        Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    });
    let about: Vec<_> = notices.map(|notice| (notice.resource(), notice.description())).collect();
    assert_eq!(about[0], ((Noun::Task, task.to_string()), format!("task {task}: created")));
    assert_eq!(about[4].0, (Noun::Reservation, reservation.to_string()));
}

#[test]
fn the_worker_who_has_been_idle_longest_goes_first() {
    Scenario::new()
        .worker("alice", json!({}))
        .worker("bob", json!({}))
        .worker("carol", json!({}))
        .task("T1", json!({}))
        .accept("T1", "alice")
        .task("T2", json!({}))
        .accept("T2", "bob")
        .complete("T2", "bob")
        .complete("T1", "alice")
        .meanwhile()
        .task("T3", json!({}))
        .task("T4", json!({}))
        .task("T5", json!({}))
        .expect([offer("T3", "carol"), offer("T4", "bob"), offer("T5", "alice")]);
}

#[test]
fn a_task_on_a_channel_routed_for_itself_counts_idle_time_on_that_channel_alone() {
    for (optimized, first) in [(false, "bob"), (true, "alice")] {
        let mut scenario = Scenario::new().worker("alice", json!({})).worker("bob", json!({}));
        let sid = scenario.workspace.find_task_channel("chat").unwrap().sid;
        let channel_optimized_routing = Some(optimized);
        let command = UpdateTaskChannel { sid, friendly_name: None, channel_optimized_routing };
        scenario.run(Command::UpdateTaskChannel(command));
        scenario
            .task_with("call", |task| task.task_channel = Some("voice".into()))
            .expect([offer("call", "alice")])
            .task_with("chat", |task| task.task_channel = Some("chat".into()))
            .expect([offer("chat", first)]);
    }
}

#[test]
fn several_workers_are_asked_at_once_and_the_first_to_accept_gets_it() {
    let mut scenario = Scenario::new()
        .queue_with("pair", |queue| queue.max_reserved_workers = Some(2))
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{pair}"}}}"#)
        .worker("alice", json!({}))
        .worker("bob", json!({}))
        .worker("carol", json!({}))
        .task("T1", json!({}))
        .expect([offer("T1", "alice"), offer("T1", "bob")])
        .accept("T1", "bob")
        .expect([rescind("T1", "alice")]);
    assert_eq!(scenario.task_named("T1").assignment_count, 1);
    let late = scenario.reservation("T1", "alice");
    let answer = UpdateReservation { sid: late, if_match: None, answer: ReservationAnswer::Accept };
    let refusal = scenario.try_run(Command::UpdateReservation(answer)).unwrap_err();
    assert_eq!(refusal, Refusal::Gone { reservation: late, status: ReservationStatus::Rescinded });
}

#[test]
fn the_time_to_answer_stands_still_while_the_contact_is_set_up() {
    let scenario = Scenario::new()
        .worker("alice", json!({}))
        .worker("bob", json!({}))
        .task("T1", json!({}))
        .answer("T1", "alice", ReservationAnswer::Hold)
        .meanwhile()
        .after(600)
        .expect([]);
    assert_eq!(scenario.task_named("T1").status, TaskStatus::Reserved);
    let held = scenario.reservation("T1", "alice");
    let explanation = scenario.workspace.explain(scenario.sid("T1"), scenario.now).unwrap();
    assert!(explanation.next.iter().all(|next| next.reason != UpcomingReason::ReservationTimeout));
    let scenario = scenario
        .answer("T1", "alice", ReservationAnswer::FailSetUp(13_223))
        .expect([rescind("T1", "alice"), offer("T1", "bob")]);
    let failed = scenario.workspace.reservation(held).unwrap();
    assert_eq!((failed.status, failed.canceled_reason_code), (ReservationStatus::Canceled, Some(13_223)));
    scenario
        .answer("T1", "bob", ReservationAnswer::Hold)
        .after(600)
        .accept("T1", "bob")
        .complete("T1", "bob")
        .expect([release("T1", "completed")]);
}

#[test]
fn a_task_waits_again_only_when_all_who_were_asked_said_no() {
    let scenario = Scenario::new()
        .queue_with("pair", |queue| queue.max_reserved_workers = Some(2))
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{pair}"}}}"#)
        .worker("alice", json!({}))
        .worker("bob", json!({}))
        .task("T1", json!({}))
        .meanwhile()
        .answer("T1", "alice", ReservationAnswer::Reject(None))
        .expect([]);
    let offline = scenario.activity("Offline");
    scenario.answer("T1", "bob", ReservationAnswer::Reject(Some(offline))).expect([offer("T1", "alice")]);
}

#[test]
fn who_rejects_and_stays_may_be_asked_again_after_the_others() {
    Scenario::new()
        .worker("alice", json!({}))
        .worker("bob", json!({}))
        .task("T1", json!({}))
        .reject("T1", "alice")
        .reject("T1", "bob")
        .expect([offer("T1", "alice"), offer("T1", "bob"), offer("T1", "alice")]);
}

#[test]
fn capacity_is_held_from_the_offer_to_the_end_of_wrapping() {
    Scenario::new()
        .worker("alice", json!({}))
        .capacity("alice", "chat", 2)
        .task_with("T1", |task| task.task_channel = Some("chat".into()))
        .task_with("T2", |task| task.task_channel = Some("chat".into()))
        .task_with("T3", |task| task.task_channel = Some("chat".into()))
        .expect([offer("T1", "alice"), offer("T2", "alice")])
        .accept("T1", "alice")
        .wrap("T1", "alice")
        .expect([])
        .complete("T1", "alice")
        .expect([release("T1", "completed"), offer("T3", "alice")])
        .capacity("alice", "voice", 0)
        .task_with("call", |task| task.task_channel = Some("voice".into()))
        .expect([]);
}

#[test]
fn a_worker_channel_shows_what_is_left_of_its_capacity() {
    let scenario = Scenario::new()
        .worker("alice", json!({}))
        .capacity("alice", "default", 3)
        .task("T1", json!({}))
        .task("T2", json!({}))
        .accept("T1", "alice");
    let alice = scenario.worker_named("alice");
    let channel = scenario.workspace.find_worker_channel(alice, "default").unwrap();
    assert_eq!((channel.available_capacity_percentage(), channel.assigned_tasks), (33, 1));
}

#[test]
fn a_direct_offer_ignores_activity_and_capacity_and_is_made_once() {
    let scenario = Scenario::new().worker("alice", json!({})).activity_of("alice", "Break");
    let alice: WorkerSid = scenario.sid("alice");
    scenario
        .task_with("T1", |task| task.routing_target = Some(RoutingTarget::Worker(alice)))
        .expect([offer("T1", "alice")])
        .reject("T1", "alice")
        .expect([release("T1", "canceled")]);
}

#[test]
fn a_direct_offer_that_minds_capacity_waits_for_the_worker_and_fails_in_the_end() {
    let scenario = Scenario::new().worker("alice", json!({})).activity_of("alice", "Break");
    let alice: WorkerSid = scenario.sid("alice");
    let to_alice = |task: &mut CreateTask| {
        task.routing_target = Some(RoutingTarget::Worker(alice));
        task.ignore_capacity = Some(false);
    };
    scenario
        .task_with("T1", to_alice)
        .expect([])
        .activity_of("alice", "Available")
        .expect([offer("T1", "alice")])
        .accept("T1", "alice")
        .meanwhile()
        .task_with("T2", to_alice)
        .meanwhile()
        .after(120)
        .expect_events(["reservation.failed", "task.canceled"]);
}

#[test]
fn a_task_sent_to_a_queue_goes_past_all_filters() {
    let scenario = Scenario::new().queue("vip", "vip == true").worker("alice", json!({}));
    let vip = scenario.queue_named("vip");
    scenario
        .task_with("T1", |task| task.routing_target = Some(RoutingTarget::TaskQueue(vip)))
        .expect([])
        .worker("bob", json!({ "vip": true }))
        .expect([offer("T1", "bob")]);
}

#[test]
fn going_unavailable_keeps_the_offer_unless_it_is_to_be_rejected() {
    for (rejects, expected) in [(false, vec![]), (true, vec![offer("T1", "bob")])] {
        let mut scenario = Scenario::new()
            .worker("alice", json!({}))
            .worker("bob", json!({}))
            .task("T1", json!({}))
            .meanwhile();
        let activity_sid = Some(scenario.activity("Break"));
        let update = UpdateWorker {
            activity_sid,
            reject_pending_reservations: rejects,
            ..UpdateWorker::of(scenario.sid("alice"))
        };
        scenario.run(Command::UpdateWorker(update));
        let offers = scenario.actions().iter().filter(|action| matches!(action, Action::OfferReservation(_)));
        assert_eq!(offers.count(), expected.len());
    }
}

#[test]
fn in_single_tasking_a_worker_has_one_task_and_moves_with_it() {
    let scenario = Scenario::with(|setup| setup.multi_task_enabled = Some(false));
    let (busy, away) = (scenario.activity("Unavailable"), scenario.activity("Break"));
    let scenario = scenario
        .queue_with("single", |queue| {
            queue.reservation_activity_sid = Some(busy);
            queue.assignment_activity_sid = Some(away);
        })
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{single}"}}}"#)
        .worker("alice", json!({}))
        .task("T1", json!({}))
        .task_with("T2", |task| task.task_channel = Some("voice".into()))
        .expect([offer("T1", "alice")]);
    assert_eq!(scenario.worker_named("alice").activity_sid, busy);
    let scenario = scenario.accept("T1", "alice");
    assert_eq!(scenario.worker_named("alice").activity_sid, away);
    scenario
        .activity_of("alice", "Available")
        .expect([])
        .complete("T1", "alice")
        .expect([release("T1", "completed"), offer("T2", "alice")]);
}

#[test]
fn a_task_is_offered_a_thousand_times_at_most() {
    let mut scenario = Scenario::new().worker("alice", json!({})).task("T1", json!({}));
    for _ in 1..1_000 {
        scenario = scenario.reject("T1", "alice");
    }
    scenario.meanwhile().reject("T1", "alice").expect([release("T1", "canceled")]);
}
