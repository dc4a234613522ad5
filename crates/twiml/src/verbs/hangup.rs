//! `<Hangup>`: ends the call.

use serde::{Deserialize, Serialize};

use crate::nouns::Parameter;
use crate::schema::{Element, Pass};

/// Ends the call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hangup {
    /// Pairs that the other side is told.
    pub parameters: Vec<Parameter>,
}

impl Element for Hangup {
    const NAME: &'static str = "Hangup";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.children(&mut self.parameters);
    }
}
