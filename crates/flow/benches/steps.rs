//! How fast the engine itself takes steps: no database, no network.

use domain::{Sid, Tick, Timestamp};
use flow::{Action, Event, Execution, Flow, Settings, Start, Trigger, messaging};
use serde_json::{Map, Value, json};

fn main() {
    divan::main();
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
