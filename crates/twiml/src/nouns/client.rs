//! `<Client>`: a browser or app to ring.

use serde::{Deserialize, Serialize};

use super::{CallEvent, Parameter};
use crate::schema::{Callback, Element, Pass, STATUS_CALLBACK, StatusCallback};
use crate::warning::SCHEMA;

/// A registered client to ring, by its identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Client {
    /// The identity under which it registered.
    pub identity: String,
    /// Pairs that reach the client with the call.
    pub parameters: Vec<Parameter>,
    /// TwiML that the answering side hears before it is connected.
    pub whisper: Callback,
    /// Who is told of the leg.
    pub status_callback: StatusCallback<CallEvent>,
}

impl Element for Client {
    const NAME: &'static str = "Client";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["url", "method"], &mut self.whisper, SCHEMA);
        pass.status_callback(STATUS_CALLBACK, &mut self.status_callback, SCHEMA);
        // Parameters make the text a child of its own.
        pass.text_or_child("Identity", &mut self.identity, !self.parameters.is_empty());
        pass.children(&mut self.parameters);
    }
}
