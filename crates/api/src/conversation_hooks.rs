//! What applications and flows are told of conversations, spelled as the published webhooks spell it.

use conversation::{
    Command, Conversation, Details, Fact, FlowMessage, HookAnswer, HookQuestion, Message, MessageMedia,
    Modification, Notice, Origin, Pair, Participant, Seat,
};
use domain::{ConversationSid, InteractionSid};
use serde_json::{Map, Value, json};

/// The parameters of a request, in order.
pub type Pairs = Vec<(String, String)>;

/// Returns what an application is told of something that happened; none for what webhooks do not hear of.
pub fn told(notice: &Notice) -> Option<Pairs> {
    let event = notice.fact.hook_event()?;
    let mut parameters = Parameters::about(event.as_str(), &notice.details, &notice.origin);
    parameters.add_fact(notice);
    Some(parameters.0)
}

/// Returns the name of what happened, as webhooks and live listeners know it.
pub fn event_name(fact: &Fact) -> &'static str {
    match fact {
        Fact::InteractionCreated(_) => "interaction.created",
        Fact::ChannelCreated(..) => "interaction-channel.created",
        Fact::ChannelCreateFailed(..) => "interaction-channel.failed",
        Fact::ChannelStatusUpdated(..) => "interaction-channel.updated",
        Fact::InteractionParticipantJoined(..) => "interaction-participant.joined",
        Fact::InteractionParticipantLeft(..) => "interaction-participant.left",
        Fact::InviteCreated(..) => "invite.created",
        Fact::TransferUpdated(..) => "interaction-transfer.updated",
        Fact::OrphanRepaired(_) => "conversation.repaired",
        Fact::ConversationAdded
        | Fact::ConversationUpdated
        | Fact::ConversationRemoved
        | Fact::StateUpdated { .. }
        | Fact::ParticipantAdded(_)
        | Fact::ParticipantUpdated(_)
        | Fact::ParticipantRemoved(_)
        | Fact::MessageAdded(_)
        | Fact::MessageUpdated(_)
        | Fact::MessageRemoved(_)
        | Fact::DeliveryUpdated(..) => {
            fact.hook_event().map_or("conversation.updated", |event| event.as_str())
        }
    }
}

/// Returns what live listeners see of something that happened.
pub(crate) fn shown(notice: &Notice) -> Value {
    let mut shown = json!({ "ConversationSid": notice.details.sid });
    for (name, value) in told(notice).unwrap_or_default() {
        shown[name] = Value::String(value);
    }
    let of_interaction = match &notice.fact {
        Fact::InteractionCreated(interaction)
        | Fact::ChannelCreated(interaction, _)
        | Fact::InviteCreated(interaction, _)
        | Fact::InteractionParticipantJoined(interaction, _)
        | Fact::InteractionParticipantLeft(interaction, _)
        | Fact::TransferUpdated(interaction, _) => json!({ "InteractionSid": interaction }),
        Fact::ChannelCreateFailed(interaction, _, reason) => {
            json!({ "InteractionSid": interaction, "ErrorMessage": reason })
        }
        Fact::ChannelStatusUpdated(interaction, _, status) => {
            json!({ "InteractionSid": interaction, "Status": status })
        }
        Fact::OrphanRepaired(repair) => json!({ "Repair": repair }),
        Fact::ConversationAdded
        | Fact::ConversationUpdated
        | Fact::ConversationRemoved
        | Fact::StateUpdated { .. }
        | Fact::ParticipantAdded(_)
        | Fact::ParticipantUpdated(_)
        | Fact::ParticipantRemoved(_)
        | Fact::MessageAdded(_)
        | Fact::MessageUpdated(_)
        | Fact::MessageRemoved(_)
        | Fact::DeliveryUpdated(..) => json!({}),
    };
    for (name, value) in of_interaction.as_object().into_iter().flatten() {
        shown[name] = value.clone();
    }
    shown
}

/// Returns what an application is asked about something that is about to happen.
pub fn asked(question: &HookQuestion) -> Pairs {
    let mut parameters = Parameters::about(question.event.as_str(), &question.details, &question.origin);
    parameters.add_command(&question.command, &question.details);
    parameters.0
}

/// Reads an application's answer: an error rejects, and an object changes what it names.
pub fn answer(status: u16, body: &str) -> HookAnswer {
    if status >= 400 {
        return HookAnswer::Reject;
    }
    let changes: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
    let text = |name: &str| match changes.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(other @ Value::Object(_)) => Some(other.to_string()),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) | None => None,
    };
    let change = Modification {
        friendly_name: text("friendly_name"),
        body: text("body"),
        author: text("author"),
        attributes: text("attributes"),
    };
    if change == Modification::default() { HookAnswer::Publish } else { HookAnswer::Modify(change) }
}

/// Returns the parameters of a message that a flow is given.
pub fn flow_message(message: &FlowMessage) -> Map<String, Value> {
    let pairs = told(&message.notice).unwrap_or_default();
    let mut payload: Map<String, Value> =
        pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    payload.insert("WebhookSid".to_owned(), json!(message.webhook_sid));
    payload.insert("WebhookType".to_owned(), json!("studio"));
    payload.insert("ChannelAttributes".to_owned(), json!(message.notice.details.attributes.text()));
    if let Some(author) = payload.get("Author").cloned() {
        payload.insert("From".to_owned(), author);
    }
    for (name, other) in [("ConversationSid", "ChannelSid"), ("ChatServiceSid", "InstanceSid")] {
        if let Some(value) = payload.get(name).cloned() {
            payload.insert(other.to_owned(), value);
        }
    }
    payload
}

/// Returns a message that a flow wrote, with the API's properties capitalised.
pub fn written(message: &Message, details: &Details) -> Map<String, Value> {
    let shown = json!({
        "Sid": message.sid,
        "MessageSid": message.sid,
        "AccountSid": details.account_sid,
        "ConversationSid": details.sid,
        "ChannelSid": details.sid,
        "ServiceSid": details.service_sid,
        "Index": message.index,
        "Author": message.author,
        "From": message.author,
        "Body": message.body,
        "Attributes": message.attributes.text(),
        "DateCreated": message.date_created.to_iso8601(),
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// Returns a conversation with its participants, as flows read it.
pub fn conversation(conversation: &Conversation) -> Map<String, Value> {
    let details = conversation.details();
    let participants = conversation.participants().map(|participant| {
        let binding = participant.pair().map(|pair| {
            json!({
                "type": pair.address.channel_type(),
                "address": pair.address,
                "proxy_address": pair.proxy_address,
            })
        });
        json!({ "sid": participant.sid, "identity": participant.identity(), "messaging_binding": binding })
    });
    let shown = json!({
        "sid": details.sid,
        "account_sid": details.account_sid,
        "chat_service_sid": details.service_sid,
        "messaging_service_sid": details.messaging_service_sid,
        "friendly_name": details.friendly_name,
        "unique_name": details.unique_name,
        "attributes": details.attributes.text(),
        "state": details.state,
        "date_created": details.date_created.to_iso8601(),
        "date_updated": details.date_updated.to_iso8601(),
        "participants": participants.collect::<Vec<_>>(),
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// Returns an interaction with its task, as flows read it.
pub fn interaction(
    interaction: InteractionSid,
    conversation: ConversationSid,
    task: &Map<String, Value>,
) -> Map<String, Value> {
    let shown = json!({
        "sid": interaction,
        "channel": { "properties": { "media_channel_sid": conversation } },
        "routing": { "properties": task },
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// The parameters of one request, being filled in.
struct Parameters(Pairs);

impl Parameters {
    fn about(event: &str, details: &Details, origin: &Origin) -> Self {
        let mut parameters = Self(vec![]);
        parameters.add("AccountSid", details.account_sid);
        parameters.add("EventType", event);
        parameters.add("Source", origin.source.label());
        parameters.add_given("ClientIdentity", origin.client_identity.as_deref());
        parameters.add("RetryCount", 0);
        parameters.add("ChatServiceSid", details.service_sid);
        parameters.add("ConversationSid", details.sid);
        parameters.add_given("MessagingServiceSid", details.messaging_service_sid);
        parameters
    }

    fn add(&mut self, name: &str, value: impl ToString) {
        self.0.push((name.to_owned(), value.to_string()));
    }

    fn add_given(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    fn add_fact(&mut self, notice: &Notice) {
        let details = &notice.details;
        match &notice.fact {
            Fact::ConversationAdded | Fact::ConversationUpdated => self.add_conversation(details),
            Fact::ConversationRemoved => {
                self.add_conversation(details);
                self.add("DateRemoved", notice.date.to_iso8601());
            }
            Fact::StateUpdated { from, to, reason } => {
                self.add("StateUpdated", to);
                self.add("StateFrom", from);
                self.add("StateTo", to);
                self.add("Reason", reason);
            }
            Fact::ParticipantAdded(participant) => self.add_participant(participant),
            Fact::ParticipantUpdated(participant) => {
                self.add_participant(participant);
                self.add("DateUpdated", participant.date_updated.to_iso8601());
            }
            Fact::ParticipantRemoved(participant) => {
                self.add_participant(participant);
                self.add("DateRemoved", notice.date.to_iso8601());
            }
            Fact::MessageAdded(message) => self.add_message(message),
            Fact::MessageUpdated(message) => {
                self.add_message(message);
                self.add("DateUpdated", message.date_updated.to_iso8601());
            }
            Fact::MessageRemoved(message) => {
                self.add_message(message);
                self.add("DateRemoved", notice.date.to_iso8601());
            }
            Fact::DeliveryUpdated(message, receipt) => {
                self.add("MessageSid", message.sid);
                self.add("DeliveryReceiptSid", receipt.sid);
                self.add_given("ChannelMessageSid", receipt.channel_message_sid.as_deref());
                self.add("ParticipantSid", receipt.participant_sid);
                self.add("Status", receipt.status);
                self.add("ErrorCode", receipt.error_code.unwrap_or(0));
                self.add("DateCreated", receipt.date_created.to_iso8601());
                self.add("DateUpdated", receipt.date_updated.to_iso8601());
            }
            Fact::InteractionCreated(_)
            | Fact::ChannelCreated(..)
            | Fact::ChannelCreateFailed(..)
            | Fact::ChannelStatusUpdated(..)
            | Fact::InteractionParticipantJoined(..)
            | Fact::InteractionParticipantLeft(..)
            | Fact::InviteCreated(..)
            | Fact::TransferUpdated(..)
            | Fact::OrphanRepaired(_) => {}
        }
    }

    fn add_conversation(&mut self, details: &Details) {
        self.add_given("FriendlyName", details.friendly_name.as_deref());
        self.add_given("UniqueName", details.unique_name.as_deref());
        self.add("Attributes", details.attributes.text());
        self.add("State", details.state);
        self.add("DateCreated", details.date_created.to_iso8601());
        self.add("DateUpdated", details.date_updated.to_iso8601());
    }

    fn add_participant(&mut self, participant: &Participant) {
        self.add("ParticipantSid", participant.sid);
        self.add_seat(&participant.seat);
        self.add_given("RoleSid", participant.role_sid);
        self.add("Attributes", participant.attributes.text());
        self.add_given("LastReadMessageIndex", participant.last_read_message_index);
        self.add("DateCreated", participant.date_created.to_iso8601());
    }

    fn add_seat(&mut self, seat: &Seat) {
        match seat {
            Seat::Identity(identity) => self.add("Identity", identity),
            Seat::Binding(pair) => self.add_pair(pair),
        }
    }

    fn add_pair(&mut self, pair: &Pair) {
        self.add("MessagingBinding.Address", &pair.address);
        self.add("MessagingBinding.ProxyAddress", &pair.proxy_address);
        self.add("MessagingBinding.Type", pair.address.channel_type().to_uppercase());
    }

    fn add_message(&mut self, message: &Message) {
        self.add("MessageSid", message.sid);
        self.add("Index", message.index);
        self.add("DateCreated", message.date_created.to_iso8601());
        self.add("Body", message.body.as_deref().unwrap_or_default());
        self.add("Author", &message.author);
        self.add_given("ParticipantSid", message.participant_sid);
        self.add("Attributes", message.attributes.text());
        self.add_media(&message.media);
    }

    fn add_media(&mut self, media: &[MessageMedia]) {
        if media.is_empty() {
            return;
        }
        let media = media.iter().map(|medium| {
            json!({
                "Sid": medium.sid,
                "Filename": medium.filename,
                "ContentType": medium.content_type,
                "Size": medium.size,
            })
        });
        self.add("Media", Value::Array(media.collect()));
    }

    fn add_command(&mut self, command: &Command, details: &Details) {
        match command {
            Command::BeginConversation(create) => {
                self.add_conversation(details);
                let seats = create.participants.iter().map(|participant| &participant.seat);
                seats.for_each(|seat| self.add_seat(seat));
                if let Some(message) = &create.message {
                    self.add_given("MessageBody", message.body.as_deref());
                    self.add_media(&message.media);
                }
            }
            Command::UpdateConversation(update) => {
                self.add_given("FriendlyName", update.friendly_name.as_deref());
                self.add_given("UniqueName", update.unique_name.as_deref());
                self.add_given("Attributes", update.attributes.as_deref());
                self.add_given("State", update.state);
            }
            Command::DeleteConversation => self.add_conversation(details),
            Command::AddParticipant(add) => {
                self.add_seat(&add.seat);
                self.add_given("RoleSid", add.role_sid);
                self.add("Attributes", add.attributes.as_deref().unwrap_or("{}"));
            }
            Command::UpdateParticipant(update) => {
                self.add("ParticipantSid", update.sid);
                self.add_given("Attributes", update.attributes.as_deref());
                self.add_given("RoleSid", update.role_sid);
                self.add_given("LastReadMessageIndex", update.last_read_message_index);
            }
            Command::RemoveParticipant(sid) => self.add("ParticipantSid", sid),
            Command::AddMessage(add) => {
                self.add("Body", add.body.as_deref().unwrap_or_default());
                self.add_given("Author", add.author.as_deref());
                self.add("Attributes", add.attributes.as_deref().unwrap_or("{}"));
                self.add_media(&add.media);
            }
            Command::UpdateMessage(update) => {
                self.add("MessageSid", update.sid);
                self.add_given("Body", update.body.as_deref());
                self.add_given("Author", update.author.as_deref());
                self.add_given("Attributes", update.attributes.as_deref());
            }
            Command::RemoveMessage(sid) => self.add("MessageSid", sid),
            // Applications are not asked about these.
            Command::AddWebhook(_)
            | Command::UpdateWebhook(_)
            | Command::RemoveWebhook(_)
            | Command::CreateInteraction(_)
            | Command::UpdateChannel(_)
            | Command::CreateInvite(_)
            | Command::AnswerInvite(_)
            | Command::AddInteractionParticipant(_)
            | Command::LeaveInteraction(_)
            | Command::StartTransfer(_)
            | Command::CancelTransfer(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_may_agree_change_or_refuse() {
        let changed = Modification { body: Some("Hi".to_owned()), ..Modification::default() };
        for (status, body, expected) in [
            (200, "", HookAnswer::Publish),
            (200, "{}", HookAnswer::Publish),
            (200, r#"{"body": "Hi"}"#, HookAnswer::Modify(changed)),
            (403, "", HookAnswer::Reject),
            (500, r#"{"body": "Hi"}"#, HookAnswer::Reject),
        ] {
            assert_eq!(answer(status, body), expected, "{status} {body}");
        }
    }
}
