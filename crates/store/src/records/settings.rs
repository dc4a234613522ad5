//! What is set for the whole installation, beside what workspaces, flows and numbers set for themselves.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::Record;

/// The installation's settings: one row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InstallationSettings {
    /// After how many days history, recordings and transcripts are deleted; 0 keeps them.
    pub retention_days: u32,
    /// When they were last changed.
    pub date_updated: Timestamp,
}

impl InstallationSettings {
    /// The key of the one row.
    pub const KEY: &'static str = "settings";
}

impl Record for InstallationSettings {
    const KIND: &'static str = "settings";

    fn sid(&self) -> String {
        Self::KEY.to_owned()
    }

    fn parent(&self) -> String {
        String::new()
    }

    fn date_created(&self) -> Timestamp {
        self.date_updated
    }

    fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}
