//! Whatever a definition is, it is checked, and compiled or refused.
#![no_main]

use flow::{Flow, Settings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(definition) = serde_json::from_str(text) else { return };
    drop(flow::validate(&definition));
    drop(flow::check(&definition, &flow::portable::Bindings::default()));
    drop(Flow::parse(&definition, Settings::default()));
});
