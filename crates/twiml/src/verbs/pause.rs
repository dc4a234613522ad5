//! `<Pause>`: waits in silence.

use serde::{Deserialize, Serialize};

use crate::schema::{Element, Pass};

/// Waits in silence; as the first verb, before the call is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pause {
    /// How long.
    pub length_secs: Option<u32>,
}

impl Pause {
    /// Returns how long, one second unless written otherwise.
    pub fn length_secs(&self) -> u32 {
        self.length_secs.unwrap_or(1)
    }
}

impl Element for Pause {
    const NAME: &'static str = "Pause";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.number("length", &mut self.length_secs, 0..=u32::MAX, 13910);
    }
}
