//! Render and parse times of the reference template, beside the public `liquid` crate.

use divan::{Bencher, black_box};
use domain::Timestamp;
use liquid::{Options, Template};

const TEMPLATE: &str = "Hello {{ flow.variables.name | capitalize }}, you pressed \
    {{ widgets.gather_1.Digits | default: 'none' }}. {% if trigger.call.From contains '+1' %}US{% else %}INT{% endif %} \
    total {{ flow.data.price | times: 1.2 | round: 2 }}";

const TEXT: &str = "Hello Alice, you pressed 42. US total 12.6";

fn main() {
    divan::main();
}

#[divan::bench]
fn render(bencher: Bencher<'_, '_>) {
    let template = Template::parse(TEMPLATE).expect("the template is well formed");
    let options = Options::studio(Timestamp::from_secs(0));
    let globals = globals();
    assert_eq!(template.render(&globals, &options).as_deref(), Ok(TEXT));
    bencher.bench_local(|| template.render(black_box(&globals), &options));
}

#[divan::bench]
fn render_liquid_rust(bencher: Bencher<'_, '_>) {
    let parser = liquid_rust::ParserBuilder::with_stdlib().build().expect("the standard library builds");
    let template = parser.parse(TEMPLATE).expect("the template is well formed");
    let globals = liquid_rust::to_object(&globals()).expect("the globals are an object");
    assert_eq!(template.render(&globals).expect("the template renders"), TEXT);
    bencher.bench_local(|| template.render(black_box(&globals)));
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Template::parse(black_box(TEMPLATE)));
}

#[divan::bench]
fn parse_liquid_rust(bencher: Bencher<'_, '_>) {
    let parser = liquid_rust::ParserBuilder::with_stdlib().build().expect("the standard library builds");
    bencher.bench_local(|| parser.parse(black_box(TEMPLATE)).map(drop));
}

fn globals() -> serde_json::Value {
    serde_json::json!({
        "flow": {"variables": {"name": "alice"}, "data": {"price": 10.5}},
        "widgets": {"gather_1": {"Digits": "42"}},
        "trigger": {"call": {"From": "+15550001111"}},
    })
}
