//! Services, each with conversations, roles and users of its own.

use domain::{AccountSid, ConversationServiceSid, RoleSid, Timestamp, named};
use serde::{Deserialize, Serialize};

use super::ConversationHooks;

named! {
    /// Where a role applies.
    pub enum RoleScope {
        /// In one conversation.
        Conversation = "conversation",
        /// In the whole service.
        Service = "service",
    }
}

/// A service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationService {
    /// Its SID.
    pub sid: ConversationServiceSid,
    /// The account.
    pub account_sid: AccountSid,
    /// What people call it.
    pub friendly_name: String,
    /// The role of who creates a conversation.
    pub creator_role_sid: RoleSid,
    /// The role of who is added to a conversation.
    pub participant_role_sid: RoleSid,
    /// The role of a user in the service.
    pub user_role_sid: RoleSid,
    /// Whether users learn who is there.
    pub is_reachability_enabled: bool,
    /// What devices are told.
    pub notifications: Notifications,
    /// Who is asked and told of its conversations.
    pub hooks: ConversationHooks,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// What the devices of a service's users are told; nothing is pushed to devices here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Notifications {
    /// Whether pushes are logged.
    pub is_logged: bool,
    /// Of a message.
    pub new_message: NotificationKind,
    /// Of a message with media.
    pub with_media: NotificationKind,
    /// Of somebody being added.
    pub added: NotificationKind,
    /// Of somebody being removed.
    pub removed: NotificationKind,
}

/// How devices are told of one kind of event.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NotificationKind {
    /// Whether they are told.
    pub is_enabled: bool,
    /// The text.
    pub template: Option<String>,
    /// The sound.
    pub sound: Option<String>,
    /// Whether the number of unread messages is shown.
    pub has_badge: bool,
}

/// A role: what somebody on a chat may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationRole {
    /// Its SID.
    pub sid: RoleSid,
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub service_sid: ConversationServiceSid,
    /// What people call it.
    pub friendly_name: String,
    /// Where it applies.
    pub scope: RoleScope,
    /// The published names of what it allows.
    pub permissions: Vec<String>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

record!(ConversationService, "conversation_service", below account_sid);

record!(ConversationRole, "conversation_role", below service_sid);
