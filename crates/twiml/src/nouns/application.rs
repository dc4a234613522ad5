//! `<Application>`: a TwiML application to connect to.

use serde::{Deserialize, Serialize};

use super::{CallEvent, Parameter};
use crate::schema::{Callback, Element, Pass, STATUS_CALLBACK, StatusCallback};
use crate::warning::SCHEMA;

/// A TwiML application that takes the other side of the call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Application {
    /// The SID of the application.
    pub sid: String,
    /// Pairs that the application's request carries.
    pub parameters: Vec<Parameter>,
    /// TwiML that the answering side hears before it is connected.
    pub whisper: Callback,
    /// Who is told of the leg.
    pub status_callback: StatusCallback<CallEvent>,
    /// Whose application it is.
    pub customer_id: Option<String>,
    /// Whether the application sees whom the caller dialled.
    pub copy_parent_to: Option<bool>,
}

impl Element for Application {
    const NAME: &'static str = "Application";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["url", "method"], &mut self.whisper, SCHEMA);
        pass.status_callback(STATUS_CALLBACK, &mut self.status_callback, SCHEMA);
        pass.text("customerId", &mut self.customer_id);
        pass.value("copyParentTo", &mut self.copy_parent_to, SCHEMA);
        // Parameters make the text a child of its own.
        pass.text_or_child("ApplicationSid", &mut self.sid, !self.parameters.is_empty());
        pass.children(&mut self.parameters);
    }
}
