//! Notices: what happened in a conversation, and who caused it, for webhooks, the event log and live listeners.

use domain::{InteractionChannelSid, InteractionSid, InviteSid, Timestamp, named};
use serde::{Deserialize, Serialize};

use crate::{
    ChannelStatus, ConversationState, Details, HookEvent, InteractionParticipant, InteractionTransfer,
    Message, Participant, Receipt, StateReason,
};

/// Who caused what happens, and who is asked and told about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// By which way it came.
    pub source: Source,
    /// The identity of a client on a chat.
    pub client_identity: Option<String>,
    /// Whether webhooks hear of it: requests by REST are not echoed to applications unless they ask for that.
    pub is_heard: bool,
    /// What applications want to be asked about before it happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<HookEvent>,
}

/// By which way something came into a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// By REST.
    Api,
    /// By a client on a chat.
    Sdk,
    /// By a flow.
    Flow,
    /// From a carrier's network, by its name in lower case: `sms`, `whatsapp` …
    Network(String),
    /// From the engine itself: a timer, or a task that ended.
    Engine,
}

/// What happened, with the conversation as it was then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub fact: Fact,
    /// The conversation.
    pub details: Details,
    /// Who caused it.
    pub origin: Origin,
    /// When.
    pub date: Timestamp,
}

/// What can happen in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The conversation was added.
    ConversationAdded,
    /// The conversation was changed.
    ConversationUpdated,
    /// The conversation was removed.
    ConversationRemoved,
    /// The conversation's state changed.
    StateUpdated {
        /// What it was.
        from: ConversationState,
        /// What it is.
        to: ConversationState,
        /// Why.
        reason: StateReason,
    },
    /// A participant was added.
    ParticipantAdded(Box<Participant>),
    /// A participant was changed.
    ParticipantUpdated(Box<Participant>),
    /// A participant was removed.
    ParticipantRemoved(Box<Participant>),
    /// A message was added.
    MessageAdded(Box<Message>),
    /// A message was changed.
    MessageUpdated(Box<Message>),
    /// A message was removed.
    MessageRemoved(Box<Message>),
    /// A carrier reported what became of a message.
    DeliveryUpdated(Box<Message>, Box<Receipt>),
    /// An interaction was begun.
    InteractionCreated(InteractionSid),
    /// The channel of an interaction was begun.
    ChannelCreated(InteractionSid, InteractionChannelSid),
    /// The channel of an interaction could not be begun.
    ChannelCreateFailed(InteractionSid, InteractionChannelSid, String),
    /// The status of an interaction's channel changed.
    ChannelStatusUpdated(InteractionSid, InteractionChannelSid, ChannelStatus),
    /// Somebody came into an interaction.
    InteractionParticipantJoined(InteractionSid, Box<InteractionParticipant>),
    /// Somebody left an interaction.
    InteractionParticipantLeft(InteractionSid, Box<InteractionParticipant>),
    /// An agent is sought.
    InviteCreated(InteractionSid, InviteSid),
    /// An interaction is handed on, or that ended.
    TransferUpdated(InteractionSid, Box<InteractionTransfer>),
    /// The sweep found something that nobody looked after, and what it did.
    OrphanRepaired(Repair),
}

named! {
    /// What the sweep repaired.
    pub enum Repair {
        /// A task that the conversation counted on is gone: the policy for ended tasks was followed.
        TaskGone = "task-gone",
        /// An open channel had neither task nor agent: the policy for ended tasks was followed.
        ChannelUnattended = "channel-unattended",
        /// The channel had ended and the conversation had not: it was closed.
        ConversationLeftOpen = "conversation-left-open",
    }
}

impl Origin {
    /// Makes the origin of a request by REST, of which webhooks do not hear.
    pub fn api() -> Self {
        Self { source: Source::Api, client_identity: None, is_heard: false, asks: vec![] }
    }

    /// Makes the origin of what a flow does.
    pub fn flow() -> Self {
        Self { source: Source::Flow, ..Self::api() }
    }

    /// Makes the origin of what a client on a chat does.
    pub fn client(identity: impl Into<String>) -> Self {
        Self { source: Source::Sdk, client_identity: Some(identity.into()), is_heard: true, asks: vec![] }
    }

    /// Makes the origin of a message that came from a carrier's network.
    pub fn network(name: impl Into<String>) -> Self {
        Self { source: Source::Network(name.into()), client_identity: None, is_heard: true, asks: vec![] }
    }

    /// Makes the origin of what timers and ended tasks do.
    pub(crate) fn engine() -> Self {
        Self { source: Source::Engine, is_heard: true, ..Self::api() }
    }

    /// Tells whether an application wants to be asked before this happens.
    pub(crate) fn asks_before(&self, event: HookEvent) -> bool {
        self.is_heard && self.asks.contains(&event)
    }
}

impl Source {
    /// Returns the name that webhooks show.
    pub fn label(&self) -> String {
        match self {
            Source::Api | Source::Flow | Source::Engine => "API".to_owned(),
            Source::Sdk => "SDK".to_owned(),
            Source::Network(name) => name.to_uppercase(),
        }
    }
}

impl Fact {
    /// Returns the event of the webhooks that hear of it.
    pub fn hook_event(&self) -> Option<HookEvent> {
        match self {
            Fact::ConversationAdded => Some(HookEvent::OnConversationAdded),
            Fact::ConversationUpdated => Some(HookEvent::OnConversationUpdated),
            Fact::ConversationRemoved => Some(HookEvent::OnConversationRemoved),
            Fact::StateUpdated { .. } => Some(HookEvent::OnConversationStateUpdated),
            Fact::ParticipantAdded(_) => Some(HookEvent::OnParticipantAdded),
            Fact::ParticipantUpdated(_) => Some(HookEvent::OnParticipantUpdated),
            Fact::ParticipantRemoved(_) => Some(HookEvent::OnParticipantRemoved),
            Fact::MessageAdded(_) => Some(HookEvent::OnMessageAdded),
            Fact::MessageUpdated(_) => Some(HookEvent::OnMessageUpdated),
            Fact::MessageRemoved(_) => Some(HookEvent::OnMessageRemoved),
            Fact::DeliveryUpdated(..) => Some(HookEvent::OnDeliveryUpdated),
            Fact::InteractionCreated(_)
            | Fact::ChannelCreated(..)
            | Fact::ChannelCreateFailed(..)
            | Fact::ChannelStatusUpdated(..)
            | Fact::InteractionParticipantJoined(..)
            | Fact::InteractionParticipantLeft(..)
            | Fact::InviteCreated(..)
            | Fact::TransferUpdated(..)
            | Fact::OrphanRepaired(_) => None,
        }
    }
}
