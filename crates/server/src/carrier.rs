//! The loopback carrier: it takes outgoing messages as a network would, and needs no provider.
//!
//! A message's SID is the token of its sending: taking the same one twice changes nothing.

use std::sync::Arc;

use domain::MessageSid;
use store::{Error, MessageStatus};

use crate::errand::Owed;
use crate::house::House;
use crate::messages::reach;
use crate::work::Work;

/// Sends a message: queued, then sent, then delivered; a restart goes on where it was.
pub(crate) async fn send(house: &Arc<House>, owed: &Owed, message: MessageSid) -> Result<(), Error> {
    let found = store::messages::fetch(&house.store, &message.to_string()).await?;
    let Some(mut message) = found else {
        return house.commit(Work::settling(owed)).await;
    };
    if message.status == MessageStatus::Queued {
        let mut work = Work::default();
        reach(&mut work, &mut message, MessageStatus::Sending);
        reach(&mut work, &mut message, MessageStatus::Sent);
        house.commit(work).await?;
    }
    let mut work = Work::settling(owed);
    if message.status == MessageStatus::Sent {
        reach(&mut work, &mut message, MessageStatus::Delivered);
    }
    house.commit(work).await
}
