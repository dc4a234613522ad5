//! `<WhatsApp>`: a WhatsApp user to call.

use serde::{Deserialize, Serialize};

use super::CallEvent;
use crate::schema::{Callback, Element, Pass, STATUS_CALLBACK, StatusCallback};
use crate::warning::SCHEMA;

/// A WhatsApp user to call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WhatsApp {
    /// The user's number.
    pub number: String,
    /// TwiML that the answering side hears before it is connected.
    pub whisper: Callback,
    /// Who is told of the leg.
    pub status_callback: StatusCallback<CallEvent>,
}

impl Element for WhatsApp {
    const NAME: &'static str = "WhatsApp";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["url", "method"], &mut self.whisper, SCHEMA);
        pass.status_callback(STATUS_CALLBACK, &mut self.status_callback, SCHEMA);
        pass.inner_text(&mut self.number);
    }
}
