//! Messages that go out: for applications, for flows, for conversations and as answers.

use std::sync::Arc;

use api::{Failure, OutboundMessage, payloads};
use domain::StepSid;
use serde_json::Value;
use store::{Direction, Error, Message, MessageStatus, StickySender, resources};

use super::composing::{Rejection, Unsent, compose};
use super::{check_load, loop_guard, progress, window};
use crate::clock;
use crate::errand::{Contact, Errand};
use crate::house::House;
use crate::work::Work;

/// Takes a message that an application sends by REST.
pub(crate) async fn send(house: &Arc<House>, wanted: OutboundMessage) -> Result<Message, Failure> {
    check_load(house)?;
    let message = compose(house, &wanted, Direction::OutboundApi).await?;
    let mut work = Work::default();
    queue(&mut work, &message);
    house.commit(work).await?;
    Ok(message)
}

/// Takes a message that a flow sends, in the flow's own commit, and returns its fate as the flow's event.
pub(crate) async fn send_for_flow(
    house: &House,
    work: &mut Work,
    request: StepSid,
    outgoing: &flow::OutgoingMessage,
) -> Result<flow::Event, Error> {
    match compose_in_time(house, &wanted_by_flow(outgoing)).await {
        Ok(message) if house.loop_guard.admits(&message.from, &message.to, clock::now()) => {
            queue(work, &message);
            Ok(flow::Event::MessageAccepted { request, outbound: payloads::outgoing_message(&message) })
        }
        Ok(message) => {
            let reason = loop_guard::refusal(&message.from, &message.to);
            Ok(flow::Event::MessageRefused { request, code: loop_guard::CODE, reason })
        }
        Err(Unsent::Rejected(Rejection { code, reason, .. })) => {
            Ok(flow::Event::MessageRefused { request, code, reason })
        }
        Err(Unsent::Broken(error)) => Err(error),
    }
}

/// Takes a message of a conversation on for its carrier, or returns the published code of why it can not be sent.
pub(crate) async fn send_for_conversation(
    house: &House,
    work: &mut Work,
    wanted: &OutboundMessage,
) -> Result<Result<(), u32>, Error> {
    match compose_in_time(house, wanted).await {
        Ok(message) => {
            queue(work, &message);
            Ok(Ok(()))
        }
        Err(Unsent::Rejected(rejection)) => Ok(Err(rejection.code)),
        Err(Unsent::Broken(error)) => Err(error),
    }
}

/// Writes a message down and owes it to its carrier, or to its time.
pub(super) fn queue(work: &mut Work, message: &Message) {
    work.put_message(message);
    work.owe_all(progress::callback(message));
    if let Some(service) = message.messaging_service_sid.as_deref().and_then(|sid| sid.parse().ok()) {
        let (contact, sender) = (message.to.clone(), message.from.clone());
        let date_updated = message.date_created;
        work.write(resources::put(&StickySender { service, contact, sender, date_updated }));
    }
    match (message.status, message.options.send_at) {
        (MessageStatus::Scheduled, Some(at)) => work.wake(message.sid, Some(at)),
        _ => work.owe(errand(message)),
    }
}

/// Returns the errand that gives a message to its carrier.
pub(super) fn errand(message: &Message) -> Errand {
    Errand::SendMessage { message: message.sid, contact: contact_of(message) }
}

/// Returns the two addresses between which a message goes out.
pub(super) fn contact_of(message: &Message) -> Contact {
    Contact::new(message.to.as_str(), message.from.as_str())
}

/// Composes for who can hear at once that it is too late for a message without a template.
async fn compose_in_time(house: &House, wanted: &OutboundMessage) -> Result<Message, Unsent> {
    let message = compose(house, wanted, Direction::OutboundApi).await?;
    match window::check(house, &message).await? {
        Some(rejection) => Err(Unsent::Rejected(rejection)),
        None => Ok(message),
    }
}

/// A flow names its messaging service as the sender, or beside it.
fn wanted_by_flow(outgoing: &flow::OutgoingMessage) -> OutboundMessage {
    let content = outgoing.content.as_ref();
    OutboundMessage {
        from: outgoing.from.clone(),
        to: outgoing.to.clone(),
        body: outgoing.body.clone(),
        media_urls: outgoing.media_urls.clone(),
        messaging_service: outgoing.service.clone().filter(|service| service.starts_with("MG")),
        content_sid: content.map(|content| content.sid.clone()),
        content_variables: content.map(|content| Value::Object(content.variables.clone()).to_string()),
        ..OutboundMessage::default()
    }
}
