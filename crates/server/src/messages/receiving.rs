//! Messages that come in: on disk, with what is owed to them, before anybody is told.

use std::sync::Arc;

use api::{Failure, InboundMessage};
use store::{Direction, Message, MessageStatus, SendOptions};

use super::composing::number_of_ours;
use super::{check_load, opt_out, segments, senders};
use crate::clock;
use crate::errand::{Contact, Errand};
use crate::house::House;
use crate::work::Work;

/// Takes a message that a network brings: it is on disk, and its listener is owed, when this returns.
pub(crate) async fn receive(house: &Arc<House>, inbound: InboundMessage) -> Result<Message, Failure> {
    receive_with(house, Work::default(), inbound).await
}

/// Takes a message that a network brings, in one commit with what else is to be written of it.
pub(crate) async fn receive_with(
    house: &Arc<House>,
    mut work: Work,
    inbound: InboundMessage,
) -> Result<Message, Failure> {
    check_load(house)?;
    let to = number_of_ours(house, &inbound.to).await?;
    let number = to.ok_or_else(|| {
        let hint = "provision it with POST IncomingPhoneNumbers.json";
        Failure::invalid("To", format!("'{}' is not a number of this account; {hint}", inbound.to))
    })?;
    let pool = senders::pool_of(house, &number.address).await?;
    let now = clock::now();
    let mut message = Message {
        sid: clock::tick().sid(),
        account: house.account,
        from: inbound.from,
        to: number.address,
        segments: segments::count(&inbound.body),
        body: inbound.body,
        media: inbound.media,
        direction: Direction::Inbound,
        status: MessageStatus::Received,
        profile_name: inbound.profile_name,
        messaging_service_sid: pool.map(|pool| pool.service.to_string()),
        error_code: None,
        error_message: None,
        status_callback: None,
        conversation: None,
        options: SendOptions::default(),
        opt_out: None,
        feedback: None,
        date_created: now,
        date_updated: now,
        date_sent: Some(now),
    };
    message.opt_out = opt_out::take(house, &mut work, &message).await?;
    let contact = Contact::new(message.from.as_str(), message.to.as_str());
    work.put_message(&message);
    work.owe(Errand::TakeMessage { message: message.sid, contact });
    house.commit(work).await?;
    Ok(message)
}
