//! Rules that are valid and probably not meant.

use router::*;
use serde_json::json;

use crate::scenario::{Scenario, skills};

#[test]
fn rules_that_are_meant_raise_no_warning() {
    let scenario = Scenario::new()
        .queue("billing", "skills HAS 'billing'")
        .rules(
            r#"{"task_routing":{"filters":[{"expression":"topic == 'bill'","targets":[
                {"queue":"{billing}","expression":"worker.level >= task.level","order_by":"worker.level DESC","timeout":10},
                {"queue":"{everyone}"}]}],"default_filter":{"queue":"{everyone}"}}}"#,
        )
        .worker("alice", json!({ "skills": ["billing"], "level": 3 }))
        .task("T1", json!({ "topic": "bill" }));
    assert_eq!(scenario.workspace.warnings(), []);
}

#[test]
fn each_rule_that_is_probably_not_meant_raises_its_warning() {
    use WarningCode::*;
    let no_hold = r#"{"expression":"a == 1","targets":[{"queue":"{everyone}","timeout":5}]}"#;
    let cases: [(&str, &[WarningCode]); 11] = [
        (
            r#""filters":[{"targets":[{"queue":"{everyone}"}]},{"expression":"a == 1","targets":[{"queue":"{everyone}"}]}]"#,
            &[UnreachableFilter],
        ),
        (
            r#""filters":[{"expression":"1==1","targets":[{"queue":"{everyone}","timeout":5}]},{"expression":"a == 1","targets":[{"queue":"{everyone}"}]}]"#,
            &[],
        ),
        (r#""filters":[{"targets":[{"queue":"{everyone}"},{"timeout":5}]}]"#, &[UnreachableTarget]),
        (r#""filters":[{"expression":"a == 1","targets":[{"queue":"{everyone}"}]}]"#, &[NoDefaultFilter]),
        (
            &format!(r#""filters":[{no_hold}],"default_filter":{{"queue":"{{everyone}}"}}"#),
            &[TimedOutTasksAreCanceled],
        ),
        (&format!(r#""filters":[{no_hold},{{"targets":[{{"queue":"{{everyone}}"}}]}}]"#), &[]),
        (
            r#""filters":[{"targets":[{"queue":"{everyone}"}]}],"default_filter":{"queue":"{everyone}"}"#,
            &[UnusedDefaultFilter],
        ),
        (
            r#""filters":[{"targets":[{"queue":"{everyone}","skip_if":"1==1"}]}],"default_filter":{"queue":"{everyone}"}"#,
            &[],
        ),
        (r#""default_filter":{"queue":"{everyone}","expression":"worker.level > 5"}"#, &[NeverMatches]),
        (
            r#""default_filter":{"queue":"{everyone}","expression":"worker.levle > task.level"}"#,
            &[UnknownAttribute],
        ),
        (r#""default_filter":{"queue":"{everyone}","order_by":"worker.name DESC"}"#, &[OrderByNotInteger]),
    ];
    for (rules, expected) in cases {
        let scenario = Scenario::new()
            .rules(&format!(r#"{{"task_routing":{{{rules}}}}}"#))
            .worker("alice", json!({ "level": 3, "name": "A" }))
            .worker("bob", json!({ "level": 4 }));
        let codes: Vec<WarningCode> =
            scenario.workspace.warnings().iter().map(|warning| warning.code).collect();
        assert_eq!(codes, expected, "{rules}");
    }
}

#[test]
fn queues_and_attributes_that_no_one_reads_are_told_with_what_to_do() {
    let scenario = Scenario::new()
        .queue("nobody", "")
        .queue("typo", "skils HAS 'billing'")
        .worker("alice", json!({ "skills": ["billing"], "skill-level": 1, "deep": { "a-b": 1 } }))
        .task("T1", json!({ "customer-id": 7 }));
    let warnings = scenario.workspace.warnings();
    let told: Vec<String> = warnings.iter().map(|it| format!("{} ({})", it.message, it.hint)).collect();
    assert_eq!(
        told,
        [
            "nobody serves queue 'nobody': its TargetWorkers is empty, which takes nobody; its tasks wait in vain \
             (write 1==1 to take everybody)",
            "nobody serves queue 'typo': no worker matches skils HAS 'billing'; its tasks wait in vain \
             (correct the expression or the attributes of the workers)",
            "TargetWorkers reads worker.skils, which no worker has \
             (correct the spelling, or give the attribute to those workers who should have it)",
            "no expression can read 'deep.a-b', which 1 worker(s) have: names in expressions have no hyphen \
             (call it deep.a_b)",
            "no expression can read 'skill-level', which 1 worker(s) have: names in expressions have no hyphen \
             (call it skill_level)",
            "no expression can read 'customer-id', which 1 task(s) have: names in expressions have no hyphen \
             (call it customer_id)",
        ]
    );
    let typo = RecordKey::TaskQueue(scenario.queue_named("typo"));
    assert_eq!(scenario.workspace.warnings_about(typo), warnings[1..3]);
}

#[test]
fn a_task_that_waits_for_a_worker_who_will_not_come_is_told() {
    let scenario = Scenario::new()
        .queue("billing", "skills HAS 'billing'")
        .rules(r#"{"task_routing":{"default_filter":{"queue":"{everyone}"},"filters":[
            {"expression":"agent != null","targets":[{"queue":"{billing}","known_worker_friendly_name":"task.agent"}]}]}}"#)
        .worker("alice", skills(&["billing"]))
        .worker("bob", skills(&[]))
        .task("missing", json!({ "agent": "Nemo" }))
        .task("elsewhere", json!({ "agent": "bob" }))
        .task("fine", json!({ "agent": "alice" }));
    let codes = |task| {
        let about = RecordKey::Task(scenario.task_named(task).sid);
        scenario.workspace.warnings_about(about).iter().map(|warning| warning.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("missing"), [WarningCode::KnownWorkerMissing]);
    assert_eq!(codes("elsewhere"), [WarningCode::KnownWorkerNotInQueue]);
    assert_eq!(codes("fine"), []);
}
