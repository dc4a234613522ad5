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
    let OutboundMessage { from, to, body, message_sid, participant_sid, .. } = &delivery.message;
    let part = ConversationDelivery {
        conversation_sid: delivery.conversation,
        message_sid: *message_sid,
        participant_sid: *participant_sid,
    };
    let text = body.as_deref().unwrap_or_default();
    let mut work = Work::settling(owed);
    if let Err(code) = messages::send_for_conversation(house, &mut work, (from, to), text, part).await? {
        let failed = report_of(part, None, DeliveryStatus::Failed, Some(code));
        work.owe(failed);
    }
    house.commit(work).await
}

/// Returns what a conversation is told of how far its message got; none for other messages.
pub(crate) fn report(message: &Message) -> Option<Errand> {
    let part = message.conversation?;
    let status = match message.status {
        MessageStatus::Queued | MessageStatus::Received => return None,
        MessageStatus::Sent => DeliveryStatus::Sent,
        MessageStatus::Delivered => DeliveryStatus::Delivered,
        MessageStatus::Undelivered => DeliveryStatus::Undelivered,
        MessageStatus::Failed => DeliveryStatus::Failed,
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
