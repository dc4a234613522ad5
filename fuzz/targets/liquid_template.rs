//! Whatever a template says, it is rendered or refused, and rendering ends.
#![no_main]

use domain::Timestamp;
use libfuzzer_sys::fuzz_target;
use liquid::{Options, Template};
use serde_json::json;

fuzz_target!(|text: &str| {
    let Ok(template) = Template::parse(text) else { return };
    let globals = json!({"a": "text é", "b": {"c": [1, "x"], "k": null}, "list": ["b", "a", 3, null, true]});
    let options = Options::studio(Timestamp::from_secs(1_795_343_400));
    drop(template.render(&globals, &options));
    drop(template.render(&globals, &Options { json_safe: true, ..options }));
});
