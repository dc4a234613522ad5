//! Durable steps of flows, and what an execution that waits takes on disk.
//!
//! Each execution takes ten steps through a chain of widgets, each step a row, in process, without HTTP, SQLite
//! with `synchronous=FULL`; `cargo bench -p server --bench flow_steps`.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::StartExecution;
use domain::FlowSid;
use serde_json::{Map, Value, json};
use server::Embedded;

/// The steps of one execution: the trigger's and those of nine widgets.
const STEPS: u64 = 10;
const EXECUTIONS: u64 = 20_000;
const WAITING: u64 = 20_000;
/// How many contacts start an execution at the same time.
const AT_ONCE: u64 = 256;
/// Below saturation: how many executions start in a second, and for how long.
const PACE: u64 = 200;
const PACED: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let product = Arc::new(Embedded::open(folder.path()).await?);
    let chain = product.publish_flow("Chain", &chain()).await?;
    let (seconds, times) = start_all(&product, chain, EXECUTIONS).await?;
    report(seconds, &times);
    let paced = start_evenly(&product, chain).await?;
    report_times(&format!("at {} steps /s", PACE * STEPS), &paced);
    let wait = product.publish_flow("Wait", &wait()).await?;
    let before = size(folder.path())?;
    start_all(&product, wait, WAITING).await?;
    product.settle().await;
    report_size((size(folder.path())? - before) / WAITING);
    Ok(())
}

/// Starts executions of a flow, each of its own contact; returns the time of all and of each.
async fn start_all(
    product: &Arc<Embedded>,
    flow: FlowSid,
    count: u64,
) -> anyhow::Result<(f64, Vec<Duration>)> {
    let began = now();
    let mut starters = tokio::task::JoinSet::new();
    for starter in 0..AT_ONCE {
        let product = Arc::clone(product);
        starters.spawn(async move {
            let mut times = vec![];
            for contact in (starter..count).step_by(AT_ONCE as usize) {
                let asked = now();
                product.start_execution(start(flow, contact)).await?;
                times.push(asked.elapsed());
            }
            Ok::<_, api::Failure>(times)
        });
    }
    let mut times = vec![];
    while let Some(own) = starters.join_next().await {
        times.extend(own??);
    }
    times.sort();
    Ok((began.elapsed().as_secs_f64(), times))
}

/// Starts executions at an even pace; returns the time of each, all its steps on disk.
async fn start_evenly(product: &Arc<Embedded>, flow: FlowSid) -> anyhow::Result<Vec<Duration>> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / PACE as u32);
    let mut started = tokio::task::JoinSet::new();
    for contact in 0..PACE * PACED.as_secs() {
        ticks.tick().await;
        let product = Arc::clone(product);
        started.spawn(async move {
            let asked = now();
            // Other contacts than before: each has one execution at most that is active.
            product.start_execution(start(flow, EXECUTIONS + contact)).await?;
            Ok::<_, api::Failure>(asked.elapsed())
        });
    }
    let mut times = vec![];
    while let Some(time) = started.join_next().await {
        times.push(time??);
    }
    times.sort();
    Ok(times)
}

fn start(flow: FlowSid, contact: u64) -> StartExecution {
    StartExecution {
        flow,
        to: format!("+1555{contact:07}"),
        from: "+15555550100".to_owned(),
        parameters: Map::new(),
    }
}

/// Nine widgets that set a variable each.
fn chain() -> Value {
    let mut states = vec![trigger("step_1")];
    for number in 1..STEPS {
        let next = if number + 1 < STEPS {
            json!({ "event": "next", "next": format!("step_{}", number + 1) })
        } else {
            json!({ "event": "next" })
        };
        states.push(json!({
            "name": format!("step_{number}"),
            "type": "set-variables",
            "properties": { "variables": [
                { "key": format!("v{number}"), "value": "{{contact.channel.address}}", "index": "0" }] },
            "transitions": [next],
        }));
    }
    flow_of(states)
}

/// A question whose answer does not come.
fn wait() -> Value {
    let question = json!({
        "name": "question",
        "type": "send-and-wait-for-reply",
        "properties": {
            "from": "{{flow.channel.address}}", "body": "How can we help?", "service": "", "channel": "",
            "timeout": "3600" },
        "transitions": [{ "event": "incomingMessage" }, { "event": "timeout" }, { "event": "deliveryFailure" }],
    });
    flow_of(vec![trigger("question"), question])
}

fn trigger(next: &str) -> Value {
    json!({
        "name": "Trigger",
        "type": "trigger",
        "properties": {},
        "transitions": [
            { "event": "incomingMessage" }, { "event": "incomingCall" },
            { "event": "incomingConversationMessage" }, { "event": "incomingRequest", "next": next },
            { "event": "incomingParent" }],
    })
}

fn flow_of(states: Vec<Value>) -> Value {
    json!({ "description": "Bench", "initial_state": "Trigger", "flags": {}, "states": states })
}

/// Returns the bytes of the database and its log.
fn size(folder: &Path) -> anyhow::Result<u64> {
    let of = |name: &str| std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
    Ok(of("patchboard.db") + of("patchboard.db-wal"))
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}

#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report(seconds: f64, times: &[Duration]) {
    println!("durable steps            {:>8.0} /s", (EXECUTIONS * STEPS) as f64 / seconds);
    report_times(&format!("{AT_ONCE} at once"), times);
}

#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report_times(load: &str, times: &[Duration]) {
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    println!("an execution of {STEPS} steps, {load}: p50 {:.1} ms, p99 {:.1} ms", at(0.5), at(0.99));
}

#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report_size(bytes: u64) {
    println!("a waiting execution      {bytes:>8} bytes on disk, with its steps, message and timer");
}
