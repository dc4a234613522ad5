//! Requesters: who has a command carried out, for the events log.

use std::sync::Arc;

use domain::{AccountSid, KeySid, UserSid, WorkerSid};
use serde::{Deserialize, Serialize};

/// Who has a command carried out, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// Who.
    pub actor: Actor,
    /// The network address of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Arc<str>>,
}

/// Who can have something done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The account, by its token.
    Account(AccountSid),
    /// An API key of the account.
    Key(KeySid),
    /// A person who is no worker.
    User(UserSid),
    /// A worker, by a token or a login.
    Worker(WorkerSid),
}
