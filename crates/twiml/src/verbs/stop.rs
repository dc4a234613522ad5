//! `<Stop>`: ends what `<Start>` set going.

use serde::{Deserialize, Serialize};

use crate::nouns::BackgroundService;
use crate::schema::{Element, Pass};

/// Ends services in the background, each by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stop {
    /// What is ended.
    pub services: Vec<BackgroundService>,
}

impl Element for Stop {
    const NAME: &'static str = "Stop";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.children(&mut self.services);
    }
}
