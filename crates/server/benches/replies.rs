//! A customer's message until the reply of its flow: of a number's own flow, and of a flow in a conversation.
//!
//! In process, without HTTP, SQLite with `synchronous=FULL`; a reply counts once it is on disk and owed to the network.
//! Each message is the first of its contact, so it starts an execution, and in the second case makes a conversation;
//! `cargo bench -p server --bench replies`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::{InboundMessage, LiveEvent, LiveEvents};
use conversation::Fact;
use serde_json::{Value, json};
use server::Embedded;
use tokio::sync::broadcast::error::RecvError;

/// The numbers that are written to: of a flow, and of an address configuration.
const FLOWS_OWN: &str = "+15555550181";
const OF_CONVERSATIONS: &str = "+15555550182";

/// Saturated: how many contacts write, and how many of them at the same time.
const CONTACTS: u64 = 10_000;
const AT_ONCE: u64 = 256;
/// Below saturation: how many contacts write in a second, and for how long.
const PACE: u64 = 100;
const PACED: Duration = Duration::from_secs(20);
/// After so long a reply is missing.
const REPLY_MAX: Duration = Duration::from_secs(120);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let product = Arc::new(Embedded::open(folder.path()).await?);
    set_up(&product).await?;
    for (what, number) in [("message", FLOWS_OWN), ("conversation", OF_CONVERSATIONS)] {
        let listener = tokio::spawn(hear(product.live_events(), PACE * PACED.as_secs()));
        let written = write_evenly(&product, number).await?;
        report(&format!("{what}, {PACE} /s"), &written, &listener.await??);
        product.settle().await;
        let listener = tokio::spawn(hear(product.live_events(), CONTACTS));
        let written = write_all(&product, number).await?;
        report(&format!("{what}, {AT_ONCE} at once"), &written, &listener.await??);
        product.settle().await;
    }
    Ok(())
}

/// Gives both numbers a flow that answers once.
async fn set_up(product: &Embedded) -> anyhow::Result<()> {
    let of_messages = product.publish_flow("Answers messages", &answering("incomingMessage")).await?;
    let account = product.credentials().0;
    let url = format!("http://localhost/webhooks/v1/Accounts/{account}/Flows/{of_messages}");
    let numbers = format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json");
    product.post(&numbers, &[("PhoneNumber", FLOWS_OWN), ("SmsUrl", &url)]).await?;
    product.post(&numbers, &[("PhoneNumber", OF_CONVERSATIONS)]).await?;
    let answering = answering("incomingConversationMessage");
    let of_conversations = product.publish_flow("Answers in conversations", &answering).await?.to_string();
    let configuration = [
        ("Type", "sms"),
        ("Address", OF_CONVERSATIONS),
        ("AutoCreation.Enabled", "true"),
        ("AutoCreation.Type", "studio"),
        ("AutoCreation.StudioFlowSid", &of_conversations),
    ];
    product.post("/conversations/v1/Configuration/Addresses", &configuration).await?;
    Ok(())
}

/// When something happened, by contact.
type Times = BTreeMap<String, Instant>;

/// Waits for so many replies.
async fn hear(mut events: LiveEvents, count: u64) -> anyhow::Result<Times> {
    let mut heard = Times::new();
    while (heard.len() as u64) < count {
        match tokio::time::timeout(REPLY_MAX, events.recv()).await? {
            Ok(events) => heard.extend(events.iter().filter_map(replied_to).map(|contact| (contact, now()))),
            Err(RecvError::Lagged(missed)) => anyhow::bail!("{missed} commits were missed"),
            Err(RecvError::Closed) => anyhow::bail!("the product has stopped"),
        }
    }
    Ok(heard)
}

/// Returns the contact whose reply is on disk by this event: the body of a conversation's reply is the contact.
fn replied_to(event: &LiveEvent) -> Option<String> {
    if let LiveEvent::ExecutionEnded(facts) = event {
        return (facts.ours == FLOWS_OWN).then(|| facts.contact.clone());
    }
    let LiveEvent::Conversation(notice) = event else { return None };
    let Fact::MessageAdded(message) = &notice.fact else { return None };
    message.body.clone().filter(|_| message.participant_sid.is_none())
}

/// Contacts write at an even pace, whoever waits for a reply.
async fn write_evenly(product: &Arc<Embedded>, number: &'static str) -> anyhow::Result<Times> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / PACE as u32);
    let mut writers = tokio::task::JoinSet::new();
    for contact in 0..PACE * PACED.as_secs() {
        ticks.tick().await;
        let product = Arc::clone(product);
        writers.spawn(async move { write(&product, number, CONTACTS + contact).await });
    }
    let mut written = Times::new();
    while let Some(one) = writers.join_next().await {
        written.extend([one??]);
    }
    Ok(written)
}

/// Contacts write as fast as their messages are acknowledged.
async fn write_all(product: &Arc<Embedded>, number: &'static str) -> anyhow::Result<Times> {
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..AT_ONCE {
        let product = Arc::clone(product);
        writers.spawn(async move {
            let mut written = Times::new();
            for contact in (writer..CONTACTS).step_by(AT_ONCE as usize) {
                written.extend([write(&product, number, contact).await?]);
            }
            anyhow::Ok(written)
        });
    }
    let mut written = Times::new();
    while let Some(own) = writers.join_next().await {
        written.extend(own??);
    }
    Ok(written)
}

/// Has a contact write; the time is that before anything was done about it.
async fn write(product: &Embedded, number: &str, contact: u64) -> anyhow::Result<(String, Instant)> {
    let from = format!("+1555{contact:07}");
    let message = InboundMessage {
        from: from.parse()?,
        to: number.parse()?,
        body: "Hello".to_owned(),
        media: vec![],
        profile_name: None,
    };
    let began = now();
    product.receive_message(message).await?;
    Ok((from, began))
}

/// A flow that answers with the contact's address.
fn answering(trigger: &str) -> Value {
    let answer = json!({
        "name": "answer",
        "type": "send-message",
        "properties": {
            "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}",
            "body": "{{contact.channel.address}}", "service": "", "channel": "" },
        "transitions": [{ "event": "sent" }, { "event": "failed" }],
    });
    let events = [
        "incomingMessage",
        "incomingCall",
        "incomingConversationMessage",
        "incomingRequest",
        "incomingParent",
    ];
    let transitions: Vec<Value> = events
        .iter()
        .map(|event| {
            if *event == trigger {
                json!({ "event": event, "next": "answer" })
            } else {
                json!({ "event": event })
            }
        })
        .collect();
    let start = json!({ "name": "Trigger", "type": "trigger", "properties": {}, "transitions": transitions });
    json!({ "description": "Bench", "initial_state": "Trigger", "flags": {}, "states": [start, answer] })
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}

#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report(load: &str, written: &Times, replied: &Times) {
    let mut times: Vec<Duration> =
        written.iter().map(|(contact, began)| replied[contact].duration_since(*began)).collect();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    let (first, last) = (written.values().min(), replied.values().max());
    let seconds = first.zip(last).map_or(0.0, |(first, last)| last.duration_since(*first).as_secs_f64());
    println!(
        "{load:<28} reply p50 {:>7.1} ms, p99 {:>7.1} ms; {:>6.0} messages with their replies /s",
        at(0.5),
        at(0.99),
        times.len() as f64 / seconds
    );
}
