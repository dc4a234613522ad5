//! `<Sms>`: sends a text message during a call.

use serde::{Deserialize, Serialize};

use crate::schema::{Callback, Element, Pass};

/// Sends a text message; the oldest form of `<Message>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sms {
    /// To whom; to the caller unless written.
    pub to: Option<String>,
    /// From which number; the called one unless written.
    pub from: Option<String>,
    /// What is asked when it was sent.
    pub action: Callback,
    /// Who is told what becomes of it.
    pub status_callback: Option<String>,
    /// The text, without blanks at both ends.
    pub body: String,
}

impl Element for Sms {
    const NAME: &'static str = "Sms";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("to", &mut self.to);
        pass.text("from", &mut self.from);
        pass.callback(["action", "method"], &mut self.action, 14104);
        pass.text("statusCallback", &mut self.status_callback);
        pass.inner_text(&mut self.body);
    }
}
