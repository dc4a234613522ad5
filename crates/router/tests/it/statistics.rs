//! What happened and how things stand, in figures.

use std::collections::BTreeSet;

use domain::{TaskQueueSid, TaskSid, Timestamp};
use proptest::prelude::*;
use router::*;
use serde_json::json;

use crate::promises::{Step, Twins};
use crate::scenario::{Scenario, skills};

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_figures_are_those_of_a_naive_recount(
        steps in prop::collection::vec(any::<Step>(), 1..60), (skipped, channel) in (0..20_i64, any::<bool>())
    ) {
        let mut twins = Twins::new();
        let (start, mut statistics) = (twins.now, Statistics::default());
        statistics.begin(&twins.live);
        steps.into_iter().for_each(|step| twins.take(step));
        // What counts is what the events log says.
        let text = serde_json::to_string(&twins.log).unwrap();
        let log: Vec<Notice> = serde_json::from_str(&text).unwrap();
        log.iter().for_each(|notice| statistics.observe(notice));
        let from = Timestamp::from_secs(start.as_secs() / 60 * 60 + skipped * 60);
        let to = twins.now.max(from);
        let task_channel = twins.live.find_task_channel("chat").filter(|_| channel).map(|channel| channel.sid);
        for scope in scopes(&twins.live) {
            let query = StatisticsQuery { scope, from, to, task_channel, split_by_wait_time: vec![0, 30] };
            agree(&statistics.query(&query), &recount(&log, &query));
        }
        let all = StatisticsQuery { scope: Scope::Workspace, from: start, to, task_channel: None, split_by_wait_time: vec![] };
        let spent: u64 = statistics.query(&all).activity_durations.iter().map(|one| one.total).sum();
        let whole = (to.since(start) * twins.live.workers().count() as u32).as_secs();
        prop_assert!(spent <= whole && whole - spent <= 4, "{} of {} s are told", spent, whole);
    }
}

#[test]
fn a_queue_tells_how_long_its_tasks_waited() {
    let scenario = Scenario::new()
        .queue("billing", "skills HAS 'billing'")
        .rules(r#"{"task_routing":{"filters":[{"targets":[{"queue":"{billing}","timeout":40},{"queue":"{everyone}"}]}]}}"#)
        .meanwhile()
        .task("T1", json!({}))
        .after(10)
        .worker("alice", skills(&["billing"]))
        .accept("T1", "alice")
        .task("T2", json!({}))
        .task("T3", json!({}))
        .after(20)
        .update_task("T3", |task| task.status = Some(TaskStatus::Canceled))
        .after(30)
        .complete("T1", "alice")
        .accept("T2", "alice");
    let statistics = observed(&scenario);
    let ask = |scope: Scope| {
        let from = scenario.now - std::time::Duration::from_secs(900);
        let query = StatisticsQuery {
            scope,
            from,
            to: scenario.now,
            task_channel: None,
            split_by_wait_time: vec![15],
        };
        statistics.query(&query)
    };
    let billing = ask(Scope::TaskQueue(scenario.queue_named("billing")));
    assert_eq!((billing.tasks_entered, billing.tasks_moved, billing.tasks_canceled), (3, 1, 1));
    assert_eq!(billing.wait_duration_until_accepted, WaitDuration { avg: 10, min: 10, max: 10, total: 10 });
    assert_eq!(billing.wait_duration_until_canceled, WaitDuration { avg: 20, min: 20, max: 20, total: 20 });
    let everyone = ask(Scope::TaskQueue(scenario.queue_named("everyone")));
    assert_eq!(
        (everyone.tasks_entered, everyone.reservations_accepted, everyone.avg_task_acceptance_time),
        (1, 1, 50)
    );
    assert_eq!(everyone.wait_duration_in_queue_until_accepted.total, 10, "of the 50 s it was there for 10");
    let all = ask(Scope::Workflow(scenario.workflow()));
    let below = SplitCounts { tasks_canceled: 0, reservations_accepted: 1 };
    let above = SplitCounts { tasks_canceled: 1, reservations_accepted: 1 };
    assert_eq!(all.split_by_wait_time[&15], Split { above, below });
    assert_eq!((ask(Scope::Workspace).tasks_created, all.tasks_completed), (3, 1));
}

#[test]
fn workers_are_told_by_their_answers_and_their_time_in_each_activity() {
    let scenario = Scenario::new()
        .worker("alice", json!({}))
        .task("T1", json!({}))
        .reject("T1", "alice")
        .after(120)
        .activity_of("alice", "Break")
        .after(60)
        .activity_of("alice", "Available")
        .after(30);
    let workers = BTreeSet::from([scenario.sid("alice")]);
    let (from, to) = (scenario.now - std::time::Duration::from_secs(100), scenario.now);
    let query = StatisticsQuery {
        scope: Scope::Workers(workers),
        from,
        to,
        task_channel: None,
        split_by_wait_time: vec![],
    };
    let alice = observed(&scenario).query(&query);
    let spent: Vec<(&str, u64, u64)> = alice
        .activity_durations
        .iter()
        .filter(|one| one.total > 0)
        .map(|one| (&*one.friendly_name, one.total, one.max))
        .collect();
    // She was silent for two minutes and went offline, just before the break.
    assert_eq!(spent, [("Available", 39, 30), ("Break", 60, 60)]);
    let whole = StatisticsQuery { from: Timestamp::from_secs(0), ..query };
    let alice = observed(&scenario).query(&whole);
    assert_eq!(
        (alice.reservations_created, alice.reservations_rejected, alice.reservations_timed_out),
        (3, 1, 1)
    );
}

#[test]
fn old_minutes_can_be_forgotten() {
    let scenario =
        Scenario::new().worker("alice", json!({})).task("T1", json!({})).after(3_600).task("T2", json!({}));
    let mut statistics = observed(&scenario);
    statistics.forget_before(scenario.now);
    let (from, to) = (Timestamp::from_secs(0), scenario.now);
    let query =
        StatisticsQuery { scope: Scope::Workspace, from, to, task_channel: None, split_by_wait_time: vec![] };
    assert_eq!(statistics.query(&query).tasks_created, 1);
}

#[test]
fn how_things_stand_is_counted_from_the_live_workspace() {
    let scenario = Scenario::new()
        .queue("billing", "skills HAS 'billing'")
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{billing}"}}}"#)
        .worker("alice", skills(&["billing"]))
        .worker("bob", skills(&["billing"]))
        .worker("carol", skills(&[]))
        .activity_of("bob", "Break")
        .task("T1", json!({}))
        .accept("T1", "alice")
        .after(10)
        .task_with("T2", |task| task.priority = Some(4))
        .after(5);
    let now = scenario.now;
    let scope = Scope::TaskQueue(scenario.queue_named("billing"));
    let billing = scenario.workspace.real_time_statistics(&scope, None, now);
    assert_eq!((billing.total_workers, billing.total_available_workers, billing.total_tasks), (2, 1, 2));
    assert_eq!(billing.tasks_by_priority.into_iter().collect::<Vec<_>>(), [(0, 1), (4, 1)]);
    assert_eq!(billing.tasks_by_status[&TaskStatus::Assigned], 1);
    assert_eq!(billing.tasks_by_status[&TaskStatus::Wrapping], 0);
    let waiting = scenario.task_named("T2").sid;
    assert_eq!((billing.longest_task_waiting_age, billing.longest_task_waiting_sid), (5, Some(waiting)));
    assert_eq!(billing.longest_relative_task_sid_in_queue, Some(waiting));
    let on_break = billing.activity_statistics.iter().find(|count| &*count.friendly_name == "Break").unwrap();
    assert_eq!(on_break.workers, 1);
    let chat = scenario.workspace.find_task_channel("chat").unwrap().sid;
    let on_chat = scenario.workspace.real_time_statistics(&Scope::Workspace, Some(chat), now);
    assert_eq!((on_chat.total_tasks, on_chat.total_workers, on_chat.longest_task_waiting_sid), (0, 3, None));
    assert!(serde_json::to_string(&on_chat).is_ok());
}

fn observed(scenario: &Scenario) -> Statistics {
    let mut statistics = Statistics::default();
    scenario.actions().iter().filter_map(notice).for_each(|notice| statistics.observe(notice));
    statistics
}

fn notice(action: &Action) -> Option<&Notice> {
    match action {
        Action::Announce(notice) => Some(notice),
        Action::OfferReservation(_) | Action::RescindReservation(_) | Action::ReleaseContact(_) => None,
    }
}

fn scopes(workspace: &Workspace) -> Vec<Scope> {
    let queues = workspace.task_queues().map(|queue| Scope::TaskQueue(queue.sid));
    let workflows = workspace.workflows().map(|workflow| Scope::Workflow(workflow.sid));
    let workers = workspace.workers().take(2).map(|worker| worker.sid).collect();
    queues.chain(workflows).chain([Scope::Workspace, Scope::Workers(workers)]).collect()
}

/// What a recount finds.
#[derive(Debug, Default)]
struct Recount {
    events: Vec<(NoticeKind, u64)>,
    entered: u64,
    moved: u64,
}

fn recount(log: &[Notice], query: &StatisticsQuery) -> Recount {
    let minute = |at: Timestamp| at.as_secs().div_euclid(60);
    let mut recount = Recount::default();
    for (index, notice) in log.iter().enumerate() {
        let Some(task) = notice.subjects.task.as_ref().map(|task| &task.task) else { continue };
        let is_within = (minute(query.from)..=minute(query.to)).contains(&minute(notice.at));
        if !is_within || query.task_channel.is_some_and(|channel| channel != task.task_channel_sid) {
            continue;
        }
        let worker = notice.subjects.reservation.as_ref().map(|reservation| reservation.worker_sid);
        let is_own = match &query.scope {
            Scope::Workspace => true,
            Scope::TaskQueue(queue) => task.task_queue_sid == Some(*queue),
            Scope::Workflow(workflow) => task.workflow_sid == Some(*workflow),
            Scope::Workers(workers) => worker.is_some_and(|worker| workers.contains(&worker)),
        };
        if is_own {
            recount.events.push((notice.kind, notice.at.secs_since(task.date_created)));
        }
        let has_moved = notice.kind == NoticeKind::TaskQueueMoved;
        let comes = has_moved || notice.kind == NoticeKind::TaskQueueEntered;
        match &query.scope {
            Scope::TaskQueue(queue) => {
                recount.entered += u64::from(comes && is_own);
                recount.moved +=
                    u64::from(has_moved && queue_before(&log[..index], task.sid) == Some(*queue));
            }
            Scope::Workflow(_) => {
                let is_walked = task.routing_target.is_none();
                recount.entered +=
                    u64::from(notice.kind == NoticeKind::WorkflowEntered && is_own && is_walked);
                recount.moved += u64::from(has_moved && is_own);
            }
            Scope::Workspace => recount.moved += u64::from(has_moved),
            Scope::Workers(_) => {}
        }
    }
    recount
}

fn queue_before(log: &[Notice], task: TaskSid) -> Option<TaskQueueSid> {
    let of_queue =
        |notice: &&Notice| matches!(notice.kind, NoticeKind::TaskQueueEntered | NoticeKind::TaskQueueMoved);
    let tasks = log.iter().rev().filter(of_queue).filter_map(|notice| notice.subjects.task.as_ref());
    tasks.map(|snapshot| &snapshot.task).find(|earlier| earlier.sid == task)?.task_queue_sid
}

fn agree(figures: &CumulativeStatistics, recount: &Recount) {
    let waits = |kind| recount.events.iter().filter(move |(other, _)| *other == kind).map(|(_, secs)| *secs);
    let count = |kind| waits(kind).count() as u64;
    assert_eq!(figures.reservations_created, count(NoticeKind::ReservationCreated));
    assert_eq!(figures.reservations_accepted, count(NoticeKind::ReservationAccepted));
    assert_eq!(figures.reservations_rejected, count(NoticeKind::ReservationRejected));
    assert_eq!(figures.reservations_timed_out, count(NoticeKind::ReservationTimedOut));
    assert_eq!(figures.reservations_canceled, count(NoticeKind::ReservationCanceled));
    assert_eq!(figures.reservations_rescinded, count(NoticeKind::ReservationRescinded));
    assert_eq!(figures.tasks_created, count(NoticeKind::TaskCreated));
    assert_eq!(figures.tasks_completed, count(NoticeKind::TaskCompleted));
    assert_eq!(figures.tasks_canceled, count(NoticeKind::TaskCanceled));
    assert_eq!(figures.tasks_deleted, count(NoticeKind::TaskDeleted));
    assert_eq!(figures.tasks_timed_out_in_workflow, count(NoticeKind::WorkflowTimeout));
    assert_eq!((figures.tasks_entered, figures.tasks_moved), (recount.entered, recount.moved));
    for (told, kind) in [
        (figures.wait_duration_until_accepted, NoticeKind::ReservationAccepted),
        (figures.wait_duration_until_canceled, NoticeKind::TaskCanceled),
    ] {
        let total: u64 = waits(kind).sum();
        let (min, max) = (waits(kind).min().unwrap_or(0), waits(kind).max().unwrap_or(0));
        assert_eq!(told, WaitDuration { avg: total / count(kind).max(1), min, max, total });
    }
    for (threshold, split) in &figures.split_by_wait_time {
        let above = |kind| waits(kind).filter(|secs| secs > &u64::from(*threshold)).count() as u64;
        assert_eq!(split.above.reservations_accepted, above(NoticeKind::ReservationAccepted));
        let below = count(NoticeKind::TaskCanceled) - above(NoticeKind::TaskCanceled);
        assert_eq!(
            (split.above.tasks_canceled, split.below.tasks_canceled),
            (above(NoticeKind::TaskCanceled), below)
        );
    }
}
