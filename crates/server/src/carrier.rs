//! The loopback carrier: it takes outgoing messages as a network would, and needs no provider.
//!
//! A message's SID is the token of its sending: taking the same one twice changes nothing.

use std::sync::Arc;

use domain::MessageSid;
use store::{Error, Message, MessageStatus};

use crate::errand::Owed;
use crate::house::House;
use crate::work::Work;
use crate::{clock, conversations};

/// Sends a message: queued, then sent, then delivered; a restart goes on where it was.
pub(crate) async fn send(house: &Arc<House>, owed: &Owed, message: MessageSid) -> Result<(), Error> {
    let found = store::messages::fetch(&house.store, &message.to_string()).await?;
    let Some(mut message) = found else {
        return house.commit(Work::settling(owed)).await;
    };
    if message.status == MessageStatus::Queued {
        let mut work = Work::default();
        reach(&mut work, &mut message, MessageStatus::Sent);
        house.commit(work).await?;
    }
    let mut work = Work::settling(owed);
    if message.status == MessageStatus::Sent {
        reach(&mut work, &mut message, MessageStatus::Delivered);
    }
    house.commit(work).await
}

/// Writes down how far a message got.
fn reach(work: &mut Work, message: &mut Message, status: MessageStatus) {
    message.status = status;
    message.date_updated = clock::now();
    message.date_sent = message.date_sent.or(Some(message.date_updated));
    work.write(store::messages::put(message));
    work.owe_all(conversations::report(message));
}
