//! What carriers tell: messages and receipts, each taken once however often it is told.

use std::sync::Arc;
use std::time::Duration;

use api::Failure;
use async_trait::async_trait;
use carriers::{Event, InboundMessage, Inbox, MessagePart, NotTaken, Receipt};
use store::{Media, submissions};

use super::bindings::Bound;
use super::{attachments, submission};
use crate::house::House;
use crate::work::Work;
use crate::{clock, messages};

/// How long a part waits for the others: references of parts come again after a few hundred texts.
const PARTS_WITHIN: Duration = Duration::from_secs(60 * 60);

/// Takes what a carrier tells: it is on disk when this returns.
pub(super) async fn take(house: &Arc<House>, bound: &Bound, events: Vec<Event>) -> Result<(), Failure> {
    for event in events {
        match event {
            Event::MessageReceived(message) => take_message(house, bound, message, Work::default()).await?,
            Event::PartReceived(part) => take_part(house, bound, part).await?,
            Event::ReceiptArrived(receipt) => take_receipt(house, bound, receipt).await?,
        }
    }
    Ok(())
}

/// Fetches what a carrier tells, for as long as the process runs.
pub(super) async fn listen(house: Arc<House>, bound: Arc<Bound>) {
    let inbox = CarrierInbox { house, bound: Arc::clone(&bound) };
    bound.carrier.listen(&inbox).await;
}

/// The inbox of one carrier.
struct CarrierInbox {
    house: Arc<House>,
    bound: Arc<Bound>,
}

#[async_trait]
impl Inbox for CarrierInbox {
    async fn take(&self, events: Vec<Event>) -> Result<(), NotTaken> {
        take(&self.house, &self.bound, events).await.map_err(|failure| {
            tracing::warn!(carrier = self.bound.name, %failure, "what a carrier tells could not be taken");
            NotTaken
        })
    }
}

/// A part is on disk before the carrier is told so; the last one brings the message. A carrier tells one at a time.
async fn take_part(house: &Arc<House>, bound: &Bound, part: MessagePart) -> Result<(), Failure> {
    let whole = (bound.name.as_str(), part.whole.as_str());
    let units = serde_json::to_string(&part.units).map_err(store::Error::from)?;
    let now = clock::now();
    submissions::keep_part(&house.store, whole, part.index, units, now).await?;
    let parts = submissions::parts(&house.store, whole, now - PARTS_WITHIN).await?;
    if parts.len() < usize::from(part.total) {
        return Ok(());
    }
    let mut units: Vec<u16> = Vec::new();
    for part in &parts {
        units.extend(serde_json::from_str::<Vec<u16>>(part).map_err(store::Error::from)?);
    }
    let message = InboundMessage { body: String::from_utf16_lossy(&units), ..part.message };
    let mut work = Work::default();
    work.write(submissions::forget_parts(whole));
    take_message(house, bound, message, work).await
}

async fn take_message(
    house: &Arc<House>,
    bound: &Bound,
    message: InboundMessage,
    mut work: Work,
) -> Result<(), Failure> {
    let key = format!("message/{}", message.provider_id);
    let _desk = house.carriers().desk(&message.provider_id).lock().await;
    if submissions::is_noted(&house.store, &bound.name, &key).await? {
        return Ok(());
    }
    let id = message.provider_id.as_str();
    work.write(submissions::note_event(&bound.name, (&key, id), clock::now(), None));
    let Some(mut inbound) = read(bound, &message) else {
        tracing::warn!(carrier = bound.name, "a message is not for a number of this carrier, or from nobody");
        return Ok(());
    };
    inbound.media.extend(attachments::keep(house, bound, &mut work, &message.attachments).await?);
    if let Some(thread) = &message.thread {
        let pair = (inbound.to.as_str(), inbound.from.as_str());
        let thread = serde_json::to_string(thread).map_err(store::Error::from)?;
        work.write(submissions::keep_thread(&bound.name, pair, thread));
    }
    match messages::receive_with(house, work, inbound).await {
        Err(Failure::Invalid { parameter, .. }) => {
            tracing::warn!(carrier = bound.name, parameter, "a message is for no number of this account");
            Ok(())
        }
        taken => taken.map(drop),
    }
}

/// A carrier speaks for its own numbers only.
fn read(bound: &Bound, message: &InboundMessage) -> Option<api::InboundMessage> {
    let media = message.media.iter().map(|medium| {
        let (url, content_type) = (medium.url.clone(), medium.content_type.clone());
        Media { url, content_type, kept: None }
    });
    let to: domain::Address = message.to.parse().ok()?;
    bound.covers(to.as_str())?;
    Some(api::InboundMessage {
        from: message.from.parse().ok()?,
        to,
        body: message.body.clone(),
        media: media.collect(),
        profile_name: message.profile_name.clone(),
    })
}

async fn take_receipt(house: &Arc<House>, bound: &Bound, receipt: Receipt) -> Result<(), Failure> {
    let id = receipt.provider_id.as_str();
    let key = format!("receipt/{id}/{}", receipt.status.as_str());
    let _desk = house.carriers().desk(id).lock().await;
    if submissions::is_noted(&house.store, &bound.name, &key).await? {
        return Ok(());
    }
    let found = submissions::find(&house.store, &bound.name, id, receipt.message.as_deref()).await?;
    let mut work = Work::default();
    let message = match found {
        Some(sid) => store::messages::fetch(&house.store, &sid).await?,
        None => None,
    };
    let early = message.is_none().then(|| serde_json::to_string(&receipt)).transpose();
    let early = early.map_err(store::Error::from)?;
    work.write(submissions::note_event(&bound.name, (&key, id), clock::now(), early));
    if let Some(mut message) = message {
        work.write(submissions::accept(message.sid, &bound.name, id));
        submission::apply(&mut work, &mut message, &receipt);
    }
    Ok(house.commit(work).await?)
}
