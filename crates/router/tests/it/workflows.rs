//! How tasks find their way through filters and targets.

use domain::TaskSid;
use router::*;
use serde_json::json;

use crate::scenario::{Scenario, offer, release, skills};

#[test]
fn the_first_filter_that_takes_a_task_decides_and_the_default_filter_takes_the_rest() {
    let scenario = Scenario::new().queue("sales", "1==1").queue("support", "1==1").rules(
        r#"{"task_routing":{"filters":[
            {"filter_friendly_name":"Sales","expression":"topic == 'sales'","targets":[{"queue":"{sales}","priority":"7"}]},
            {"expression":"topic IN ['sales', 'support']","targets":[{"queue":"{support}"}]}],
            "default_filter":{"queue":"{everyone}"}}}"#,
    );
    let scenario = scenario
        .task("buys", json!({ "topic": "sales" }))
        .task("asks", json!({ "topic": "support" }))
        .task("other", json!({}));
    for (task, queue, priority) in [("buys", "sales", 7), ("asks", "support", 0), ("other", "everyone", 0)] {
        let task = scenario.task_named(task);
        assert_eq!((task.task_queue_sid, task.priority), (Some(scenario.queue_named(queue)), priority));
    }
}

#[test]
fn a_task_that_nothing_takes_is_canceled() {
    Scenario::new()
        .rules(r#"{"task_routing":{"filters":[{"expression":"1==2","targets":[{"queue":"{everyone}"}]}]}}"#)
        .meanwhile()
        .task("T1", json!({}))
        .expect_events(["task.created", "workflow.entered", "workflow.skipped", "task.canceled"]);
}

#[test]
fn times_of_targets_add_up_by_the_age_of_the_task() {
    Scenario::new()
        .queue("first", "level == 1")
        .queue("second", "level == 2")
        .queue("third", "level == 3")
        .rules(
            r#"{"task_routing":{"filters":[{"targets":[
                {"queue":"{first}","timeout":10},{"queue":"{second}","timeout":10},{"queue":"{third}","timeout":10}]}],
                "default_filter":{"queue":"{everyone}"}}}"#,
        )
        .task("T1", json!({}))
        .after(9)
        .meanwhile()
        .after(1)
        .expect_events(["task-queue.timeout", "workflow.target-matched", "task-queue.moved"])
        .after(10)
        .expect_events(["task-queue.timeout", "workflow.target-matched", "task-queue.moved"])
        .after(10)
        .expect_events(["task-queue.timeout", "workflow.timeout", "task.canceled"]);
}

#[test]
fn a_task_stays_in_its_target_until_its_deadline_whatever_offers_fail() {
    let mut scenario = Scenario::new().queue("first", "level == 1").queue("second", "1==1").rules(
        r#"{"task_routing":{"filters":[{"targets":[{"queue":"{first}","timeout":20},{"queue":"{second}"}]}]}}"#,
    );
    let five_seconds =
        UpdateWorkflow { task_reservation_timeout_secs: Some(5), ..scenario.workflow_update() };
    scenario.run(Command::UpdateWorkflow(five_seconds));
    let scenario = scenario
        .worker("alice", json!({ "level": 1 }))
        .task("T1", json!({}))
        .meanwhile()
        .after(5)
        .worker("bob", json!({ "level": 2 }))
        .expect([crate::scenario::rescind("T1", "alice")]);
    assert_eq!(scenario.task_named("T1").task_queue_sid, Some(scenario.queue_named("first")));
    scenario.after(15).expect([offer("T1", "bob")]);
}

#[test]
fn an_offer_is_not_cut_short_by_the_deadline_of_the_target() {
    Scenario::new()
        .queue("first", "level == 1")
        .queue("second", "level == 2")
        .rules(
            r#"{"task_routing":{"filters":[{"targets":[{"queue":"{first}","timeout":20},{"queue":"{second}"}]}]}}"#,
        )
        .worker("alice", json!({ "level": 1 }))
        .worker("bob", json!({ "level": 2 }))
        .task("T1", json!({}))
        .meanwhile()
        .after(60)
        .expect([])
        .reject("T1", "alice")
        .expect([offer("T1", "bob")]);
}

#[test]
fn a_target_is_skipped_where_nobody_is_there_and_counts_busy_workers_as_there() {
    let rules = r#"{"task_routing":{"filters":[{"targets":[
        {"queue":"{night}","skip_if":"workers.available == 0"},{"queue":"{everyone}"}]}]}}"#;
    let scenario = Scenario::new().queue("night", "night == true").rules(rules);
    let scenario = scenario.task("T1", json!({}));
    assert_eq!(scenario.task_named("T1").task_queue_sid, Some(scenario.queue_named("everyone")));
    let scenario = scenario
        .update_task("T1", |task| task.status = Some(TaskStatus::Canceled))
        .worker("owl", json!({ "night": true }))
        .task("T2", json!({}))
        .task("T3", json!({}));
    assert_eq!(scenario.task_named("T3").task_queue_sid, Some(scenario.queue_named("night")));
}

#[test]
fn a_task_that_skips_all_its_targets_goes_to_the_default_filter() {
    let scenario = Scenario::new().queue("night", "night == true").rules(
        r#"{"task_routing":{"filters":[{"targets":[{"queue":"{night}","skip_if":"1==1"}]}],
            "default_filter":{"queue":"{everyone}"}}}"#,
    );
    let scenario = scenario.worker("alice", json!({})).task("T1", json!({})).expect([offer("T1", "alice")]);
    assert_eq!(scenario.task_named("T1").task_queue_sid, Some(scenario.queue_named("everyone")));
}

#[test]
fn a_target_asks_only_workers_who_suit_the_task() {
    Scenario::new()
        .rules(
            r#"{"task_routing":{"filters":[{"targets":[
                {"queue":"{everyone}","expression":"task.language IN worker.languages"}]}]}}"#,
        )
        .worker("alice", json!({ "languages": ["en"] }))
        .worker("bob", json!({ "languages": ["de", "en"] }))
        .task("T1", json!({ "language": "de" }))
        .task("T2", json!({ "language": "fr" }))
        .expect([offer("T1", "bob")])
        .update_task("T2", |task| task.attributes = Some(r#"{"language":"en"}"#.to_owned()))
        .expect([offer("T2", "alice")]);
}

#[test]
fn workers_are_ordered_by_their_attributes_and_then_by_idle_time() {
    let rules = r#"{"task_routing":{"filters":[{"targets":[{"queue":"{everyone}","order_by":"worker.level DESC"}]}]}}"#;
    Scenario::new()
        .rules(rules)
        .worker("none", json!({}))
        .worker("junior", json!({ "level": 1 }))
        .worker("senior", json!({ "level": 9 }))
        .worker("expert", json!({ "level": 9 }))
        .task("T1", json!({}))
        .task("T2", json!({}))
        .task("T3", json!({}))
        .task("T4", json!({}))
        .expect([offer("T1", "senior"), offer("T2", "expert"), offer("T3", "junior"), offer("T4", "none")]);
}

#[test]
fn a_known_worker_is_waited_for_and_then_the_others_are_asked() {
    for rule in [r#""known_worker_sid":"task.agent_sid""#, r#""known_worker_friendly_name":"task.agent""#] {
        let rules = format!(
            r#"{{"task_routing":{{"filters":[{{"targets":[
                {{"queue":"{{everyone}}","timeout":30,{rule}}},{{"queue":"{{everyone}}"}}]}}]}}}}"#
        );
        let scenario = Scenario::new().rules(&rules).worker("alice", json!({})).worker("bob", json!({}));
        let attributes = json!({ "agent_sid": scenario.worker_named("bob").sid, "agent": "BOB" });
        scenario
            .task("T1", attributes.clone())
            .expect([offer("T1", "bob")])
            .accept("T1", "bob")
            .task("T2", attributes)
            .expect([])
            .after(30)
            .expect([offer("T2", "alice")])
            .task("nobody", json!({}))
            .activity_of("alice", "Break")
            .expect([]);
    }
}

#[test]
fn a_target_may_mind_how_busy_a_worker_is() {
    let rules = r#"{"task_routing":{"filters":[{"targets":[
        {"queue":"{everyone}","expression":"worker.channel.default.available_capacity_percentage > 50"}]}]}}"#;
    Scenario::new()
        .rules(rules)
        .worker("alice", json!({}))
        .capacity("alice", "default", 2)
        .task("T1", json!({}))
        .task("T2", json!({}))
        .expect([offer("T1", "alice")])
        .accept("T1", "alice")
        .expect([])
        .complete("T1", "alice")
        .expect([release("T1", "completed"), offer("T2", "alice")]);
}

#[test]
fn waiting_tasks_follow_new_rules_only_when_they_are_re_evaluated() {
    let mut scenario = Scenario::new().queue("vip", "1==1").task("T1", json!({}));
    let rules =
        format!(r#"{{"task_routing":{{"default_filter":{{"queue":"{}"}}}}}}"#, scenario.queue_named("vip"));
    for (re_evaluate_tasks, queue) in [(false, "everyone"), (true, "vip")] {
        let configuration = Some(rules.clone());
        let update = UpdateWorkflow { configuration, re_evaluate_tasks, ..scenario.workflow_update() };
        scenario.run(Command::UpdateWorkflow(update));
        assert_eq!(scenario.task_named("T1").task_queue_sid, Some(scenario.queue_named(queue)));
    }
}

#[test]
fn attributes_changed_while_waiting_count_at_the_next_evaluation() {
    let rules = r#"{"task_routing":{"filters":[
        {"expression":"vip != true","targets":[{"queue":"{slow}","timeout":10}]},
        {"expression":"vip == true","targets":[{"queue":"{vip}"}]}]}}"#;
    let scenario = Scenario::new()
        .queue("slow", "1==2")
        .queue("vip", "1==1")
        .rules(rules)
        .worker("alice", skills(&[]))
        .task("T1", json!({}))
        .update_task("T1", |task| task.attributes = Some(r#"{"vip":true}"#.to_owned()))
        .expect([]);
    let task: TaskSid = scenario.sid("T1");
    assert_eq!(scenario.workspace.task(task).unwrap().task_queue_sid, Some(scenario.queue_named("slow")));
    scenario.after(10).expect([offer("T1", "alice")]);
}

#[test]
fn configurations_that_can_not_work_are_refused_with_their_place() {
    let queue = r#""queue":"{everyone}""#;
    for (rules, place) in [
        ("{", "not JSON"),
        ("{}", "'task_routing' is missing"),
        (r#"{"task_routing":{"filters":[{}]}}"#, "task_routing.filters[0]: the list 'targets'"),
        (r#"{"task_routing":{"filters":[{"targets":[]}]}}"#, "at least one target"),
        (r#"{"task_routing":{"filters":[{"targets":[{}]}]}}"#, "filters[0].targets[0]: 'queue' is missing"),
        (r#"{"task_routing":{"filters":[{"targets":[{Q,"timeout":0}]}]}}"#, "targets[0].timeout: 0 is given"),
        (
            r#"{"task_routing":{"filters":[{"targets":[{Q,"priority":"high"}]}]}}"#,
            "priority: \"high\" is given",
        ),
        (
            r#"{"task_routing":{"filters":[{"targets":[{Q,"expression":"level > 1"}]}]}}"#,
            "neither worker. nor task.",
        ),
        (
            r#"{"task_routing":{"filters":[{"expression":"a-b == 1","targets":[{Q}]}]}}"#,
            "filters[0]: expression",
        ),
        (
            r#"{"task_routing":{"filters":[{"targets":[{Q,"known_worker_sid":"a","known_worker_friendly_name":"b"}]}]}}"#,
            "both given",
        ),
        (
            r#"{"task_routing":{"default_filter":{"queue":"WQ00000000000000000000000000000000"}}}"#,
            "there is no task queue",
        ),
    ] {
        let mut scenario = Scenario::new();
        let rules = rules
            .replace("{Q", &format!("{{{queue}"))
            .replace("{everyone}", &scenario.queue_named("everyone").to_string());
        let update = UpdateWorkflow { configuration: Some(rules), ..scenario.workflow_update() };
        let refusal = scenario.try_run(Command::UpdateWorkflow(update)).unwrap_err().to_string();
        assert!(refusal.starts_with("Configuration: ") && refusal.contains(place), "{refusal} / {place}");
    }
}
