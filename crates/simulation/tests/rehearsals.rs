//! Scenario files as their authors write them: what is read, what is refused, and what a failure says.

use std::collections::BTreeMap;

use flow::Settings;
use serde_json::{Value, json};
use simulation::rehearsal::{Coverage, RehearsedFlow, Run, read};

#[test]
fn a_scenario_that_differs_says_what_was_expected_and_what_came() {
    let text = "\
- name: the wrong answer
  trigger: {message: Hello}
  steps:
    - says: blue
      expect:
        messages: [Which colour?, 'You said {red}']
        path: [ask]
        waits_at: ask
        variables: {colour: red}
        task: {workflow: WW1}
        errors: [none at all]
";
    let run = run(text);
    let told: Vec<_> = run.failures.iter().map(|f| (f.line, f.what, f.came.as_str())).collect();
    assert_eq!(
        told,
        [
            (6, "messages", "\"Which colour?\"\n\"You said blue\""),
            (6, "path", "Trigger → ask → note → repeat"),
            (6, "waits_at", "nowhere: it has ended"),
            (6, "task", "none was asked for"),
            (6, "errors", "none"),
            (6, "variable", "colour = \"blue\""),
        ]
    );
    assert!(
        run.failures[0].to_string().contains("expected  \"Which colour?\"\n          \"You said {red}\"")
    );
}

#[test]
fn a_transcript_tells_the_story_and_is_the_same_every_time() {
    let text = "
- name: the colour is noted
  trigger: {message: Hello}
  steps:
    - wait: 59s
    - says: blue
";
    let transcript = run(text).transcript.to_string();
    assert_eq!(
        transcript,
        "\
00:00:00  contact  Hello
00:00:00  begin    Trigger by incomingMessage
00:00:00  step     Trigger: incomingMessage → ask
00:00:00  flow     Which colour?
00:00:00  wait     59s
00:00:59  contact  blue
00:00:59  step     ask: incomingMessage → note
00:00:59  step     note: next → repeat
00:00:59  flow     You said blue
00:00:59  step     repeat: sent → Ended
"
    );
    assert_eq!(run(text).transcript.to_string(), transcript);
}

#[test]
fn the_world_answers_as_the_scenario_says() {
    for (answers, steps, expected) in [
        ("message: {refused: no route}", "[]", "path: [Trigger, ask, sorry], errors: [no route, no route]"),
        ("message: {undelivered: phone off}", "[]", "path: [Trigger, ask, sorry], errors: [phone off]"),
        ("message: pending", "- wait: 10m", "waits_at: sorry, path: [Trigger, ask, sorry]"),
        ("message: pending", "- message: accepted", "waits_at: ask, messages: [Which colour?]"),
        ("message: accepted", "- stop: true", "status: ended, errors: [it was stopped by hand]"),
        (
            "message: accepted",
            "- wait: 10m\n    - says: red",
            "waits_at: ask, path: [Trigger, ask, sorry, Trigger, ask]",
        ),
    ] {
        let text = format!(
            "- name: a story\n  trigger: {{message: Hi}}\n  answers: {{{answers}}}\n  steps:\n    {steps}\n  expect: {{{expected}}}\n"
        );
        assert_eq!(run(&text).failures, vec![], "{text}");
    }
}

#[test]
fn other_systems_are_played_and_nothing_leaves_the_house() {
    let properties = json!({ "method": "POST", "url": "https://example.com/orders", "timeout": 10,
        "parameters": [{ "key": "order", "value": "{{trigger.message.Body}}" }] });
    let flow = flow_of(&[
        widget("Trigger", "trigger", json!({}), &[("incomingMessage", "look_up")]),
        widget("look_up", "make-http-request", properties, &[("success", "tell"), ("failed", "sorry")]),
        widget("tell", "send-message", message("It is {{widgets.look_up.parsed.state}}."), &[]),
        widget("sorry", "send-message", message("Sorry."), &[]),
    ]);
    for (answers, expected) in [
        ("[{url: 'https://example.com/orders', json: {state: sent}}]", "messages: [It is sent.]"),
        ("[{url: {contains: orders}, status: 500}]", "path: [Trigger, look_up, sorry]"),
        ("[{url: {contains: orders}, fails: too slow}]", "errors: [{contains: too slow}]"),
        ("[{method: GET}]", "errors: [{contains: the scenario has no answer for POST https://example.com/}]"),
        ("[{json: {}}]", "requests: [{url: {contains: orders}, method: POST, parameters: {order: 4711}}]"),
        ("[{json: {}}]", "requests: [https://example.com/orders], messages: [It is .]"),
    ] {
        let text = format!(
            "- name: a story\n  trigger: {{message: '4711'}}\n  answers: {{http: {answers}}}\n  expect: {{{expected}}}\n"
        );
        assert_eq!(run_with(&text, &flow).failures, vec![], "{text}");
    }
}

#[test]
fn a_flow_runs_others_inside_itself() {
    let child = definition(&[
        widget("Trigger", "trigger", json!({}), &[("incomingParent", "look")]),
        widget("look", "set-variables", json!({ "variables": [{ "key": "found", "value": "it" }] }), &[]),
    ]);
    let flow = flow_of(&[
        widget("Trigger", "trigger", json!({}), &[("incomingMessage", "inside")]),
        widget(
            "inside",
            "run-subflow",
            json!({ "flow_sid": "FW00000000000000000000000000000002" }),
            &[("completed", "tell"), ("failed", "sorry")],
        ),
        widget("tell", "send-message", message("Found {{widgets.inside.found}}."), &[]),
        widget("sorry", "send-message", message("Sorry."), &[]),
    ]);
    let story =
        |expected: &str| format!("- name: a story\n  trigger: {{message: Hi}}\n  expect: {{{expected}}}\n");
    let alone = run_with(&story("messages: [Sorry.], errors: [{contains: there is no flow 'FW0}]"), &flow);
    assert_eq!(alone.failures, vec![]);

    let subflows = BTreeMap::from([("FW00000000000000000000000000000002".to_owned(), child)]);
    let flow = flow.with_subflows(&subflows).expect("a valid subflow");
    let text = story("path: [Trigger, inside, look, tell], messages: [Found it.]");
    let run = run_with(&text, &flow);
    let mut coverage = Coverage::of(&flow);
    coverage.add(&run);
    assert_eq!((run.failures, coverage.taken(), coverage.total()), (vec![], 2, 3));
}

#[test]
fn coverage_names_the_transitions_that_were_never_taken() {
    let flow = flow();
    let mut coverage = Coverage::of(&flow);
    coverage.add(&run("- name: a story\n  trigger: {message: Hi}\n  steps: [{says: red}]\n"));
    let untaken: Vec<String> = coverage.never_taken().map(ToString::to_string).collect();
    assert_eq!((coverage.taken(), coverage.total()), (3, 5));
    assert_eq!(untaken, ["ask: deliveryFailure → sorry", "ask: timeout → sorry"]);
}

#[test]
fn a_file_that_can_not_be_read_is_refused_with_the_place_and_a_hint() {
    for (text, expected) in [
        (
            "- name: a\n  trigger: {message: Hi}\n  steps:\n    - sais: red\n",
            "a.test.yaml:4:7: unknown field `sais`, expected one of says, writes, presses, hangs_up, wait, stop, message, task, http, outcomes, expect\n      - sais: red\n  hint: did you mean 'says'?",
        ),
        ("- name: a\n  triger: {message: Hi}\n", "hint: did you mean 'trigger'?"),
        ("- name: a\n  trigger: {massage: Hi}\n", "hint: did you mean 'message'?"),
        ("- name: a\n", "a.test.yaml:1:3: missing field `trigger`"),
        ("- name: a\n  trigger: {message: Hi}\n  steps: [{wait: soon}]\n", "'soon' is not a duration"),
        ("- name: a\n  trigger: {message: Hi}\n  steps: [{says: a, wait: 1s}]\n", "make a step of each"),
        ("- name: a\n  trigger: {message: Hi}\n  steps: [{}]\n", "a.test.yaml:3: the step is empty"),
        ("- name: a\n  trigger: {message: Hi}\n  starts_at: noon\n", "'noon' is not a time"),
        ("- name: a\n  trigger: {message: Hi}\n  settings: {time_zone: Mars}\n", "'Mars' is not a time zone"),
        ("- name: a\n  trigger: {message: Hi}\n  expect: {task: maybe}\n", "'maybe' says nothing of a task"),
        (
            "- name: a\n  trigger: {message: Hi}\n  expect: {messages: [{matches: '('}]}\n",
            "'(' is not a regular expression",
        ),
        (
            "- {name: a, trigger: {message: Hi}}\n- {name: a, trigger: {message: Hi}}\n",
            "a.test.yaml:2: the name 'a' is used twice",
        ),
        ("", "it has no scenario"),
    ] {
        let refused = read(text, "a.test.yaml").map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains(expected), "{text}\n{refused}");
    }
}

/// Runs the only scenario of a file with the flow of these tests.
fn run(text: &str) -> Run {
    run_with(text, &flow())
}

fn run_with(text: &str, flow: &RehearsedFlow) -> Run {
    let scenarios = read(text, "a.test.yaml").unwrap_or_else(|error| panic!("{error}"));
    Run::of(&scenarios[0].value, flow)
}

/// Asks for a colour, notes it and repeats it; apologises where that takes too long or goes wrong.
fn flow() -> RehearsedFlow {
    let variables = json!({ "variables": [{ "key": "colour", "value": "{{widgets.ask.inbound.Body}}" }] });
    let ways = [("incomingMessage", "note"), ("timeout", "sorry"), ("deliveryFailure", "sorry")];
    flow_of(&[
        widget("Trigger", "trigger", json!({}), &[("incomingMessage", "ask")]),
        widget("ask", "send-and-wait-for-reply", message("Which colour?"), &ways),
        widget("note", "set-variables", variables, &[("next", "repeat")]),
        widget("repeat", "send-message", message("You said {{flow.variables.colour}}"), &[]),
        widget("sorry", "send-message", message("Sorry."), &[]),
    ])
}

fn flow_of(widgets: &[Value]) -> RehearsedFlow {
    RehearsedFlow::parse(&definition(widgets), Settings::default()).expect("a valid definition")
}

fn definition(widgets: &[Value]) -> Value {
    json!({ "description": "A story", "initial_state": "Trigger", "flags": {}, "states": widgets })
}

fn message(body: &str) -> Value {
    json!({ "from": "+1", "body": body, "timeout": "600", "to": "{{contact.channel.address}}" })
}

fn widget(name: &str, kind: &str, properties: Value, transitions: &[(&str, &str)]) -> Value {
    let wired = transitions.iter().map(|(event, next)| json!({ "event": event, "next": next }));
    json!({ "name": name, "type": kind, "properties": properties, "transitions": wired.collect::<Vec<_>>() })
}
