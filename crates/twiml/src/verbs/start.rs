//! `<Start>`: sets something going in the background.

use serde::{Deserialize, Serialize};

use crate::nouns::BackgroundService;
use crate::schema::{Callback, Element, Pass};
use crate::warning::SCHEMA;

/// Sets services going; the next verb is performed at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Start {
    /// What is asked when they have started.
    pub action: Callback,
    /// What is set going.
    pub services: Vec<BackgroundService>,
}

impl Element for Start {
    const NAME: &'static str = "Start";
    const NESTING_CODE: u32 = 14300;

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["action", "method"], &mut self.action, SCHEMA);
        pass.children(&mut self.services);
    }
}
