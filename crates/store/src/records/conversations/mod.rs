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

/// Says by which of its fields a record is kept; all of them have `date_created` and `date_updated`.
macro_rules! record {
    ($Type:ty, $kind:literal, $sid:expr, $parent:expr, $name:expr) => {
        impl crate::Record for $Type {
            const KIND: &'static str = $kind;

            fn sid(&self) -> String {
                let sid: fn(&$Type) -> String = $sid;
                sid(self)
            }

            fn parent(&self) -> String {
                let parent: fn(&$Type) -> String = $parent;
                parent(self)
            }

            fn name(&self) -> Option<String> {
                let name: fn(&$Type) -> Option<String> = $name;
                name(self)
            }

            fn date_created(&self) -> domain::Timestamp {
                self.date_created
            }

            fn date_updated(&self) -> domain::Timestamp {
                self.date_updated
            }
        }
    };
}
use record;
