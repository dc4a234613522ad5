//! Random expressions against a second evaluator that is slow and plain, and random texts against the parser.

use expression::{Expression, Facts, OrderBy, ParseError, Scope};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn an_expression_is_true_exactly_when_the_plain_evaluator_says_so(
        condition in condition(),
        worker in object(),
        task in object(),
    ) {
        let text = written(&condition);
        let expression = Expression::parse(&text, Scope::Target).expect(&text);
        let facts = Facts::both(&worker, &task);
        let expected = is_true(&condition, &json!({"worker": worker, "task": task}));
        prop_assert_eq!(expression.matches(&facts), expected, "{}", text);
    }

    #[test]
    fn an_explanation_is_a_part_that_is_false_by_itself(
        condition in condition(),
        worker in object(),
        task in object(),
    ) {
        let text = written(&condition);
        let expression = Expression::parse(&text, Scope::Target).expect(&text);
        let facts = Facts::both(&worker, &task);
        match expression.explain(&facts) {
            None => prop_assert!(expression.matches(&facts)),
            Some(mismatch) => {
                prop_assert!(!expression.matches(&facts) && text.contains(&mismatch.part));
                let part = Expression::parse(&mismatch.part, Scope::Target).expect(&mismatch.part);
                prop_assert!(!part.matches(&facts), "{}", mismatch.part);
            }
        }
    }

    #[test]
    fn an_expression_reads_back_from_its_own_text(condition in condition()) {
        let text = written(&condition);
        let expression = Expression::parse(&text, Scope::Target).expect(&text);
        prop_assert_eq!(expression.text(), &text);
        prop_assert_eq!(Expression::parse(&expression.to_string(), Scope::Target), Ok(expression));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), pieces in pieces()) {
        for text in [text, pieces] {
            for scope in [Scope::Worker, Scope::Task, Scope::Target, Scope::Skip] {
                check_place(&text, Expression::parse(&text, scope).err())?;
            }
            check_place(&text, OrderBy::parse(&text).err())?;
        }
    }
}

#[derive(Debug, Clone)]
enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Operand, &'static str, Operand),
}

#[derive(Debug, Clone)]
enum Operand {
    Literal(Value),
    Path(&'static str),
    Array(Vec<Operand>),
}

/// The meaning of a condition, word for word as the language describes it.
fn is_true(condition: &Condition, facts: &Value) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().all(|part| is_true(part, facts)),
        Condition::Or(parts) => parts.iter().any(|part| is_true(part, facts)),
        Condition::Not(part) => !is_true(part, facts),
        Condition::Compare(left, operator, right) => {
            holds(&value_of(left, facts), operator, &value_of(right, facts))
        }
    }
}

fn value_of(operand: &Operand, facts: &Value) -> Value {
    match operand {
        Operand::Literal(value) => value.clone(),
        Operand::Path(path) => {
            let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
            facts.pointer(&pointer).cloned().unwrap_or(Value::Null)
        }
        Operand::Array(items) => items.iter().map(|item| value_of(item, facts)).collect(),
    }
}

fn holds(left: &Value, operator: &str, right: &Value) -> bool {
    match operator {
        "==" | "=" => are_comparable(left, right) && are_equal(left, right),
        "!=" => are_comparable(left, right) && !are_equal(left, right),
        "<" => is_less(left, right),
        ">" => is_less(right, left),
        "<=" => is_less(left, right) || is_ordered(left, right) && are_equal(left, right),
        ">=" => is_less(right, left) || is_ordered(left, right) && are_equal(left, right),
        "HAS" | ">-" => {
            left.is_array() && is_plain(right) && items(left).iter().any(|item| are_equal(item, right))
        }
        "IN" | "<-" => holds(right, "HAS", left),
        "NOT IN" => right.is_array() && is_plain(left) && !holds(right, "HAS", left),
        "CONTAINS" => match (text_of(left), text_of(right)) {
            (Some(left), Some(right)) => left.contains(&right),
            _ => false,
        },
        other => panic!("no such operator: {other}"),
    }
}

fn are_comparable(left: &Value, right: &Value) -> bool {
    left.is_null() || right.is_null() || is_plain(left) && is_plain(right)
}

fn are_equal(left: &Value, right: &Value) -> bool {
    if !is_plain(left) || !is_plain(right) {
        return false;
    }
    match as_numbers(left, right) {
        Some((left, right)) => left == right,
        None => left == right,
    }
}

fn is_ordered(left: &Value, right: &Value) -> bool {
    as_numbers(left, right).is_some() || left.is_string() && right.is_string()
}

fn is_less(left: &Value, right: &Value) -> bool {
    match (as_numbers(left, right), left.as_str(), right.as_str()) {
        (Some((left, right)), _, _) => left < right,
        (None, Some(left), Some(right)) => left < right,
        _ => false,
    }
}

/// Both values as numbers, where at least one is a number and the other reads as one.
fn as_numbers(left: &Value, right: &Value) -> Option<(f64, f64)> {
    let read = |value: &Value| {
        let text = value.as_str().filter(|text| !text.contains(['n', 'N']));
        value.as_f64().or_else(|| text?.parse().ok())
    };
    if left.is_number() || right.is_number() { Some((read(left)?, read(right)?)) } else { None }
}

fn text_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string))
}

fn is_plain(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Writes a condition with no more parentheses than precedence asks for.
fn written(condition: &Condition) -> String {
    let chain = |parts: &[Condition], word: &str, loose: fn(&Condition) -> bool| {
        let parts: Vec<String> = parts.iter().map(|part| enclosed(part, loose(part))).collect();
        parts.join(word)
    };
    match condition {
        Condition::And(parts) => chain(parts, " AND ", |part| matches!(part, Condition::Or(_))),
        Condition::Or(parts) => chain(parts, " or ", |_| false),
        Condition::Not(part) => {
            format!("NOT {}", enclosed(part, matches!(**part, Condition::And(_) | Condition::Or(_))))
        }
        Condition::Compare(left, operator, right) => {
            format!("{} {operator} {}", operand_text(left), operand_text(right))
        }
    }
}

fn enclosed(condition: &Condition, in_parentheses: bool) -> String {
    let text = written(condition);
    if in_parentheses { format!("({text})") } else { text }
}

fn operand_text(operand: &Operand) -> String {
    match operand {
        Operand::Literal(Value::String(text)) => {
            format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
        }
        Operand::Literal(value) => value.to_string(),
        Operand::Path(path) => (*path).to_owned(),
        Operand::Array(items) => {
            format!("[{}]", items.iter().map(operand_text).collect::<Vec<_>>().join(", "))
        }
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let operators = ["==", "=", "!=", "<", ">", "<=", ">=", "HAS", ">-", "IN", "<-", "NOT IN", "CONTAINS"];
    let compare = (operand(), prop::sample::select(operators.to_vec()), operand())
        .prop_map(|(left, operator, right)| Condition::Compare(left, operator, right));
    compare.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Or),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

fn operand() -> impl Strategy<Value = Operand> {
    let paths =
        ["worker.a", "worker.b", "worker.c[0]", "worker.c.a", "task.a", "task.b", "task.c", "task.c[1]"];
    let operand = prop_oneof![
        3 => prop::sample::select(paths.to_vec()).prop_map(Operand::Path),
        2 => plain().prop_map(Operand::Literal),
    ];
    let array = prop::collection::vec(operand.clone(), 0..3).prop_map(Operand::Array);
    prop_oneof![4 => operand, 1 => array]
}

/// An object of few keys and few values, so that random conditions often meet.
fn object() -> impl Strategy<Value = Value> {
    let array = prop::collection::vec(plain(), 0..3).prop_map(Value::Array);
    let nested = plain().prop_map(|value| json!({ "a": value }));
    let value = prop_oneof![3 => plain(), 2 => array, 1 => nested];
    let keys = prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned);
    prop::collection::vec((keys, value), 0..6).prop_map(|pairs| Value::Object(Map::from_iter(pairs)))
}

fn plain() -> impl Strategy<Value = Value> {
    let texts = ["", "a", "ab", "B", "1", "2", "10", "-1", "1.5", "1e1", "nan", "inf", "it's", "a\\", "é\""];
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        2 => (-2..12i64).prop_map(Value::from),
        1 => (-4..8i32).prop_map(|quarters| json!(f64::from(quarters) / 4.0)),
        3 => prop::sample::select(texts.to_vec()).prop_map(Value::from),
    ]
}

/// Texts of pieces that the language knows, in no sensible order.
fn pieces() -> impl Strategy<Value = String> {
    let known = [
        "worker",
        "workers.available",
        "task",
        ".",
        "a",
        "skills",
        "-",
        "$",
        "(",
        ")",
        "[",
        "]",
        ",",
        "==",
        "=",
        "!",
        "<",
        ">",
        "&&",
        "AND",
        "or",
        "NOT",
        "IN",
        "HAS",
        "CONTAINS",
        "true",
        "null",
        "'",
        "\"",
        "\\",
        "'x'",
        "1",
        "0.5",
        "1e",
        "-7",
        "99999999999999999999",
        "é",
        " ",
        "DESC",
    ];
    prop::collection::vec(prop::sample::select(known.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

fn check_place(text: &str, error: Option<ParseError>) -> Result<(), TestCaseError> {
    if let Some(error) = error {
        prop_assert!(error.position <= text.chars().count(), "{error} in {text:?}");
    }
    Ok(())
}
