//! `<Refer>`: sends the SIP caller elsewhere.

use serde::{Deserialize, Serialize};

use crate::schema::{Callback, Element, Pass};
use crate::warning::SCHEMA;

/// Asks the caller's SIP side to call another address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refer {
    /// What is asked when the outcome is known.
    pub action: Callback,
    /// The address to call.
    pub target: String,
}

impl Element for Refer {
    const NAME: &'static str = "Refer";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["action", "method"], &mut self.action, SCHEMA);
        let mut child = Some(std::mem::take(&mut self.target)).filter(|target| !target.is_empty());
        pass.text_child("Sip", &mut child);
        self.target = child.unwrap_or_default();
    }
}
