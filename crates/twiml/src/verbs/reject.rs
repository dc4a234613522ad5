//! `<Reject>`: does not answer the call.

use serde::{Deserialize, Serialize};

use crate::schema::{Element, Pass, choice};

choice! {
    /// What the caller is told.
    pub enum RejectReason { Rejected = "rejected", Busy = "busy" }
}

/// Turns the call away without answering it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reject {
    /// What the caller is told.
    pub reason: Option<RejectReason>,
}

impl Reject {
    /// Returns what the caller is told.
    pub fn reason(&self) -> RejectReason {
        self.reason.unwrap_or(RejectReason::Rejected)
    }
}

impl Element for Reject {
    const NAME: &'static str = "Reject";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.value("reason", &mut self.reason, 13810);
    }
}
