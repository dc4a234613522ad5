//! `<Connect>`: hands the call's audio to a machine until that ends it.

use serde::{Deserialize, Serialize};

use crate::nouns::{ConversationRelay, Stream, VirtualAgent};
use crate::schema::{Callback, Element, Pass, one_of};
use crate::warning::SCHEMA;

one_of! {
    /// Who takes over the audio.
    pub enum ConnectTarget { Stream, ConversationRelay, VirtualAgent }
}

/// Hands the audio to one target; the next verb is performed when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Connect {
    /// What is asked when it has ended.
    pub action: Callback,
    /// Who takes over.
    pub target: Option<ConnectTarget>,
}

impl Element for Connect {
    const NAME: &'static str = "Connect";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["action", "method"], &mut self.action, SCHEMA);
        pass.child(&mut self.target);
    }
}
