//! Flows and their revisions as they are kept; the engine reads the definition.

use domain::{AccountSid, FlowSid, Timestamp};
use serde::{Deserialize, Serialize};

use super::Record;

/// A flow: its newest revision, and the one that live traffic runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowRecord {
    /// Its SID.
    pub sid: FlowSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Its name.
    pub friendly_name: String,
    /// The number of the newest revision, from 1.
    pub revision: u32,
    /// The number of the newest published revision.
    pub published_revision: Option<u32>,
    /// Whether the second, JSON-safe rendering of attributes is turned off.
    pub strict_liquid: bool,
    /// What happens to a message for an execution that is stuck.
    pub stuck_policy: String,
    /// Who gets the newest draft.
    pub test_users: Vec<String>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

/// Whether a revision is for live traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FlowStatus {
    /// Kept, for its authors only.
    Draft,
    /// For live traffic.
    Published,
}

/// One saved state of a flow; never changed once it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowRevision {
    /// The flow.
    pub flow: FlowSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Its number, from 1.
    pub revision: u32,
    /// The name the flow had.
    pub friendly_name: String,
    /// Whether it was published.
    pub status: FlowStatus,
    /// The definition, with its author's order of keys.
    pub definition: serde_json::Value,
    /// What the author said of it.
    pub commit_message: Option<String>,
    /// When it was made.
    pub date_created: Timestamp,
}

record!(FlowRecord, "flow", below account);

impl FlowRevision {
    /// Returns the key under which revision `revision` of `flow` is kept.
    pub fn key(flow: FlowSid, revision: u32) -> String {
        format!("{flow}/{revision}")
    }
}

impl Record for FlowRevision {
    const KIND: &'static str = "flow_revision";

    fn sid(&self) -> String {
        Self::key(self.flow, self.revision)
    }

    fn parent(&self) -> String {
        self.flow.to_string()
    }

    fn date_created(&self) -> Timestamp {
        self.date_created
    }

    fn date_updated(&self) -> Timestamp {
        self.date_created
    }
}
