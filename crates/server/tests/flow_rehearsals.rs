//! `patchboard flow test` and `patchboard flow run`, from outside: exit codes and what is printed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A flow that asks, waits for an hour, and repeats the answer.
const FLOW: &str = r#"{
  "description": "Repeats", "initial_state": "Trigger", "flags": {},
  "states": [
    { "name": "Trigger", "type": "trigger", "properties": {},
      "transitions": [{ "event": "incomingMessage", "next": "ask" }] },
    { "name": "ask", "type": "send-and-wait-for-reply",
      "properties": { "from": "{{flow.channel.address}}", "body": "Well?", "timeout": "3600" },
      "transitions": [{ "event": "incomingMessage", "next": "repeat" }, { "event": "timeout", "next": "repeat" }] },
    { "name": "repeat", "type": "send-message", "transitions": [{ "event": "sent" }],
      "properties": { "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}",
                      "body": "You said <{{widgets.ask.inbound.Body}}>" } }
  ]
}"#;

/// Two scenarios of it, of which the second can be made to fail.
const SCENARIOS: &str = "\
- name: the answer is repeated
  trigger: {message: Hello}
  steps: [{says: blue}]
  expect: {messages: [Well?, You said <blue>]}
- name: red & blue
  trigger: {message: Hello}
  steps:
    - says: red
      expect: {messages: [Well?, You said <red>]}
";

#[test]
fn the_examples_pass() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/flows");
    let run = patchboard(&["flow", "test", "--coverage", &examples.display().to_string()]);
    assert!(run.status.success(), "{}", printed(&run));
    assert!(printed(&run).contains(" passed, 0 failed in "), "{}", printed(&run));
}

#[test]
fn a_scenario_that_fails_ends_with_1_and_tells_the_story() {
    let folder = folder_with(&SCENARIOS.replace("<red>", "<green>"));
    let run = patchboard(&["flow", "test", "--coverage", &path(&folder)]);
    let text = printed(&run);
    assert_eq!(run.status.code(), Some(1), "{text}");
    for expected in [
        "repeat.test.yaml\n",
        "  ok    the answer is repeated ",
        "  FAIL  red & blue ",
        "messages on line 9\n",
        "expected  \"Well?\"\n                  \"You said <green>\"\n",
        "came      \"Well?\"\n                  \"You said <red>\"\n",
        "00:00:00  contact  red\n",
        "2 of 3 transitions\n    never taken  ask: timeout → repeat\n",
        "1 passed, 1 failed in ",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}

#[test]
fn a_filter_chooses_and_junit_is_well_formed() {
    let folder = folder_with(&SCENARIOS.replace("<red>", "<green>"));
    let chosen = patchboard(&["flow", "test", "--filter", "repeated", &path(&folder)]);
    assert!(chosen.status.success() && printed(&chosen).contains("1 passed, 0 failed"));
    let junit = patchboard(&["flow", "test", "--format", "junit", &path(&folder)]);
    let xml = printed(&junit);
    assert_eq!(junit.status.code(), Some(1));
    for expected in [
        "<testsuites tests=\"2\" failures=\"1\" errors=\"0\" ",
        "name=\"red &amp; blue\"",
        "<failure message=\"messages on line 9\">",
        "You said &lt;green&gt;",
    ] {
        assert!(xml.contains(expected), "{expected} is not in:\n{xml}");
    }
}

#[test]
fn golden_transcripts_are_written_on_demand_and_compared_afterwards() {
    let folder = folder_with(SCENARIOS);
    let golden = folder.path().join("repeat.transcript");
    assert!(patchboard(&["flow", "test", &path(&folder)]).status.success() && !golden.exists());
    assert!(patchboard(&["flow", "test", "--update", &path(&folder)]).status.success());
    assert!(fs::read_to_string(&golden).unwrap().starts_with("=== red & blue\n00:00:00  contact  Hello\n"));
    assert!(patchboard(&["flow", "test", &path(&folder)]).status.success());

    fs::write(folder.path().join("repeat.json"), FLOW.replace("Well?", "Now?")).unwrap();
    fs::write(folder.path().join("repeat.test.yaml"), SCENARIOS.replace("Well?", "Now?")).unwrap();
    let changed = patchboard(&["flow", "test", &path(&folder)]);
    let text = printed(&changed);
    assert_eq!(changed.status.code(), Some(1), "{text}");
    assert!(text.contains("transcript on line 1\n") && text.contains("--update takes what came"), "{text}");
    assert!(patchboard(&["flow", "test", "--update", &path(&folder)]).status.success());
    assert!(patchboard(&["flow", "test", &path(&folder)]).status.success());
}

#[test]
fn what_can_not_be_read_is_told_with_its_place() {
    let slip = folder_with(&SCENARIOS.replace("steps:", "stpes:"));
    let broken = folder_with(SCENARIOS);
    fs::write(broken.path().join("repeat.json"), FLOW.replace("send-message", "send-pigeon")).unwrap();
    let empty = tempfile::tempdir().unwrap();
    for (folder, expected) in [
        (&slip, "repeat.test.yaml:3:3: unknown field `stpes`"),
        (&slip, "hint: did you mean 'steps'?"),
        (&broken, "repeat.json can not run:\n  #/states/2/type: "),
        (&empty, "no scenarios were found\n  hint: "),
    ] {
        let run = patchboard(&["flow", "test", &path(folder)]);
        let text = printed(&run) + &String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(1));
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}

#[test]
fn a_file_that_is_broken_does_not_keep_the_others_from_running() {
    let folder = folder_with(SCENARIOS);
    fs::write(folder.path().join("broken.test.yaml"), "- nmae: x\n").unwrap();
    let text = printed(&patchboard(&["flow", "test", &path(&folder)]));
    assert!(text.contains("broken.test.yaml:1:3: unknown field `nmae`"), "{text}");
    assert!(text.contains("2 passed, 0 failed, 1 of the files could not run in "), "{text}");
    let junit = patchboard(&["flow", "test", "--format", "junit", &path(&folder)]);
    let xml = printed(&junit);
    assert_eq!(junit.status.code(), Some(1));
    assert!(xml.contains("<testsuites tests=\"3\" failures=\"0\" errors=\"1\" "), "{xml}");
    assert!(xml.contains("<error message="), "{xml}");
}

#[test]
fn watching_runs_again_when_a_file_changes() {
    let folder = folder_with(SCENARIOS);
    let mut watching = command(&["flow", "test", "--watch", &path(&folder)])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(watching.stdout.take().expect("its output is piped")).lines();
    let mut next_summary =
        || lines.by_ref().map_while(Result::ok).find(|line| line.contains(" passed, ")).unwrap_or_default();
    let first = next_summary();
    fs::write(folder.path().join("repeat.json"), FLOW.replace("You said", "You wrote")).unwrap();
    let second = next_summary();
    watching.kill().expect("it still runs");
    watching.wait().expect("it ends");
    assert!(first.starts_with("2 passed, 0 failed"), "{first}");
    assert!(second.starts_with("0 passed, 2 failed"), "{second}");
}

#[test]
fn a_flow_can_be_talked_to() {
    let hand_off = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/flows/hand-off.json");
    let text =
        talk(&hand_off, &["--from", "+15555550199"], "Hello\nMy parcel\n:refuse closed\n:quit\nunread\n");
    let expected = [
        "00:00:00  flow     What is it about?\n",
        "priority 5 timeout 7200 {\"name\": \"+15555550199\", \"matter\": \"My parcel\"",
        "a task waits for :accept or :refuse REASON\n",
        "00:00:00  step     hand_over: failedToEnqueue → apologise\n00:00:00  error    closed\n",
        "the execution has ended",
    ];
    for expected in expected {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
    assert!(!text.contains("unread"), "{text}");

    let count = hand_off.with_file_name("guess-a-number.json");
    let text = talk(&count, &[], "Hi\n3\n:vars\n:wait 10m\n:wait soon\n:dance\n:accept\n");
    for expected in [
        "{\n  \"tries\": 1\n}\n",
        "00:10:00  step     ask: timeout → Ended\n",
        "'soon' is not a duration",
        "':dance' is not known; there is\n:press",
        "no task waits for an answer\n",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
    assert!(talk(&count, &["--call"], "").contains("Trigger by incomingCall\n"));
}

#[test]
fn a_flow_can_be_called_and_other_systems_played_by_hand() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/flows");
    let menu =
        talk(&examples.join("main-menu.json"), &["--call"], ":press 3\n:accept\n:end lost\n:end leave\n");
    for expected in [
        "hears    Press 1 for our business hours",
        "the flow listens: speak, :press KEYS, :wait 5s or :hangup\n",
        "step     by_key: match → hand_over\n",
        "a task waits for :accept or :refuse REASON\n",
        "queue waits for :end bridged|bridging-in-process|leave|",
        "'lost' is not how it can end: bridged, ",
        "step     hand_over: callComplete → goodbye\n",
        "the flow hangs up\n",
    ] {
        assert!(menu.contains(expected), "{expected} is not in:\n{menu}");
    }
    let typed = ":answer 200 {\"state\": \"sent\", \"items\": [1]}\n:fail twice\n";
    let order = talk(&examples.join("order-lookup.json"), &[], &format!("4711\n{typed}"));
    for expected in [
        "a request waits for :answer STATUS BODY or :fail REASON\n",
        "flow     Your order of 1 items is sent.\n",
        "no request waits for an answer\n",
    ] {
        assert!(order.contains(expected), "{expected} is not in:\n{order}");
    }
    let parameters = ["--request", "{\"day\": \"Friday\"}"];
    let reminder =
        talk(&examples.join("appointment-reminder.json"), &parameters, ":end answered\n:hangup\n:hangup\n");
    for expected in
        ["outgoing-call waits for :end answered|busy|", "an appointment on Friday", "the call has ended\n"]
    {
        assert!(reminder.contains(expected), "{expected} is not in:\n{reminder}");
    }
    let door = talk(&examples.join("front-door.json"), &["--call"], "");
    assert!(door.contains("step     hours: completed → which\n"), "{door}");
}

/// Types lines into `flow run` and returns what it shows.
fn talk(flow: &Path, options: &[&str], typed: &str) -> String {
    let mut running = command(&["flow", "run", &flow.display().to_string()])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = running.stdin.take().expect("its input is piped");
    input.write_all(typed.as_bytes()).expect("it reads all that is typed");
    drop(input);
    let run = running.wait_with_output().expect("it ends");
    assert!(run.status.success());
    printed(&run)
}

fn patchboard(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the binary starts")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_patchboard")));
    command.args(arguments);
    command
}

fn printed(run: &Output) -> String {
    String::from_utf8_lossy(&run.stdout).into_owned()
}

fn folder_with(scenarios: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("repeat.json"), FLOW).expect("the flow can be written");
    fs::write(folder.path().join("repeat.test.yaml"), scenarios).expect("the scenarios can be written");
    folder
}

fn path(folder: &tempfile::TempDir) -> String {
    folder.path().display().to_string()
}
