//! The records that several shells share: what a row of configuration, or a message, holds.

mod account;
mod application;
mod attendance;
mod conversations;
mod credential;
mod flow;
mod ip_access;
mod key;
mod message;
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
pub use self::conversations::{
    ConversationHooks, ConversationRole, ConversationService, ConversationSettings, ConversationUser,
    HookTarget, NotificationKind, NotificationLevel, Notifications, PushBinding, PushCredential, RoleScope,
    UserConversation,
};
pub use self::credential::{Credential, CredentialList};
pub use self::flow::{FlowRecord, FlowRevision, FlowStatus};
pub use self::ip_access::{IpAccessControlList, IpAddress};
pub use self::key::Key;
pub use self::message::{ConversationDelivery, Direction, Media, Message, MessageStatus};
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
    fn name(&self) -> Option<String>;

    /// Returns when it was made.
    fn date_created(&self) -> Timestamp;

    /// Returns when it was last changed.
    fn date_updated(&self) -> Timestamp;
}
