//! How many scenarios a second one core rehearses: a conversation of ten widgets, and the reading of its file.

use divan::{Bencher, black_box, counter::ItemsCount};
use flow::Settings;
use serde_json::Value;
use simulation::rehearsal::{RehearsedFlow, Run, read};

const FLOW: &str = include_str!("../../../examples/flows/guess-a-number.json");
const SCENARIOS: &str = include_str!("../../../examples/flows/guess-a-number.test.yaml");

fn main() {
    divan::main();
}

/// Runs the three scenarios of the example.
#[divan::bench]
fn run(bencher: Bencher<'_, '_>) {
    let definition: Value = serde_json::from_str(FLOW).expect("the example is JSON");
    let flow = RehearsedFlow::parse(&definition, Settings::default()).expect("the example is valid");
    let scenarios = read(SCENARIOS, "example").expect("the example can be read");
    bencher.counter(ItemsCount::new(scenarios.len())).bench(|| {
        for scenario in &scenarios {
            assert!(Run::of(black_box(&scenario.value), &flow).has_passed());
        }
    });
}

/// Reads the file with the three scenarios.
#[divan::bench]
fn read_file(bencher: Bencher<'_, '_>) {
    let scenarios = read(SCENARIOS, "example").expect("the example can be read").len();
    bencher
        .counter(ItemsCount::new(scenarios))
        .bench(|| assert!(read(black_box(SCENARIOS), "example").is_ok()));
}
