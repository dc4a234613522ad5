//! How fast the engine itself takes steps, and what an execution that waits weighs: no database, no network.

use std::io::Write;

use divan::AllocProfiler;
use divan::counter::ItemsCount;
use domain::{Sid, Tick, Timestamp};
use flow::{Action, Event, Execution, Flow, Settings, Start, Trigger, check, messaging};
use serde_json::{Map, Value, json};

/// Tells beside each time how many bytes were asked for.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// A flow of ten widgets that asks, counts and asks again.
const GUESSING: &str = include_str!("../../../examples/flows/guess-a-number.json");

/// How many steps a wrong guess takes.
const STEPS_OF_GUESS: usize = 4;

/// How many widgets the largest flow has that may be checked.
const WIDGETS: usize = 2_000;

fn main() {
    let (execution, _) = waiting(&guessing());
    let stored = serde_json::to_vec(&execution).expect("an execution can be stored").len();
    let _ =
        writeln!(std::io::stdout(), "an execution that waits for a reply: {stored} bytes as it is stored\n");
    divan::main();
}

/// A message begins an execution, which is kept while it waits: what is allocated and not freed is its weight.
#[divan::bench]
fn wait_for_reply(bencher: divan::Bencher<'_, '_>) {
    let flow = guessing();
    bencher.counter(ItemsCount::new(3_usize)).bench_local(|| waiting(&flow).0);
}

/// A reply to an execution that waits: four steps, conditions and a variable, until it waits again.
#[divan::bench]
fn reply(bencher: divan::Bencher<'_, '_>) {
    let flow = guessing();
    let Value::Object(payload) = json!({ "MessageSid": "SM2", "From": "+15555550111", "Body": "11" }) else {
        unreachable!("the literal is an object")
    };
    let inputs = || (waiting(&flow), payload.clone());
    bencher.counter(ItemsCount::new(STEPS_OF_GUESS)).with_inputs(inputs).bench_local_values(
        |((mut execution, mut tick), payload)| {
            let actions = execution.handle(&flow, Event::MessageReceived { payload }, &mut tick);
            let steps = actions.iter().filter(|action| matches!(action, Action::RecordStep(_))).count();
            assert_eq!(steps, STEPS_OF_GUESS);
            execution
        },
    );
}

/// The check of a flow of two thousand widgets in one long round.
#[divan::bench(sample_count = 10)]
fn check_large_flow(bencher: divan::Bencher<'_, '_>) {
    let trigger = json!({ "name": "Trigger", "type": "trigger", "properties": {},
        "transitions": [{ "event": "incomingMessage", "next": "w1" }] });
    let ask = |place: usize| {
        json!({ "name": format!("w{place}"), "type": "send-and-wait-for-reply",
            "properties": { "from": "{{flow.channel.address}}", "timeout": "60",
                "body": format!("{{{{widgets.w{}.inbound.Body}}}}", place / 2 + 1) },
            "transitions": [{ "event": "incomingMessage", "next": format!("w{}", place % (WIDGETS - 1) + 1) }] })
    };
    let states: Vec<Value> = std::iter::once(trigger).chain((1..WIDGETS).map(ask)).collect();
    let definition =
        json!({ "description": "Large", "initial_state": "Trigger", "flags": {}, "states": states });
    let bindings = flow::portable::Bindings::default();
    bencher.counter(ItemsCount::new(WIDGETS)).bench_local(|| check(&definition, &bindings));
}

fn guessing() -> Flow {
    let definition = serde_json::from_str(GUESSING).expect("the example is JSON");
    Flow::parse(&definition, Settings::default()).expect("a valid flow")
}

/// Returns an execution whose question was sent and that waits for the answer.
fn waiting(flow: &Flow) -> (Execution, Tick) {
    let mut tick = Tick::new(Timestamp::from_secs(1), 1);
    let (mut execution, actions) = Execution::start(flow, start(), &mut tick);
    if let Some(Action::SendMessage { request, .. }) = actions.last() {
        let outbound = Map::from_iter([("Sid".to_owned(), json!("SM3"))]);
        execution.handle(flow, Event::MessageAccepted { request: *request, outbound }, &mut tick);
    }
    (execution, tick)
}

/// A message that becomes a task: two steps, one template of three values.
#[divan::bench]
fn hand_over(bencher: divan::Bencher<'_, '_>) {
    let flow = Flow::parse(&messaging("WW1", "TC1"), Settings::default()).expect("a valid flow");
    bencher.with_inputs(start).bench_values(|start| {
        let mut tick = Tick::new(Timestamp::from_secs(1), 1);
        let (mut execution, actions) = Execution::start(&flow, start, &mut tick);
        let Some(Action::CreateTask { request, .. }) = actions.last() else { return Vec::new() };
        let task = Map::from_iter([("sid".to_owned(), json!("WT1"))]);
        execution.handle(&flow, Event::TaskCreated { request: *request, task }, &mut tick)
    });
}

fn start() -> Start {
    let payload = json!({ "MessageSid": "SM1", "From": "+15555550111", "To": "+15555550100", "Body": "Hi" });
    let Value::Object(payload) = payload else { unreachable!("the literal is an object") };
    Start {
        account_sid: Sid::from_bits(1),
        flow_sid: Sid::from_bits(2),
        flow_revision: 1,
        initiated_by: "SM1".to_owned(),
        trigger: Trigger::IncomingMessage { payload },
    }
}
