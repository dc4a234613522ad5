//! The one port of all carriers.

use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;

use crate::{Event, Post, Rejection, Reply, Thread};

/// A connector to one provider.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Tells whether the provider knows a repeated submission by the message's SID.
    ///
    /// Where it does not, a message whose answer was lost is never submitted again.
    fn knows_repeats(&self) -> bool;

    /// Submits a message, and says what the provider made of it.
    async fn submit(&self, message: &OutboundMessage) -> Submission;

    /// Reads what a provider posts or asks; a carrier that fetches its events refuses all of it.
    fn read_post(&self, _post: &Post, _now: Timestamp) -> Result<Reply, Rejection> {
        Err(Rejection::NotExpected)
    }

    /// Fetches the content of a medium that it spoke of; a carrier whose media come with their messages has none.
    async fn fetch(&self, _key: &str) -> Result<Vec<u8>, Unfetched> {
        Err(Unfetched::Gone("this carrier keeps no media".to_owned()))
    }

    /// Fetches events for as long as the process runs; a carrier whose provider posts them ends at once.
    async fn listen(&self, _inbox: &dyn Inbox) {}
}

/// Where a carrier that fetches its events puts them.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Takes events: they are on disk when this returns, and may come again when it fails.
    async fn take(&self, events: Vec<Event>) -> Result<(), NotTaken>;
}

/// Events could not be written down: the provider is to bring them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTaken;

/// Why there is no content of a medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfetched {
    /// There will be none: it is gone, or too large.
    Gone(String),
    /// It may be had later.
    Later(String),
}

/// What carriers are given of the installation.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The client of outgoing HTTP.
    pub client: webhooks::Client,
    /// The URL under which the provider reaches this carrier.
    pub post_url: String,
    /// Returns the time, which signatures carry.
    pub now: fn() -> Timestamp,
}

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundMessage {
    /// Its SID, the token of its submission.
    pub sid: String,
    /// Who sends it.
    pub from: String,
    /// Who receives it.
    pub to: String,
    /// Its text.
    pub body: String,
    /// Where its media are.
    pub media_urls: Vec<String>,
    /// The correspondence that it goes on with.
    pub thread: Option<Thread>,
    /// The template that it is, on networks that have those.
    pub template: Option<FilledTemplate>,
}

/// A template that a network has approved, with what stands for its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledTemplate {
    /// The name under which it was approved.
    pub name: String,
    /// Its language, as in `en_US`.
    pub language: String,
    /// What stands for the variables of its text, in their order.
    pub values: Vec<String>,
}

/// What came of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    /// The provider has the message.
    Accepted {
        /// The provider's id for it.
        provider_id: String,
    },
    /// The provider does not send it, whatever is done.
    Refused {
        /// The published error code.
        code: u32,
        /// The provider's reason.
        reason: String,
    },
    /// The provider has not taken it and may do so later.
    Later {
        /// The pause that the provider asks for.
        pause: Option<Duration>,
        /// Why.
        reason: String,
    },
    /// The provider may or may not have taken it.
    Unknown {
        /// Why that is not known.
        reason: String,
    },
}
