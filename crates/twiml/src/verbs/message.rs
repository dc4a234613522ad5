//! `<Message>`: answers a message with one.

use serde::{Deserialize, Serialize};

use crate::schema::{Callback, Element, Pass};

/// Sends a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// To whom; to the sender unless written.
    pub to: Option<String>,
    /// From which address; the one written to unless written.
    pub from: Option<String>,
    /// What is asked when it was sent.
    pub action: Callback,
    /// Who is told what becomes of it.
    pub status_callback: Option<String>,
    /// The text, without blanks at both ends.
    pub body: String,
    /// The URLs of pictures and other files.
    pub media: Vec<String>,
}

impl Message {
    /// Answers with a text.
    pub fn new(body: impl Into<String>) -> Message {
        Message { body: body.into(), ..Message::default() }
    }
}

impl Element for Message {
    const NAME: &'static str = "Message";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("to", &mut self.to);
        pass.text("from", &mut self.from);
        pass.callback(["action", "method"], &mut self.action, 14104);
        pass.text("statusCallback", &mut self.status_callback);
        pass.text_or_child("Body", &mut self.body, true);
        pass.text_children("Media", &mut self.media);
    }
}
