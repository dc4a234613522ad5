//! How far messages get, step by step; each step is written down, and told where somebody wants to hear it.

use std::sync::Arc;

use api::{Failure, payloads};
use domain::MessageSid;
use store::{Error, Message, MessageStatus};
use tokio::sync::oneshot;

use super::sending::{contact_of, errand};
use super::{opt_out, window};
use crate::callbacks::EventCallback;
use crate::errand::{Errand, Owed};
use crate::house::House;
use crate::work::Work;
use crate::{carrier, clock, conversations, dispatch};

/// Published: the message waited longer for its carrier than its validity period.
const OVERDUE: u32 = 30001;

/// Published: the recipient has asked for no more messages.
const OPTED_OUT: u32 = 21610;

/// Hands a message to its carrier, unless something stands in the way by then.
pub(crate) async fn send_out(house: &Arc<House>, owed: &Owed, sid: MessageSid) -> Result<(), Error> {
    let Some(mut message) = store::messages::fetch(&house.store, &sid.to_string()).await? else {
        return house.commit(Work::settling(owed)).await;
    };
    if message.status == MessageStatus::Canceled {
        return house.commit(Work::settling(owed)).await;
    }
    if !message.status.is_waiting() {
        // The carrier had it before a crash, and knows how to go on.
        return carrier::send(house, owed, sid).await;
    }
    if let Some((code, reason)) = obstacle(house, &message).await? {
        let mut work = Work::settling(owed);
        message.error_code = Some(code);
        message.error_message = Some(reason);
        reach(&mut work, &mut message, MessageStatus::Failed);
        return house.commit(work).await;
    }
    if message.status != MessageStatus::Queued {
        let mut work = Work::default();
        reach(&mut work, &mut message, MessageStatus::Queued);
        house.commit(work).await?;
    }
    carrier::send(house, owed, sid).await
}

/// Moves a message on: writes it down, and owes everybody concerned the news.
pub(crate) fn reach(work: &mut Work, message: &mut Message, status: MessageStatus) {
    message.status = status;
    message.date_updated = clock::now();
    if status == MessageStatus::Sent {
        message.date_sent = message.date_sent.or(Some(message.date_updated));
    }
    work.owe_all(callback(message));
    work.owe_all(conversations::report(message));
    if status.is_final() && message.options.discards_content {
        message.body.clear();
    }
    work.put_message(message);
}

/// Returns what the application of a message is told of how far it got; none where nobody wants to hear it.
pub(super) fn callback(message: &Message) -> Option<Errand> {
    let url = message.status_callback.as_ref()?;
    let callback = EventCallback::new(url.clone(), payloads::message_status(message));
    Some(Errand::TellOfMessage { message: message.sid, callback: Box::new(callback) })
}

/// Calls a scheduled message off.
pub(crate) async fn cancel(house: &Arc<House>, sid: MessageSid) -> Result<Message, Failure> {
    let message = store::messages::fetch(&house.store, &sid.to_string()).await?.ok_or(Failure::NotFound)?;
    let (answer, answered) = oneshot::channel();
    let inside = Arc::clone(house);
    house.carrier_lanes.push(&contact_of(&message), async move {
        // Whoever asked may have gone meanwhile.
        let _ = answer.send(cancel_in_lane(&inside, sid).await);
    });
    answered.await.map_err(|_| Failure::NotFound)?
}

/// Lets the time of a scheduled message come.
pub(crate) async fn wake(house: &Arc<House>, sid: MessageSid) {
    match store::messages::fetch(&house.store, &sid.to_string()).await {
        Ok(None) => {}
        Ok(Some(message)) => {
            let inside = Arc::clone(house);
            house.carrier_lanes.push(&contact_of(&message), async move {
                if let Err(error) = release(&inside, sid).await {
                    wake_later(&inside, sid, &error);
                }
            });
        }
        Err(error) => wake_later(house, sid, &error),
    }
}

async fn cancel_in_lane(house: &Arc<House>, sid: MessageSid) -> Result<Message, Failure> {
    let found = store::messages::fetch(&house.store, &sid.to_string()).await?;
    let mut message = found.ok_or(Failure::NotFound)?;
    if message.status != MessageStatus::Scheduled {
        let status = message.status.as_str();
        let reason = format!("the message is {status}: only one that is scheduled can be canceled");
        return Err(Failure::Message { code: 30409, parameter: "Status", reason });
    }
    let mut work = Work::default();
    reach(&mut work, &mut message, MessageStatus::Canceled);
    work.wake(sid, None);
    house.commit(work).await?;
    Ok(message)
}

/// A scheduled message whose time has come goes the way of all messages.
async fn release(house: &Arc<House>, sid: MessageSid) -> Result<(), Error> {
    let found = store::messages::fetch(&house.store, &sid.to_string()).await?;
    let scheduled = found.filter(|message| message.status == MessageStatus::Scheduled);
    let mut work = Work::default();
    if let Some(mut message) = scheduled {
        reach(&mut work, &mut message, MessageStatus::Accepted);
        work.owe(errand(&message));
    }
    work.wake(sid, None);
    house.commit(work).await
}

fn wake_later(house: &House, sid: MessageSid, error: &Error) {
    tracing::error!(message = %sid, %error, "a scheduled message could not be woken");
    if !matches!(error, Error::Corrupt(_)) {
        house.timers.set(sid, Some(clock::now() + dispatch::RETRY_AFTER));
    }
}

/// Returns what keeps a message from going out at this time: the published code, and the reason for people.
async fn obstacle(house: &House, message: &Message) -> Result<Option<(u32, String)>, Error> {
    if message.is_overdue(clock::now()) {
        let reason = "the message waited longer for its carrier than its ValidityPeriod allows".to_owned();
        return Ok(Some((OVERDUE, reason)));
    }
    // Others were checked a moment ago, when they were taken on.
    if message.options.send_at.is_some()
        && opt_out::is_out(house, &opt_out::scope_of(message), &message.to).await?
    {
        return Ok(Some((OPTED_OUT, format!("{} has asked for no more messages", message.to))));
    }
    Ok(window::check(house, message).await?.map(|rejection| (rejection.code, rejection.reason)))
}
