//! A table of voice widgets: what each performs on the call, and which way each answer takes.

use serde_json::{Value, json};

use crate::scenario::{Scenario, call, definition, widget};

/// What a widget performs, and for some parameters the event by which it is left.
struct Case {
    kind: &'static str,
    properties: Value,
    verb: &'static str,
    ways: Vec<(Value, &'static str)>,
}

#[test]
fn each_voice_widget_performs_its_verb_and_reads_the_answer() {
    let cases = speaking().into_iter().chain(connecting()).chain(recording()).chain(machines());
    for case in cases {
        let flow = definition("it", [widget("it", case.kind, case.properties, &[])]);
        for (parameters, event) in case.ways {
            let scenario = Scenario::new(&flow)
                .starts_with_call()
                .expect(["step incomingCall: Trigger -> it", case.verb])
                .performs(parameters.clone());
            assert_eq!(scenario.last_step().name, event, "{} {parameters}", case.verb);
            let context = scenario.execution().context();
            let outputs = &context["widgets"]["it"];
            let expected = call(parameters);
            assert!(
                matches!(event, "next" | "Stop Execution") || outputs["CallSid"] == expected["CallSid"],
                "{outputs}"
            );
        }
    }
}

#[test]
fn nothing_to_perform_is_said_and_the_flow_goes_on() {
    for (kind, properties, event, warning) in [
        ("say-play", json!({ "say": "{{none}}" }), "audioComplete", "nothing to say"),
        ("say-play", json!({ "digits": "12x" }), "audioComplete", "no keys"),
        (
            "connect-call-to",
            json!({ "noun": "number", "to": "{{none}}" }),
            "callCompleted",
            "nobody to connect",
        ),
    ] {
        let flow = definition("it", [widget("it", kind, properties, &[])]);
        let scenario = Scenario::new(&flow).starts_with_call().expect_ended();
        assert_eq!(scenario.last_step().name, event);
        assert!(scenario.last_step().warnings[0].contains(warning), "{:?}", scenario.last_step().warnings);
    }
}

#[test]
fn a_queue_that_is_not_named_or_a_task_over_its_limits_is_not_joined() {
    for (properties, error) in [
        (json!({}), "queue_name"),
        (json!({ "queue_name": "x".repeat(65) }), "64"),
        (json!({ "workflow_sid": "WW1", "task_attributes": "[1]" }), "JSON object"),
        (json!({ "workflow_sid": "WW1", "priority": "{{ 'high' }}" }), "priority"),
    ] {
        let flow = definition("it", [widget("it", "enqueue-call", properties, &[])]);
        let scenario = Scenario::new(&flow).starts_with_call().expect_ended();
        let step = scenario.last_step();
        assert_eq!(step.name, "failedToEnqueue");
        assert!(step.error.as_deref().unwrap().contains(error), "{:?}", step.error);
    }
}

#[test]
fn a_bot_that_takes_too_long_is_left() {
    let agent =
        widget("it", "connect-virtual-agent-v2", json!({ "connector_name": "c", "timeout": "60" }), &[]);
    let scenario = Scenario::new(&definition("it", [agent])).starts_with_call().after(60).expect_ended();
    assert_eq!(scenario.last_step().name, "timeout");
}

fn speaking() -> Vec<Case> {
    vec![
        Case {
            kind: "say-play",
            properties: json!({ "say": "Hi <break time=\"1s\"/>{{trigger.call.From}}", "voice": "Polly.Salli" }),
            verb: r#"<Say voice="Polly.Salli" loop="1">Hi <break time="1s"/>+15555550111</Say>"#,
            ways: vec![(json!({}), "audioComplete")],
        },
        Case {
            kind: "say-play",
            properties: json!({ "say": "2 < 3 & more", "voice": "default", "loop": 3 }),
            verb: r#"<Say loop="3">2 &lt; 3 &amp; more</Say>"#,
            ways: vec![(json!({}), "audioComplete")],
        },
        Case {
            kind: "say-play",
            properties: json!({ "digits": "1w2#" }),
            verb: r#"<Play digits="1w2#"/>"#,
            ways: vec![(json!({ "CallStatus": "completed" }), "Stop Execution")],
        },
        Case {
            kind: "gather-input-on-call",
            properties: json!({
                "play": "https://a.example/q.mp3", "timeout": 9, "stop_gather": false, "gather_language": "de-DE",
                "hints": "ja, nein", "profanity_filter": "false", "speech_timeout": "3", "speech_model": "phone_call",
                "number_of_digits": 0,
            }),
            verb: r#"<Gather input="dtmf speech" timeout="9" finishOnKey="" speechTimeout="3" profanityFilter="false" language="de-DE" hints="ja, nein" speechModel="phone_call"><Play loop="1">https://a.example/q.mp3</Play></Gather>"#,
            ways: vec![
                (json!({ "Digits": "12" }), "keypress"),
                (json!({ "SpeechResult": "Ja.", "Confidence": "0.9" }), "speech"),
                (json!({ "Digits": "" }), "timeout"),
            ],
        },
    ]
}

fn connecting() -> Vec<Case> {
    let to = |noun: &str, to: &str| json!({ "noun": noun, "to": to, "caller_id": "+1", "timeout": 5 });
    let one = |properties, verb| Case {
        kind: "connect-call-to",
        properties,
        verb,
        ways: vec![
            (json!({ "DialCallStatus": "busy" }), "callCompleted"),
            (json!({ "DialCallStatus": "completed", "CallStatus": "completed" }), "hangup"),
        ],
    };
    vec![
        one(to("number", "+2"), r#"<Dial timeout="5" callerId="+1"><Number>+2</Number></Dial>"#),
        one(
            to("number-multi", "+2, +3"),
            r#"<Dial timeout="5" callerId="+1"><Number>+2</Number><Number>+3</Number></Dial>"#,
        ),
        one(to("client", "ann"), r#"<Dial timeout="5" callerId="+1"><Client>ann</Client></Dial>"#),
        one(
            to("conference", "room"),
            r#"<Dial timeout="5" callerId="+1"><Conference>room</Conference></Dial>"#,
        ),
        one(to("sim", "DE1"), r#"<Dial timeout="5" callerId="+1"><Sim>DE1</Sim></Dial>"#),
        one(
            json!({
                "noun": "sip", "sip_endpoint": "ann@b.example", "sip_username": "u", "sip_password": "p",
                "record": true, "time_limit": "90",
            }),
            r#"<Dial timeout="30" timeLimit="90" callerId="+15555550111" record="record-from-answer"><Sip username="u" password="p">sip:ann@b.example</Sip></Dial>"#,
        ),
        Case {
            kind: "enqueue-call",
            properties: json!({ "queue_name": "support", "wait_url": "https://a.example/w" }),
            verb: r#"<Enqueue waitUrl="https://a.example/w">support</Enqueue>"#,
            ways: vec![
                (json!({ "QueueResult": "bridged" }), "callComplete"),
                (json!({ "QueueResult": "queue-full" }), "failedToEnqueue"),
                (json!({ "QueueResult": "system-error" }), "callFailure"),
            ],
        },
        Case {
            kind: "enqueue-call",
            properties: json!({ "workflow_sid": "WW1", "task_attributes": "{\"a\":1}", "priority": 3, "timeout": 60 }),
            verb: r#"<Enqueue workflowSid="WW1"><Task priority="3" timeout="60">{"a":1}</Task></Enqueue>"#,
            ways: vec![(json!({ "QueueResult": "hangup", "CallStatus": "completed" }), "callComplete")],
        },
    ]
}

fn recording() -> Vec<Case> {
    let taken = |result: &str, event| (json!({ "Result": result }), event);
    vec![
        Case {
            kind: "record-voicemail",
            properties: json!({
                "finish_on_key": "*", "transcribe": true, "transcription_callback_url": "https://a.example/t",
                "play_beep": "false", "max_length": 60,
            }),
            verb: r#"<Record timeout="5" finishOnKey="*" maxLength="60" playBeep="false" trim="trim-silence" transcribe="true" transcribeCallback="https://a.example/t"/>"#,
            ways: vec![
                (json!({ "RecordingUrl": "https://r", "Digits": "*" }), "recordingComplete"),
                (json!({ "RecordingUrl": "https://r", "Digits": "hangup" }), "hangup"),
                (json!({}), "noAudio"),
            ],
        },
        Case {
            kind: "record-call",
            properties: json!({ "record_call": true, "recording_status_callback": "https://a.example/r" }),
            verb: r#"<Start><Recording recordingStatusCallback="https://a.example/r" recordingStatusCallbackMethod="POST" recordingStatusCallbackEvent="completed" channels="dual"/></Start>"#,
            ways: vec![(json!({ "Sid": "RE1" }), "success")],
        },
        Case {
            kind: "record-call",
            properties: json!({ "record_call": false }),
            verb: "<Stop><Recording/></Stop>",
            ways: vec![(json!({}), "success")],
        },
        Case {
            kind: "fork-stream",
            properties: json!({
                "stream_action": "start", "stream_name": "s", "stream_url": "wss://a.example/{{flow.sid | size}}",
                "stream_track": "both_tracks", "stream_parameters": [{ "key": "k", "value": "{{trigger.call.To}}" }],
            }),
            verb: r#"<Start><Stream name="s" url="wss://a.example/34" track="both_tracks"><Parameter name="k" value="+15555550100"/></Stream></Start>"#,
            ways: vec![(json!({}), "next")],
        },
        Case {
            kind: "fork-stream",
            properties: json!({ "stream_action": "stop", "stream_name": "s", "stream_transport_type": "siprec" }),
            verb: r#"<Stop><Siprec name="s"/></Stop>"#,
            ways: vec![(json!({}), "next")],
        },
        Case {
            kind: "capture-payments",
            properties: json!({
                "payment_connector": "c", "payment_amount": "{{ 10 }}", "payment_method": "CREDIT_CARD",
                "payment_token_type": "one-time", "valid_card_types": ["visa", "master-card"],
            }),
            verb: r#"<Pay timeout="5" maxAttempts="2" securityCode="true" paymentConnector="c" paymentMethod="credit-card" tokenType="one-time" chargeAmount="10" currency="usd" validCardTypes="visa mastercard"/>"#,
            ways: vec![
                taken("success", "success"),
                taken("too-many-failed-attempts", "maxFailedAttempts"),
                taken("caller-interrupted-with-star", "payInterrupted"),
                taken("validation-error", "validationError"),
                taken("payment-connector-error", "providerError"),
                taken("caller-hung-up", "hangup"),
            ],
        },
    ]
}

fn machines() -> Vec<Case> {
    let status = |status: &str| json!({ "VirtualAgentStatus": status });
    vec![
        Case {
            kind: "connect-virtual-agent",
            properties: json!({ "connector": "c", "language": "en", "sentiment_analysis": "true" }),
            verb: r#"<Connect><VirtualAgent connectorName="c" language="en" sentimentAnalysis="true"/></Connect>"#,
            ways: vec![(json!({}), "return"), (json!({ "CallStatus": "completed" }), "hangup")],
        },
        Case {
            kind: "connect-virtual-agent-v2",
            properties: json!({
                "connector_name": "c", "status_callback": "https://a.example/s",
                "configurations": [{ "key": "k", "value": "v" }],
            }),
            verb: r#"<Connect><VirtualAgent connectorName="c" statusCallback="https://a.example/s" statusCallbackMethod="POST"><Config name="k" value="v"/></VirtualAgent></Connect>"#,
            ways: vec![
                (status("completed"), "completed"),
                (status("live-agent-handoff"), "live-agent-handoff"),
                (status("paused"), "paused"),
                (status("failed"), "failed"),
            ],
        },
        Case {
            kind: "run-conversation-relay",
            properties: json!({
                "url": "wss://a.example/", "welcome_greeting": "Hi", "dtmf_detection": true, "interruptible": "false",
            }),
            verb: r#"<Connect><ConversationRelay url="wss://a.example/" dtmfDetection="true" welcomeGreeting="Hi" interruptible="none"/></Connect>"#,
            ways: vec![
                (json!({ "SessionStatus": "ended", "HandoffData": "{}" }), "success"),
                (json!({ "SessionStatus": "failed" }), "failed"),
            ],
        },
    ]
}
