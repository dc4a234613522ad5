//! The public conformance suite of Liquid, which is not part of this repository: runs where it lies beside it.

use std::path::PathBuf;

use domain::Timestamp;
use liquid::{Options, Template};
use serde_json::Value as Json;

/// The cases that pass. It may only rise. Those that do not include other templates, but for one pair of
/// cases that contradict each other on `{% when a and b %}`, which is an error here.
const PASSED: usize = 1019;

#[test]
fn as_many_cases_of_the_conformance_suite_pass_as_before() {
    let path = shared().join("golden-liquid/golden_liquid.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("left out: the conformance suite is not at {}", path.display());
        return;
    };
    let suite: Json = serde_json::from_str(&text).unwrap();
    let cases = suite["tests"].as_array().unwrap();
    let failures: Vec<String> = cases.iter().filter_map(failure).collect();
    let passed = cases.len() - failures.len();
    assert!(passed >= PASSED, "{passed} of {PASSED} cases pass:\n{}", failures.join("\n"));
    assert!(passed == PASSED, "{passed} cases pass: raise PASSED from {PASSED}");
}

/// Returns what is wrong with a case, or nothing.
fn failure(case: &Json) -> Option<String> {
    let globals = case.get("data").cloned().unwrap_or(Json::Object(serde_json::Map::new()));
    let result = Template::parse(case["template"].as_str().unwrap_or_default())
        .map_err(|error| error.to_string())
        .and_then(|template| {
            let options = Options::unlimited(Timestamp::from_secs(0));
            template.render(&globals, &options).map_err(|error| error.to_string())
        });
    let is_expected = match (&result, &case["result"], &case["results"]) {
        (Err(_), ..) => case["invalid"] == true,
        (Ok(text), Json::String(expected), _) => text == expected,
        (Ok(text), _, Json::Array(expected)) => expected.iter().any(|expected| expected == text),
        _ => false,
    };
    (!is_expected).then(|| format!("{}: {result:?}, expected {}", case["name"], case["result"]))
}

fn shared() -> PathBuf {
    match std::env::var_os("PATCHBOARD_SHARED") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
    }
}
