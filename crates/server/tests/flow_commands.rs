//! The tools for authors from outside: what the binary prints, and how it exits.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
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

/// Serves a new installation for as long as the runtime lives, at the URL that holds its credentials.
fn serve(data: &Path) -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let embedded = runtime.block_on(Embedded::open(data)).unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let (account, token) = embedded.credentials();
    let url = format!("http://{account}:{token}@{}", listener.local_addr().unwrap());
    runtime.spawn(async move { axum::serve(listener, embedded.router()).await });
    (runtime, url)
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

fn place(finding: &Value) -> (&str, u64, u64) {
    let number = |key: &str| finding[key].as_u64().unwrap();
    (finding["code"].as_str().unwrap(), number("line"), number("column"))
}
