//! The meaning of every rule of the grammar, in every scope, as tables of texts and answers.

use expression::{Expression, Facts, Scope};
use serde_json::{Value, json};

#[test]
fn operators_mean_what_the_published_language_says() {
    let worker = json!({
        "sid": "WK1", "level": 5, "big": 9_007_199_254_740_993_u64, "score": 4.5, "name": "Ann", "code": "12",
        "debt": -5, "vip": true, "gone": null, "skills": ["english", "french"], "years": [1, "2", null],
        "empty": [], "home": {"city": "Oslo", "in": "north"}, "crew": [{"name": "Bo"}, ["x"]],
        "phone": 4_795_550_100_u64, "it": "it's", "team": "red"
    });
    check(
        Scope::Worker,
        &Facts::worker(&worker),
        &[
            // Equality, on either side and in either spelling.
            ("1==1", true),
            ("1 == 2", false),
            ("level = 5", true),
            ("5 == level", true),
            ("level == 5.0", true),
            ("level != 5", false),
            ("level != 6", true),
            ("name == 'Ann'", true),
            ("name == \"Ann\"", true),
            ("name == 'ann'", false),
            ("vip == true", true),
            ("vip != TRUE", false),
            ("vip == false", false),
            ("debt == -5", true),
            ("debt==-5 AND level==+5", true),
            ("score == 45e-1", true),
            // Large integers keep every digit.
            ("big == 9007199254740993", true),
            ("big == 9007199254740992", false),
            // Order.
            ("level > 4", true),
            ("level > 5", false),
            ("level >= 5", true),
            ("level < 5.5", true),
            ("level <= 4", false),
            ("score > 4 AND score < 5", true),
            ("debt > -6", true),
            ("name < 'Bob'", true),
            ("name >= 'Ann'", true),
            ("vip > false", false),
            ("vip >= true", false),
            // A number and a string that is one compare as numbers; two strings compare as text.
            ("code == 12", true),
            ("code > 9", true),
            ("12.0 == code", true),
            ("code > '9'", false),
            ("code == '12.0'", false),
            ("level == '5'", true),
            ("level > '4.5'", true),
            ("name == 5", false),
            ("name != 5", true),
            ("name > 5", false),
            ("name < 5", false),
            ("level == 'inf' OR level < 'inf'", false),
            ("vip == 'true'", false),
            ("vip != 1", true),
            // What is missing is null; null is unordered.
            ("missing == null", true),
            ("missing != null", false),
            ("gone == NULL", true),
            ("level != null", true),
            ("null == null", true),
            ("missing == 0", false),
            ("missing != 0", true),
            ("missing < 1", false),
            ("missing >= null", false),
            ("missing == gone", true),
            // Arrays and objects are in no scalar relation but that they are not null.
            ("skills == 'english'", false),
            ("skills != 'english'", false),
            ("skills == skills", false),
            ("skills != null", true),
            ("skills == null", false),
            ("home != null", true),
            ("home == 'Oslo'", false),
            ("[missing] != null", true),
            ("[missing] == [missing]", false),
            ("[missing] < 1 OR [missing] CONTAINS 'x'", false),
            // HAS.
            ("skills HAS 'english'", true),
            ("skills HAS 'german'", false),
            ("skills >- 'french'", true),
            ("skills>-'french'", true),
            ("years HAS 1", true),
            ("years HAS 2", true),
            ("years HAS '1'", true),
            ("years HAS null", true),
            ("skills HAS missing", false),
            ("empty HAS 'x'", false),
            ("name HAS 'Ann'", false),
            ("name HAS 'A'", false),
            ("missing HAS 'x'", false),
            ("skills HAS ['english']", false),
            ("['Ann', 'Bo'] HAS name", true),
            // IN and NOT IN.
            ("name IN ['Bo', 'Ann']", true),
            ("name in ['Bo']", false),
            ("name <- ['Ann']", true),
            ("level IN [4, '5']", true),
            ("'english' IN skills", true),
            ("'german' IN skills", false),
            ("name IN []", false),
            ("name IN [missing, name]", true),
            ("name IN 'Ann'", false),
            ("skills IN skills", false),
            ("skills IN [skills]", false),
            ("name NOT IN ['Bo']", true),
            ("name NOT IN ['Ann']", false),
            ("name not in []", true),
            ("name NOT IN missing", false),
            ("name NOT IN 'Ann'", false),
            ("skills NOT IN ['x']", false),
            ("missing NOT IN ['x']", true),
            // CONTAINS.
            ("name CONTAINS 'nn'", true),
            ("name contains ''", true),
            ("name CONTAINS 'NN'", false),
            ("phone CONTAINS '5550'", true),
            ("phone CONTAINS 5550", true),
            ("skills CONTAINS 'english'", false),
            ("missing CONTAINS ''", false),
            ("name CONTAINS null", false),
            ("vip CONTAINS 'ru'", false),
            // NOT, AND, OR: in any case, AND tighter than OR, NOT tighter than both.
            ("NOT level == 6", true),
            ("not (level == 5)", false),
            ("NOT NOT level == 5", true),
            ("NOT missing > 1", true),
            ("1 == 1 OR 1 == 1 AND 1 == 2", true),
            ("(1 == 1 OR 1 == 1) AND 1 == 2", false),
            ("1 == 2 AND 1 == 1 or 1 == 1", true),
            ("NOT 1 == 1 OR 1 == 1", true),
            ("NOT (1 == 1 OR 1 == 1)", false),
            ("NOT 1 == 2 AND 1 == 1", true),
            ("NOT name NOT IN ['Ann']", true),
            ("((((level == 5))))", true),
            // Paths.
            ("home.city == 'Oslo'", true),
            ("home.in == 'north'", true),
            ("home . city == 'Oslo'", true),
            ("home.city.street == null", true),
            ("skills[1] == 'french'", true),
            ("skills[2] == null", true),
            ("crew[0].name == 'Bo'", true),
            ("crew[1][0] == 'x'", true),
            ("skills.english == null", true),
            ("home[0] == null", true),
            ("$a_1 == null AND _b == null", true),
            // Strings.
            ("it == 'it\\'s'", true),
            ("it == \"it's\"", true),
            ("'a\\b' == 'a\\\\b'", true),
            ("'AND (' == \"AND (\"", true),
            ("\t name\n ==\r\n'Ann' ", true),
        ],
    );
}

#[test]
fn a_worker_is_named_with_or_without_the_prefix() {
    let worker = json!({"sid": "WK1", "activity_name": "Idle", "worker": {"deep": 1}, "task": {"x": 2}});
    check(
        Scope::Worker,
        &Facts::worker(&worker),
        &[
            ("sid == 'WK1' AND worker.sid == 'WK1'", true),
            ("worker.activity_name == 'Idle'", true),
            ("worker != null", true),
            ("worker.deep == null", true),
            ("worker.worker.deep == 1", true),
            ("task.x == 2", true),
        ],
    );
}

#[test]
fn a_task_is_named_with_or_without_the_prefix() {
    let task = json!({"lang": "en", "call_sid": "CA1", "worker": {"sid": "WK1"}});
    check(
        Scope::Task,
        &Facts::task(&task),
        &[
            ("lang == 'en' AND task.lang == 'en'", true),
            ("call_sid == \"CA1\"", true),
            ("worker.sid == 'WK1'", true),
            ("task.priority == null", true),
        ],
    );
}

#[test]
fn a_target_compares_the_worker_with_the_task() {
    let worker = json!({
        "sid": "WK2", "friendly_name": "ann", "languages": ["en", "no"], "level": 3,
        "channel": {"voice": {"assigned_tasks": 1, "available_capacity_percentage": 50}}
    });
    let task = json!({"lang": "no", "min_level": "2", "preferred_agents": ["WK1", "WK2"]});
    check(
        Scope::Target,
        &Facts::both(&worker, &task),
        &[
            ("worker.languages HAS task.lang", true),
            ("task.lang IN worker.languages", true),
            ("worker.level >= task.min_level", true),
            ("task.preferred_agents != null AND worker.sid IN task.preferred_agents", true),
            ("worker.sid NOT IN task.rejected_by", false),
            ("worker.friendly_name IN ['bo', task.lang, worker.friendly_name]", true),
            ("worker.channel.voice.assigned_tasks == 1", true),
            ("worker.channel.chat.assigned_tasks == 0", false),
            ("worker.lang == task.lang", false),
            ("1 == 1", true),
        ],
    );
}

#[test]
fn skip_if_counts_workers() {
    let counters = json!({"available": 0, "unavailable": 3, "WA0123": 2});
    check(
        Scope::Skip,
        &Facts::workers(&counters),
        &[
            ("workers.available == 0", true),
            ("workers.unavailable > 3", false),
            ("workers.available = 0 AND workers.WA0123 >= 2", true),
            ("workers.WAffff > 0", false),
            ("1 == 1", true),
        ],
    );
}

#[test]
fn sides_that_are_not_given_are_null() {
    let expression = Expression::parse("worker.level == null AND task.lang == null", Scope::Target).unwrap();
    assert!(expression.matches(&Facts::workers(&json!({}))));
}

#[test]
fn a_queue_with_empty_target_workers_matches_nobody() {
    for never in [Expression::never(), Expression::parse(" ", Scope::Worker).unwrap()] {
        assert!(never.is_never());
        assert!(!never.matches(&Facts::worker(&json!({"level": 1}))));
        assert_eq!(never.paths().count(), 0);
        let mismatch = never.explain(&Facts::worker(&json!({}))).unwrap();
        assert_eq!((mismatch.part.as_str(), mismatch.saw), ("", Value::Null));
    }
    assert!(!Expression::parse("1 == 2", Scope::Worker).unwrap().is_never());
}

#[test]
fn an_explanation_names_the_first_part_that_is_false_and_what_it_saw() {
    let worker = json!({"skills": ["french"], "level": 2, "dept": "sales"});
    let task = json!({"lang": "english"});
    let facts = Facts::both(&worker, &task);
    for (text, part, saw) in [
        ("worker.dept == 'sales' AND worker.level >= 3", "worker.level >= 3", json!(2)),
        (
            "worker.skills HAS task.lang",
            "worker.skills HAS task.lang",
            json!({"worker.skills": ["french"], "task.lang": "english"}),
        ),
        ("1 == 2 OR worker.level == 3", "1 == 2", Value::Null),
        ("( worker.level == 3 OR task.lang == 'no' ) AND 1 == 2", "worker.level == 3", json!(2)),
        ("1==1 AND NOT ( worker.dept IN ['sales'] )", "NOT ( worker.dept IN ['sales'] )", json!("sales")),
        ("worker.level > 2 AND worker.level < 9", "worker.level > 2", json!(2)),
        (
            "NOT (worker.level > 1 AND worker.level < 9)",
            "NOT (worker.level > 1 AND worker.level < 9)",
            json!(2),
        ),
    ] {
        let expression = Expression::parse(text, Scope::Target).expect(text);
        let mismatch = expression.explain(&facts).expect(text);
        assert_eq!((mismatch.part.as_str(), mismatch.saw), (part, saw), "{text}");
    }
    let matching = Expression::parse("worker.level == 3 OR worker.dept == 'sales'", Scope::Target).unwrap();
    assert_eq!(matching.explain(&facts), None);
}

#[test]
fn the_paths_that_are_read_are_known() {
    let text =
        "worker.routing.skills HAS task.wants[0] AND NOT (task.vip == true OR 'x' IN [task.a, [task.b]])";
    let expression = Expression::parse(text, Scope::Target).unwrap();
    let paths: Vec<String> = expression.paths().map(ToString::to_string).collect();
    assert_eq!(paths, ["worker.routing.skills", "task.wants[0]", "task.vip", "task.a", "task.b"]);
    assert_eq!((expression.text(), expression.to_string()), (text, text.to_owned()));
    let unprefixed = Expression::parse("skills HAS 'x'", Scope::Worker).unwrap();
    assert_eq!(unprefixed.paths().map(ToString::to_string).collect::<Vec<_>>(), ["worker.skills"]);
}

fn check(scope: Scope, facts: &Facts<'_>, cases: &[(&str, bool)]) {
    for (text, expected) in cases {
        let expression = Expression::parse(text, scope).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(expression.matches(facts), *expected, "{text}");
        assert_eq!(expression.explain(facts).is_none(), *expected, "explanation of {text}");
    }
}
