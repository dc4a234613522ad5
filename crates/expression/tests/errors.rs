//! What is no expression is refused, with the place and with what to write in its stead: `data/errors.in`
//! holds the texts, `data/errors.out` what people see. `UPDATE_EXPECTED=1` writes the latter anew.

use std::fmt::Write as _;
use std::path::Path;

use expression::{DEPTH_MAX, Expression, OrderBy, ParseError, Scope};

#[test]
fn every_fault_is_shown_where_it_stands_with_a_hint() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let cases = std::fs::read_to_string(folder.join("errors.in")).unwrap();
    let mut shown = String::new();
    for case in cases.lines().filter(|line| !line.starts_with('#')) {
        let (scope, text) = case.split_once(" |").unwrap();
        let text = text.strip_prefix(' ').unwrap_or(text);
        let error = refusal(scope, text);
        assert!(error.hint.is_some(), "no hint: {case}");
        let place = " ".repeat(scope.len() + 3 + error.position);
        writeln!(shown, "{case}\n{place}^\n{error}\n").unwrap();
    }
    let expected = folder.join("errors.out");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&expected, &shown).unwrap();
    }
    assert_eq!(shown, std::fs::read_to_string(expected).unwrap());
}

#[test]
fn what_is_too_deep_is_refused_and_what_is_only_long_is_not() {
    let parentheses = |depth| format!("{}a == 1{}", "(".repeat(depth), ")".repeat(depth));
    let negations = |depth| format!("{} a == 1", "NOT ".repeat(depth));
    let arrays = |depth| format!("a IN {}{}", "[".repeat(depth), "]".repeat(depth));
    for nest in [&parentheses as &dyn Fn(usize) -> String, &negations, &arrays] {
        assert!(Expression::parse(&nest(DEPTH_MAX), Scope::Worker).is_ok());
        for depth in [DEPTH_MAX + 1, 200_000] {
            let error = Expression::parse(&nest(depth), Scope::Worker).unwrap_err();
            assert_eq!(error.message, "more than 64 levels within each other");
        }
    }
    let chain = vec!["(a == 1 AND NOT b == 2)"; 50_000].join(" OR ");
    assert!(Expression::parse(&chain, Scope::Worker).is_ok());
}

fn refusal(scope: &str, text: &str) -> ParseError {
    let scope = match scope {
        "worker" => Scope::Worker,
        "task" => Scope::Task,
        "target" => Scope::Target,
        "skip" => Scope::Skip,
        "order" => return OrderBy::parse(text).expect_err(text),
        other => panic!("no such scope: {other}"),
    };
    Expression::parse(text, scope).expect_err(text)
}
