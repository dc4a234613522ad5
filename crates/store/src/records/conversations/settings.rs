//! What holds for all conversations of the account, and who is told of them.

use conversation::{HookMethod, TimerSettings};
use domain::{AccountSid, ConversationServiceSid, MessagingServiceSid, Sid, Timestamp, named};
use serde::{Deserialize, Serialize};

use crate::Record;

named! {
    /// What the account's webhooks are for.
    pub enum HookTarget {
        /// An application.
        Webhook = "webhook",
        /// The agents' side.
        Flex = "flex",
    }
}

/// Which application is asked and told of conversations, of the account or of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationHooks {
    /// Who is asked before something happens.
    pub pre_url: Option<String>,
    /// Who is told after something happened.
    pub post_url: Option<String>,
    /// How both are requested.
    pub method: HookMethod,
    /// The published names of the events, those of users among them.
    pub filters: Vec<String>,
}

/// The account's settings for conversations: one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationSettings {
    /// The account.
    pub account_sid: AccountSid,
    /// The service of conversations that name none.
    pub default_service_sid: ConversationServiceSid,
    /// The messaging service of conversations that name none.
    pub default_messaging_service_sid: Option<MessagingServiceSid>,
    /// The timers of conversations that have none of their own.
    pub timers: TimerSettings,
    /// Who is asked and told.
    pub hooks: ConversationHooks,
    /// What the webhooks are for.
    pub hook_target: HookTarget,
    /// When they were first set.
    pub date_created: Timestamp,
    /// When they last changed.
    pub date_updated: Timestamp,
}

impl Record for ConversationSettings {
    const KIND: &'static str = "conversation_settings";

    fn sid(&self) -> String {
        Self::key(self.account_sid)
    }

    fn parent(&self) -> String {
        self.account_sid.to_string()
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}

impl ConversationSettings {
    /// Returns the key of the account's row.
    pub fn key(account: AccountSid) -> String {
        format!("conversation-settings-{account}")
    }

    /// Returns the settings of an account that has set nothing: its service has the digits of the account.
    pub fn unset(account: AccountSid) -> Self {
        Self {
            account_sid: account,
            default_service_sid: ConversationServiceSid::from_bits(account.bits()),
            default_messaging_service_sid: None,
            timers: TimerSettings::default(),
            hooks: ConversationHooks::default(),
            hook_target: HookTarget::Webhook,
            date_created: Timestamp::default(),
            date_updated: Timestamp::default(),
        }
    }
}

impl Default for ConversationHooks {
    fn default() -> Self {
        Self { pre_url: None, post_url: None, method: HookMethod::Post, filters: vec![] }
    }
}
