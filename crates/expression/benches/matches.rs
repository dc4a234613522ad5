//! Times the evaluation and the reading of a worker expression beside the `cel` crate, on the same facts.

use divan::{Bencher, black_box};
use expression::{Expression, Facts, Scope};
use serde_json::{Value, json};

const OURS: &str = "skills HAS 'english' AND dept == 'sales' AND level >= 3";
const THEIRS: &str = "'english' in skills && dept == 'sales' && level >= 3";

fn main() {
    divan::main();
}

#[divan::bench]
fn matches(bencher: Bencher<'_, '_>) {
    bench_against(bencher, worker());
}

#[divan::bench]
fn matches_among_40_attributes(bencher: Bencher<'_, '_>) {
    let mut worker = worker();
    for number in 0..37 {
        worker[format!("attribute_{number}")] = number.into();
    }
    bench_against(bencher, worker);
}

#[divan::bench]
fn matches_in_target(bencher: Bencher<'_, '_>) {
    let text = "task.lang IN worker.skills AND worker.dept == task.dept AND worker.level >= 3";
    let expression = Expression::parse(text, Scope::Target).expect("the text is well-formed");
    let (worker, task) = (worker(), json!({"lang": "english", "dept": "sales"}));
    let facts = Facts::both(&worker, &task);
    assert!(expression.matches(&facts));
    bencher.bench_local(|| black_box(&expression).matches(black_box(&facts)));
}

#[divan::bench]
fn parse() -> Expression {
    Expression::parse(black_box(OURS), Scope::Worker).expect("the text is well-formed")
}

#[divan::bench]
fn cel_execute(bencher: Bencher<'_, '_>) {
    let program = cel::Program::compile(THEIRS).expect("the text is well-formed");
    let mut context = cel::Context::default();
    let skills = vec!["french", "english", "billing"];
    context.add_variable("skills", skills).expect("strings are values");
    context.add_variable("dept", "sales").expect("strings are values");
    context.add_variable("level", 5i64).expect("integers are values");
    assert_eq!(program.execute(&context), Ok(cel::Value::Bool(true)));
    bencher.bench_local(|| black_box(&program).execute(black_box(&context)));
}

#[divan::bench]
fn cel_compile() -> cel::Program {
    cel::Program::compile(black_box(THEIRS)).expect("the text is well-formed")
}

fn worker() -> Value {
    json!({"skills": ["french", "english", "billing"], "dept": "sales", "level": 5})
}

fn bench_against(bencher: Bencher<'_, '_>, worker: Value) {
    let expression = Expression::parse(OURS, Scope::Worker).expect("the text is well-formed");
    let facts = Facts::worker(&worker);
    assert!(expression.matches(&facts));
    bencher.bench_local(|| black_box(&expression).matches(black_box(&facts)));
}
