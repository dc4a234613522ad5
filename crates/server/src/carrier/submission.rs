//! One message on its way to a carrier: submitted until the provider has it, refuses it, or nobody can tell.
//!
//! Before a provider that does not know repeats is asked, that is on disk: a message found so after a crash is not
//! asked for again, its fate is unknown.

use std::sync::Arc;
use std::time::Duration;

use carriers::{OutboundMessage, Receipt, ReceiptStatus, Submission};
use store::{Error, Message, MessageStatus, submissions};
use webhooks::{Backoff, RetryPolicy};

use super::bindings::Bound;
use crate::clock;
use crate::errand::Owed;
use crate::house::House;
use crate::messages::{self, reach};
use crate::work::Work;

/// How long a message is worth sending.
const VALIDITY: Duration = Duration::from_secs(4 * 60 * 60);

/// How patiently a provider is asked again.
const RETRIES: RetryPolicy = RetryPolicy {
    attempts: u32::MAX,
    backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60) },
};

/// The published code of a message that was not sent in time.
const EXPIRED: u32 = 30_036;

/// Sends a message by its carrier.
pub(super) async fn send(
    house: &Arc<House>,
    owed: &Owed,
    message: Message,
    bound: &Bound,
) -> Result<(), Error> {
    let sid = message.sid;
    if !bound.carrier.knows_repeats() && submissions::is_begun(&house.store, sid).await? {
        return give_up_hope(house, owed, message, "the server stopped before the provider answered").await;
    }
    let mut attempts = 0;
    // What waits may be changed or removed meanwhile.
    while let Some(message) = waiting(house, &message).await? {
        let submission = submit(house, bound, &message).await?;
        attempts += 1;
        let (pause, reason) = match submission {
            Submission::Accepted { provider_id } => {
                return accept(house, owed, message, (bound, provider_id)).await;
            }
            Submission::Refused { code, reason } => return fail(house, owed, message, code, reason).await,
            Submission::Unknown { reason } if !bound.carrier.knows_repeats() => {
                return give_up_hope(house, owed, message, &reason).await;
            }
            Submission::Unknown { reason } => (None, reason),
            Submission::Later { pause, reason } => (pause, reason),
        };
        tracing::warn!(message = %sid, carrier = bound.name, attempts, reason, "a message was not taken yet");
        let now = clock::now();
        let next = RETRIES.next_attempt(attempts, now, clock::random_word()).unwrap_or(now);
        let pause = pause.unwrap_or_default().max(next.since(now));
        if message.is_overdue(now + pause) || now.since(message.date_created) + pause > VALIDITY {
            return fail(house, owed, message, EXPIRED, reason).await;
        }
        tokio::time::sleep(pause).await;
    }
    house.commit(Work::settling(owed)).await
}

/// Changes a message by what a receipt says of it, where that is news.
pub(super) fn apply(work: &mut Work, message: &mut Message, receipt: &Receipt) {
    let status = match receipt.status {
        ReceiptStatus::Sent => MessageStatus::Sent,
        ReceiptStatus::Delivered => MessageStatus::Delivered,
        ReceiptStatus::Read => MessageStatus::Read,
        ReceiptStatus::Undelivered => MessageStatus::Undelivered,
        ReceiptStatus::Failed => MessageStatus::Failed,
    };
    if rank(status) > rank(message.status) {
        message.error_code = receipt.code;
        message.error_message.clone_from(&receipt.reason);
        reach(work, message, status);
    }
}

/// Receipts overtake each other; none takes a message back.
fn rank(status: MessageStatus) -> u8 {
    match status {
        MessageStatus::Accepted
        | MessageStatus::Scheduled
        | MessageStatus::Queued
        | MessageStatus::Sending => 0,
        MessageStatus::Unknown => 1,
        MessageStatus::Sent => 2,
        MessageStatus::Delivered
        | MessageStatus::Undelivered
        | MessageStatus::Failed
        | MessageStatus::Canceled
        | MessageStatus::Received => 3,
        MessageStatus::Read => 4,
    }
}

/// Returns the message as it is, while it waits to be sent.
async fn waiting(house: &House, message: &Message) -> Result<Option<Message>, Error> {
    let found = store::messages::fetch(&house.store, &message.sid.to_string()).await?;
    Ok(found.filter(|message| message.status == MessageStatus::Queued))
}

async fn submit(house: &Arc<House>, bound: &Bound, message: &Message) -> Result<Submission, Error> {
    bound.wait_for_turn(message.from.as_str()).await;
    let is_marked = !bound.carrier.knows_repeats();
    if is_marked {
        write(house, submissions::begin(message.sid, &bound.name)).await?;
    }
    let submission = bound.carrier.submit(&outbound(house, bound, message).await?).await;
    if is_marked && matches!(submission, Submission::Later { .. }) {
        write(house, submissions::withdraw(message.sid)).await?;
    }
    Ok(submission)
}

async fn write(house: &Arc<House>, statement: store::Statement) -> Result<(), Error> {
    let mut work = Work::default();
    work.write(statement);
    house.commit(work).await
}

async fn outbound(house: &House, bound: &Bound, message: &Message) -> Result<OutboundMessage, Error> {
    let pair = (message.from.as_str(), message.to.as_str());
    let thread = submissions::thread(&house.store, &bound.name, pair).await?;
    Ok(OutboundMessage {
        sid: message.sid.to_string(),
        from: message.from.to_string(),
        to: message.to.to_string(),
        body: message.body.clone(),
        media_urls: message.media.iter().map(|medium| medium.url.clone()).collect(),
        thread: thread.map(|text| serde_json::from_str(&text)).transpose()?,
        template: messages::approved_template(house, message).await?,
    })
}

/// Receipts may have come before the answer: those with the message's SID have changed it, the others count from
/// here on.
async fn accept(
    house: &Arc<House>,
    owed: &Owed,
    message: Message,
    (bound, provider_id): (&Bound, String),
) -> Result<(), Error> {
    let _desk = house.carriers().desk(&provider_id).lock().await;
    let found = store::messages::fetch(&house.store, &message.sid.to_string()).await?;
    let mut work = Work::settling(owed);
    let Some(mut message) = found else { return house.commit(work).await };
    work.write(submissions::accept(message.sid, &bound.name, &provider_id));
    let early = submissions::early_receipts(&house.store, &bound.name, &provider_id).await?;
    if message.status == MessageStatus::Queued {
        reach(&mut work, &mut message, MessageStatus::Sending);
    }
    let sent = Receipt { provider_id, message: None, status: ReceiptStatus::Sent, code: None, reason: None };
    apply(&mut work, &mut message, &sent);
    for text in early {
        apply(&mut work, &mut message, &serde_json::from_str(&text)?);
    }
    house.commit(work).await
}

async fn fail(
    house: &Arc<House>,
    owed: &Owed,
    message: Message,
    code: u32,
    reason: String,
) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    let mut message = Message { error_code: Some(code), error_message: Some(reason), ..message };
    work.write(submissions::withdraw(message.sid));
    reach(&mut work, &mut message, MessageStatus::Failed);
    house.commit(work).await
}

/// A receipt may still tell, so the submission is kept.
async fn give_up_hope(house: &Arc<House>, owed: &Owed, message: Message, reason: &str) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    if message.status == MessageStatus::Queued {
        let mut message = Message { error_message: Some(reason.to_owned()), ..message };
        reach(&mut work, &mut message, MessageStatus::Unknown);
    }
    house.commit(work).await
}
