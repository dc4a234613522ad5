//! The way of messages to carriers and back: which carrier has which numbers, what came of a submission, what
//! providers tell.
//!
//! Without a carrier for a number the loopback network takes its messages in development mode; outside it they fail.

mod arrivals;
mod attachments;
mod bindings;
mod entrance;
mod loopback;
mod pairs;
mod submission;

use std::sync::Arc;

use domain::MessageSid;
use store::{Error, MessageStatus};

pub(crate) use bindings::{Bindings, CarrierTable};
pub(crate) use entrance::with_entrance;
pub(crate) use pairs::Pairs;

use crate::errand::Owed;
use crate::house::House;
use crate::messages::reach;
use crate::work::Work;

/// The published code of a sender that no carrier has.
const NO_CARRIER: u32 = 30_024;

/// Sends a message by the carrier of its sender; a restart goes on where it was.
pub(crate) async fn send(house: &Arc<House>, owed: &Owed, message: MessageSid) -> Result<(), Error> {
    let found = store::messages::fetch(&house.store, &message.to_string()).await?;
    let Some(mut message) = found else {
        return house.commit(Work::settling(owed)).await;
    };
    match house.carriers().of(message.from.as_str()) {
        Some(bound) => submission::send(house, owed, message, bound).await,
        None if house.is_development() => loopback::send(house, owed, message).await,
        None => {
            let mut work = Work::settling(owed);
            if message.status == MessageStatus::Queued {
                message.error_code = Some(NO_CARRIER);
                message.error_message =
                    Some("no carrier has the sender among its numbers: add it to a [[carrier]]".to_owned());
                reach(&mut work, &mut message, MessageStatus::Failed);
            }
            house.commit(work).await
        }
    }
}

/// Starts to fetch the events of carriers whose providers do not post them.
pub(crate) fn listen(house: &Arc<House>) {
    for bound in house.carriers().all() {
        tokio::spawn(arrivals::listen(Arc::clone(house), Arc::clone(bound)));
    }
}
