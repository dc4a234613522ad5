//! What applications set up for conversations: services with their roles and users, webhooks and addresses.

mod address;
mod push;
mod service;
mod settings;
mod user;

pub use self::push::{PushBinding, PushCredential};
pub use self::service::{ConversationRole, ConversationService, NotificationKind, Notifications, RoleScope};
pub use self::settings::{ConversationHooks, ConversationSettings, HookTarget};
pub use self::user::{ConversationUser, NotificationLevel, UserConversation};
