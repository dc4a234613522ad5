//! `<Leave>`: leaves the queue.

use serde::{Deserialize, Serialize};

use crate::schema::{Element, Pass};

/// Leaves the queue: the call goes on behind its `<Enqueue>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {}

impl Element for Leave {
    const NAME: &'static str = "Leave";

    fn describe(&mut self, _: &mut Pass<'_>) {}
}
