//! Whatever an expression says, it is refused with a place in it, or decides, and reads back from its own text.
#![no_main]

use expression::{Expression, Facts, OrderBy, Scope};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let (worker, task) = (json!({"skills": ["a"], "level": 3}), json!({"language": "en"}));
    for scope in [Scope::Worker, Scope::Task, Scope::Target, Scope::Skip] {
        if let Ok(expression) = Expression::parse(text, scope) {
            let facts = Facts::both(&worker, &task);
            assert_eq!(expression.explain(&facts).is_none(), expression.matches(&facts));
            assert_eq!(Expression::parse(&expression.to_string(), scope).as_ref(), Ok(&expression));
        }
    }
    drop(OrderBy::parse(text));
});
