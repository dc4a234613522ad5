//! What the stack asks the application about those who call and register.

use std::net::SocketAddr;

use async_trait::async_trait;

use crate::digest::{Algorithm, Secret};
use crate::flow::Transport;

/// Knows who may call and register, and by what secret they prove it.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// Decides about somebody who calls or registers; asked again, with the user's name, once a challenge was
    /// answered rightly.
    async fn admit(&self, caller: &Caller) -> Verdict;

    /// Returns what proves a user of a realm, or nothing where there is no such user.
    async fn secret(&self, realm: &str, user: &str) -> Option<Secret>;

    /// Tells whether the users of a host are ours, so that they can be called only where they registered.
    async fn serves(&self, host: &str) -> bool;
}

/// Somebody who wants in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What for.
    pub purpose: Purpose,
    /// The address that the request came from.
    pub source: SocketAddr,
    /// What carried it.
    pub transport: Transport,
    /// The URI in From.
    pub from: String,
    /// The URI in To; of a registration, the address that is registered.
    pub to: String,
    /// The URI that was called.
    pub request_uri: String,
    /// Who it is, where they have proved it.
    pub proven: Option<Proven>,
}

/// What somebody wants in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To call.
    Call,
    /// To be called under an address.
    Registration,
}

/// A user who answered a challenge rightly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The realm of the challenge.
    pub realm: String,
    /// The user's name.
    pub user: String,
}

/// What the directory decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They may come in.
    Admit(Admission),
    /// They have to prove who they are.
    Challenge {
        /// The realm that the secret belongs to.
        realm: String,
        /// The algorithms offered, the preferred first.
        algorithms: Vec<Algorithm>,
    },
    /// They may not.
    Refuse {
        /// The SIP status that says so.
        status: u16,
        /// The phrase behind it; empty for the usual one.
        reason: String,
    },
}

/// By what right somebody came in; the names are the directory's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// The trunk that the source belongs to.
    pub trunk: Option<String>,
    /// The SIP domain that was called or registered with.
    pub domain: Option<String>,
    /// Whether the call's audio must be encrypted, as the domain asks for.
    pub needs_encryption: bool,
}
