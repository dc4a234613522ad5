//! The loopback carrier: it takes outgoing messages as a network would, and needs no provider.
//!
//! A message's SID is the token of its sending: taking the same one twice changes nothing.

use std::sync::Arc;

use store::{Error, Message, MessageStatus};

use crate::errand::Owed;
use crate::house::House;
use crate::messages::reach;
use crate::work::Work;

/// Sends a message: queued, then sent, then delivered; a restart goes on where it was.
pub(super) async fn send(house: &Arc<House>, owed: &Owed, mut message: Message) -> Result<(), Error> {
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
