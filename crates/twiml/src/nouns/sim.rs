//! `<Sim>`: a SIM to dial.

use serde::{Deserialize, Serialize};

use crate::schema::{Element, Pass};

/// A SIM to dial, by its SID.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sim {
    /// The SID.
    pub sid: String,
}

impl Element for Sim {
    const NAME: &'static str = "Sim";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.inner_text(&mut self.sid);
    }
}
