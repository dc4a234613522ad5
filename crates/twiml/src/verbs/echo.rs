//! `<Echo>`: plays the caller back.

use serde::{Deserialize, Serialize};

use crate::schema::{Element, Pass};

/// Sends back what the caller says, to test a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {}

impl Element for Echo {
    const NAME: &'static str = "Echo";

    fn describe(&mut self, _: &mut Pass<'_>) {}
}
