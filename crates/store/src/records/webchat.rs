//! Web chat: where visitors of web pages write, and what they thought of it afterwards.

use std::collections::BTreeMap;

use domain::{AccountSid, ConversationSid, Timestamp, WebchatDeploymentSid};
use serde::{Deserialize, Serialize};

use super::Record;

/// A place where visitors of web pages chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebchatDeployment {
    /// Its SID.
    pub sid: WebchatDeploymentSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// By which pages name it; no secret, and unique.
    pub key: String,
    /// What visitors see above the chat.
    pub friendly_name: String,
    /// The address whose configuration says who hears of a conversation, as `webchat:shop`.
    pub address: String,
    /// The origins of pages that may show it besides our own; `*` stands for all.
    pub allowed_origins: Vec<String>,
    /// Whether visitors may begin.
    pub is_enabled: bool,
    /// When somebody is there, as `Mon-Fri 09:00-17:00, Sat 10:00-14:00`; empty for always.
    pub opening_hours: String,
    /// The time zone of the opening hours.
    pub time_zone: String,
    /// What visitors read before they begin.
    pub greeting: String,
    /// What visitors read outside of the opening hours.
    pub offline_text: String,
    /// The values of the widget's CSS variables, by name without dashes in front.
    pub theme: BTreeMap<String, String>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

/// What a visitor thought of a conversation: at most one for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebchatRating {
    /// The conversation.
    pub conversation: ConversationSid,
    /// Where the visitor wrote.
    pub deployment: WebchatDeploymentSid,
    /// From 1 to 5; 5 is the best.
    pub score: u8,
    /// What the visitor added.
    pub comment: String,
    /// When it was given first.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

record!(WebchatDeployment, "webchat_deployment", below account, named key);

impl Record for WebchatRating {
    const KIND: &'static str = "webchat_rating";

    fn sid(&self) -> String {
        format!("webchat-rating-{}", self.conversation)
    }

    fn parent(&self) -> String {
        self.deployment.to_string()
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}
