//! Scenarios with calls: what keys, speech, silence and outcomes do to a flow, and what a caller hears of it.

use flow::Settings;
use serde_json::{Value, json};
use simulation::rehearsal::{RehearsedFlow, Run, read, read_answers};

/// What a widget of a call is set to, what happens, and what is expected of it.
type Story = (&'static str, Value, &'static str, &'static str);

#[test]
fn keys_speech_and_silence_end_a_gather_as_its_attributes_say() {
    let gather = |more: Value| {
        let mut properties =
            json!({ "say": "Your number?", "timeout": 5, "finish_on_key": "#", "stop_gather": true });
        properties.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        properties
    };
    let stories: [Story; 9] = [
        ("it", gather(json!({ "number_of_digits": 2 })), "presses: '123'", "keypress {Digits: '12'}"),
        ("it", gather(json!({})), "presses: '123#'", "keypress {Digits: '123'}"),
        ("it", gather(json!({})), "presses: 'WWWW1WWWW2'", "keypress {Digits: '12'}"),
        ("it", gather(json!({})), "presses: '1WWWWW2'", "keypress {Digits: '1'}"),
        ("it", gather(json!({ "stop_gather": false })), "presses: '1#'", "keypress {Digits: '1#'}"),
        ("it", gather(json!({})), "presses: '#'", "timeout {Digits: null}"),
        ("it", gather(json!({})), "says: My number", "speech {SpeechResult: My number, Confidence: '0.9'}"),
        (
            "it",
            gather(json!({})),
            "says: {body: Five., parameters: {Confidence: '0.4'}}",
            "speech {SpeechResult: Five., Confidence: '0.4'}",
        ),
        ("it", gather(json!({})), "wait: 5s", "timeout {SpeechResult: null}"),
    ];
    for (name, properties, step, expected) in stories {
        tell(name, "gather-input-on-call", properties, "{}", step, expected);
    }
}

#[test]
fn a_recording_ends_by_a_key_by_silence_and_with_the_call() {
    let properties = json!({ "timeout": 3, "max_length": 60, "finish_on_key": "#" });
    let stories: [Story; 5] = [
        ("it", properties.clone(), "says: Hello", "recordingComplete {RecordingDuration: '3', Digits: ''}"),
        (
            "it",
            properties.clone(),
            "presses: 'WW*#'",
            "recordingComplete {RecordingDuration: '2', Digits: '#'}",
        ),
        ("it", properties.clone(), "wait: 3s", "noAudio {RecordingUrl: null}"),
        ("it", properties.clone(), "hangs_up: true", "hangup {CallStatus: completed}"),
        (
            "it",
            json!({ "timeout": 0, "max_length": 7, "finish_on_key": "" }),
            "says: On and on",
            "recordingComplete {RecordingDuration: '7'}",
        ),
    ];
    for (name, properties, step, expected) in stories {
        tell(name, "record-voicemail", properties, "{}", step, expected);
    }
}

#[test]
fn what_a_call_waits_for_ends_as_the_scenario_says() {
    let to = json!({ "noun": "number", "to": "+15555550120" });
    let queue = json!({ "queue_name": "desk" });
    let flex = json!({ "workflow": "WW1", "channel": "TC1", "attributes": "{\"a\": 1}" });
    let url = json!({ "url": "https://app.example.com/", "timeout": "60" });
    let pay = json!({ "payment_connector": "bank" });
    for (kind, properties, outcomes, step, expected) in [
        (
            "connect-call-to",
            &to,
            "{}",
            "wait: 0s",
            "callCompleted {DialCallStatus: completed, DialCallDuration: '60'}",
        ),
        ("connect-call-to", &to, "{dial: busy}", "wait: 0s", "callCompleted {DialCallStatus: busy}"),
        (
            "connect-call-to",
            &to,
            "{dial: {parameters: {DialCallDuration: '9'}}}",
            "wait: 0s",
            "callCompleted {DialCallStatus: completed, DialCallDuration: '9'}",
        ),
        ("connect-call-to", &to, "{dial: pending}", "hangs_up: true", "hangup {CallStatus: completed}"),
        ("enqueue-call", &queue, "{queue: leave}", "wait: 0s", "callComplete {QueueResult: leave}"),
        (
            "enqueue-call",
            &queue,
            "{queue: queue-full}",
            "wait: 0s",
            "failedToEnqueue {QueueResult: queue-full}",
        ),
        ("enqueue-call", &queue, "{queue: pending}", "outcomes: {queue: system-error}", "callFailure {}"),
        ("enqueue-call", &queue, "{queue: hangup}", "wait: 0s", "callComplete {QueueResult: hangup}"),
        ("send-to-flex", &flex, "{}", "wait: 0s", "callComplete {QueueResult: bridged, Age: 0}"),
        ("send-to-flex", &flex, "{queue: {refused: no queue}}", "wait: 0s", "failedToEnqueue {}"),
        (
            "add-twiml-redirect",
            &url,
            "{redirect: {parameters: {menu: sales}}}",
            "wait: 0s",
            "return {menu: sales}",
        ),
        ("add-twiml-redirect", &url, "{}", "wait: 60s", "timeout {}"),
        ("capture-payments", &pay, "{payment: success}", "wait: 0s", "success {Result: success}"),
        ("capture-payments", &pay, "{payment: too-many-failed-attempts}", "wait: 0s", "maxFailedAttempts {}"),
        ("capture-payments", &pay, "{}", "wait: 0s", "providerError {}"),
        (
            "connect-virtual-agent-v2",
            &json!({}),
            "{agent: live-agent-handoff}",
            "wait: 0s",
            "live-agent-handoff {}",
        ),
        (
            "run-conversation-relay",
            &json!({ "url": "wss://bot.example.com" }),
            "{agent: failed}",
            "wait: 0s",
            "failed {}",
        ),
        (
            "record-call",
            &json!({ "record_call": true }),
            "{}",
            "wait: 0s",
            "success {CallStatus: in-progress}",
        ),
    ] {
        tell("it", kind, properties.clone(), outcomes, step, expected);
    }
}

#[test]
fn a_flow_that_ends_hangs_up_and_nobody_can_press_keys_afterwards() {
    let flow = flow_of("say-play", json!({ "play": "https://a.example/bye.mp3", "loop": 2 }));
    let run = run_with(&story("{}", "presses: 1", "status: ended"), &flow);
    let failure = &run.failures[0];
    assert_eq!((failure.line, failure.what, failure.came.as_str()), (5, "step", "the call has ended"));
    assert_eq!(
        run.transcript.to_string(),
        "\
00:00:00  begin    Trigger by incomingCall
00:00:00  step     Trigger: incomingCall → it
00:00:00  call     Play loop=2
00:00:00  hears    https://a.example/bye.mp3
00:00:00  step     it: audioComplete → Ended
00:00:00  call     the flow hangs up
"
    );
    let run = run_with(&story("{}", "says: too late", "call: none, path: [Trigger, it, Trigger]"), &flow);
    assert_eq!(run.failures, vec![], "whoever is gone can still write");
}

#[test]
fn a_parent_and_a_conversation_can_begin_a_flow() {
    let flow = flow_of(
        "send-message",
        json!({ "to": "{{contact.channel.address}}", "body": "{{trigger | to_json}}" }),
    );
    for (trigger, expected) in [
        (
            "parent: {parameters: {a: 1}, trigger: {message: {Body: Hi, From: '+1'}}}",
            "context: {trigger.parent.parameters.a: 1, trigger.message.Body: Hi}, messages: [{to: '+1'}]",
        ),
        (
            "conversation: {body: Hi, from: Ann, attributes: {vip: true}}",
            "context: {trigger.conversation.ChannelAttributes.vip: true, contact.channel.address: Ann}",
        ),
    ] {
        let text = format!("- name: a story\n  trigger: {{{trigger}}}\n  expect: {{{expected}}}\n");
        assert_eq!(run_with(&text, &flow).failures, vec![], "{text}");
    }
}

#[test]
fn what_no_call_can_come_to_is_refused_with_what_can() {
    for (text, expected) in [
        ("- name: a\n  trigger: {call: {}}\n  steps: [{presses: x}]\n", "'x' are no keys: 0-9"),
        (
            "- name: a\n  trigger: {call: {}}\n  steps: [{outcomes: {dial: lost}}]\n",
            "'lost' is no outcome of dial: completed, ",
        ),
        (
            "- name: a\n  trigger: {call: {}}\n  answers: {outcomes: {queue: lost}}\n",
            "a.test.yaml:1: 'lost' is no outcome of queue",
        ),
        (
            "- name: a\n  trigger: {call: {}}\n  answers: {outcomes: {dail: busy}}\n",
            "hint: did you mean 'dial'?",
        ),
    ] {
        let refused = read(text, "a.test.yaml").map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains(expected), "{text}\n{refused}");
    }
    let refused =
        read_answers("outcomes: {dial: lost}\n", "answers.yaml").map(|_| ()).unwrap_err().to_string();
    assert!(refused.starts_with("answers.yaml:0: 'lost' is no outcome of dial"), "{refused}");
}

/// Calls a flow of one widget and checks the event by which it is left and some of its outputs.
fn tell(name: &str, kind: &str, properties: Value, outcomes: &str, step: &str, expected: &str) {
    let (event, outputs) = expected.split_once(' ').expect("an event and outputs");
    let outputs: Vec<String> = outputs
        .trim_matches(['{', '}'])
        .split(", ")
        .filter(|output| !output.is_empty())
        .map(|output| format!("widgets.{name}.{output}"))
        .collect();
    let text = story(outcomes, step, &format!("context: {{{}}}", outputs.join(", ")));
    let run = run_with(&text, &flow_of(kind, properties));
    assert_eq!(run.failures, vec![], "{kind} {text}{}", run.transcript);
    assert!(
        run.transcript.to_string().contains(&format!("{name}: {event} → ")),
        "{event}\n{}",
        run.transcript
    );
}

fn story(outcomes: &str, step: &str, expected: &str) -> String {
    format!(
        "- name: a story\n  trigger: {{call: {{}}}}\n  answers: {{outcomes: {outcomes}}}\n  steps:\n    - {step}\n  expect: {{{expected}}}\n"
    )
}

fn run_with(text: &str, flow: &RehearsedFlow) -> Run {
    let scenarios = read(text, "a.test.yaml").unwrap_or_else(|error| panic!("{text}\n{error}"));
    Run::of(&scenarios[0].value, flow)
}

/// A flow that enters one widget, whatever begins it.
fn flow_of(kind: &str, properties: Value) -> RehearsedFlow {
    let begins = ["incomingCall", "incomingConversationMessage", "incomingParent"];
    let ways: Vec<Value> = begins.iter().map(|event| json!({ "event": event, "next": "it" })).collect();
    let definition = json!({
        "description": "A story", "initial_state": "Trigger", "flags": {},
        "states": [
            { "name": "Trigger", "type": "trigger", "properties": {}, "transitions": ways },
            { "name": "it", "type": kind, "properties": properties, "transitions": [] },
        ],
    });
    RehearsedFlow::parse(&definition, Settings::default()).unwrap_or_else(|problems| panic!("{problems:?}"))
}
