//! From a message to its readers: the conversation wakes up, listeners hear of it, carriers get it.

use domain::{ParticipantSid, Tick};

use crate::{
    Action, ChannelStatus, Conversation, ConversationState, DeliveryReport, Fact, InvitePurpose, Message,
    Origin, OutboundMessage, Pair, StateReason,
};

impl Conversation {
    /// Takes a message into the conversation.
    pub(crate) fn publish(&mut self, mut message: Message, origin: &Origin, tick: &mut Tick) {
        self.row.details.next_index = message.index + 1;
        self.row.details.date_active = tick.now;
        self.row.details.date_updated = tick.now;
        self.changed();
        if self.row.details.state == ConversationState::Inactive {
            self.become_state(ConversationState::Active, StateReason::Event, origin, tick);
        }
        let outbound = self.outbound(&message);
        message.recipients = u32::try_from(outbound.len()).unwrap_or(u32::MAX);
        self.put_message(message.clone());
        let author = message.participant_sid;
        self.announce(Fact::MessageAdded(Box::new(message)), origin, tick.now);
        for message in outbound {
            self.act(Action::SendToAddress(Box::new(message)));
        }
        if origin.is_heard {
            self.wake_channel(author, tick);
        }
    }

    /// Takes a carrier's report; one that says less than is known changes nothing.
    pub(crate) fn note_delivery(&mut self, report: DeliveryReport, tick: &mut Tick) {
        // The message may have been removed meanwhile.
        let Ok(mut message) = self.message(report.message_sid).cloned() else { return };
        let Some(receipt) = message.note(report, tick) else { return };
        self.put_message(message.clone());
        let fact = Fact::DeliveryUpdated(Box::new(message), Box::new(receipt));
        self.announce(fact, &Origin::engine(), tick.now);
    }

    /// Everybody behind an address gets the message, but for who wrote it.
    fn outbound(&self, message: &Message) -> Vec<OutboundMessage> {
        let readers =
            self.participants.values().filter(|participant| Some(participant.sid) != message.participant_sid);
        let of = |(participant_sid, pair): (ParticipantSid, Pair)| OutboundMessage {
            message_sid: message.sid,
            participant_sid,
            to: pair.address,
            from: pair.proxy_address,
            messaging_service_sid: self.row.details.messaging_service_sid,
            body: message.body.clone(),
            media: message.media.clone(),
            content_sid: message.content_sid,
            content_variables: message.content_variables.clone(),
        };
        let bound = readers.filter_map(|reader| reader.pair().map(|pair| (reader.sid, pair.clone())));
        bound.map(of).collect()
    }

    /// The customer's message brings an inactive channel back, unless a flow or an application has taken it.
    fn wake_channel(&mut self, author: Option<ParticipantSid>, tick: &mut Tick) {
        let (Some(_), Some(interaction)) = (author, self.open_interaction()) else { return };
        let channel = &interaction.channel;
        let is_taken = channel.has_custom_routing && !self.row.webhooks.is_empty();
        if channel.status == ChannelStatus::Inactive && !is_taken {
            let (sid, routing) = (interaction.sid, channel.routing.to_anyone());
            self.bring_back(sid, routing, InvitePurpose::Return, tick);
        }
    }
}
