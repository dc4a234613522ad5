//! SIP domains: what runs for calls to them, and who may call and register.

use domain::{AccountSid, CredentialListSid, IpAccessControlListSid, SipDomainSid, Timestamp};
use serde::{Deserialize, Serialize};

use super::Webhook;

/// A SIP domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SipDomain {
    /// Its SID.
    pub sid: SipDomainSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// The domain itself; unique.
    pub domain_name: String,
    /// Its name.
    pub friendly_name: String,
    /// What runs for a call.
    pub voice: Webhook,
    /// Where call progress is told.
    pub status_callback: Option<String>,
    /// The method of the status callback.
    pub status_callback_method: String,
    /// Whether phones may register.
    pub takes_registrations: bool,
    /// Kept for the published API; emergency calls are the trunk's.
    pub emergency_calling_enabled: bool,
    /// Whether calls must come by TLS.
    pub is_secure: bool,
    /// Kept for the published API.
    pub byoc_trunk_sid: Option<String>,
    /// Kept for the published API.
    pub emergency_caller_sid: Option<String>,
    /// The algorithms of challenges, the preferred first: `SHA-256,MD5`.
    pub digest_algorithms: String,
    /// Whose users may call.
    pub call_credential_lists: Vec<CredentialListSid>,
    /// From where anybody may call.
    pub call_access_lists: Vec<IpAccessControlListSid>,
    /// Whose users may register.
    pub registration_credential_lists: Vec<CredentialListSid>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(SipDomain, "sip_domain", below account, named domain_name);
