//! The tools for authors from outside: what the binary prints, and how it exits.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use api::StartExecution;
use serde_json::{Map, Value, json};
use server::Embedded;

const FLOW: &str = r#"{"states": [
  {"name": "Trigger", "type": "trigger", "transitions": [
    {"event": "incomingMessage", "next": "agent"}]},
  {"name": "agent", "type": "send-to-flex",
   "properties": {"workflow": "Anyone", "channel": "chat"},
   "transitions": []}],
 "initial_state": "Trigger", "flags": {}, "flags": {}}
"#;

#[test]
fn findings_have_places_and_decide_the_exit() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a b.json"), FLOW).unwrap();
    fs::write(folder.path().join("broken.json"), "{\n  \"states\": }").unwrap();
    fs::write(folder.path().join("bindings.toml"), "[workflows]\nSomeone = \"WW1\"\n").unwrap();

    let warned = run(folder.path(), &["check", "a b.json", "--format", "json"]);
    assert_eq!(warned.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&warned.stdout).unwrap();
    let places: Vec<_> = report["findings"].as_array().unwrap().iter().map(place).collect();
    assert_eq!(places, [("unwired-failure", 6, 19), ("duplicate-key", 7, 43)]);

    let denied = run(folder.path(), &["check", "a b.json", "--deny", "warnings"]);
    assert_eq!(denied.status.code(), Some(1));
    assert!(text_of(&denied).ends_with("1 file: 0 errors, 2 warnings, 0 notes\n"), "{}", text_of(&denied));

    let strict = folder.path().join("strict.json");
    fs::write(&strict, FLOW.replacen("\"properties\": {", "\"properties\": { \"priority\": 7,", 2)).unwrap();
    assert_eq!(run(folder.path(), &["check", "strict.json"]).status.code(), Some(0));
    let strict = run(folder.path(), &["check", "strict.json", "--strict"]);
    assert_eq!(strict.status.code(), Some(1));
    let refusal = "error[published-form]: integer found, string expected";
    assert!(text_of(&strict).contains(refusal), "{}", text_of(&strict));

    let unbound = run(folder.path(), &["check", "a b.json", "--workspace", "bindings.toml"]);
    assert_eq!(unbound.status.code(), Some(1));
    assert!(text_of(&unbound).starts_with("a b.json:5:31: error[unbound-name]: 'Anyone' is neither"));

    let sarif = run(folder.path(), &["check", "a b.json", "broken.json", "--format", "sarif"]);
    assert_eq!(sarif.status.code(), Some(1));
    let log: Value = serde_json::from_slice(&sarif.stdout).unwrap();
    let place = |result: usize| &log["runs"][0]["results"][result]["locations"][0]["physicalLocation"];
    assert_eq!(place(0)["artifactLocation"]["uri"], "a%20b.json");
    assert_eq!(place(2)["region"], json!({ "startLine": 2, "startColumn": 13 }));
}

/// What the schema of SARIF 2.1.0 requires of each object that a log has, and the texts that a property may hold.
#[test]
fn a_sarif_log_has_the_shape_that_its_schema_requires() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("flow.json"), FLOW).unwrap();
    fs::write(folder.path().join("bindings.toml"), "[workflows]\nSomeone = \"WW1\"\n").unwrap();
    let arguments = ["check", "flow.json", "--strict", "--workspace", "bindings.toml", "--format", "sarif"];
    let log: Value = serde_json::from_slice(&run(folder.path(), &arguments).stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let [run] = log["runs"].as_array().unwrap().as_slice() else { panic!("one run") };
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert!(is_text(&run["tool"]["driver"]["name"]));

    let is_level = |level: &Value| ["none", "note", "warning", "error"].iter().any(|known| level == known);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: std::collections::BTreeSet<_> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids.len(), rules.len(), "each rule has an id of its own");
    for rule in rules {
        assert!(is_text(&rule["shortDescription"]["text"]) && is_text(&rule["help"]["text"]), "{rule}");
        assert!(is_level(&rule["defaultConfiguration"]["level"]), "{rule}");
    }
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 3, "{results:?}");
    for result in results {
        assert!(ids.contains(result["ruleId"].as_str().unwrap()), "{result}");
        assert!(is_text(&result["message"]["text"]) && is_level(&result["level"]), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "flow.json");
        let is_place = |key: &str| place["region"][key].as_u64().is_some_and(|number| number >= 1);
        assert!(is_place("startLine") && is_place("startColumn"), "{result}");
    }
}

#[test]
fn a_flow_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("flow.json"), FLOW).unwrap();
    let svg = text_of(&run(folder.path(), &["graph", "flow.json"]));
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"));
    assert!(svg.contains(">agent</text>") && svg.contains("marker-end=\"url(#arrow)\""));
    let mermaid = text_of(&run(folder.path(), &["graph", "flow.json", "--format", "mermaid"]));
    assert!(mermaid.contains("w0 -->|\"Incoming message\"| w1"), "{mermaid}");
}

#[test]
fn the_way_of_an_execution_is_drawn_over_the_revision_that_it_ran() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let embedded = runtime.block_on(Embedded::open(&folder.path().join("one"))).unwrap();
    let flow = runtime.block_on(embedded.publish_flow("Notes", &notes())).unwrap();
    let (to, from) = ("+15551230001".to_owned(), "+15555550100".to_owned());
    let start = StartExecution { flow, to, from, parameters: Map::new() };
    let execution = runtime.block_on(embedded.start_execution(start)).unwrap().to_string();
    let url = listen(&runtime, &embedded);

    let way = "w0 ==>|\"REST API\"| w1\n    w1 ==>|\"Next\"| w2\n";
    let by_sid =
        run(folder.path(), &["graph", "--execution", &execution, "--from", &url, "--format", "mermaid"]);
    assert!(text_of(&by_sid).contains(way), "{}{}", text_of(&by_sid), complaint_of(&by_sid));
    let steps = format!("{url}/studio/v2/Flows/{flow}/Executions/{execution}/Steps");
    let by_url = run(folder.path(), &["graph", "--execution", &steps, "--format", "mermaid"]);
    assert_eq!(text_of(&by_url), text_of(&by_sid));

    let unknown = format!("FN{}", "0".repeat(32));
    let nothing = run(folder.path(), &["graph", "--execution", &unknown, "--from", &url]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(complaint_of(&nothing).contains("HTTP 404"), "{}", complaint_of(&nothing));
}

#[test]
fn flows_move_between_installations_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, url) = serve(&folder.path().join("one"));
    drop(serve(&folder.path().join("two")));
    let exported = run(folder.path(), &["export", "--from", &url, "--out", "flows"]);
    assert_eq!(exported.status.code(), Some(0), "{}", complaint_of(&exported));
    let text = fs::read_to_string(folder.path().join("flows/Voice IVR.json")).unwrap();
    assert!(
        text.contains("\"workflow\": \"Assign to Anyone\"") && text.contains("\"channel\": \"voice\""),
        "{text}"
    );

    let same = run(folder.path(), &["import", "flows/Voice IVR.json", "--to", "two"]);
    assert_eq!(text_of(&same), "unchanged Voice IVR\n", "{}", complaint_of(&same));

    let write = |name: &str, text: &str| fs::write(folder.path().join("flows").join(name), text).unwrap();
    write("A.json", &parent("New"));
    write("New.json", &text);
    let import = ["import", "flows/A.json", "flows/New.json", "--to", "two"];
    let created = run(folder.path(), &import);
    assert_eq!(text_of(&created), "created New\ncreated A\n", "{}", complaint_of(&created));
    assert_eq!(text_of(&run(folder.path(), &import)), "unchanged A\nunchanged New\n");

    write("A.json", &parent("Nowhere"));
    write("New.json", &text.replace("IVR", "menu"));
    let refused = run(folder.path(), &import);
    assert_eq!((refused.status.code(), text_of(&refused).as_str()), (Some(1), ""), "nothing is imported");
    let complaint = complaint_of(&refused);
    assert!(complaint.contains("'Nowhere' is neither the name nor the SID of a flow"), "{complaint}");
}

/// A flow that runs another one.
fn parent(subflow: &str) -> String {
    let transitions = json!([{ "event": "incomingMessage", "next": "sub" }]);
    let states = json!([
        { "name": "Trigger", "type": "trigger", "transitions": transitions },
        { "name": "sub", "type": "run-subflow", "properties": { "flow_sid": subflow } },
    ]);
    json!({ "description": "Runs another", "states": states, "initial_state": "Trigger" }).to_string()
}

/// A flow that a request leads to a question.
fn notes() -> Value {
    let start = json!([{ "event": "incomingRequest", "next": "keep" }]);
    let states = json!([
        { "name": "Trigger", "type": "trigger", "transitions": start },
        { "name": "keep", "type": "set-variables", "properties": { "variables": [] },
          "transitions": [{ "event": "next", "next": "ask" }] },
        { "name": "ask", "type": "send-and-wait-for-reply", "properties": { "body": "?" } },
    ]);
    json!({ "description": "Notes", "states": states, "initial_state": "Trigger" })
}

/// Serves a new installation for as long as the runtime lives, at the URL that holds its credentials.
fn serve(data: &Path) -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let embedded = runtime.block_on(Embedded::open(data)).unwrap();
    let url = listen(&runtime, &embedded);
    (runtime, url)
}

/// Serves an installation, at the URL that holds its credentials.
fn listen(runtime: &tokio::runtime::Runtime, embedded: &Embedded) -> String {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let (account, token) = embedded.credentials();
    let url = format!("http://{account}:{token}@{}", listener.local_addr().unwrap());
    let router = embedded.router();
    runtime.spawn(async move { axum::serve(listener, router).await });
    url
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchboard"));
    command.env_remove("PATCHBOARD_DATA").current_dir(folder).arg("flow").args(arguments).output().unwrap()
}

fn text_of(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complaint_of(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn place(finding: &Value) -> (&str, u64, u64) {
    let number = |key: &str| finding[key].as_u64().unwrap();
    (finding["code"].as_str().unwrap(), number("line"), number("column"))
}
