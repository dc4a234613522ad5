//! Users: what is known of an identity on a chat beyond the conversations that it takes part in.

use domain::{
    AccountSid, Attributes, ConversationServiceSid, ConversationSid, RoleSid, Timestamp, UserSid, named,
};
use serde::{Deserialize, Serialize};

use crate::Record;

named! {
    /// Whether a user's devices are told of a conversation.
    pub enum NotificationLevel {
        /// They are told.
        Default = "default",
        /// They are not.
        Muted = "muted",
    }
}

/// A user of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationUser {
    /// Its SID.
    pub sid: UserSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub service_sid: ConversationServiceSid,
    /// The identity, unique in the service.
    pub identity: String,
    /// What people call the user.
    pub friendly_name: Option<String>,
    /// The application's own facts.
    pub attributes: Attributes,
    /// What the user may do in the service.
    pub role_sid: RoleSid,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// How a user hears of one conversation; one who never said has no record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserConversation {
    /// The user.
    pub user_sid: UserSid,
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// Whether the user's devices are told.
    pub notification_level: NotificationLevel,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

record!(ConversationUser, "conversation_user", below service_sid, named identity);

impl Record for UserConversation {
    const KIND: &'static str = "user_conversation";

    fn sid(&self) -> String {
        Self::key(self.user_sid, self.conversation_sid)
    }

    fn parent(&self) -> String {
        self.user_sid.to_string()
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}

impl UserConversation {
    /// Returns the key of a user's settings for a conversation.
    pub fn key(user: UserSid, conversation: ConversationSid) -> String {
        format!("{user}-{conversation}")
    }
}
