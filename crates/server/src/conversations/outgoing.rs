//! Messages of conversations to telephones: they go the way of all messages, and their fate comes back as a receipt.

use std::sync::Arc;

use conversation::{DeliveryReport, DeliveryStatus, Event, OutboundMessage};
use domain::ConversationSid;
use serde::{Deserialize, Serialize};
use store::{ConversationDelivery, Error, Message, MessageStatus};

use crate::errand::{Contact, Errand, Owed};
use crate::house::House;
use crate::messages;
use crate::work::Work;

/// A message of a conversation to somebody behind an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    /// The conversation.
    pub(crate) conversation: ConversationSid,
    /// The message.
    pub(crate) message: OutboundMessage,
}

impl Delivery {
    /// Returns the two addresses between which the message goes.
    pub(crate) fn contact(&self) -> Contact {
        Contact::new(self.message.to.as_str(), self.message.from.as_str())
    }
}

/// Takes a message of a conversation on for its carrier; one that can not be sent has failed.
pub(crate) async fn send(house: &Arc<House>, owed: &Owed, delivery: &Delivery) -> Result<(), Error> {
    let message = delivery.message.clone();
    let part = ConversationDelivery {
        conversation_sid: delivery.conversation,
        message_sid: message.message_sid,
        participant_sid: message.participant_sid,
    };
    let wanted = api::OutboundMessage {
        from: message.from.to_string(),
        to: message.to.to_string(),
        body: message.body.unwrap_or_default(),
        media_urls: message.media.iter().map(|medium| house.link_to(medium.sid)).collect(),
        messaging_service: message.messaging_service_sid.map(|service| service.to_string()),
        content_sid: message.content_sid.map(|content| content.to_string()),
        content_variables: message.content_variables,
        conversation: Some(part),
        ..api::OutboundMessage::default()
    };
    let mut work = Work::settling(owed);
    if let Err(code) = messages::send_for_conversation(house, &mut work, &wanted).await? {
        let failed = report_of(part, None, DeliveryStatus::Failed, Some(code));
        work.owe(failed);
    }
    house.commit(work).await
}

/// Returns what a conversation is told of how far its message got; none for other messages.
pub(crate) fn report(message: &Message) -> Option<Errand> {
    let part = message.conversation?;
    let status = match message.status {
        MessageStatus::Accepted
        | MessageStatus::Scheduled
        | MessageStatus::Queued
        | MessageStatus::Sending
        | MessageStatus::Received => return None,
        MessageStatus::Sent => DeliveryStatus::Sent,
        MessageStatus::Delivered => DeliveryStatus::Delivered,
        MessageStatus::Undelivered => DeliveryStatus::Undelivered,
        MessageStatus::Read => DeliveryStatus::Read,
        MessageStatus::Failed | MessageStatus::Canceled => DeliveryStatus::Failed,
        MessageStatus::Unknown => DeliveryStatus::Unknown,
    };
    Some(report_of(part, Some(message.sid.to_string()), status, message.error_code))
}

fn report_of(
    part: ConversationDelivery,
    channel_message_sid: Option<String>,
    status: DeliveryStatus,
    error_code: Option<u32>,
) -> Errand {
    let ConversationDelivery { conversation_sid, message_sid, participant_sid } = part;
    let report = DeliveryReport { message_sid, participant_sid, channel_message_sid, status, error_code };
    let event = Box::new(Event::DeliveryReported(report));
    Errand::TellConversation { conversation: conversation_sid, event }
}
