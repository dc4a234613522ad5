//! The order of workers within a target.

use expression::OrderBy;
use serde_json::{Value, json};

#[test]
fn workers_are_sorted_by_each_attribute_in_turn() {
    let workers = [
        json!({"name": "ann", "level": 3, "years": 1}),
        json!({"name": "bo", "level": 5}),
        json!({"name": "cy", "level": 3, "years": 9}),
        json!({"name": "di"}),
        json!({"name": "ed", "level": null, "years": 2}),
        json!({"name": "flo", "routing": {"levels": [7]}, "level": -1}),
    ];
    for (text, expected) in [
        ("worker.level DESC", ["bo", "ann", "cy", "flo", "di", "ed"]),
        ("worker.level", ["flo", "ann", "cy", "bo", "di", "ed"]),
        ("worker.level asc, worker.years desc", ["flo", "cy", "ann", "bo", "ed", "di"]),
        ("worker.level DESC, worker.years ASC", ["bo", "ann", "cy", "flo", "ed", "di"]),
        ("worker.routing.levels[0] DESC", ["flo", "ann", "bo", "cy", "di", "ed"]),
        ("worker.unknown DESC", ["ann", "bo", "cy", "di", "ed", "flo"]),
    ] {
        assert_eq!(sorted(text, &workers), expected, "{text}");
    }
}

#[test]
fn one_attribute_that_is_no_integer_makes_the_whole_order_void() {
    for odd in [json!("4"), json!(4.5), json!(true), json!([4]), json!({})] {
        let workers = [
            json!({"name": "ann", "level": 1}),
            json!({"name": "bo", "level": 2}),
            json!({"name": "cy", "level": 3, "years": odd}),
        ];
        assert_eq!(sorted("worker.level DESC", &workers), ["cy", "bo", "ann"]);
        assert_eq!(sorted("worker.level DESC, worker.years", &workers), ["ann", "bo", "cy"]);
        let order = OrderBy::parse("worker.level DESC, worker.years").unwrap();
        assert!(order.is_usable(&workers[0]) && !order.is_usable(&workers[2]));
        assert_eq!(order.unusable_path(&workers[2]).unwrap().to_string(), "worker.years");
    }
}

fn sorted<'a>(text: &str, workers: &'a [Value]) -> Vec<&'a str> {
    let order = OrderBy::parse(text).expect(text);
    assert_eq!(order.text(), text);
    let mut candidates: Vec<&Value> = workers.iter().collect();
    order.sort(&mut candidates, |worker| *worker);
    candidates.iter().map(|worker| worker["name"].as_str().expect("each worker has a name")).collect()
}
