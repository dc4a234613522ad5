//! Why there is no answer: one variant per decision that a caller can make, each with its published error code.

use std::time::Duration;

use thiserror::Error;

use crate::guard::Refused;

/// Why an application gave no answer that can be used. Targets are shown without their secrets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// The URL, or the one that a redirect names, can not be requested.
    #[error(
        "'{url}' can not be requested: {problem}\nhint: write a whole URL such as https://example.com/voice"
    )]
    InvalidUrl {
        /// The URL.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A header has a name or value that HTTP does not know.
    #[error(
        "the header '{name}' can not be sent: a name is letters, digits and hyphens, a value one line of text"
    )]
    InvalidHeader {
        /// The name.
        name: String,
    },
    /// The target is not public, and nothing opens the way to it.
    #[error("{target} can not be requested: {refused}\nhint: {}", refused.hint())]
    NotAllowed {
        /// The target.
        target: String,
        /// The address that the target has.
        refused: Refused,
    },
    /// The name of the host has no address.
    #[error("{target} can not be requested: its host has no address ({reason})")]
    UnknownHost {
        /// The target.
        target: String,
        /// What the name service said.
        reason: String,
    },
    /// No connection came about; the application has seen nothing.
    #[error("{target} can not be reached: {reason}")]
    Unreachable {
        /// The target.
        target: String,
        /// What the network said.
        reason: String,
    },
    /// The connection is not secure: the application has seen nothing.
    #[error("{target} offers no secure connection: {reason}")]
    Tls {
        /// The target.
        target: String,
        /// What kind of trouble it is.
        problem: TlsProblem,
        /// What TLS said.
        reason: String,
    },
    /// The answer was not complete in time; the application may have done its work.
    #[error("{target} did not answer within {} ms", within.as_millis())]
    Timeout {
        /// The target.
        target: String,
        /// The limit that was passed.
        within: Duration,
    },
    /// The body is larger than the request takes.
    #[error("{target} answered with more than {limit_bytes} bytes")]
    TooLarge {
        /// The target.
        target: String,
        /// The largest body that is taken.
        limit_bytes: usize,
    },
    /// One redirect led to the next.
    #[error("{target} was redirected to after {most} redirects; no more are followed")]
    TooManyRedirects {
        /// The last target.
        target: String,
        /// How many are followed.
        most: usize,
    },
    /// The answer broke off or is not HTTP; the application may have done its work.
    #[error("{target} gave no valid answer: {reason}")]
    BrokenAnswer {
        /// The target.
        target: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// What keeps a connection from being secure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsProblem {
    /// The certificate is for another name.
    WrongName,
    /// The certificate is out of date.
    Expired,
    /// No authority that this machine trusts vouches for the certificate.
    Untrusted,
    /// Anything else of the handshake.
    Handshake,
}

impl Failure {
    /// Returns the published error code, as the `ErrorCode` of a fallback request and in alerts.
    pub fn error_code(&self) -> u32 {
        match self {
            Self::InvalidUrl { .. } => 11100,
            Self::InvalidHeader { .. } | Self::NotAllowed { .. } | Self::Timeout { .. } => 11200,
            Self::Unreachable { .. } => 11205,
            Self::BrokenAnswer { .. } => 11206,
            Self::UnknownHost { .. } => 11210,
            Self::TooManyRedirects { .. } => 11215,
            Self::Tls { problem: TlsProblem::Handshake, .. } => 11220,
            Self::Tls { problem: TlsProblem::WrongName, .. } => 11235,
            Self::Tls { problem: TlsProblem::Expired, .. } => 11236,
            Self::Tls { problem: TlsProblem::Untrusted, .. } => 11237,
            Self::TooLarge { .. } => 11750,
        }
    }

    /// Tells whether the same request may succeed later; where not, someone must change something first.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::Timeout { .. }
            | Self::BrokenAnswer { .. } => true,
            Self::InvalidUrl { .. }
            | Self::InvalidHeader { .. }
            | Self::NotAllowed { .. }
            | Self::TooLarge { .. }
            | Self::TooManyRedirects { .. } => false,
        }
    }

    /// Tells whether no connection came about, so that the application can not have seen the request.
    pub fn is_unsent(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::InvalidUrl { .. }
            | Self::InvalidHeader { .. }
            | Self::NotAllowed { .. } => true,
            Self::Timeout { .. }
            | Self::BrokenAnswer { .. }
            | Self::TooLarge { .. }
            | Self::TooManyRedirects { .. } => false,
        }
    }
}
