//! Webhooks of one conversation: who is told what happens in it.

use domain::{FlowSid, Timestamp, WebhookSid, named};
use serde::{Deserialize, Serialize};

use crate::{Fact, Notice};

named! {
    /// What webhooks hear of: what is about to happen and may be refused, and what has happened.
    pub enum HookEvent {
        /// A message is about to be added.
        OnMessageAdd = "onMessageAdd",
        /// A message is about to be changed.
        OnMessageUpdate = "onMessageUpdate",
        /// A message is about to be removed.
        OnMessageRemove = "onMessageRemove",
        /// A conversation is about to be added.
        OnConversationAdd = "onConversationAdd",
        /// A conversation is about to be changed.
        OnConversationUpdate = "onConversationUpdate",
        /// A conversation is about to be removed.
        OnConversationRemove = "onConversationRemove",
        /// A participant is about to be added.
        OnParticipantAdd = "onParticipantAdd",
        /// A participant is about to be changed.
        OnParticipantUpdate = "onParticipantUpdate",
        /// A participant is about to be removed.
        OnParticipantRemove = "onParticipantRemove",
        /// A message was added.
        OnMessageAdded = "onMessageAdded",
        /// A message was changed.
        OnMessageUpdated = "onMessageUpdated",
        /// A message was removed.
        OnMessageRemoved = "onMessageRemoved",
        /// A conversation was added.
        OnConversationAdded = "onConversationAdded",
        /// A conversation was changed.
        OnConversationUpdated = "onConversationUpdated",
        /// A conversation was removed.
        OnConversationRemoved = "onConversationRemoved",
        /// A conversation's state changed.
        OnConversationStateUpdated = "onConversationStateUpdated",
        /// A participant was added.
        OnParticipantAdded = "onParticipantAdded",
        /// A participant was changed.
        OnParticipantUpdated = "onParticipantUpdated",
        /// A participant was removed.
        OnParticipantRemoved = "onParticipantRemoved",
        /// A carrier reported what became of a message.
        OnDeliveryUpdated = "onDeliveryUpdated",
    }
}

named! {
    /// How a webhook is requested.
    pub enum HookMethod {
        /// With the parameters in the address.
        Get = "GET",
        /// With the parameters in the body.
        Post = "POST",
    }
}

/// A webhook of one conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// The webhook.
    pub sid: WebhookSid,
    /// Who is told what.
    pub target: WebhookTarget,
    /// When it was attached.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// Who is told what by a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookTarget {
    /// An application, of these events; of all where none is named.
    Url {
        /// Where it is.
        url: String,
        /// How it is requested.
        method: HookMethod,
        /// The events.
        filters: Vec<HookEvent>,
    },
    /// An application, of messages that hold one of these words.
    Trigger {
        /// Where it is.
        url: String,
        /// How it is requested.
        method: HookMethod,
        /// The words.
        triggers: Vec<String>,
    },
    /// A flow, of messages.
    Studio {
        /// The flow.
        flow_sid: FlowSid,
        /// How often a failed hand-over to the flow is repeated.
        retry_count: u32,
    },
}

impl Webhook {
    /// Tells whether the webhook's target wants to hear of this.
    pub(crate) fn hears(&self, notice: &Notice) -> bool {
        match (&self.target, &notice.fact) {
            (WebhookTarget::Url { filters, .. }, fact) => {
                fact.hook_event().is_some_and(|event| filters.is_empty() || filters.contains(&event))
            }
            (WebhookTarget::Trigger { triggers, .. }, Fact::MessageAdded(message)) => {
                let body = message.body.as_deref().unwrap_or_default().to_lowercase();
                triggers.iter().any(|word| body.contains(&word.to_lowercase()))
            }
            (WebhookTarget::Studio { .. }, Fact::MessageAdded(_)) => true,
            (WebhookTarget::Trigger { .. } | WebhookTarget::Studio { .. }, _) => false,
        }
    }

    /// Tells whether the target is a flow.
    pub fn is_studio(&self) -> bool {
        matches!(self.target, WebhookTarget::Studio { .. })
    }
}
