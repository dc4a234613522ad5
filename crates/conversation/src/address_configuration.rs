//! Address configurations: whether a contact's first message makes a conversation, and who hears of it.

use domain::{
    AccountSid, AddressConfigurationSid, ConversationServiceSid, ConversationSid, FlowSid, Timestamp, named,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    AddMessage, AddParticipant, AddWebhook, CreateConversation, HookEvent, HookMethod, MessageMedia, Pair,
    Seat, WebhookTarget,
};

named! {
    /// The kind of address that is configured.
    pub enum AddressKind {
        /// Text messages.
        Sms = "sms",
        /// WhatsApp.
        Whatsapp = "whatsapp",
        /// Messenger.
        Messenger = "messenger",
        /// Business messages.
        Gbm = "gbm",
        /// E-mail.
        Email = "email",
        /// Rich text messages.
        Rcs = "rcs",
        /// Apple's messages for business.
        Apple = "apple",
        /// Web chat: nobody dials it.
        Chat = "chat",
    }
}

/// How messages to one of our addresses are taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddressConfiguration {
    /// The configuration.
    pub sid: AddressConfigurationSid,
    /// The account.
    pub account_sid: AccountSid,
    /// Its kind.
    pub kind: AddressKind,
    /// The address.
    pub address: String,
    /// What people call it.
    pub friendly_name: Option<String>,
    /// The country of a short code.
    pub address_country: Option<String>,
    /// What a first message does.
    pub auto_creation: AutoCreation,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// What a first message to an address does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoCreation {
    /// Whether it makes a conversation.
    pub is_enabled: bool,
    /// The service of the conversation; default the account's own.
    pub service_sid: Option<ConversationServiceSid>,
    /// Who hears of it.
    pub listener: Listener,
}

/// Who hears of a conversation that a first message made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listener {
    /// The webhooks of account and service only.
    Default,
    /// An application.
    Webhook {
        /// Where it is.
        url: String,
        /// How it is requested.
        method: HookMethod,
        /// What it hears of.
        filters: Vec<HookEvent>,
    },
    /// A flow.
    Studio {
        /// The flow.
        flow_sid: FlowSid,
        /// How often a failed hand-over to the flow is repeated.
        retry_count: u32,
    },
}

/// A message that came from a carrier's network.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundMessage {
    /// The contact's address and ours.
    pub pair: Pair,
    /// The text.
    pub body: Option<String>,
    /// The media.
    pub media: Vec<MessageMedia>,
    /// The carrier's name for it, by which a repetition is known.
    pub token: Option<String>,
}

/// Where a message that came in goes.
#[derive(Debug, Clone, PartialEq)]
pub enum InboundRoute {
    /// Into the open conversation that its pair of addresses is bound to.
    Append(ConversationSid),
    /// Into a conversation that it makes.
    Create(Box<CreateConversation>),
    /// To the webhook of its number or messaging service.
    Webhook,
}

/// The account and service of conversations that messages make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    /// The account.
    pub account_sid: AccountSid,
    /// The service where the configuration names none.
    pub service_sid: ConversationServiceSid,
}

impl InboundMessage {
    /// Decides where the message goes: conversations capture first, then the configuration of our address.
    pub fn route(
        &self,
        holder: Option<ConversationSid>,
        configuration: Option<&AddressConfiguration>,
        home: Home,
    ) -> InboundRoute {
        if let Some(holder) = holder {
            return InboundRoute::Append(holder);
        }
        let enabled = configuration.map(|configuration| &configuration.auto_creation);
        match enabled.filter(|creation| creation.is_enabled) {
            Some(creation) => InboundRoute::Create(Box::new(self.creation(creation, home))),
            None => InboundRoute::Webhook,
        }
    }

    /// Returns the command that takes the message into a conversation.
    pub fn command(&self) -> AddMessage {
        AddMessage {
            author: Some(self.pair.address.to_string()),
            body: self.body.clone(),
            media: self.media.clone(),
            token: self.token.clone(),
            ..AddMessage::default()
        }
    }

    /// The conversation's attributes say who wrote and by which way, as flows for chats read them.
    fn creation(&self, creation: &AutoCreation, home: Home) -> CreateConversation {
        let from = &self.pair.address;
        let attributes = json!({"from": from, "channel_type": from.channel_type()});
        let service_sid = creation.service_sid.unwrap_or(home.service_sid);
        CreateConversation {
            friendly_name: Some(from.to_string()),
            attributes: Some(attributes.to_string()),
            participants: vec![AddParticipant::at(Seat::Binding(self.pair.clone()))],
            webhooks: creation.listener.webhook().into_iter().collect(),
            message: Some(Box::new(self.command())),
            ..CreateConversation::of(home.account_sid, service_sid)
        }
    }
}

impl Listener {
    /// Returns the webhook by which the listener hears of a conversation.
    pub fn webhook(&self) -> Option<AddWebhook> {
        let target = match self.clone() {
            Listener::Default => return None,
            Listener::Webhook { url, method, filters } => WebhookTarget::Url { url, method, filters },
            Listener::Studio { flow_sid, retry_count } => WebhookTarget::Studio { flow_sid, retry_count },
        };
        Some(AddWebhook { target, replay_after: None })
    }
}
