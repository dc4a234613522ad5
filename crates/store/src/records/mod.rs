//! The records that several shells share: what a row of configuration, or a message, holds.

/// Makes a record of a dated type with a SID: its kind, the field of what it belongs to, and the field of its name
/// where names are unique below that.
macro_rules! record {
    ($record:ident, $kind:literal, below $parent:ident $(, named $name:ident)?) => {
        impl $crate::records::Record for $record {
            const KIND: &'static str = $kind;

            fn sid(&self) -> String {
                self.sid.to_string()
            }

            fn parent(&self) -> String {
                self.$parent.to_string()
            }

            $(fn name(&self) -> Option<String> {
                Some(self.$name.to_string())
            })?

            fn date_created(&self) -> domain::Timestamp {
                self.date_created
            }

            fn date_updated(&self) -> domain::Timestamp {
                self.date_updated
            }
        }
    };
}

mod account;
mod application;
mod attendance;
mod call_note;
mod conversations;
mod credential;
mod flow;
mod ip_access;
mod key;
mod medium;
mod message;
mod message_subscription;
mod messaging;
mod opt_out_words;
mod phone_number;
mod settings;
mod sip_domain;
mod trunk;
mod user;
mod webchat;

use domain::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::account::Account;
pub use self::application::TwimlApplication;
pub use self::attendance::Attendance;
pub use self::call_note::{CallRequest, LogLevel, Notification};
pub use self::conversations::{
    ConversationHooks, ConversationRole, ConversationService, ConversationSettings, ConversationUser,
    HookTarget, NotificationKind, NotificationLevel, Notifications, PushBinding, PushCredential, RoleScope,
    UserConversation,
};
pub use self::credential::{Credential, CredentialList};
pub use self::flow::{FlowRecord, FlowRevision, FlowStatus};
pub use self::ip_access::{IpAccessControlList, IpAddress};
pub use self::key::Key;
pub use self::medium::Medium;
pub use self::message::{
    ConversationDelivery, Direction, Feedback, Media, Message, MessageContent, MessageStatus, OptOut,
    SendOptions,
};
pub use self::message_subscription::MessageSubscription;
pub use self::messaging::{
    Approval, Content, MessagingService, OptedOut, PoolSender, ServiceLabels, StickySender,
};
pub use self::opt_out_words::{OptOutWords, OwnWords};
pub use self::phone_number::{PhoneNumber, Webhook};
pub use self::settings::InstallationSettings;
pub use self::sip_domain::SipDomain;
pub use self::trunk::{Trunk, TrunkTarget};
pub use self::user::{Role, User};
pub use self::webchat::{WebchatDeployment, WebchatRating};

/// A kind of configuration resource: its keys are columns, the rest is its body.
pub trait Record: Serialize + DeserializeOwned + Send + Sync {
    /// The kind's name in the table.
    const KIND: &'static str;

    /// Returns the SID or other key, unique over all kinds.
    fn sid(&self) -> String;

    /// Returns the SID of what it belongs to.
    fn parent(&self) -> String;

    /// Returns the name that must be unique below the parent, where the kind has one.
    fn name(&self) -> Option<String> {
        None
    }

    /// Returns when it was made.
    fn date_created(&self) -> Timestamp;

    /// Returns when it was last changed.
    fn date_updated(&self) -> Timestamp;
}
