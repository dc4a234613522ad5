//! Random definitions and random orders of events: nothing panics, and every execution ends or has a deadline.

use domain::{Sid, StepSid, Tick, Timestamp};
use flow::{
    Action, Event, Execution, Flow, HttpResponse, Settings, Start, Status, Trigger, validate,
    validate_strictly,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::definitions::shared_flows;
use crate::scenario::{call, definition, message, object, split, widget};

proptest! {
    #[test]
    fn no_json_makes_the_check_panic(definition in any_json()) {
        let errors = validate(&definition).errors;
        prop_assert!(validate_strictly(&definition).errors.starts_with(&errors));
        prop_assert_eq!(Flow::parse(&definition, Settings::default()).is_ok(), errors.is_empty());
    }

    #[test]
    fn no_value_at_a_place_that_matters_makes_the_check_panic(value in any_json(), place in 0..PLACES.len()) {
        let mut definition = busy();
        *definition.pointer_mut(PLACES[place]).unwrap() = value;
        prop_assert!(validate_strictly(&definition).errors.len() >= validate(&definition).errors.len());
        if let Ok(flow) = Flow::parse(&definition, Settings::default()) {
            run(&flow, &[0, 1, 2, 3, 4, 5, 6, 7, 0, 2]);
        }
    }

    #[test]
    fn no_order_of_events_loses_an_execution(events in prop::collection::vec(0u8..EVENTS, 0..60)) {
        run(&Flow::parse(&busy(), Settings::default()).unwrap(), &events);
    }

    #[test]
    fn no_order_of_events_loses_a_conversation(events in prop::collection::vec(0u8..EVENTS, 0..60)) {
        let (to, from) = ("a".to_owned(), "b".to_owned());
        let trigger = Trigger::IncomingRequest { to, from, parameters: Map::new() };
        run_with(&Flow::parse(&talk(), Settings::default()).unwrap(), trigger, &events);
    }

    #[test]
    fn no_order_of_events_loses_a_call(events in prop::collection::vec(0u8..EVENTS, 0..60)) {
        run_with(&Flow::parse(&ivr(), Settings::default()).unwrap(), call_in(), &events);
    }
}

#[test]
fn no_order_of_events_loses_an_execution_of_a_real_flow() {
    let Some(files) = shared_flows() else {
        eprintln!("left out: the folder of real flows is not there");
        return;
    };
    for file in files {
        let definition = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let Ok(flow) = Flow::parse(&definition, Settings::default()) else { continue };
        for seed in 0..40u64 {
            let trigger =
                if seed % 2 == 0 { call_in() } else { Trigger::IncomingMessage { payload: message("1") } };
            // A linear congruence is random enough to go through the widgets in many orders.
            let step = |x: &u64| {
                Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
            };
            let numbers = std::iter::successors(Some(seed), step).skip(1).take(80);
            let events: Vec<u8> = numbers.map(|x| (x >> 33) as u8 % EVENTS).collect();
            run_with(&flow, trigger, &events);
        }
    }
}

/// How many kinds of events `event_of` knows.
const EVENTS: u8 = 23;

const PLACES: [&str; 12] = [
    "/initial_state",
    "/flags",
    "/states/0",
    "/states/1",
    "/states/1/transitions",
    "/states/1/properties",
    "/states/1/properties/timeout",
    "/states/1/transitions/0/next",
    "/states/2/transitions/1/conditions",
    "/states/2/transitions/1/conditions/0",
    "/states/3/properties/variables",
    "/states/4/properties/attributes",
];

/// A flow that visits each kind of widget that runs, and can go round for ever.
fn busy() -> Value {
    let next = [("incomingMessage", "choose"), ("timeout", "set"), ("deliveryFailure", "agent")];
    let answer = "{{widgets.ask.inbound.Body}}";
    let target =
        json!({ "workflow": "WW1", "channel": "TC1", "attributes": "{\"a\": \"{{trigger.message.Body}}\"}" });
    definition(
        "ask",
        [
            widget("ask", "send-and-wait-for-reply", json!({ "body": "?", "timeout": "60" }), &next),
            split("choose", answer, &[("regex", "a.*", "tell"), ("contains", "b", "agent")], "set"),
            widget(
                "set",
                "set-variables",
                json!({ "variables": [{ "key": "n", "value": "1" }] }),
                &[("next", "ask")],
            ),
            widget("agent", "send-to-flex", target, &[("callComplete", "ask"), ("failedToEnqueue", "tell")]),
            widget("tell", "send-message", json!({ "body": "Ok" }), &[("sent", "ask"), ("failed", "call")]),
            widget(
                "call",
                "make-http-request",
                json!({ "url": "https://a/{{widgets.call.parsed.a}}" }),
                &[("success", "work"), ("failed", "speak")],
            ),
            widget(
                "work",
                "run-function",
                json!({ "url": "https://f" }),
                &[("success", "call"), ("fail", "set")],
            ),
            widget("speak", "say-play", json!({ "say": "Hi" }), &[]),
        ],
    )
}

/// A flow that speaks with its caller and can go round for ever.
fn ivr() -> Value {
    let pressed = "{{widgets.gather.Digits}}";
    definition(
        "gather",
        [
            widget(
                "gather",
                "gather-input-on-call",
                json!({ "say": "?" }),
                &[("keypress", "choose"), ("speech", "say"), ("timeout", "work")],
            ),
            split("choose", pressed, &[("equal_to", "1", "agent")], "dial"),
            widget(
                "say",
                "say-play",
                json!({ "say": "{{widgets.work.body}}" }),
                &[("audioComplete", "away")],
            ),
            widget(
                "work",
                "run-function",
                json!({ "url": "https://f" }),
                &[("success", "gather"), ("fail", "say")],
            ),
            widget(
                "agent",
                "send-to-flex",
                json!({ "workflow": "WW1", "channel": "TC1" }),
                &[("callComplete", "gather"), ("failedToEnqueue", "dial"), ("callFailure", "work")],
            ),
            widget(
                "dial",
                "connect-call-to",
                json!({ "noun": "number", "to": "1" }),
                &[("callCompleted", "gather"), ("hangup", "work")],
            ),
            widget(
                "away",
                "add-twiml-redirect",
                json!({ "url": "https://a/b", "timeout": "60" }),
                &[("return", "gather"), ("timeout", "work"), ("fail", "work")],
            ),
        ],
    )
}

/// A flow that begins a conversation, hands it over, and can go round for ever.
fn talk() -> Value {
    let begin =
        json!({ "conversation_service_sid": "IS1", "participants": [{ "type": "chat", "identity": "ann" }] });
    definition(
        "begin",
        [
            widget("begin", "start-conversation", begin, &[("created", "ask"), ("failed", "resume")]),
            widget(
                "resume",
                "resume-conversation",
                json!({ "conversation_service_sid": "IS1", "conversation_sid": "CH1" }),
                &[("resumed", "ask"), ("failed", "call")],
            ),
            widget("call", "make-outgoing-call-v1", json!({}), &[("answered", "agent"), ("failed", "ask")]),
            widget("ask", "send-and-wait-for-reply", json!({ "body": "?" }), &[("incomingMessage", "agent")]),
            widget(
                "agent",
                "send-to-flex",
                json!({ "workflow": "WW1", "channel": "TC1" }),
                &[("callComplete", "begin"), ("failedToEnqueue", "begin")],
            ),
        ],
    )
}

fn call_in() -> Trigger {
    Trigger::IncomingCall { payload: call(json!({})) }
}

/// Plays events against an execution that a message began.
fn run(flow: &Flow, events: &[u8]) {
    run_with(flow, Trigger::IncomingMessage { payload: message("Hi") }, events);
}

/// Plays events against an execution and checks what must always hold.
fn run_with(flow: &Flow, trigger: Trigger, events: &[u8]) {
    let start = Start {
        account_sid: Sid::from_bits(1),
        flow_sid: Sid::from_bits(2),
        flow_revision: 1,
        initiated_by: "SM1".to_owned(),
        trigger,
    };
    let mut now = Timestamp::from_secs(1_000_000);
    let (mut execution, actions) = Execution::start(flow, start, &mut Tick::new(now, 0));
    let mut requests = vec![StepSid::from_bits(0)];
    note(&mut requests, &actions);
    for (seed, event) in (1..).zip(events) {
        if let (9 | 10, Some(at)) = (*event, execution.next_timeout()) {
            now = at;
        }
        let request = requests[usize::from(event % 3 != 0) * (requests.len() - 1)];
        let actions = execution.handle(flow, event_of(*event, request), &mut Tick::new(now, seed));
        note(&mut requests, &actions);
        check(&execution, &actions);
    }
}

fn check(execution: &Execution, actions: &[Action]) {
    let has_ended = execution.status() == Status::Ended;
    assert_eq!(execution.next_timeout().is_none(), has_ended);
    assert_eq!(execution.visit().is_none(), has_ended);
    assert!(execution.steps_taken() <= 1_000);
    let last_step = actions.iter().rev().find_map(|action| match action {
        Action::RecordStep(step) => Some(step),
        Action::SendMessage { .. }
        | Action::CreateTask { .. }
        | Action::RequestHttp { .. }
        | Action::PerformVerbs { .. }
        | Action::MakeCall { .. }
        | Action::StartConversation { .. }
        | Action::ResumeConversation { .. }
        | Action::CreateInteraction { .. }
        | Action::PassOnMessage { .. } => None,
    });
    if let Some(step) = last_step {
        assert_eq!(step.is_last(), has_ended);
    }
}

fn note(requests: &mut Vec<StepSid>, actions: &[Action]) {
    requests.extend(actions.iter().filter_map(|action| match action {
        Action::SendMessage { request, .. }
        | Action::CreateTask { request, .. }
        | Action::RequestHttp { request, .. }
        | Action::PerformVerbs { request, .. }
        | Action::MakeCall { request, .. }
        | Action::StartConversation { request, .. }
        | Action::ResumeConversation { request, .. }
        | Action::CreateInteraction { request, .. } => Some(*request),
        Action::RecordStep(_) | Action::PassOnMessage { .. } => None,
    }));
}

fn event_of(kind: u8, request: StepSid) -> Event {
    let reason = String::from("because");
    match kind {
        0 => Event::MessageReceived { payload: message("a") },
        1 => Event::MessageReceived { payload: message("b \"quoted\"") },
        2 | 8 => Event::MessageAccepted { request, outbound: object(json!({ "Sid": "SM2" })) },
        3 => Event::MessageRefused { request, code: 21211, reason },
        4 => Event::DeliveryFailed { request, code: 30003, reason },
        5 => Event::TaskCreated { request, task: Map::new() },
        6 => Event::TaskRefused { request, reason },
        7 => Event::MessageReceived { payload: Map::new() },
        11 => Event::HttpAnswered { request, response: Box::new(json_answer()) },
        12 => Event::HttpFailed { request, reason },
        13 => Event::VerbsPerformed { request, parameters: call(json!({ "Digits": "1" })) },
        14 => Event::VerbsPerformed { request, parameters: Map::new() },
        15 => Event::VerbsRefused { request, reason },
        16 => Event::CallPlaced { request, parameters: call(json!({})) },
        17 => Event::CallRefused { request, reason },
        18 => Event::CallEnded { parameters: Map::new() },
        19 => Event::ConversationReady { request, conversation: Map::new(), webhook_sid: String::new() },
        20 => Event::ConversationRefused { request, reason },
        21 => Event::InteractionCreated { request, interaction: Map::new() },
        22 => Event::InteractionRefused { request, reason },
        _ => Event::TimeReached,
    }
}

fn json_answer() -> HttpResponse {
    HttpResponse {
        status_code: 200,
        content_type: "application/json".to_owned(),
        body: r#"{"a":1}"#.to_owned(),
        headers: Map::new(),
    }
}

/// JSON with the keys and words of definitions in it.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "states",
        "name",
        "type",
        "transitions",
        "properties",
        "event",
        "next",
        "conditions",
        "initial_state",
        "trigger",
        "Trigger",
        "match",
        "split-based-on",
        "set-variables",
        "variables",
        "key",
        "value",
        "{{ a }}",
        "{% if",
        "regex",
        "(",
        "timeout",
        "arguments",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(word.clone(), inner, 0..6).prop_map(|map| {
                Value::Object(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}
