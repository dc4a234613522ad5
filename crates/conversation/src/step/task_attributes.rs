//! What the task of an invite says: its creator's attributes, and what agents' pages and reports read.

use serde_json::{Map, Value, json};

use crate::{ChannelKind, Conversation, Initiator, Interaction, Invite, InvitePurpose};

impl Conversation {
    /// Returns the attributes of an invite's task.
    ///
    /// The creator's keys win over what describes the contact; what leads back to the conversation is always ours.
    pub(crate) fn task_attributes(&self, interaction: &Interaction, invite: &Invite) -> Map<String, Value> {
        let given = invite.routing.attributes.map();
        let channel = &interaction.channel;
        let mut attributes = Map::from_iter([
            ("channelType".to_owned(), json!(channel.kind)),
            ("direction".to_owned(), json!(direction(channel.initiated_by))),
            ("initiatedBy".to_owned(), json!(channel.initiated_by)),
        ]);
        attributes.extend(given.clone());
        if let (None, Some(address)) = (given.get("from"), given.get("customerAddress")) {
            attributes.insert("from".to_owned(), address.clone());
        }
        if let Some(customers) = customers(given) {
            attributes.insert("customers".to_owned(), customers);
        }
        attributes.insert("conversations".to_owned(), self.insights(interaction, given));
        attributes.extend(self.way_back(interaction, invite));
        attributes
    }

    /// Fills in the object that reports read.
    fn insights(&self, interaction: &Interaction, given: &Map<String, Value>) -> Value {
        let channel = &interaction.channel;
        let media = json!([{"type": "ChatTranscript", "sid": self.row.details.sid}]);
        let mut insights = Map::from_iter([
            ("conversation_id".to_owned(), json!(interaction.sid)),
            ("initiated_by".to_owned(), json!(channel.initiated_by)),
            ("communication_channel".to_owned(), json!(communication_channel(channel.kind))),
            ("media".to_owned(), media),
            ("direction".to_owned(), json!(direction(channel.initiated_by))),
        ]);
        if let Some(pair) = self.participants.values().find_map(|participant| participant.pair()) {
            insights.insert("external_contact".to_owned(), json!(pair.proxy_address));
        }
        if let Some(Value::Object(own)) = given.get("conversations") {
            insights.extend(own.clone());
        }
        Value::Object(insights)
    }

    fn way_back(&self, interaction: &Interaction, invite: &Invite) -> Map<String, Value> {
        let mut way = Map::from_iter([
            ("conversationSid".to_owned(), json!(self.row.details.sid)),
            ("flexInteractionSid".to_owned(), json!(interaction.sid)),
            ("flexInteractionChannelSid".to_owned(), json!(interaction.channel.sid)),
            ("flexChannelInviteSid".to_owned(), json!(invite.sid)),
            ("taskCreateSource".to_owned(), json!("interaction")),
        ]);
        if let InvitePurpose::Transfer(transfer) = invite.purpose {
            let workers: Vec<_> =
                interaction.agents().filter_map(|agent| agent.work).map(|work| work.worker_sid).collect();
            way.insert("flexTransferSid".to_owned(), json!(transfer));
            way.insert("workerSidsInConversation".to_owned(), json!(workers));
        }
        way
    }
}

fn direction(initiator: Initiator) -> &'static str {
    match initiator {
        Initiator::Customer | Initiator::Api => "inbound",
        Initiator::Agent => "outbound",
    }
}

fn communication_channel(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Sms => "Sms",
        ChannelKind::Whatsapp => "Whatsapp",
        ChannelKind::Web => "Web",
        ChannelKind::Chat => "Chat",
        ChannelKind::Email => "Email",
        ChannelKind::Messenger => "Messenger",
        ChannelKind::Gbm => "Gbm",
    }
}

/// Returns who the customer is, as reports read it, where name and address are known and nothing is said.
fn customers(given: &Map<String, Value>) -> Option<Value> {
    let (name, address) = (given.get("customerName")?, given.get("customerAddress")?.as_str()?);
    let is_mail = address.contains('@');
    let phone = address.split_once(':').map_or(address, |(_, rest)| rest);
    let contact = if is_mail { ("email", address) } else { ("phone", phone) };
    let mut customers =
        Map::from_iter([("name".to_owned(), name.clone()), (contact.0.to_owned(), json!(contact.1))]);
    if let Some(Value::Object(own)) = given.get("customers") {
        customers.extend(own.clone());
    }
    Some(Value::Object(customers))
}
